/** One batch per partition, sent to the leaders in parallel, and sent again where the broker says that it may. */
import type { Failure } from '../failure.ts';
import type { Outcome, TopicPartition } from '../port.ts';
import { backoffFor } from './backoff.ts';
import { byLeader, type Directory } from './directory.ts';
import { code, fencing, NoAnswer, notWrittenYet, perhapsWritten, refusal, unreachable } from './errors.ts';
import { Decoder, Encoder, type Protocol } from './mended.ts';
import { encodeTopics, PRODUCE } from './mended/produce-request.ts';
import type { Address, Wire } from './wire.ts';

export type Bad = Exclude<Outcome, { is: 'ok' }>;

/** What the broker knows a producer by; sequences count per partition what it has written, so that nothing is written twice. */
export interface Identity {
  readonly transactionalId: string | null;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sequences: Map<string, Map<number, number>>;
}
export interface Producing {
  readonly wire: Wire;
  readonly directory: Directory;
  readonly identity: Identity;
  readonly deadlineMs: number;
}
const ACK_TIMEOUT_MS = 8_000;

/** What is sent for one partition in one request, and what became of it. */
export interface Batch extends TopicPartition {
  readonly index: number;
  readonly count: number;
  readonly bytes: Buffer;
  baseOffset: number | undefined;
  bad: Bad | undefined;
  /** Sent once or answered so that it may have been written: after that it is not certainly absent. */
  perhaps: boolean;
  /** The same bytes may be sent again: the broker knows them by their sequence. */
  again: boolean;
}

/** The same bytes again where the broker said that it did not, or not yet safely, write them; never where it did not answer. */
export const produceRound = async (producing: Producing, round: readonly Batch[]): Promise<void> => {
  const backoff = backoffFor(producing.deadlineMs);
  let left = round;
  let unheard = round.some(batch => producing.directory.leaderOf(batch) === undefined)
    ? await refreshFor(producing.directory, left)
    : undefined;
  for (;;) {
    const groups = byLeader(producing.directory, left);
    homeless(producing.directory, groups.get(undefined) ?? [], unheard);
    groups.delete(undefined);
    await Promise.all(
      [...groups].map(async ([leader, share]) => {
        if (leader !== undefined) await produceTo(producing, leader, share);
      }),
    );
    left = left.filter(batch => batch.again);
    if (left.length === 0) return;
    if (!(await backoff.pause())) return;
    unheard = await refreshFor(producing.directory, left);
  }
};

/** When nobody answers, the leaders last heard of are tried all the same. */
const refreshFor = (directory: Directory, batches: readonly Batch[]): Promise<Error | undefined> =>
  directory.refresh([...new Set(batches.map(({ topic }) => topic))]).then(
    () => undefined,
    (error: unknown) => error as Error,
  );

const doing = ({ topic, partition }: TopicPartition): string => `writing to ${topic}/${String(partition)}`;
const fail = (batch: Batch, error: Error, again: boolean): void => {
  batch.bad = { is: batch.perhaps ? 'unknown' : 'failed', error };
  batch.again = again;
};

const homeless = (directory: Directory, share: readonly Batch[], unheard: Error | undefined): void => {
  for (const batch of share) fail(batch, unheard ?? refusal(doing(batch), directory.withoutLeader(batch)), true);
};

const produceTo = async ({ wire, identity }: Producing, leader: Address, share: readonly Batch[]): Promise<void> => {
  let answered: Answered;
  try {
    answered = await wire.ask(leader, produceRequest(identity, share));
  } catch (error) {
    for (const batch of share) {
      if (error instanceof NoAnswer) {
        batch.perhaps = true;
        fail(batch, unreachable(doing(batch), error), false);
      } else fail(batch, error as Error, (error as Partial<Failure>).kind === 'transient');
    }
    return;
  }
  for (const batch of share) settle(batch, answered.get(batch.topic)?.get(batch.partition));
};

const settle = (batch: Batch, part: Part | undefined): void => {
  batch.again = false;
  if (part?.code === code.ok) {
    batch.baseOffset = part.baseOffset;
    batch.bad = undefined;
    return;
  }
  const found = part?.code ?? code.duplicateSequence;
  const error = refusal(doing(batch), found);
  if (fencing.has(found)) {
    batch.bad = { is: 'fenced', error };
    return;
  }
  // A duplicate that the broker no longer remembers, or an answer that leaves the partition out: it may be there.
  batch.perhaps ||= perhapsWritten.has(found) || found === code.duplicateSequence;
  fail(batch, error, notWrittenYet.has(found) || perhapsWritten.has(found));
};

interface Part {
  readonly code: number;
  readonly baseOffset: number;
}
type Answered = ReadonlyMap<string, ReadonlyMap<number, Part>>;

const produceRequest = (identity: Identity, share: readonly Batch[]): Protocol<Answered> => {
  const topics = share.map(({ topic, partition, bytes }) => ({ topic, partitions: [{ partition, bytes }] }));
  return {
    request: {
      apiKey: PRODUCE,
      apiVersion: 7,
      apiName: 'Produce',
      encode: () =>
        Promise.resolve(
          encodeTopics(Encoder, {
            transactionalId: identity.transactionalId,
            acks: -1,
            timeoutMs: ACK_TIMEOUT_MS,
            topics: merged(topics),
          }),
        ),
    },
    response: { decode: raw => Promise.resolve(decodeAnswer(raw)), parse: answer => Promise.resolve(answer) },
  };
};

type Topics = readonly {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly bytes: Buffer }[];
}[];

/** One entry per topic: the broker may take the last of several. */
const merged = (topics: Topics): Topics =>
  [...Map.groupBy(topics, ({ topic }) => topic)].map(([topic, entries]) => ({
    topic,
    partitions: entries.flatMap(({ partitions }) => partitions),
  }));

const decodeAnswer = (raw: Buffer): Answered & { readonly clientSideThrottleTime: number } => {
  const decoder = new Decoder(raw);
  const topics = decoder.readArray(one => ({ topic: one.readString() ?? '', parts: one.readArray(readPart) }));
  return Object.assign(new Map(topics.map(({ topic, parts }) => [topic, new Map(parts)])), {
    clientSideThrottleTime: decoder.readInt32(),
  });
};

const readPart = (decoder: InstanceType<typeof Decoder>): readonly [number, Part] => {
  const partition = decoder.readInt32();
  const error = decoder.readInt16();
  const baseOffset = Number(decoder.readInt64());
  decoder.readInt64();
  decoder.readInt64();
  return [partition, { code: error, baseOffset }];
};
