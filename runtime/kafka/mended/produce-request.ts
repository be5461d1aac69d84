/** kafkajs' produce request with the encoder of `batches.ts`; its public producer and the adapter both write through it. */
import type { Headers } from '../../port.ts';
import { encodeBatch, type Encodable } from './batches.ts';
import type { Encoded, EncoderClass, Protocol } from './internals.ts';

/** A message as kafkajs' users give it, or with headers as pairs of buffers that were encoded before. */
export interface ProducedMessage {
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Headers | Readonly<Record<string, HeaderValue | HeaderValue[] | undefined>>;
  readonly timestamp?: string;
}
type HeaderValue = Buffer | string;

export interface ProduceArguments {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: { readonly toString: () => string };
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly ProducedMessage[];
    }[];
  }[];
}

export const PRODUCE = 0;

/** Replaces `protocol/requests/produce/v3/request.js`, on which versions 3 to 7 are built. */
export const produceRequest =
  (Encoder: EncoderClass) =>
  (args: ProduceArguments): Protocol<never>['request'] => ({
    apiKey: PRODUCE,
    apiVersion: 3,
    apiName: 'Produce',
    expectResponse: () => args.acks !== 0,
    encode: () => Promise.resolve(encodeAll(Encoder, args)),
  });

const encodeAll = (Encoder: EncoderClass, args: ProduceArguments): Encoded => {
  const now = Date.now();
  const topics = args.topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, messages, firstSequence }) => ({
      partition,
      bytes: encodeBatch(messages.map(toRecord), 0, {
        now,
        producerId: BigInt(args.producerId?.toString() ?? '-1'),
        producerEpoch: args.producerEpoch ?? 0,
        firstSequence: firstSequence ?? 0,
        transactional: Boolean(args.transactionalId),
        codec: args.compression ?? 0,
      }).bytes,
    })),
  }));
  return encodeTopics(Encoder, {
    transactionalId: args.transactionalId ?? null,
    acks: args.acks,
    timeoutMs: args.timeout,
    topics,
  });
};

export interface EncodedTopic {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly bytes: Buffer }[];
}

/** The body of a produce request, versions 3 to 8, around batches that are encoded already. */
export const encodeTopics = (
  Encoder: EncoderClass,
  body: {
    readonly transactionalId: string | null;
    readonly acks: number;
    readonly timeoutMs: number;
    readonly topics: readonly EncodedTopic[];
  },
): Encoded => {
  const size = body.topics.reduce(
    (sum, { partitions }) => partitions.reduce((all, { bytes }) => all + bytes.length + 8, sum + 300),
    300,
  );
  const encoder = new Encoder(size)
    .writeString(body.transactionalId)
    .writeInt16(body.acks)
    .writeInt32(body.timeoutMs)
    .writeInt32(body.topics.length);
  for (const { topic, partitions } of body.topics) {
    encoder.writeString(topic).writeInt32(partitions.length);
    for (const { partition, bytes } of partitions) encoder.writeInt32(partition).writeBytes(bytes);
  }
  return encoder;
};

const toRecord = (message: ProducedMessage): Encodable => ({
  key: toBytes(message.key),
  value: toBytes(message.value),
  ...(message.headers === undefined ? {} : { headers: toPairs(message.headers) }),
  ...(message.timestamp === undefined ? {} : { timestamp: Number(message.timestamp) }),
});

const toBytes = (value: Buffer | string | null | undefined): Buffer | null =>
  value === null || value === undefined ? null : Buffer.isBuffer(value) ? value : Buffer.from(value);

const toPairs = (headers: NonNullable<ProducedMessage['headers']>): Headers => {
  if (isPairs(headers)) return headers;
  return Object.entries(headers).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).map(value => [Buffer.from(name), toBytes(value) ?? Buffer.alloc(0)] as const),
  );
};

const isPairs = (headers: NonNullable<ProducedMessage['headers']>): headers is Headers => Array.isArray(headers);
