/** Reads the log as it grows: what was read is kept, so that looking often is cheap. */
import type { Event } from '../../../runtime/model.ts';
import type { LogRecord } from '../../../runtime/port.ts';
import type { Consumed, RunRecord } from '../../../runtime/task/keys.ts';
import { inputsOf, nameOf, ownTopics } from '../../../runtime/topology.ts';
import { units } from '../../../runtime/units.ts';
import type { AnyFact } from '../../../schemas/generated/facts.ts';
import { allTopics } from '../../../schemas/topics.ts';
import { until } from '../../support/until.ts';
import { allUnits, partitions, type Plant } from './plant.ts';

export interface Read {
  readonly event: Event;
  readonly record: LogRecord;
}
export type DataOf<T extends AnyFact['type']> = Extract<AnyFact, { readonly type: T }>['data'];
export interface Reader {
  /** All events of a topic so far, partition by partition. */
  readonly events: (topic: string) => Promise<readonly Read[]>;
  readonly facts: <T extends AnyFact['type']>(type: T) => Promise<readonly DataOf<T>[]>;
  /** What each task of a unit consumed, in order, as its run log says; by partition. */
  readonly runs: (unit: string) => Promise<readonly (readonly Consumed[])[]>;
  /** How many records of the units' inputs, appended up to a time, are not consumed yet. */
  readonly unread: (ofUnits: readonly string[], appendedUpTo?: number) => Promise<number>;
  /** Waits until all units have read all there is and no transaction is open. */
  readonly quiet: (deadlineMs?: number) => Promise<void>;
}
export const topicsRead = (unit: string): readonly string[] =>
  inputsOf(units.find(one => nameOf(one) === unit)!).map(topic => topic.name);
/** Whether an item of a run log is about this record. */
export const isOf = (item: Consumed, topic: string, offset: number): boolean => {
  if (!('topic' in item) || item.topic !== topic) return false;
  if ('from' in item) return item.from <= offset && offset <= item.to;
  return 'skipped' in item ? item.skipped === offset : item.retried === offset;
};

/** Appends what is new to what is kept; one look at a time, since two would both append. */
const growing = <T>(more: (kept: readonly T[]) => Promise<readonly T[]>): (() => Promise<readonly T[]>) => {
  const kept: T[] = [];
  let looking = Promise.resolve();
  return async () => {
    const mine = looking.then(async () => void kept.push(...(await more(kept))));
    looking = mine.catch(() => undefined);
    await mine;
    return kept;
  };
};
const afterThese = (records: readonly LogRecord[]): ReadonlyMap<number, number> => {
  const next = new Map<number, number>();
  for (const { partition, offset } of records) next.set(partition, Math.max(next.get(partition) ?? 0, offset + 1));
  return next;
};
const inOrder = (one: LogRecord, other: LogRecord): number => one.partition - other.partition || one.offset - other.offset;

export const readerOf = ({ client, log, names }: Pick<Plant, 'client' | 'log' | 'names'>): Reader => {
  const made = new Map<string, () => Promise<readonly unknown[]>>();
  const once = <T>(name: string, make: () => () => Promise<readonly T[]>): Promise<readonly T[]> => {
    const found = (made.get(name) as (() => Promise<readonly T[]>) | undefined) ?? make();
    made.set(name, found);
    return found();
  };
  const events: Reader['events'] = async topic => {
    const all = await once<Read>(topic, () =>
      growing(kept => client.events(topic, { from: afterThese(kept.map(one => one.record)) })),
    );
    return all.toSorted((one, other) => inOrder(one.record, other.record));
  };
  const runs: Reader['runs'] = async unit => {
    const topic = ownTopics.runs(unit);
    const all = await once<LogRecord>(topic, () =>
      growing(async kept => {
        const found: LogRecord[] = [];
        await client.scan(topic, record => void found.push(record), { from: afterThese(kept) });
        return found;
      }),
    );
    return Array.from({ length: partitions }, (_, partition) =>
      all
        .filter(record => record.partition === partition)
        .toSorted(inOrder)
        .flatMap(record => (JSON.parse(record.value!.toString()) as RunRecord).consumed),
    );
  };
  const isOpen = async (): Promise<boolean> => {
    const all = allTopics.flatMap(topic =>
      Array.from({ length: partitions }, (_, partition) => ({ topic: names.topic(topic.name), partition })),
    );
    return (await log.bounds(all)).some(one => one.lastStable < one.highWatermark);
  };
  // Run logs, then whether a transaction is open, then topics: what a unit said is committed with what it consumed, marked partition by
  // partition, so nothing can hide between these looks.
  const look = async (ofUnits: readonly string[], appendedUpTo: number): Promise<{ left: number; open: boolean }> => {
    const consumed = await Promise.all(ofUnits.map(async unit => [unit, await runs(unit)] as const));
    const open = await isOpen();
    const topics = [...new Set(ofUnits.flatMap(topicsRead))];
    const read = new Map(await Promise.all(topics.map(async topic => [topic, await events(topic)] as const)));
    const left = consumed
      .flatMap(([unit, tasks]) => topicsRead(unit).flatMap(topic => read.get(topic)!.map(one => ({ ...one, topic, tasks }))))
      .filter(({ record }) => record.timestamp <= appendedUpTo)
      .filter(({ record, topic, tasks }) => !tasks[record.partition]!.some(item => isOf(item, topic, record.offset))).length;
    return { left, open };
  };
  return {
    events,
    facts: async type =>
      (await events(allTopics.find(topic => topic.facts.includes(type))!.name)).flatMap(({ event }) =>
        event.type === type ? [event.data as DataOf<typeof type>] : [],
      ),
    runs,
    unread: async (ofUnits, appendedUpTo = Infinity) => (await look(ofUnits, appendedUpTo)).left,
    quiet: async (deadlineMs = 60_000) => {
      let seen = { left: 0, open: false };
      const isQuiet = async (): Promise<boolean> => {
        seen = await look(allUnits, Infinity);
        return seen.left === 0 && !seen.open;
      };
      await until('all units to have read everything', isQuiet, deadlineMs).catch((error: unknown) => {
        throw new Error(`not quiet: ${JSON.stringify(seen)}`, { cause: error });
      });
    },
  };
};
