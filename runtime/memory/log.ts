/**
 * The log in memory, behind the same port as Kafka: offsets with control records, transactions with epochs, last stable offset,
 * read committed. For rules' flows, the simulation, and trying things without a broker. It passes the contract suite of the real one.
 */
import type {
  Appender,
  Bounds,
  FetchRequest,
  Fetched,
  Log,
  LogAdmin,
  LogRecord,
  Outcome,
  Outgoing,
  TopicPartition,
  TopicSpec,
  Transactional,
  Written,
} from '../port.ts';
import type { Clock } from '../model.ts';
import { transient, fatal } from '../failure.ts';
import { readHeaders } from '../wire/headers.ts';
import { memoryGroups, type MemoryGroups } from './groups.ts';

type TransactionState = 'open' | 'committed' | 'aborted';
interface Transaction {
  state: TransactionState;
  /** Partitions that the transaction wrote to, as `topic/partition`. */
  readonly touched: Set<string>;
  readonly offsets: Map<string, Map<string, number>>;
}
interface Stored {
  readonly record: LogRecord;
  readonly transaction: Transaction | undefined;
  readonly control: boolean;
}
interface Part {
  readonly records: Stored[];
  start: number;
  /** Open transactions and the first offset of each here. */
  readonly open: Map<Transaction, number>;
}
interface Identity {
  epoch: number;
  open: Transaction | undefined;
}
/** Faults that a simulation puts between the session and the log. */
export interface MemoryFaults {
  /** Called before each change; throwing makes its outcome unknown, before or after it took effect. */
  readonly around?: (what: 'send' | 'sendOffsets' | 'end' | 'append') => 'ok' | 'lost before' | 'lost after' | 'refused';
}
export interface MemoryLog extends Log {
  /** Removes records below an offset, as retention does. */
  readonly truncate: (at: TopicPartition, start: number) => void;
  readonly groups: MemoryGroups;
}

/** How long the end of a transaction is waited for at once, ms. */
const transactionWaitMs = 1_000;
const name = (at: TopicPartition): string => `${at.topic}/${at.partition}`;
const ok = <T>(value: T): Outcome<T> => ({ is: 'ok', value });
const failure = (is: 'failed' | 'unknown' | 'fenced', message: string): Outcome<never> => ({ is, error: new Error(message) });

export const memoryLog = (clock: Clock, faults: MemoryFaults = {}): MemoryLog => {
  const topics = new Map<string, { spec: TopicSpec; parts: Part[] }>();
  const identities = new Map<string, Identity>();
  const offsets = new Map<string, Map<string, number>>();
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };

  const part = (at: TopicPartition): Part => {
    const found = topics.get(at.topic)?.parts[at.partition];
    if (found === undefined)
      throw fatal('TOPIC_MISSING', `using ${name(at)} of the in-memory log: there is no such topic or partition`);
    return found;
  };
  const end = (one: Part): number => one.start + one.records.length;
  const lastStable = (one: Part): number => Math.min(end(one), ...one.open.values());
  const append = (outgoing: Outgoing, transaction: Transaction | undefined, control = false): number => {
    const one = part(outgoing);
    const offset = end(one);
    const headers = outgoing.headers ?? [];
    one.records.push({
      record: {
        topic: outgoing.topic,
        partition: outgoing.partition,
        offset,
        timestamp: clock.now(),
        key: outgoing.key,
        value: outgoing.value,
        headers: () =>
          Buffer.isBuffer(headers)
            ? readHeaders(headers, 0)
            : Object.fromEntries(headers.map(([key, value]) => [key.toString(), value])),
      },
      transaction,
      control,
    });
    return offset;
  };
  const appendAll = (records: readonly Outgoing[], transaction: Transaction | undefined): readonly Written[] => {
    const written = new Map<string, { topic: string; partition: number; baseOffset: number; count: number }>();
    for (const one of records) part(one);
    for (const one of records) {
      const offset = append(one, transaction);
      if (transaction !== undefined && !transaction.touched.has(name(one))) {
        transaction.touched.add(name(one));
        part(one).open.set(transaction, offset);
      }
      const sofar = written.get(name(one));
      if (sofar === undefined)
        written.set(name(one), { topic: one.topic, partition: one.partition, baseOffset: offset, count: 1 });
      else sofar.count++;
    }
    wake();
    return [...written.values()];
  };
  const finish = (identity: Identity, state: 'committed' | 'aborted'): void => {
    const { open } = identity;
    if (open === undefined) return;
    identity.open = undefined;
    open.state = state;
    for (const touched of open.touched) {
      const [topic, partition] = [
        touched.slice(0, touched.lastIndexOf('/')),
        Number(touched.slice(touched.lastIndexOf('/') + 1)),
      ];
      append({ topic, partition, key: null, value: null }, undefined, true);
      part({ topic, partition }).open.delete(open);
    }
    if (state === 'committed')
      for (const [group, all] of open.offsets) for (const [at, offset] of all) groupOffsets(group).set(at, offset);
    wake();
  };
  const groupOffsets = (group: string): Map<string, number> => {
    if (!offsets.has(group)) offsets.set(group, new Map());
    return offsets.get(group)!;
  };
  /** Applies a change under the faults of a simulation. */
  const change = <T>(what: 'send' | 'sendOffsets' | 'end' | 'append', effect: () => Outcome<T>): Outcome<T> => {
    const fate = faults.around?.(what) ?? 'ok';
    if (fate === 'refused') return failure('failed', `${what} refused`);
    if (fate === 'lost before') return failure('unknown', `${what}: the request was lost`);
    const outcome = effect();
    return fate === 'lost after' ? failure('unknown', `${what}: the answer was lost`) : outcome;
  };

  const fetchOne = (request: FetchRequest): Fetched => {
    const one = part(request);
    const stable = lastStable(one);
    const at = {
      topic: request.topic,
      partition: request.partition,
      start: one.start,
      lastStable: stable,
      highWatermark: end(one),
    };
    if (request.from < one.start || request.from > end(one)) return { ...at, records: [], next: request.from, outOfRange: true };
    const records: LogRecord[] = [];
    let next = request.from;
    for (let bytes = 0; next < stable && (bytes < request.maxBytes || records.length === 0); next++) {
      const stored = one.records[next - one.start]!;
      if (stored.control || stored.transaction?.state === 'aborted') continue;
      records.push(stored.record);
      bytes += (stored.record.key?.length ?? 0) + (stored.record.value?.length ?? 0) + 64;
    }
    return { ...at, records, next, outOfRange: false };
  };
  /** Waits until something was written or ended, at most `ms`. */
  const changed = async (ms: number): Promise<void> => {
    const stop = new AbortController();
    await Promise.race([
      new Promise<void>(resolve => waiting.push(resolve)),
      clock.sleep(ms, stop.signal).catch(() => undefined),
    ]);
    stop.abort();
  };
  const fetch = async (requests: readonly FetchRequest[], waitMs: number): Promise<readonly Fetched[]> => {
    const until = clock.monotonic() + waitMs;
    for (;;) {
      const answers = requests.map(fetchOne);
      const left = until - clock.monotonic();
      if (left <= 0 || answers.some((answer, i) => answer.outOfRange || answer.next > requests[i]!.from)) return answers;
      await changed(left);
    }
  };
  const boundsOf = (at: TopicPartition): Bounds => {
    const one = part(at);
    return { topic: at.topic, partition: at.partition, start: one.start, lastStable: lastStable(one), highWatermark: end(one) };
  };

  const initProducer = async (transactionalId: string, timeoutMs: number): Promise<Transactional> => {
    await Promise.resolve();
    const identity = identities.get(transactionalId) ?? { epoch: -1, open: undefined };
    identities.set(transactionalId, identity);
    finish(identity, 'aborted');
    const epoch = ++identity.epoch;
    const current = (): Transaction => {
      if (identity.open !== undefined) return identity.open;
      const begun: Transaction = { state: 'open', touched: new Set(), offsets: new Map() };
      identity.open = begun;
      void clock.sleep(timeoutMs).then(
        () => {
          if (identity.open !== begun) return;
          identity.epoch++;
          finish(identity, 'aborted');
        },
        () => undefined,
      );
      return begun;
    };
    const guarded = async <T>(what: 'send' | 'sendOffsets' | 'end', effect: () => Outcome<T>): Promise<Outcome<T>> => {
      await Promise.resolve();
      if (identity.epoch !== epoch) return failure('fenced', `${what} of ${transactionalId}: a newer producer holds the id`);
      return change(what, effect);
    };
    return {
      send: records => guarded('send', () => ok(records.length === 0 ? [] : appendAll(records, current()))),
      sendOffsets: (group, all) =>
        guarded('sendOffsets', () => {
          const pending = current().offsets.get(group) ?? new Map<string, number>();
          for (const one of all) pending.set(name(one), one.offset);
          current().offsets.set(group, pending);
          return ok(undefined);
        }),
      end: how =>
        guarded('end', () => {
          finish(identity, how === 'commit' ? 'committed' : 'aborted');
          return ok(undefined);
        }),
      close: () => Promise.resolve(),
    };
  };
  const appender = (): Promise<Appender> =>
    Promise.resolve({
      send: async records => {
        await Promise.resolve();
        return change('append', () => ok(appendAll(records, undefined)));
      },
      close: () => Promise.resolve(),
    });

  const admin: LogAdmin = {
    topics: () => Promise.resolve([...topics.values()].map(one => one.spec)),
    create: async specs => {
      await Promise.resolve();
      for (const spec of specs) {
        if (topics.has(spec.name)) throw fatal('KAFKA_REFUSED', `making topic ${spec.name}: it exists`);
        topics.set(spec.name, {
          spec,
          parts: Array.from({ length: spec.partitions }, () => ({ records: [], start: 0, open: new Map() })),
        });
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
  const groups = memoryGroups(clock, topic => topics.get(topic)?.parts.length ?? 0);
  return {
    fetch,
    bounds: partitions => Promise.resolve(partitions.map(boundsOf)),
    offsetsAt: (partitions, at) =>
      Promise.resolve(
        partitions.map(one => {
          const bounds = boundsOf(one);
          const found = part(one).records.find(
            stored => stored.record.timestamp >= at && stored.record.offset < bounds.lastStable,
          );
          return { topic: one.topic, partition: one.partition, offset: found?.record.offset ?? bounds.lastStable };
        }),
      ),
    partitions: names =>
      Promise.resolve(new Map(names.filter(one => topics.has(one)).map(one => [one, topics.get(one)!.parts.length]))),
    committed: async (group, names) => {
      // As Kafka's stable offsets: those of a transaction under way are waited for.
      while ([...identities.values()].some(one => one.open?.offsets.has(group) === true)) await changed(transactionWaitMs);
      return [...groupOffsets(group)]
        .map(([at, offset]) => ({
          topic: at.slice(0, at.lastIndexOf('/')),
          partition: Number(at.slice(at.lastIndexOf('/') + 1)),
          offset,
        }))
        .filter(one => names.includes(one.topic));
    },
    initProducer,
    appender,
    join: groups.join,
    admin,
    close: () => Promise.resolve(groups.close()),
    truncate: (at, start) => {
      const one = part(at);
      one.records.splice(0, start - one.start);
      one.start = start;
    },
    groups,
  };
};
