/** Reads Kafka's record batches (format 2) as a read-committed consumer must: nothing aborted, and past what compaction took. */
import { fatal } from '../../failure.ts';
import { decompress } from './codecs.ts';

export { fieldAt, readHeaders } from '../../wire/headers.ts';

/** A transaction that was aborted, as the broker lists it: in the order of the aborts, not of the offsets. */
export interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}
/**
 * Makes the reader's record. All of it stays bytes of the answer until asked for: `fieldAt(bytes, keyAt)`, `fieldAt(bytes, valueAt)`,
 * `readHeaders(bytes, headersAt)`.
 */
export type Make<R> = (offset: number, timestamp: number, bytes: Buffer, keyAt: number, valueAt: number, headersAt: number) => R;
export interface Committed<R> {
  readonly records: R[];
  /** Where to read on: behind the last whole batch, whether or not any of its records survived. */
  readonly next: number;
}

const BATCH_HEAD = 61;
const CODEC = 7;
const APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;

/** The records from offset `from` on that belong to no aborted transaction. A last batch that was cut off by the broker is left. */
export const readCommitted = <R>(bytes: Buffer, aborted: readonly Aborted[], from: number, make: Make<R>): Committed<R> => {
  const pending = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<number>();
  const records: R[] = [];
  let next = from;
  let nextPending = 0;
  for (let at = 0; at + BATCH_HEAD <= bytes.length;) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    if (bytes[at + 16] !== 2) throw unreadable(`record format ${String(bytes[at + 16])} at byte ${String(at)}, only 2 is known`);
    if (end < at + BATCH_HEAD) throw unreadable(`a record batch of ${String(end - at)} bytes`);
    const last = int64(bytes, at) + bytes.readInt32BE(at + 23);
    const attributes = bytes.readInt16BE(at + 21);
    const producerId = int64(bytes, at + 43);
    for (let first = pending[nextPending]; first !== undefined && first.firstOffset <= last; first = pending[nextPending]) {
      open.add(first.producerId);
      nextPending++;
    }
    if (attributes & CONTROL) {
      // Commit or abort, the transaction of this producer is over.
      open.delete(producerId);
    } else if (last >= from && !(attributes & TRANSACTIONAL && open.has(producerId))) {
      readBatch(bytes, at, end, attributes, from, make, records);
    }
    if (last >= next) next = last + 1;
    at = end;
  }
  return { records, next };
};

/** Exact below 2^53; no offset, id or time here comes near. */
export const int64 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 4294967296 + bytes.readUInt32BE(at + 4);

// The reading position. Module-wide because decoding is synchronous and an object per number would cost more than the numbers.
let at = 0;

const readBatch = <R>(
  bytes: Buffer,
  start: number,
  end: number,
  attributes: number,
  from: number,
  make: Make<R>,
  into: R[],
): void => {
  const base = int64(bytes, start);
  const firstTimestamp = int64(bytes, start + 27);
  const appendTime = attributes & APPEND_TIME ? int64(bytes, start + 35) : undefined;
  const count = bytes.readInt32BE(start + 57);
  const codec = attributes & CODEC;
  const body = codec === 0 ? bytes : decompress(codec, bytes.subarray(start + BATCH_HEAD, end));
  const limit = codec === 0 ? end : body.length;
  at = codec === 0 ? start + BATCH_HEAD : 0;
  for (let index = 0; index < count; index++) {
    const length = varint(body);
    const stop = at + length;
    if (length < 0 || stop > limit) throw unreadable(`a record that is longer than its batch, in the batch at ${String(base)}`);
    at++;
    const timestamp = firstTimestamp + varlong(body);
    const offset = base + varint(body);
    const keyAt = at;
    skip(body);
    const valueAt = at;
    skip(body);
    if (at > stop) throw unreadable(`a field that is longer than its record, at offset ${String(offset)}`);
    if (offset >= from) into.push(make(offset, appendTime ?? timestamp, body, keyAt, valueAt, at));
    at = stop;
  }
};

const skip = (bytes: Buffer): void => {
  const length = varint(bytes);
  if (length > 0) at += length;
};

const varint = (bytes: Buffer): number => {
  let shift = 0;
  let raw = 0;
  let byte;
  do {
    byte = bytes[at++] ?? 0;
    raw |= (byte & 127) << shift;
    shift += 7;
  } while (byte & 128 && shift < 35);
  return (raw >>> 1) ^ -(raw & 1);
};

const varlong = (bytes: Buffer): number => {
  let scale = 1;
  let raw = 0;
  let byte;
  do {
    byte = bytes[at++] ?? 0;
    raw += (byte & 127) * scale;
    scale *= 128;
  } while (byte & 128 && scale < 2 ** 70);
  return raw % 2 ? -(raw + 1) / 2 : raw / 2;
};

const unreadable = (found: string): Error => fatal('RECORD_UNREADABLE', `reading record batches: found ${found}`);
