/** One transactional id: fenced by InitProducerId, then transactions one after another, each answered by what is certain of it. */
import { Failure, isFailure, transient } from '../failure.ts';
import type { Outcome, Outgoing, TopicPartition, Transactional, Written } from '../port.ts';
import { backoffFor } from './backoff.ts';
import type { Directory } from './directory.ts';
import { code, coordinatorMoves, fencing, NoAnswer, notWrittenYet, perhapsWritten, refusal, unreachable } from './errors.ts';
import type { Protocol } from './mended.ts';
import { groupByPartition, outcomeOf, produceGroups, type Group } from './produce.ts';
import type { Bad, Identity } from './produce-round.ts';
import { requestOf, type Address, type Wire } from './wire.ts';

interface ErrorAnswer {
  readonly errorCode: number;
}
interface Initialised extends ErrorAnswer {
  readonly producerId: string;
  readonly producerEpoch: number;
}
interface PartitionsAdded {
  readonly errors: readonly {
    readonly topic: string;
    readonly partitionErrors: readonly (ErrorAnswer & { readonly partition: number })[];
  }[];
}
interface OffsetsCommitted {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly (ErrorAnswer & { readonly partition: number })[];
  }[];
}
type Offset = TopicPartition & { readonly offset: number };

// The last transaction of a former holder may have to be aborted on every partition first.
const INIT_WAIT_MS = 30_000;
/** How long a step waits for a leader, a coordinator, or the end of the last transaction. */
const STEP_WAIT_MS = 10_000;
/** The end of the last transaction is a matter of milliseconds; a long pause would cost each transaction one. */
const MOST_PAUSE_MS = 20;

/** `wire` is this producer's own: its requests wait for nobody else's, and end with it. */
export const initTransactional = async (
  wire: Wire,
  directory: Directory,
  transactionalId: string,
  timeoutMs: number,
): Promise<Transactional> => {
  const doing = `taking over the transactional id ${transactionalId}`;
  const coordinator = coordinatorOf(directory, 'transaction', transactionalId);
  const backoff = backoffFor(INIT_WAIT_MS, MOST_PAUSE_MS);
  for (;;) {
    const question = requestOf<Initialised>('InitProducerId', 1, { transactionalId, transactionTimeout: timeoutMs });
    const answer = await wire.ask(await coordinator.find(), question).catch((error: unknown) => {
      throw error instanceof NoAnswer ? unreachable(doing, error) : error;
    });
    if (answer.errorCode === code.ok) {
      const { producerId, producerEpoch } = answer;
      const identity = {
        transactionalId,
        producerId: BigInt(producerId),
        producerEpoch,
        sequences: new Map<string, Map<number, number>>(),
      };
      return transactional(wire, directory, identity, transactionalId, coordinator);
    }
    if (coordinatorMoves.has(answer.errorCode)) coordinator.forget();
    else if (answer.errorCode !== code.concurrentTransactions) throw refusal(doing, answer.errorCode);
    if (!(await backoff.pause())) throw transient('KAFKA_UNREACHABLE', refusal(doing, answer.errorCode).message);
  }
};

interface Finder {
  readonly find: () => Promise<Address>;
  readonly forget: () => void;
}
const coordinatorOf = (directory: Directory, kind: 'group' | 'transaction', key: string): Finder => {
  let known: Address | undefined;
  return {
    find: async () => (known ??= await directory.coordinator(kind, key)),
    forget: () => {
      known = undefined;
    },
  };
};

const ok: Outcome = { is: 'ok', value: undefined };

const transactional = (wire: Wire, directory: Directory, identity: Identity, id: string, coordinator: Finder): Transactional => {
  const { producerId, producerEpoch } = identity;
  const who = { transactionalId: id, producerId: String(producerId), producerEpoch };
  const added = new Map<string, Set<number>>();
  const groups = new Map<string, Finder>();
  let begun = false;
  let spent = false;
  /** After an unknown outcome or a fencing nothing more leaves: it could join a transaction whose end is still under way. */
  const guarded =
    <A extends readonly unknown[], T>(act: (...args: A) => Promise<Outcome<T>>) =>
    async (...args: A): Promise<Outcome<T>> => {
      if (spent) return { is: 'failed', error: new Error(`using the producer of ${id} after an unknown outcome or a fencing`) };
      const outcome = await act(...args);
      spent = outcome.is === 'unknown' || outcome.is === 'fenced';
      return outcome;
    };

  const addPartitions = async (wanted: readonly Group[]): Promise<Bad | undefined> => {
    const fresh = wanted.filter(({ topic, partition }) => added.get(topic)?.has(partition) !== true);
    if (fresh.length === 0) return undefined;
    const byTopic = Map.groupBy(fresh, ({ topic }) => topic);
    const topics = [...byTopic].map(([topic, parts]) => ({ topic, partitions: parts.map(({ partition }) => partition) }));
    let refused: readonly string[] = [];
    const bad = await step(
      { wire, finder: coordinator, doing: `adding partitions to the transaction of ${id}`, passes: mayBeAdded },
      requestOf<PartitionsAdded>('AddPartitionsToTxn', 1, { ...who, topics }),
      ({ errors }) => {
        refused = refusedIn(errors);
        return firstError(errors.flatMap(({ partitionErrors }) => partitionErrors));
      },
    );
    if (bad !== undefined) return { is: bad.is, error: naming(bad.error, refused) };
    begun = true;
    for (const { topic, partition } of fresh) {
      const known = added.get(topic);
      if (known === undefined) added.set(topic, new Set([partition]));
      else known.add(partition);
    }
    return undefined;
  };

  const send = async (records: readonly Outgoing[]): Promise<Outcome<readonly Written[]>> => {
    if (records.length === 0) return { is: 'ok', value: [] };
    const wanted = groupByPartition(records);
    const bad = await addPartitions(wanted);
    return bad ?? outcomeOf(await produceGroups({ wire, directory, identity, deadlineMs: STEP_WAIT_MS }, wanted));
  };

  const sendOffsets = async (group: string, offsets: readonly Offset[]): Promise<Outcome> => {
    if (offsets.length === 0) return ok;
    const adding = requestOf<ErrorAnswer>('AddOffsetsToTxn', 1, { ...who, groupId: group });
    const doing = `adding offsets of group ${group} to the transaction of ${id}`;
    const notAdded = await step({ wire, finder: coordinator, doing, passes: mayBeAdded }, adding, ({ errorCode }) => errorCode);
    if (notAdded !== undefined) return notAdded;
    begun = true;
    const finder = groups.get(group) ?? coordinatorOf(directory, 'group', group);
    groups.set(group, finder);
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, parts]) => ({
      topic,
      partitions: parts.map(({ partition, offset }) => ({ partition, offset: String(offset), metadata: null })),
    }));
    const committing = requestOf<OffsetsCommitted>('TxnOffsetCommit', 1, { ...who, groupId: group, topics });
    const bad = await step({ wire, finder, doing, passes: mayBeCommitted }, committing, answer =>
      firstError(answer.topics.flatMap(({ partitions }) => partitions)),
    );
    return bad ?? ok;
  };

  const end = async (how: 'commit' | 'abort'): Promise<Outcome> => {
    if (!begun) return ok;
    const ending = requestOf<ErrorAnswer>('EndTxn', 1, { ...who, transactionResult: how === 'commit' });
    const bad = await step(
      { wire, finder: coordinator, doing: `ending the transaction of ${id} by ${how}`, passes: mayBeEnded, hides: true },
      ending,
      ({ errorCode }) => errorCode,
    );
    if (bad !== undefined) return bad;
    begun = false;
    added.clear();
    return ok;
  };
  return { send: guarded(send), sendOffsets: guarded(sendOffsets), end: guarded(end), close: wire.close };
};

const firstError = (answers: readonly ErrorAnswer[]): number => {
  const codes = answers.map(({ errorCode }) => errorCode).filter(errorCode => errorCode !== code.ok);
  // This one only says that another of the same request was refused.
  return codes.find(errorCode => errorCode !== code.operationNotAttempted) ?? codes[0] ?? code.ok;
};

/** The partitions that the coordinator would not take; the others of a request are not tried then. */
const refusedIn = (errors: PartitionsAdded['errors']): readonly string[] =>
  errors.flatMap(({ topic, partitionErrors }) =>
    partitionErrors
      .filter(({ errorCode }) => errorCode !== code.ok && errorCode !== code.operationNotAttempted)
      .map(({ partition }) => `${topic}/${partition}`),
  );
const naming = (error: Error, places: readonly string[]): Error =>
  isFailure(error) && places.length > 0
    ? new Failure(error.kind, error.code, `${error.message} (${places.join(', ')})`, { cause: error })
    : error;

const mayBeAdded: ReadonlySet<number> = new Set([...coordinatorMoves, code.concurrentTransactions, code.unknownTopicOrPartition]);
const mayBeCommitted: ReadonlySet<number> = new Set([...coordinatorMoves, ...perhapsWritten, ...notWrittenYet]);
const mayBeEnded: ReadonlySet<number> = new Set([...coordinatorMoves, code.concurrentTransactions]);

interface Step {
  readonly wire: Wire;
  readonly finder: Finder;
  readonly doing: string;
  /** Answers after which the same request is made again: it was not done, or doing it again is the same. */
  readonly passes: ReadonlySet<number>;
  /** Such an answer may hide that the request was done. */
  readonly hides?: boolean;
}

/** One request to a coordinator, made again after an answer that passes, never after none: the first may still arrive, and late. */
const step = async <T>(
  { wire, finder, doing, passes, hides }: Step,
  question: Protocol<T>,
  errorOf: (answer: T) => number,
): Promise<Bad | undefined> => {
  const backoff = backoffFor(STEP_WAIT_MS, MOST_PAUSE_MS);
  let perhaps = false;
  for (;;) {
    let found: number;
    try {
      found = errorOf(await wire.ask(await finder.find(), question));
    } catch (error) {
      if (error instanceof NoAnswer) return { is: 'unknown', error: unreachable(doing, error) };
      if (!isFailure(error)) throw error;
      finder.forget();
      if (error.kind === 'fatal' || !(await backoff.pause())) return { is: perhaps ? 'unknown' : 'failed', error };
      continue;
    }
    if (found === code.ok) return undefined;
    const error = refusal(doing, found);
    if (fencing.has(found)) return { is: 'fenced', error };
    if (passes.has(found)) perhaps ||= hides === true;
    if (!passes.has(found) || !(await backoff.pause())) return { is: perhaps ? 'unknown' : 'failed', error };
    if (coordinatorMoves.has(found)) finder.forget();
  }
};
