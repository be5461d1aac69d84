/**
 * Follows the log read committed while things happen to it: the concurrent reader that the checker compares with the final topics, and
 * by the run logs what each task has consumed and when it last committed.
 */
import type { FetchRequest, Log, LogRecord } from '../../../runtime/port.ts';
import type { RunRecord } from '../../../runtime/task/keys.ts';
import { inputsOf, nameOf, ownTopics, type Names, type Unit } from '../../../runtime/topology.ts';
import { setTimeout as delay } from 'node:timers/promises';

/** A record as the concurrent reader saw it. */
export interface Seen {
  readonly offset: number;
  /** Epoch ms UTC, the broker's. */
  readonly at: number;
  readonly id: string;
}
export interface Tail {
  /** Records of these units' inputs, appended up to a time, that they have not consumed as far as is known here. */
  readonly unread: (units: readonly string[], upTo?: number) => number;
  /** Of one task. */
  readonly unreadOf: (unit: string, partition: number, upTo?: number) => number;
  /** When a task committed work, epoch ms, in order. */
  readonly commits: (unit: string, partition: number) => readonly number[];
  /** The longest that a record waited for its task's next commit, of those that arrived within a stretch of time, ms. */
  readonly longestWait: (unit: string, partition: number, from: number, to: number) => number;
  /** Resolves when all that was there at the call has been read. */
  readonly turn: () => Promise<void>;
  /** What was read of a topic (plain name), by partition. */
  readonly seen: (topic: string) => readonly (readonly Seen[])[];
  readonly topics: readonly string[];
  /** Follows no more; what was read stays. */
  readonly stop: () => Promise<void>;
}
interface Followed {
  readonly topic: string;
  readonly partition: number;
  readonly seen: Seen[];
  next: number;
}
const again = 200;
const waitMs = 100;

export const tailOf = (log: Log, names: Names, units: readonly Unit[], partitions: number): Tail => {
  const inputs = new Map(units.map(unit => [nameOf(unit), inputsOf(unit).map(topic => topic.name)]));
  const runTopics = new Map(units.map(unit => [ownTopics.runs(nameOf(unit)), nameOf(unit)]));
  const topics = [...new Set([...[...inputs.values()].flat(), ...runTopics.keys()])];
  const followed = new Map<string, readonly Followed[]>(
    topics.map(topic => [topic, Array.from({ length: partitions }, (_, partition) => ({ topic, partition, seen: [], next: 0 }))]),
  );
  /** By unit, topic, partition: the highest offset that its run log names. */
  const consumed = new Map<string, number>();
  const committed = new Map<string, number[]>();
  const stopped = new AbortController();

  const learn = (unit: string, record: LogRecord): void => {
    const { consumed: items } = JSON.parse(record.value!.toString()) as RunRecord;
    for (const item of items) {
      if (!('topic' in item)) continue;
      const at = `${unit} ${item.topic} ${record.partition}`;
      const to = 'to' in item ? item.to : 'skipped' in item ? item.skipped : item.retried;
      consumed.set(at, Math.max(consumed.get(at) ?? -1, to));
    }
    const times = committed.get(`${unit} ${record.partition}`) ?? [];
    committed.set(`${unit} ${record.partition}`, times);
    times.push(record.timestamp);
  };
  const follow = async (): Promise<void> => {
    const all = [...followed.values()].flat();
    const requests = all.map((one): FetchRequest => ({
      topic: names.topic(one.topic),
      partition: one.partition,
      from: one.next,
      maxBytes: 1 << 20,
    }));
    const answers = await log.fetch(requests, waitMs);
    answers.forEach((answer, index) => {
      const one = all[index]!;
      for (const record of answer.records) {
        one.seen.push({
          offset: record.offset,
          at: record.timestamp,
          id: record.headers()['ce_id']?.toString() ?? '',
        });
        const unit = runTopics.get(one.topic);
        if (unit !== undefined) learn(unit, record);
      }
      one.next = answer.next;
    });
  };
  let turns = 0;
  const following = (async () => {
    while (!stopped.signal.aborted)
      // The broker is one of the things that are ended here.
      await follow().then(
        () => {
          turns++;
        },
        () => delay(again),
      );
  })();

  const unreadOf: Tail['unreadOf'] = (unit, partition, upTo = Infinity) =>
    inputs.get(unit)!.reduce((sum, topic) => {
      const through = consumed.get(`${unit} ${topic} ${partition}`) ?? -1;
      const { seen } = followed.get(topic)![partition]!;
      let left = 0;
      for (let index = seen.length - 1; index >= 0 && seen[index]!.offset > through; index--) if (seen[index]!.at <= upTo) left++;
      return sum + left;
    }, 0);
  return {
    topics,
    unreadOf,
    unread: (ofUnits, upTo) =>
      ofUnits.reduce(
        (sum, unit) =>
          sum + Array.from({ length: partitions }, (_, partition) => unreadOf(unit, partition, upTo)).reduce((a, b) => a + b, 0),
        0,
      ),
    commits: (unit, partition) => committed.get(`${unit} ${partition}`) ?? [],
    longestWait: (unit, partition, from, to) => {
      const commits = committed.get(`${unit} ${partition}`) ?? [];
      const arrivals = inputs.get(unit)!.flatMap(topic => followed.get(topic)![partition]!.seen);
      return arrivals
        .filter(one => one.at >= from && one.at <= to)
        .reduce((longest, { at }) => {
          const next = commits.find(time => time >= at);
          return next === undefined ? longest : Math.max(longest, next - at);
        }, 0);
    },
    // The fetch that is under way may have begun before the call: the one after it has not.
    turn: async () => {
      const enough = turns + 2;
      while (turns < enough && !stopped.signal.aborted) await delay(20);
    },
    seen: topic => (followed.get(topic) ?? []).map(one => one.seen),
    stop: async () => {
      stopped.abort();
      await following;
    },
  };
};
