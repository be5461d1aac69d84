/** Who leads which partition and who coordinates which group or transaction, asked anew when somebody finds it out of date. */
import { refusal, code, coordinatorMoves, leaderMoves, NoAnswer, unreachable } from './errors.ts';
import { isFailure, transient, type Failure } from '../failure.ts';
import type { TopicPartition } from '../port.ts';
import { requestOf, type Address, type Wire } from './wire.ts';
import { backoffFor } from './backoff.ts';

interface Metadata {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly TopicMetadata[];
}
export interface TopicMetadata {
  readonly topicErrorCode: number;
  readonly topic: string;
  readonly isInternal: boolean;
  readonly partitionMetadata: readonly {
    readonly partitionErrorCode: number;
    readonly partitionId: number;
    readonly leader: number;
  }[];
}
interface Coordinator {
  readonly errorCode: number;
  readonly coordinator: Address;
}

export interface Directory {
  /** As last heard; undefined when the topic, the partition or its leader is not known. */
  readonly leaderOf: (of: TopicPartition) => Address | undefined;
  /** Why there is none: the topic or partition is not there, or it has no leader now. */
  readonly withoutLeader: (of: TopicPartition) => number;
  readonly refresh: (topics: readonly string[]) => Promise<void>;
  /** Partition counts, asked now; a topic that does not exist is absent. */
  readonly counts: (topics: readonly string[]) => Promise<Map<string, number>>;
  /** All topics, asked now. */
  readonly everything: () => Promise<readonly TopicMetadata[]>;
  readonly coordinator: (kind: 'group' | 'transaction', key: string) => Promise<Address>;
}

const WAIT_MS = 15_000;

export const openDirectory = (wire: Wire): Directory => {
  const nodes = new Map<number, Address>();
  const leaders = new Map<string, ReadonlyMap<number, number>>();
  let running: Promise<unknown> = Promise.resolve();
  let waiting: { readonly topics: Set<string>; readonly done: Promise<readonly TopicMetadata[]> } | undefined;

  const load = async (topics: readonly string[]): Promise<readonly TopicMetadata[]> => {
    const { brokers, topicMetadata } = await wire.askAny(
      requestOf<Metadata>('Metadata', 6, { topics, allowAutoTopicCreation: false }),
    );
    for (const { nodeId, host, port } of brokers) nodes.set(nodeId, { host, port });
    for (const { topic, partitionMetadata } of topicMetadata) {
      leaders.set(topic, new Map(partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader])));
    }
    return topicMetadata;
  };
  /** Those who ask while an answer is under way share the next one. */
  const ask = (topics: readonly string[]): Promise<readonly TopicMetadata[]> => {
    if (waiting === undefined) {
      const wanted = new Set<string>();
      const done = running.then(() => {
        waiting = undefined;
        return load([...wanted]);
      });
      running = done.catch(() => undefined);
      waiting = { topics: wanted, done };
    }
    for (const topic of topics) waiting.topics.add(topic);
    return waiting.done;
  };
  const refresh = async (topics: readonly string[]): Promise<void> => {
    if (topics.length > 0) await ask(topics);
  };
  const counts = async (topics: readonly string[]): Promise<Map<string, number>> => {
    const wanted = new Set(topics);
    const backoff = backoffFor(WAIT_MS);
    for (;;) {
      const answered = wanted.size === 0 ? [] : (await ask(topics)).filter(({ topic }) => wanted.has(topic));
      const refused = answered.find(
        ({ topicErrorCode }) => topicErrorCode !== code.ok && topicErrorCode !== code.unknownTopicOrPartition,
      );
      if (refused === undefined) {
        const found = answered.filter(({ topicErrorCode }) => topicErrorCode === code.ok);
        return new Map(found.map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length]));
      }
      if (!leaderMoves.has(refused.topicErrorCode) || !(await backoff.pause())) {
        throw refusal(`asking for the partitions of ${refused.topic}`, refused.topicErrorCode);
      }
    }
  };
  const coordinator = async (kind: 'group' | 'transaction', key: string): Promise<Address> => {
    const question = { groupId: key, coordinatorType: kind === 'group' ? 0 : 1 };
    const backoff = backoffFor(WAIT_MS);
    for (;;) {
      const answer = await wire.askAny(requestOf<Coordinator>('GroupCoordinator', 2, question));
      if (answer.errorCode === code.ok) return { host: answer.coordinator.host, port: answer.coordinator.port };
      if (!coordinatorMoves.has(answer.errorCode) || !(await backoff.pause())) {
        throw refusal(`looking for the coordinator of the ${kind} ${key}`, answer.errorCode);
      }
    }
  };
  return {
    leaderOf: ({ topic, partition }) => {
      const node = leaders.get(topic)?.get(partition);
      return node === undefined ? undefined : nodes.get(node);
    },
    withoutLeader: ({ topic, partition }) =>
      leaders.get(topic)?.has(partition) === true ? code.leaderNotAvailable : code.unknownTopicOrPartition,
    refresh,
    counts,
    everything: () => load([]),
    coordinator,
  };
};

/** One partition's answer: an error code, and the value when there is one. */
export interface Answer<A> {
  readonly code: number;
  readonly value: A;
}
export interface LeaderQuestion<Q extends TopicPartition, A> {
  readonly doing: string;
  readonly wanted: readonly Q[];
  /** Answers in the order of the share; undefined where the broker said nothing of a partition. */
  readonly ask: (leader: Address, share: readonly Q[]) => Promise<readonly (Answer<A> | undefined)[]>;
  /** Codes that are an answer and not a reason to ask again. */
  readonly final?: ReadonlySet<number>;
}

const READ_WAIT_MS = 3_000;

/** Reads from each partition's leader, in parallel; asks again, the new one, where the leader moved. Answers in the order of `wanted`. */
export const askLeaders = async <Q extends TopicPartition, A>(
  directory: Directory,
  question: LeaderQuestion<Q, A>,
): Promise<readonly Answer<A>[]> => {
  const answers = new Map<Q, Answer<A>>();
  const backoff = backoffFor(READ_WAIT_MS);
  let left = question.wanted;
  const unknown = left.filter(one => directory.leaderOf(one) === undefined);
  await directory.refresh([...new Set(unknown.map(({ topic }) => topic))]);
  for (;;) {
    let failure: Failure | undefined;
    const note = (wanted: Q, answer: Answer<A> | number): void => {
      const found = typeof answer === 'number' ? answer : answer.code;
      const isAnswer = found === code.ok || question.final?.has(found) === true;
      if (typeof answer !== 'number' && isAnswer) answers.set(wanted, answer);
      else failure = worse(failure, refusal(`${question.doing} ${wanted.topic}/${String(wanted.partition)}`, found));
    };
    await Promise.all(
      [...byLeader(directory, left)].map(async ([leader, share]) => {
        if (leader === undefined) {
          for (const wanted of share) note(wanted, directory.withoutLeader(wanted));
          return;
        }
        try {
          const got = await question.ask(leader, share);
          for (const [index, wanted] of share.entries()) note(wanted, got[index] ?? code.notLeader);
        } catch (error) {
          failure = worse(
            failure,
            error instanceof NoAnswer ? unreachable(question.doing, error) : asFailure(question.doing, error),
          );
        }
      }),
    );
    left = left.filter(wanted => !answers.has(wanted));
    if (left.length === 0) return question.wanted.map(wanted => answers.get(wanted) as Answer<A>);
    if (failure?.kind === 'fatal' || !(await backoff.pause()))
      throw failure ?? transient('KAFKA_UNREACHABLE', `${question.doing}: no answer`);
    await directory.refresh([...new Set(left.map(({ topic }) => topic))]);
  }
};

const asFailure = (doing: string, error: unknown): Failure => {
  if (isFailure(error)) return error;
  throw error instanceof Error ? error : new Error(`${doing}: ${String(error)}`);
};
const worse = (one: Failure | undefined, other: Failure): Failure => (one?.kind === 'fatal' ? one : other);

/** Grouped by the leader last heard of; under undefined those without. */
export const byLeader = <Q extends TopicPartition>(directory: Directory, wanted: readonly Q[]): Map<Address | undefined, Q[]> => {
  const groups = new Map<Address | undefined, Q[]>();
  for (const one of wanted) {
    const leader = directory.leaderOf(one);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [one]);
    else group.push(one);
  }
  return groups;
};
