/** Crafts what a broker answers to a fetch (version 11): record batches of several producers, aborted, committed, compacted. */
import { encodeBatch, type Encodable } from '../../../runtime/kafka/mended/batches.ts';

export interface CraftedBatch {
  readonly base: number;
  /** Default: the last record's; more after compaction took the last ones. */
  readonly lastOffset?: number;
  readonly producerId?: number;
  readonly transactional?: boolean;
  readonly codec?: number;
  /** Marks the end of the producer's transaction, instead of records. */
  readonly control?: 'abort' | 'commit';
  readonly records?: readonly Encodable[];
  /** Sets the batch's maximum time and says that the broker did so. */
  readonly appendTime?: number;
}

export const record = (value: string, key: Buffer | null = Buffer.from('key')): Encodable => ({ key, value: Buffer.from(value) });

export const batchBytes = (batch: CraftedBatch): Buffer => {
  const marker = { key: Buffer.from([0, 0, 0, batch.control === 'commit' ? 1 : 0]), value: Buffer.alloc(6) };
  const records = batch.control === undefined ? (batch.records ?? []) : [marker];
  const { bytes } = encodeBatch(records.length === 0 ? [marker] : records, 0, {
    now: 1_000,
    producerId: BigInt(batch.producerId ?? -1),
    producerEpoch: 0,
    firstSequence: 0,
    transactional: batch.transactional ?? batch.control !== undefined,
    ...(batch.codec === undefined ? {} : { codec: batch.codec }),
  });
  const whole = records.length === 0 ? emptied(bytes) : bytes;
  whole.writeBigInt64BE(BigInt(batch.base), 0);
  if (batch.lastOffset !== undefined) whole.writeInt32BE(batch.lastOffset - batch.base, 23);
  if (batch.control !== undefined) whole.writeInt16BE(whole.readInt16BE(21) | 32, 21);
  if (batch.appendTime !== undefined) {
    whole.writeInt16BE(whole.readInt16BE(21) | 8, 21);
    whole.writeBigInt64BE(BigInt(batch.appendTime), 35);
  }
  return whole;
};

/** What compaction leaves of a batch whose records are all gone: its head, so that the sequence of its producer is kept. */
const emptied = (bytes: Buffer): Buffer => {
  const head = Buffer.from(bytes.subarray(0, 61));
  head.writeInt32BE(61 - 12, 8);
  head.writeInt32BE(0, 57);
  return head;
};

/** `aborted`: producer and first offset, in the order in which the transactions were aborted. */
export const fetchAnswer = (
  batches: readonly CraftedBatch[],
  aborted: readonly (readonly [number, number])[],
  end: number,
): Buffer => {
  const records = Buffer.concat(batches.map(batchBytes));
  const int16 = (value: number): Buffer => sized(2, b => b.writeInt16BE(value));
  const int32 = (value: number): Buffer => sized(4, b => b.writeInt32BE(value));
  const int64 = (value: number): Buffer => sized(8, b => b.writeBigInt64BE(BigInt(value)));
  const topic = Buffer.from('crafted');
  return Buffer.concat([
    ...[int32(0), int16(0), int32(0), int32(1), int16(topic.length), topic, int32(1)],
    ...[int32(0), int16(0), int64(end), int64(end), int64(0), int32(aborted.length)],
    ...aborted.flatMap(([producerId, firstOffset]) => [int64(producerId), int64(firstOffset)]),
    ...[int32(-1), int32(records.length), records],
  ]);
};

const sized = (size: number, write: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
};
