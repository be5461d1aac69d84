/** The evidence as the rules look at it: a task's run log item by item, its changelog folded, records by offset, by id and by author. */
import type { LogRecord } from '../../../runtime/port.ts';
import type { Consumed, RunRecord } from '../../../runtime/task/keys.ts';
import { inputsOf, nameOf, ownTopics, type Unit } from '../../../runtime/topology.ts';
import type { Evidence, PartitionEnd } from './evidence.ts';

/** What the checker reads of an event's headers; written anew here, so that a defect of the runtime's own reader is no excuse. */
export interface Stamp {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly cause: string;
  readonly source: string;
  readonly sequence: number;
}
const stamps = new WeakMap<LogRecord, Stamp>();
/** Empty words where a header is missing: a record that is no event has no id. */
export const stampOf = (record: LogRecord): Stamp => {
  const known = stamps.get(record);
  if (known !== undefined) return known;
  const headers = record.headers();
  const text = (name: string): string => headers[name]?.toString() ?? '';
  const stamp = {
    id: text('ce_id'),
    type: text('ce_type').replace(/^onhand\./, ''),
    at: Date.parse(text('ce_time')),
    cause: text('ce_cause'),
    source: text('ce_source'),
    sequence: Number(text('ce_sequence')),
  };
  stamps.set(record, stamp);
  return stamp;
};

export interface Item {
  readonly what: Consumed;
  /** Of the run log's record: its offset and when the log took it. */
  readonly offset: number;
  readonly at: number;
  readonly policy: string;
  /** The number of its transaction. */
  readonly n: number;
}
export interface Task {
  readonly unit: Unit;
  readonly name: string;
  readonly partition: number;
  /** `unit/partition`. */
  readonly where: string;
  readonly items: readonly Item[];
  /** The changelog folded: what is there at the end. */
  readonly entries: ReadonlyMap<string, string>;
  /** By plain topic: the offset from which a restart would go on. */
  readonly positions: Readonly<Record<string, number>>;
  /** Plain names of what it works on; operators' topics are not among them. */
  readonly inputs: readonly string[];
}

const none: PartitionEnd = { partition: 0, start: 0, lastStable: 0, highWatermark: 0, records: [] };
export const partitionOf = ({ topics }: Evidence, topic: string, partition: number): PartitionEnd =>
  topics.get(topic)?.find(one => one.partition === partition) ?? none;

/** The index of the first record at or after an offset. */
export const indexAt = (records: readonly LogRecord[], offset: number): number => {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
};
export const recordAt = (evidence: Evidence, topic: string, partition: number, offset: number): LogRecord | undefined => {
  const { records } = partitionOf(evidence, topic, partition);
  const found = records[indexAt(records, offset)];
  return found?.offset === offset ? found : undefined;
};

/** The changelog up to an offset, the newest of each key. */
export const folded = (records: readonly LogRecord[], before = Infinity): ReadonlyMap<string, string> => {
  const entries = new Map<string, string>();
  for (const { key, value, offset } of records) {
    if (offset >= before) break;
    if (key === null) continue;
    if (value === null) entries.delete(key.toString());
    else entries.set(key.toString(), value.toString());
  }
  return entries;
};

export const tasksOf = (evidence: Evidence): readonly Task[] =>
  evidence.units.flatMap(unit => {
    const name = nameOf(unit);
    return (evidence.topics.get(ownTopics.runs(name)) ?? []).map(({ partition, records }) => {
      const items = records.flatMap(record => {
        const run = JSON.parse(record.value!.toString()) as RunRecord;
        return run.consumed.map(what => ({
          what,
          offset: record.offset,
          at: record.timestamp,
          policy: run.policy,
          n: run.n ?? -1,
        }));
      });
      const entries = folded(partitionOf(evidence, ownTopics.changelog(name), partition).records);
      const positions = JSON.parse(entries.get('p') ?? '{}') as Readonly<Record<string, number>>;
      const inputs = inputsOf(unit).map(topic => topic.name);
      return { unit, name, partition, where: `${name}/${partition}`, items, entries, positions, inputs };
    });
  });

/** What every task wrote to topics that others read: by `/onhand/unit/partition` and then by `topic/partition`, in order. */
export type Written = ReadonlyMap<string, ReadonlyMap<string, readonly LogRecord[]>>;
export const writtenBy = (evidence: Evidence): Written => {
  const all = new Map<string, Map<string, LogRecord[]>>();
  const own = new Set(evidence.units.flatMap(unit => Object.values(ownTopics).map(topicOf => topicOf(nameOf(unit)))));
  for (const [topic, partitions] of evidence.topics) {
    if (own.has(topic)) continue;
    for (const { partition, records } of partitions)
      for (const record of records) {
        const { source } = stampOf(record);
        const places = all.get(source) ?? new Map<string, LogRecord[]>();
        all.set(source, places);
        const place = `${topic}/${partition}`;
        const mine = places.get(place);
        if (mine === undefined) places.set(place, [record]);
        else mine.push(record);
      }
  }
  return all;
};

/** JSON with its keys in order: equal values, equal text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
