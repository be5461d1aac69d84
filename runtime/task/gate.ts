/**
 * An alarm that waits for other units: before it fires, each of them, in flow order, must have read all that had reached it by now, and
 * then this task all that they said. The snapshots are finite, so cycles in the graph do no harm; a unit that is down holds the alarm.
 */
import { poison, type Failure } from '../failure.ts';
import { inputsOf, nameOf } from '../topology.ts';
import type { TaskContext } from './context.ts';
import type { Consumed, DueAlarm } from './keys.ts';

export interface Gate {
  /** A turn begins: who waits from now on waits for what it does, too. */
  readonly begin: () => void;
  /** Whether a due alarm may fire; begins to wait for its units when not. `setNow`: by the turn at work. */
  readonly open: (alarm: DueAlarm, setNow: boolean) => boolean;
  /** How often alarms that were held may have come to be open. */
  readonly opened: () => number;
  readonly fired: (alarm: DueAlarm) => void;
  /** The turn has consumed this; `committed`: when others can see what it wrote, and all before it. */
  readonly end: (consumed: readonly Consumed[], committed: Promise<void>) => void;
  /** A unit that does not exist could never be waited for: a rule that names one is a defect, and firing at once would be another. */
  readonly refusal: (waitsFor: readonly string[]) => Failure | undefined;
  readonly stop: () => void;
}
/** Units that had passed all that had reached them by a turn: alarms that were set by then, and due before `until`, may fire. */
interface Cleared {
  readonly until: number;
  readonly turn: number;
}

export const gateOf = (
  context: TaskContext,
  partition: number,
  time: () => number,
  passed: (targets: ReadonlyMap<string, number>) => boolean,
  wake: () => void,
): Gate => {
  const { log, names, clock } = context;
  const cleared = new Map<string, Cleared>();
  let turn = 0;
  let opened = 0;
  /** When what the turn at work does is committed: before, others cannot have read what an alarm's own event asks of them. */
  let atWork = Promise.withResolvers<void>();
  /** Alarms that were due when they were set, as after an outage, and in which turn: earlier clearings say nothing of them. */
  const late = new Map<string, number>();
  const waiting = new Set<string>();
  const stop = new AbortController();
  /** Not only what can be read: a commit is answered before its marks are written, and another's open transaction may lie before it. */
  const ends = async (
    topics: readonly string[],
    partitions: (topic: string) => readonly number[],
  ): Promise<ReadonlyMap<string, number>> => {
    const all = topics.flatMap(topic => partitions(topic).map(p => ({ topic: names.topic(topic), partition: p })));
    const bounds = await log.bounds(all);
    return new Map(bounds.map(one => [`${one.topic}/${one.partition}`, one.highWatermark]));
  };
  const every = (topic: string): readonly number[] => Array.from({ length: context.partitions.get(topic) ?? 0 }, (_, p) => p);
  const unitPassed = async (unit: string): Promise<void> => {
    const found = context.unitNamed(unit);
    if (found === undefined) return; // refused before; see `refusal`
    const topics = inputsOf(found).map(topic => topic.name);
    const targets = await ends(topics, every);
    for (;;) {
      const committed = await log.committed(names.group(nameOf(found)), topics.map(names.topic));
      const known = new Map(committed.map(one => [`${one.topic}/${one.partition}`, one.offset]));
      if ([...targets].every(([at, target]) => target === 0 || (known.get(at) ?? 0) >= target)) return;
      await clock.sleep(context.limits.pollMs, stop.signal);
    }
  };
  const wait = async (name: string, waitsFor: readonly string[]): Promise<void> => {
    const [until, begun] = [time(), turn];
    await atWork.promise;
    for (const unit of waitsFor) await unitPassed(unit);
    const own = inputsOf(context.unit)
      .map(topic => topic.name)
      .filter(topic => partition < (context.partitions.get(topic) ?? 0));
    const targets = await ends(own, () => [partition]);
    while (!passed(targets)) await clock.sleep(context.limits.pollMs, stop.signal);
    cleared.set(name, { until, turn: begun });
    opened++;
    wake();
  };
  const unknown = (waitsFor: readonly string[]): string | undefined =>
    waitsFor.find(unit => context.unitNamed(unit) === undefined);
  return {
    refusal: waitsFor => {
      const unit = unknown(waitsFor);
      return unit === undefined
        ? undefined
        : poison('UNIT_UNKNOWN', `firing an alarm that waits for ${unit}: there is no such unit in this release`);
    },
    begin: () => {
      turn++;
      atWork = Promise.withResolvers<void>();
      // Who waits for it finds the session ended.
      atWork.promise.catch(() => undefined);
    },
    open: ({ waitsFor, at, id }, setNow) => {
      if (waitsFor.length === 0 || unknown(waitsFor) !== undefined) return true;
      const name = waitsFor.join(' ');
      const known = cleared.get(name);
      if (known !== undefined && known.until > at && known.turn >= (setNow ? turn : (late.get(id) ?? 0))) return true;
      if (!waiting.has(name)) {
        waiting.add(name);
        wait(name, waitsFor)
          .catch((error: unknown) => {
            // Looked for again at the next turn: the alarm stays held meanwhile.
            if (!stop.signal.aborted)
              context.logger.debug(
                { unit: nameOf(context.unit), partition, error: String(error) },
                'waiting for other units was interrupted',
              );
          })
          .finally(() => waiting.delete(name));
      }
      return false;
    },
    opened: () => opened,
    fired: ({ id }) => void late.delete(id),
    end: (consumed, committed) => {
      const now = time();
      for (const one of consumed) if ('sets' in one && one.waitsFor.length > 0 && one.at < now) late.set(one.sets, turn);
      committed.then(atWork.resolve, atWork.reject);
    },
    stop: () => stop.abort(),
  };
};
