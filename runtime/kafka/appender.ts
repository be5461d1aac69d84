/** Writes outside transactions, for intake: idempotent, acknowledged by all replicas; what is sent while a request is under way goes together. */
import { isFailure } from '../failure.ts';
import type { Appender, Outcome, Outgoing, Written } from '../port.ts';
import type { Directory } from './directory.ts';
import { backoffFor } from './backoff.ts';
import { code, coordinatorMoves, refusal } from './errors.ts';
import { groupByPartition, outcomeOf, produceGroups, type Group, type GroupResult } from './produce.ts';
import type { Identity } from './produce-round.ts';
import { requestOf, type Wire } from './wire.ts';

interface Initialised {
  readonly errorCode: number;
  readonly producerId: string;
  readonly producerEpoch: number;
}
interface Waiting {
  readonly records: readonly Outgoing[];
  readonly settle: (outcome: Outcome<readonly Written[]>) => void;
}

// Whoever waits for this has a channel waiting for an answer.
const WAIT_MS = 3_000;
const MOST_RECORDS = 10_000;

/** `wire` is its own. After any outcome but ok the next send begins with a new identity: the sequence of the old one is in doubt. */
export const openAppender = (wire: Wire, directory: Directory): Appender => {
  let identity: Identity | undefined;
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  const writeTogether = async (those: readonly Waiting[]): Promise<void> => {
    const records = those.length === 1 ? (those[0]?.records ?? []) : those.flatMap(one => one.records);
    const groups = groupByPartition(records);
    let results: readonly GroupResult[];
    try {
      identity ??= await identify(wire);
      results = await produceGroups({ wire, directory, identity, deadlineMs: WAIT_MS }, groups);
    } catch (error) {
      for (const { settle } of those) settle({ is: 'failed', error: error as Error });
      return;
    }
    if (results.some(({ bad }) => bad !== undefined)) identity = undefined;
    const shares = shareOut(those, groups, results);
    const alone = those.filter((one, index) => {
      const outcome = shares[index];
      // One sender's record may have been refused: the others' must not fail with it.
      if (outcome?.is === 'failed' && those.length > 1 && isRefusal(outcome.error)) return true;
      if (outcome !== undefined) one.settle(outcome);
      return false;
    });
    for (const one of alone) await writeTogether([one]);
  };
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const those = firstOf(waiting);
      waiting = waiting.slice(those.length);
      await writeTogether(those);
    }
    running = undefined;
  };
  const send = (records: readonly Outgoing[]): Promise<Outcome<readonly Written[]>> => {
    if (records.length === 0) return Promise.resolve({ is: 'ok', value: [] });
    if (closed) return Promise.resolve({ is: 'failed', error: new Error('writing through an appender that was closed') });
    return new Promise(settle => {
      waiting.push({ records, settle });
      running ??= drain();
    });
  };
  const close = async (): Promise<void> => {
    closed = true;
    await wire.close();
    await running;
  };
  return { send, close };
};

const isRefusal = (error: Error): boolean => isFailure(error) && error.kind === 'fatal';

const firstOf = (waiting: readonly Waiting[]): readonly Waiting[] => {
  let records = 0;
  const until = waiting.findIndex(one => (records += one.records.length) > MOST_RECORDS);
  return until < 0 ? waiting : waiting.slice(0, Math.max(1, until));
};

const identify = async (wire: Wire): Promise<Identity> => {
  const backoff = backoffFor(WAIT_MS);
  for (;;) {
    const answer = await wire.askAny(
      requestOf<Initialised>('InitProducerId', 1, { transactionalId: null, transactionTimeout: 0 }),
    );
    if (answer.errorCode === code.ok) {
      const { producerId, producerEpoch } = answer;
      return { transactionalId: null, producerId: BigInt(producerId), producerEpoch, sequences: new Map() };
    }
    if (!coordinatorMoves.has(answer.errorCode) || !(await backoff.pause())) {
      throw refusal('asking for a producer id', answer.errorCode);
    }
  }
};

/** Each sender's own outcome: in each group the senders' records lie one behind the other. */
const shareOut = (
  those: readonly Waiting[],
  groups: readonly Group[],
  results: readonly GroupResult[],
): readonly Outcome<readonly Written[]>[] => {
  if (those.length === 1) return [outcomeOf(results)];
  const taken = groups.map(() => 0);
  const indexes = new Map(groups.map(({ topic, partition }, index) => [`${topic}/${String(partition)}`, index]));
  return those.map(({ records }) => {
    const own = groupByPartition(records).map(({ topic, partition, records: mine }): GroupResult => {
      const index = indexes.get(`${topic}/${String(partition)}`) ?? -1;
      const from = taken[index] ?? 0;
      taken[index] = from + mine.length;
      const written = cut(results[index]?.written ?? [], from, from + mine.length);
      const count = written.reduce((sum, one) => sum + one.count, 0);
      return { written, bad: count === mine.length ? undefined : results[index]?.bad };
    });
    return outcomeOf(own);
  });
};

/** Of what was written of a group, the records from index `from` up to `to`. */
const cut = (written: readonly Written[], from: number, to: number): Written[] => {
  let start = 0;
  return written.flatMap(({ topic, partition, baseOffset, count }) => {
    const first = Math.max(from, start);
    const last = Math.min(to, start + count);
    const base = baseOffset + first - start;
    start += count;
    return last > first ? [{ topic, partition, baseOffset: base, count: last - first }] : [];
  });
};
