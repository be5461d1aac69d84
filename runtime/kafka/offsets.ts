/** Questions about offsets: what a partition holds, where a time begins, what a group has committed. */
import type { Bounds, TopicPartition } from '../port.ts';
import { isFailure, transient } from '../failure.ts';
import { backoffFor } from './backoff.ts';
import { askLeaders, type Directory } from './directory.ts';
import { code, coordinatorMoves, NoAnswer, refusal, unreachable } from './errors.ts';
import { Decoder, Encoder, type Protocol } from './mended.ts';
import type { Decoder as Reader } from './mended/internals.ts';
import { requestOf, type Wire } from './wire.ts';

type Offset = TopicPartition & { readonly offset: number };

const LATEST = -1;
const EARLIEST = -2;
const UNCOMMITTED = 0;
const COMMITTED = 1;

interface ListedOffsets {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[];
  }[];
}

const listOffsets = async (
  wire: Wire,
  directory: Directory,
  wanted: readonly TopicPartition[],
  timestamp: number,
  isolationLevel: number,
): Promise<readonly number[]> => {
  const answers = await askLeaders<TopicPartition, number>(directory, {
    doing: 'asking for offsets of',
    wanted,
    ask: async (leader, share) => {
      const topics = share.map(({ topic, partition }) => ({ topic, partitions: [{ partition, timestamp }] }));
      const { responses } = await wire.ask(
        leader,
        requestOf<ListedOffsets>('ListOffsets', 3, { replicaId: -1, isolationLevel, topics }),
      );
      const flat = responses.flatMap(({ topic, partitions }) => partitions.map(one => ({ topic, ...one })));
      return share.map(({ topic, partition }) => {
        const found = flat.find(one => one.topic === topic && one.partition === partition);
        return found === undefined ? undefined : { code: found.errorCode, value: Number(found.offset) };
      });
    },
  });
  return answers.map(({ value }) => value);
};

/** Asked in this order, each only grows, so start ≤ last stable ≤ high watermark holds for what is answered. */
export const boundsOf = async (
  wire: Wire,
  directory: Directory,
  wanted: readonly TopicPartition[],
): Promise<readonly Bounds[]> => {
  const starts = await listOffsets(wire, directory, wanted, EARLIEST, COMMITTED);
  const stables = await listOffsets(wire, directory, wanted, LATEST, COMMITTED);
  const watermarks = await listOffsets(wire, directory, wanted, LATEST, UNCOMMITTED);
  return wanted.map(({ topic, partition }, index) => {
    const start = starts[index] ?? 0;
    const lastStable = stables[index] ?? start;
    return { topic, partition, start, lastStable, highWatermark: watermarks[index] ?? lastStable };
  });
};

/** Of many tasks that open at once, those who ask while an answer is under way share the next one. */
export const sharedBounds = (
  wire: Wire,
  directory: Directory,
): ((wanted: readonly TopicPartition[]) => Promise<readonly Bounds[]>) => {
  const named = ({ topic, partition }: TopicPartition): string => `${topic}/${String(partition)}`;
  let running: Promise<unknown> = Promise.resolve();
  let waiting: { readonly wanted: Map<string, TopicPartition>; readonly done: Promise<Map<string, Bounds>> } | undefined;
  const gathered = (): NonNullable<typeof waiting> => {
    const wanted = new Map<string, TopicPartition>();
    const done = running.then(async () => {
      waiting = undefined;
      return new Map((await boundsOf(wire, directory, [...wanted.values()])).map(one => [named(one), one]));
    });
    running = done.catch(() => undefined);
    return { wanted, done };
  };
  return async wanted => {
    const mine = (waiting ??= gathered());
    for (const one of wanted) mine.wanted.set(named(one), one);
    const found = await mine.done.catch(() => undefined);
    // What was wrong with another's partition is not this one's.
    if (found === undefined) return boundsOf(wire, directory, wanted);
    return wanted.map(one => found.get(named(one))!);
  };
};

export const offsetsAt = async (
  wire: Wire,
  directory: Directory,
  wanted: readonly TopicPartition[],
  at: number,
): Promise<readonly Offset[]> => {
  const found = await listOffsets(wire, directory, wanted, at, COMMITTED);
  const stables = found.includes(-1) ? await listOffsets(wire, directory, wanted, LATEST, COMMITTED) : found;
  return wanted.map(({ topic, partition }, index) => {
    const offset = found[index] ?? -1;
    return { topic, partition, offset: offset < 0 ? (stables[index] ?? 0) : offset };
  });
};

interface GroupOffsets {
  readonly errorCode: number;
  readonly offsets: readonly (Offset & { readonly errorCode: number })[];
}

// A transaction's timeout is the longest that an offset can stay unstable; sessions use 10 s.
const STABLE_WAIT_MS = 30_000;

/**
 * Waits for transactions that hold offsets asked for: an answer from before their end would be an old one. Who names its partitions
 * waits for theirs only, and not for all that a killed process has left open in the group.
 */
export const committedOf = async (
  wire: Wire,
  directory: Directory,
  group: string,
  topics: readonly string[],
  partitions?: readonly number[],
): Promise<readonly Offset[]> => {
  const doing = `asking for the committed offsets of group ${group}`;
  const wanted =
    partitions === undefined
      ? [...(await directory.counts(topics))].map(([topic, count]) => ({
          topic,
          partitions: Array.from({ length: count }, (_, partition) => partition),
        }))
      : topics.map(topic => ({ topic, partitions }));
  const backoff = backoffFor(STABLE_WAIT_MS);
  for (;;) {
    const answer = await askCoordinator(wire, directory, group, stableOffsets(group, wanted));
    const problem = typeof answer === 'number' ? answer : problemOf(answer);
    if (typeof answer !== 'number' && problem === code.ok) {
      return answer.offsets
        .filter(({ offset }) => offset >= 0)
        .map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    }
    const passes = problem === code.unstableOffsetCommit || coordinatorMoves.has(problem);
    if (!passes || !(await backoff.pause())) throw refusal(doing, problem);
  }
};

const problemOf = ({ errorCode, offsets }: GroupOffsets): number =>
  errorCode === code.ok ? (offsets.find(one => one.errorCode !== code.ok)?.errorCode ?? code.ok) : errorCode;

/** A coordinator that has just gone away counts as moving. */
const askCoordinator = async <T>(wire: Wire, directory: Directory, group: string, protocol: Protocol<T>): Promise<T | number> => {
  const coordinator = await directory.coordinator('group', group);
  try {
    return await wire.ask(coordinator, protocol);
  } catch (error) {
    if (error instanceof NoAnswer) throw unreachable(`asking the coordinator of group ${group}`, error);
    if (isFailure(error) || error instanceof Error) throw error;
    throw transient('KAFKA_UNREACHABLE', String(error));
  }
};

const OFFSET_FETCH = 9;

/** OffsetFetch version 7, which kafkajs lacks: its `require_stable` makes the coordinator say when a transaction is pending. */
const stableOffsets = (
  group: string,
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): Protocol<GroupOffsets> => ({
  request: {
    apiKey: OFFSET_FETCH,
    apiVersion: 7,
    apiName: 'OffsetFetch',
    encode: () => {
      // Single zero bytes are empty lists of tagged fields; the first belongs to the request's head, which kafkajs writes without.
      const encoder = new Encoder()
        .writeInt8(0)
        .writeUVarIntString(group)
        .writeUVarInt(topics.length + 1);
      for (const { topic, partitions } of topics) {
        encoder.writeUVarIntString(topic).writeUVarInt(partitions.length + 1);
        for (const partition of partitions) encoder.writeInt32(partition);
        encoder.writeInt8(0);
      }
      return Promise.resolve(encoder.writeBoolean(true).writeInt8(0));
    },
  },
  response: { decode: raw => Promise.resolve(decodeOffsets(raw)), parse: answer => Promise.resolve(answer) },
});

const decodeOffsets = (raw: Buffer): GroupOffsets & { readonly clientSideThrottleTime: number } => {
  const decoder = new Decoder(raw);
  decoder.readTaggedFields();
  const clientSideThrottleTime = decoder.readInt32();
  const topics = decoder.readUVarIntArray(readTopic);
  return { clientSideThrottleTime, offsets: (topics ?? []).flat(), errorCode: decoder.readInt16() };
};

const readTopic = (decoder: Reader): (Offset & { readonly errorCode: number })[] => {
  const topic = decoder.readUVarIntString() ?? '';
  const partitions = decoder.readUVarIntArray(readPartition) ?? [];
  decoder.readTaggedFields();
  return partitions.map(one => ({ topic, ...one }));
};

const readPartition = (decoder: Reader): { partition: number; offset: number; errorCode: number } => {
  const partition = decoder.readInt32();
  const offset = Number(decoder.readInt64());
  decoder.readInt32();
  decoder.readUVarIntString();
  const errorCode = decoder.readInt16();
  decoder.readTaggedFields();
  return { partition, offset, errorCode };
};
