/** What is wrong in kafkajs 2.2.4 and what stands in its place; the tests in `test/kafka/mended` show each on the stock client. */
import { fatal } from '../../failure.ts';
import type { ConsumerGroup, Decoder, Encoded, OutOfRange, RequestQueue } from './internals.ts';

const CHECK_PENDING_MS = 10;

/**
 * kafkajs#1556: after every answer it arms a timer whose delay is negative, that is 1 ms, for ever.
 * Here one is armed only while requests wait.
 */
export function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const delay = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    delay > 0 ? delay : CHECK_PENDING_MS,
  );
}

/**
 * The stock decoder makes an object per record before it knows what was aborted, loses where a batch ends once compaction took its
 * last record, and cannot read zstd. Here the bytes are handed on; the consumer's batch reads them.
 */
export const decodeMessages = (decoder: Decoder): Promise<Buffer | readonly never[]> => {
  const size = decoder.readInt32();
  const bytes = size > 0 && decoder.canReadBytes(size) ? decoder.readBytes(size) : null;
  return Promise.resolve(bytes ?? []);
};

export interface Asked {
  readonly correlationId: number;
  readonly clientId: string | null | undefined;
  readonly request: { readonly apiKey: number; readonly apiVersion: number; readonly encode: () => Promise<Encoded> };
}
/** The stock one copies a request twice, each time into a zeroed buffer of the next power of two: for a few megabytes that is a dozen. */
export const createRequest = async ({ correlationId, clientId, request }: Asked): Promise<{ readonly buffer: Buffer }> => {
  const payload = (await request.encode()).buffer;
  const client = Buffer.from(clientId ?? '');
  const buffer = Buffer.allocUnsafeSlow(14 + client.length + payload.length);
  buffer.writeInt32BE(buffer.length - 4, 0);
  buffer.writeInt16BE(request.apiKey, 4);
  buffer.writeInt16BE(request.apiVersion, 6);
  buffer.writeInt32BE(correlationId, 8);
  buffer.writeInt16BE(clientId === null || clientId === undefined ? -1 : client.length, 12);
  client.copy(buffer, 14);
  payload.copy(buffer, 14 + client.length);
  return { buffer };
};

/**
 * The stock consumer answers an offset out of range by committing a default offset on its own: silent loss, or replay.
 * Here it stops (`retriable: false` is what kafkajs asks an error for), unless a follower was read and the leader may know better.
 */
export function recoverFromOffsetOutOfRange(this: ConsumerGroup, { topic, partition }: OutOfRange): Promise<void> {
  const followers = this.preferredReadReplicasPerTopicPartition[topic];
  if (followers?.[partition] !== undefined) {
    Reflect.deleteProperty(followers, partition);
    return Promise.resolve();
  }
  const failure = fatal(
    'OFFSET_OUT_OF_RANGE',
    `reading ${topic}/${String(partition)} for group ${this.groupId}: the position lies outside what the topic holds`,
  );
  return Promise.reject(Object.assign(failure, { retriable: false }));
}

export interface Grouping<M> {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly M[];
  readonly partitioner: (of: { topic: string; partitionMetadata: readonly unknown[]; message: M }) => number;
}

/** The stock one copies the partition's list for every message: quadratic. */
export const groupMessagesPerPartition = <M>({
  topic,
  partitionMetadata,
  messages,
  partitioner,
}: Grouping<M>): Record<number, M[]> => {
  const groups: Record<number, M[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) (groups[partitioner({ topic, partitionMetadata, message })] ??= []).push(message);
  return groups;
};
