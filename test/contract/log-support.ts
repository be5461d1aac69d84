/** What the log's contract suite says things with: short records, whole partitions, members that remember what they were told. */
import assert from 'node:assert/strict';
import type { Fetched, Log, LogRecord, Member, MemberListener, Outcome, Outgoing, TopicPartition } from '../../runtime/port.ts';
import { until } from '../support/until.ts';

/** A log to try, and topics of its own in it. */
export interface Opened {
  readonly log: Log;
  /** Makes a topic that nobody else uses and says its name. */
  readonly topic: (spec?: {
    readonly partitions?: number;
    readonly settings?: Readonly<Record<string, string>>;
  }) => Promise<string>;
  readonly close: () => Promise<void>;
}

export const out = (topic: string, value: string, partition = 0): Outgoing => ({
  topic,
  partition,
  key: Buffer.from('key'),
  value: Buffer.from(value),
});

export const done = <T>(outcome: Outcome<T>): T => {
  if (outcome.is !== 'ok') throw outcome.error;
  return outcome.value;
};

export const valuesOf = (records: readonly LogRecord[]): string[] => records.map(({ value }) => String(value));

const MOST_BYTES = 1 << 20;

/** The one partition's answer. */
export const fetchOne = async (
  log: Log,
  topic: string,
  from = 0,
  partition = 0,
  waitMs = 0,
  maxBytes = MOST_BYTES,
): Promise<Fetched> => {
  const [answer] = await log.fetch([{ topic, partition, from, maxBytes }], waitMs);
  if (answer === undefined) throw new Error('fetch answered for no partition');
  return answer;
};

/** A commit is answered before its records can be read: waits until no transaction on the partition is open or ending. */
export const stable = (log: Log, topic: string, partition = 0): Promise<number> =>
  until(`${topic}/${String(partition)} to have no open transaction`, async () => {
    const [, lastStable, highWatermark] = await boundsOf(log, topic, partition);
    // Told by a string, since 0 would not count as seen.
    return lastStable === highWatermark ? String(lastStable) : undefined;
  }).then(Number);

/** Everything committed from an offset on, as one answer. */
export const readAll = async (log: Log, topic: string, from = 0, partition = 0): Promise<Fetched> => {
  const records: LogRecord[] = [];
  const end = await stable(log, topic, partition);
  for (let next = from; ;) {
    const answer = await fetchOne(log, topic, next, partition, 100);
    assert.equal(answer.outOfRange, false);
    records.push(...answer.records);
    next = answer.next;
    if (next >= end) return { ...answer, records };
  }
};
export const readValues = async (log: Log, topic: string, from = 0, partition = 0): Promise<string[]> =>
  valuesOf((await readAll(log, topic, from, partition)).records);

export const boundsOf = async (log: Log, topic: string, partition = 0): Promise<readonly [number, number, number]> => {
  const [bounds] = await log.bounds([{ topic, partition }]);
  if (bounds === undefined) throw new Error('bounds answered for no partition');
  return [bounds.start, bounds.lastStable, bounds.highWatermark];
};

/** As `topic/partition: offset`, in order. */
export const committedOf = async (log: Log, group: string, topics: readonly string[]): Promise<string[]> =>
  (await log.committed(group, topics)).map(shown).toSorted();
export const shown = ({ topic, partition, offset }: TopicPartition & { readonly offset: number }): string =>
  `${topic}/${String(partition)}: ${String(offset)}`;

export interface Remembering extends MemberListener {
  readonly assignments: { readonly partitions: readonly number[]; readonly generation: number }[];
  readonly heartbeats: number[];
  /** Everything that was told, in order. */
  readonly told: string[];
  /** The partitions of the last assignment, unless it was revoked since. */
  readonly holds: () => readonly number[] | undefined;
}

export const remembering = (): Remembering => {
  const assignments: { partitions: readonly number[]; generation: number }[] = [];
  const heartbeats: number[] = [];
  const told: string[] = [];
  return {
    assignments,
    heartbeats,
    told,
    holds: () => (told.findLast(one => one !== 'heartbeat') === 'assigned' ? assignments.at(-1)?.partitions : undefined),
    assigned: (partitions, generation) => {
      assignments.push({ partitions, generation });
      told.push('assigned');
    },
    revoked: why => void told.push(why),
    heartbeat: at => {
      heartbeats.push(at);
      told.push('heartbeat');
    },
    fatal: error => void told.push(`fatal: ${error.message}`),
  };
};

export const SESSION_MS = 10_000;

export interface Joined extends Remembering {
  readonly member: Member;
}
export const join = async (log: Log, group: string, topics: readonly string[], formerMemberId?: string): Promise<Joined> => {
  const listener = remembering();
  const options = { group, topics, sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: SESSION_MS };
  const member = await log.join(formerMemberId === undefined ? options : { ...options, formerMemberId }, listener);
  return { ...listener, member };
};

/** Until the members hold all partitions between them, none of them twice. */
export const settled = (members: readonly Joined[], partitions: number): Promise<readonly (readonly number[])[]> =>
  until(
    `${String(members.length)} members to share ${String(partitions)} partitions`,
    () => {
      const held = members.map(member => member.holds());
      const all = held.flatMap(one => one ?? []).toSorted((a, b) => a - b);
      const complete =
        held.every(one => one !== undefined) && all.length === partitions && all.every((one, index) => one === index);
      return complete ? held.map(one => one ?? []) : undefined;
    },
    SESSION_MS,
  );
