/** Writes Kafka's record batches (format 2) into one growing buffer, where the stock client makes an encoder per record. */
import type { Headers } from '../../port.ts';
import { compress, NONE } from './codecs.ts';
import { crc32c } from './crc32c.ts';

export interface Encodable {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Headers | Buffer;
  /** The author's time; without it the batch's `now`. */
  readonly timestamp?: number;
}
export interface BatchOptions {
  readonly now: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
  /** No record has a time of its own. */
  readonly unstamped?: boolean;
  readonly codec?: number;
  /** Bytes (before compression) at which a batch is closed, though never before its first record. */
  readonly maxBytes?: number;
}
export interface EncodedBatch {
  readonly bytes: Buffer;
  readonly count: number;
}

const BATCH_HEAD = 61;
const FIRST_SIZE = 1 << 20;
const KEPT_SIZE = 1 << 24;

// Shared between calls: encoding is synchronous, and the finished bytes are copied out.
let buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
let at = 0;

/** One batch of the records from index `start` on; `count` says how many fitted. A producer writes the rest in further batches. */
export const encodeBatch = (records: readonly Encodable[], start: number, options: BatchOptions): EncodedBatch => {
  const earliest = options.unstamped === true ? options.now : earliestOf(records, start, options.now);
  const maxBytes = options.maxBytes ?? Infinity;
  at = BATCH_HEAD;
  let count = 0;
  let latest = earliest;
  for (let index = start; index < records.length; index++) {
    const record = records[index];
    if (record === undefined) break;
    const time = record.timestamp ?? options.now;
    const bodySize = sizeOf(record, count, time - earliest);
    if (count > 0 && at + bodySize + 5 > maxBytes) break;
    reserve(bodySize + 5);
    writeVarint(bodySize);
    writeRecord(record, count, time - earliest);
    if (time > latest) latest = time;
    count++;
  }
  const codec = options.codec ?? NONE;
  if (codec !== NONE) replaceBody(compress(codec, buffer.subarray(BATCH_HEAD, at)));
  writeHead(count, codec, earliest, latest, options);
  const bytes = Buffer.allocUnsafeSlow(at);
  buffer.copy(bytes, 0, 0, at);
  if (buffer.length > KEPT_SIZE) buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  return { bytes, count };
};

const earliestOf = (records: readonly Encodable[], start: number, now: number): number => {
  let earliest = records[start]?.timestamp ?? now;
  for (let index = start + 1; index < records.length; index++) earliest = Math.min(earliest, records[index]?.timestamp ?? now);
  return earliest;
};

const sizeOf = (record: Encodable, offsetDelta: number, timeDelta: number): number => {
  let size = 1 + varlongSize(timeDelta) + varintSize(offsetDelta) + fieldSize(record.key) + fieldSize(record.value);
  const headers = record.headers;
  if (headers === undefined) return size + 1;
  if (Buffer.isBuffer(headers)) return size + headers.length;
  size += varintSize(headers.length);
  for (const [name, value] of headers) size += fieldSize(name) + fieldSize(value);
  return size;
};

const writeRecord = (record: Encodable, offsetDelta: number, timeDelta: number): void => {
  buffer[at++] = 0;
  writeVarlong(timeDelta);
  writeVarint(offsetDelta);
  writeField(record.key);
  writeField(record.value);
  const headers = record.headers;
  if (Buffer.isBuffer(headers)) {
    at += headers.copy(buffer, at);
    return;
  }
  writeVarint(headers?.length ?? 0);
  if (headers === undefined) return;
  for (const [name, value] of headers) {
    writeField(name);
    writeField(value);
  }
};

const writeHead = (count: number, codec: number, earliest: number, latest: number, options: BatchOptions): void => {
  buffer.writeBigInt64BE(0n, 0);
  buffer.writeInt32BE(at - 12, 8);
  buffer.writeInt32BE(0, 12);
  buffer[16] = 2;
  buffer.writeInt16BE(codec | (options.transactional ? 16 : 0), 21);
  buffer.writeInt32BE(count - 1, 23);
  buffer.writeBigInt64BE(BigInt(earliest), 27);
  buffer.writeBigInt64BE(BigInt(latest), 35);
  buffer.writeBigInt64BE(options.producerId, 43);
  buffer.writeInt16BE(options.producerEpoch, 51);
  buffer.writeInt32BE(options.firstSequence, 53);
  buffer.writeInt32BE(count, 57);
  buffer.writeUInt32BE(crc32c(buffer, 21, at), 17);
};

const replaceBody = (body: Buffer): void => {
  at = BATCH_HEAD;
  reserve(body.length);
  at += body.copy(buffer, at);
};

const reserve = (size: number): void => {
  if (at + size <= buffer.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + size));
  buffer.copy(larger, 0, 0, at);
  buffer = larger;
};

const writeField = (bytes: Buffer | null): void => {
  if (bytes === null) {
    writeVarint(-1);
    return;
  }
  writeVarint(bytes.length);
  // A native copy costs more than a short loop: most keys and headers are short.
  if (bytes.length > 40) at += bytes.copy(buffer, at);
  else for (let index = 0; index < bytes.length; index++) buffer[at++] = bytes[index] ?? 0;
};

const writeVarint = (value: number): void => {
  let raw = (value << 1) ^ (value >> 31);
  while (raw & ~127) {
    buffer[at++] = (raw & 127) | 128;
    raw >>>= 7;
  }
  buffer[at++] = raw;
};

/** Times may differ by more than 31 bits; zigzag in doubles is exact below 2^52. */
const writeVarlong = (value: number): void => {
  let raw = value < 0 ? value * -2 - 1 : value * 2;
  while (raw >= 128) {
    buffer[at++] = (raw % 128) | 128;
    raw = Math.floor(raw / 128);
  }
  buffer[at++] = raw;
};

const fieldSize = (bytes: Buffer | null): number => (bytes === null ? 1 : varintSize(bytes.length) + bytes.length);

const varintSize = (value: number): number => {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  return raw < 128 ? 1 : raw < 16384 ? 2 : raw < 2097152 ? 3 : raw < 268435456 ? 4 : 5;
};

const varlongSize = (value: number): number => {
  let size = 1;
  for (let raw = value < 0 ? value * -2 - 1 : value * 2; raw >= 128; raw = Math.floor(raw / 128)) size++;
  return size;
};
