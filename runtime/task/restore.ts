/** Fills a task's store from its changelog: only the tail where the store is whole, all of it where it is not. */
import { fatal, isFailure } from '../failure.ts';
import type { Bounds, Fetched, TopicPartition } from '../port.ts';
import type { Filling, Logged, StoreMeta } from '../store/store.ts';
import type { View } from '../store/view.ts';
import { nameOf, ownTopics } from '../topology.ts';
import type { TaskContext } from './context.ts';

/**
 * A store that was away for longer may miss that something was taken away: compaction drops tombstones after a week
 * (`delete.retention.ms` in `runtime/topology.ts`), so a fired alarm would stand in it still.
 */
const longestAwayMs = 6 * 86_400_000;
/** Read at once: the next is under way while the last is written, so a task holds twice this. */
const fetchBytes = 4 << 20;
/** More offsets than this wait for their turn: tasks that are filled at the same time share the process's memory. */
const largeTail = 50_000;
const progressMs = 5_000;
/** A restore of fewer is too short to be told of. */
const saidRecords = 20_000;
/** A broker that is away is waited for this often in a row before the session ends, and all that was read with it. */
const tries = 10;

/** The partition was taken away, or the process drains, before the store was filled. */
export class RestoreEnded extends Error {}

const fits = (meta: StoreMeta | undefined, bounds: Bounds, now: number): boolean =>
  meta !== undefined &&
  meta.changelogNext >= bounds.start &&
  meta.changelogNext <= bounds.highWatermark &&
  now - (meta.at ?? -Infinity) <= longestAwayMs;

/** Brings the local store up to the changelog's last stable offset, and answers it. Throws RestoreEnded once `live` says no. */
export const restore = async (
  context: TaskContext,
  partition: number,
  view: View,
  live: () => boolean = () => true,
): Promise<number> => {
  const { log, names, clock, logger } = context;
  const unit = nameOf(context.unit);
  const at = { topic: names.topic(ownTopics.changelog(unit)), partition };
  const [bounds] = await log.bounds([at]);
  const { start, highWatermark: end, lastStable } = bounds!;
  const meta = view.store.meta();
  const now = clock.now();
  const anew = !fits(meta, bounds!, now);
  if (anew && meta !== undefined)
    logger.warn(
      { unit, partition, changelogNext: meta.changelogNext, awayMs: now - (meta.at ?? 0), start, end },
      'the local store does not fit the changelog and is filled anew',
    );
  const from = anew ? start : meta!.changelogNext;
  const fill = async (): Promise<number> => {
    const filling = await view.store.filling(anew, lastStable - from);
    const next = from < lastStable ? await read(context, at, { from, to: lastStable, filling, live }) : from;
    await filling.end({ changelogNext: next, at: now });
    return next;
  };
  const turn = lastStable - from > largeTail ? context.restoring : undefined;
  return turn === undefined ? fill() : turn(fill);
};

interface Reading {
  readonly from: number;
  readonly to: number;
  readonly filling: Filling;
  readonly live: () => boolean;
}
const read = async (context: TaskContext, at: TopicPartition, { from, to, filling, live }: Reading): Promise<number> => {
  const { clock, logger, metrics } = context;
  const unit = nameOf(context.unit);
  const { partition } = at;
  const begun = clock.monotonic();
  let saidAt = begun;
  let records = 0;
  let next = from;
  let coming: Promise<Fetched> | undefined;
  while (next < to) {
    if (!live()) throw new RestoreEnded(`restoring ${unit}/${partition}: ended at offset ${next} of ${to}`);
    const answer = await (coming ?? fetched(context, at, next));
    next = answer.next;
    metrics.restoring.set({ unit, partition }, Math.max(0, to - next));
    coming = next < to ? fetched(context, at, next) : undefined;
    // Awaited in the next round; until then its failure is nobody's.
    coming?.catch(() => undefined);
    const all = answer.records.flatMap(({ key, value }): Logged[] => (key === null ? [] : [[key, value]]));
    await filling.add(all);
    records += all.length;
    metrics.restored.inc({ unit }, all.length);
    if (clock.monotonic() - saidAt < progressMs) continue;
    saidAt = clock.monotonic();
    logger.info({ unit, partition, records, offset: next, end: to }, 'restoring from the changelog');
  }
  if (records >= saidRecords)
    logger.info({ unit, partition, records, ms: Math.round(clock.monotonic() - begun) }, 'restored from the changelog');
  return next;
};

/** Waits for a broker that is away: a session that began anew would begin a long restore anew. */
const fetched = async (context: TaskContext, at: TopicPartition, from: number): Promise<Fetched> => {
  for (let failures = 0; ; failures++) {
    try {
      const [answer] = await context.log.fetch([{ ...at, from, maxBytes: fetchBytes }], context.limits.pollMs);
      if (!answer!.outOfRange) return answer!;
      throw fatal(
        'OFFSET_OUT_OF_RANGE',
        `restoring ${at.topic}/${at.partition}: the changelog no longer holds offset ${from} (it begins at ${answer!.start})`,
      );
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'transient' || failures >= tries) throw error;
      await context.clock.sleep(Math.min(50 * 2 ** failures, 2_000));
    }
  }
};
