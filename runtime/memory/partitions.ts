/** What the in-memory log holds: topics, and partitions of records, control records and transactions that are open on them. */
import { fatal, transient } from '../failure.ts';
import { readHeaders } from '../wire/headers.ts';
import type { Clock } from '../model.ts';
import type {
  Bounds,
  FetchRequest,
  Fetched,
  LogAdmin,
  LogRecord,
  Outgoing,
  TopicPartition,
  TopicSpec,
  Written,
} from '../port.ts';

export interface Transaction {
  state: 'open' | 'committed' | 'aborted';
  /** Partitions that the transaction wrote to. */
  readonly touched: Map<string, TopicPartition>;
  /** By group, `topic/partition` to an offset. */
  readonly offsets: Map<string, Map<string, number>>;
}
interface Stored {
  readonly record: LogRecord;
  readonly transaction: Transaction | undefined;
  readonly control: boolean;
}
interface Partition {
  readonly records: Stored[];
  start: number;
  /** Transactions whose end is not marked here yet, and the first offset of each. */
  readonly open: Map<Transaction, number>;
  waiting: Set<() => void>;
}
export interface Partitions {
  readonly append: (records: readonly Outgoing[], transaction: Transaction | undefined) => readonly Written[];
  /** Writes the end of a transaction where it wrote. */
  readonly mark: (at: TopicPartition, transaction: Transaction) => void;
  readonly fetch: (request: FetchRequest) => Fetched;
  readonly bounds: (at: TopicPartition) => Bounds;
  readonly offsetAt: (at: TopicPartition, time: number) => number;
  readonly count: (topic: string) => number | undefined;
  readonly truncate: (at: TopicPartition, start: number) => void;
  /** Calls once when one of these partitions has changed; answers how to stop waiting. */
  readonly onChange: (places: readonly TopicPartition[], changed: () => void) => () => void;
  readonly admin: LogAdmin;
}
export const placeOf = (at: TopicPartition): string => `${at.topic}/${at.partition}`;

const endOf = (one: Partition): number => one.start + one.records.length;
const stableOf = (one: Partition): number => (one.open.size === 0 ? endOf(one) : Math.min(...one.open.values()));
const headersOf = (headers: NonNullable<Outgoing['headers']>): (() => Readonly<Record<string, Buffer>>) => {
  let read: Readonly<Record<string, Buffer>> | undefined;
  return () =>
    (read ??= Buffer.isBuffer(headers)
      ? readHeaders(headers, 0)
      : Object.fromEntries(headers.map(([name, value]) => [name.toString(), value])));
};
const noHeaders: NonNullable<Outgoing['headers']> = [];

export const memoryPartitions = (clock: Clock): Partitions => {
  const topics = new Map<string, { spec: TopicSpec; parts: Partition[] }>();
  const part = (at: TopicPartition): Partition => {
    const found = topics.get(at.topic)?.parts[at.partition];
    if (found === undefined)
      throw fatal('TOPIC_MISSING', `using ${placeOf(at)} of the in-memory log: there is no such topic or partition`);
    return found;
  };
  const changed = (one: Partition): void => {
    const { waiting } = one;
    one.waiting = new Set();
    for (const wake of waiting) wake();
  };
  const put = (one: Partition, outgoing: Outgoing, transaction: Transaction | undefined, control: boolean): number => {
    const { topic, partition, key, value } = outgoing;
    const offset = endOf(one);
    const headers = headersOf(outgoing.headers ?? noHeaders);
    one.records.push({
      record: { topic, partition, offset, timestamp: clock.now(), key, value, headers },
      transaction,
      control,
    });
    return offset;
  };
  const append = (records: readonly Outgoing[], transaction: Transaction | undefined): readonly Written[] => {
    const written = new Map<string, { topic: string; partition: number; baseOffset: number; count: number }>();
    for (const one of records) part(one);
    for (const outgoing of records) {
      const one = part(outgoing);
      const offset = put(one, outgoing, transaction, false);
      const { topic, partition } = outgoing;
      const place = placeOf(outgoing);
      if (transaction !== undefined && !transaction.touched.has(place)) {
        transaction.touched.set(place, { topic, partition });
        one.open.set(transaction, offset);
      }
      const sofar = written.get(place);
      if (sofar === undefined) written.set(place, { topic, partition, baseOffset: offset, count: 1 });
      else sofar.count++;
    }
    for (const at of written.values()) changed(part(at));
    return [...written.values()];
  };
  const fetch = (request: FetchRequest): Fetched => {
    const { topic, partition, from, maxBytes } = request;
    const one = part(request);
    const [lastStable, highWatermark] = [stableOf(one), endOf(one)];
    const at = { topic, partition, start: one.start, lastStable, highWatermark };
    if (from < one.start || from > highWatermark) return { ...at, records: [], next: from, outOfRange: true };
    const records: LogRecord[] = [];
    let next = from;
    for (let bytes = 0; next < lastStable && (bytes < maxBytes || records.length === 0); next++) {
      const { record, transaction, control } = one.records[next - one.start]!;
      if (control || transaction?.state === 'aborted') continue;
      records.push(record);
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0) + 64;
    }
    return { ...at, records, next, outOfRange: false };
  };
  const admin: LogAdmin = {
    topics: () => Promise.resolve([...topics.values()].map(one => one.spec)),
    create: async specs => {
      await Promise.resolve();
      for (const spec of specs) {
        if (topics.has(spec.name)) throw fatal('KAFKA_REFUSED', `making topic ${spec.name}: it exists`);
        const make = (): Partition => ({ records: [], start: 0, open: new Map(), waiting: new Set() });
        topics.set(spec.name, { spec, parts: Array.from({ length: spec.partitions }, make) });
      }
    },
    alter: (topic, settings) => {
      const found = topics.get(topic);
      if (found === undefined) throw transient('TOPIC_MISSING', `altering topic ${topic}: there is none`);
      found.spec = { ...found.spec, settings: { ...found.spec.settings, ...settings } };
      return Promise.resolve();
    },
    remove: names => {
      for (const one of names) topics.delete(one);
      return Promise.resolve();
    },
  };
  return {
    append,
    mark: (at, transaction) => {
      const one = part(at);
      put(one, { ...at, key: null, value: null }, undefined, true);
      one.open.delete(transaction);
      changed(one);
    },
    fetch,
    bounds: at => {
      const one = part(at);
      const { topic, partition } = at;
      return { topic, partition, start: one.start, lastStable: stableOf(one), highWatermark: endOf(one) };
    },
    offsetAt: (at, time) => {
      const one = part(at);
      const stable = stableOf(one);
      const found = one.records.find(({ record }) => record.timestamp >= time && record.offset < stable);
      return found?.record.offset ?? stable;
    },
    count: topic => topics.get(topic)?.parts.length,
    truncate: (at, start) => {
      const one = part(at);
      one.records.splice(0, start - one.start);
      one.start = start;
    },
    onChange: (places, wake) => {
      const parts = places.map(part);
      for (const one of parts) one.waiting.add(wake);
      return () => {
        for (const one of parts) one.waiting.delete(wake);
      };
    },
    admin,
  };
};
