/** Record headers as they travel (format 2): their count, then each name and value behind its length, all lengths as zigzag varints. */
import type { Headers } from '../port.ts';

const varintSize = (length: number): number => {
  let size = 1;
  for (let raw = length * 2; raw > 127; raw = Math.floor(raw / 128)) size++;
  return size;
};
/** Writes a length; answers where it ends. */
export const writeLength = (bytes: Buffer, from: number, length: number): number => {
  let at = from;
  let raw = length * 2;
  for (; raw > 127; raw = Math.floor(raw / 128)) bytes[at++] = (raw % 128) | 128;
  bytes[at++] = raw;
  return at;
};
/** Each name and value, without the count before them. */
export const encodeFields = (headers: Headers): Buffer => {
  const parts = headers.flat();
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + varintSize(length) + length, 0));
  let at = 0;
  for (const part of parts) {
    at = writeLength(bytes, at, part.length);
    at += part.copy(bytes, at);
  }
  return bytes;
};
export const encodeHeaders = (headers: Headers): Buffer => {
  const fields = encodeFields(headers);
  const count = Buffer.alloc(varintSize(headers.length));
  writeLength(count, 0, headers.length);
  return Buffer.concat([count, fields]);
};

// The reading position: module-wide because reading is synchronous, and an object per number would cost more than the numbers.
let at = 0;
const length = (bytes: Buffer): number => {
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
const field = (bytes: Buffer): Buffer | null => {
  const size = length(bytes);
  if (size < 0) return null;
  const start = at;
  at += size;
  return bytes.subarray(start, at);
};
/** A key or value: the bytes behind the length that stands there; null where it is negative. */
export const fieldAt = (bytes: Buffer, from: number): Buffer | null => {
  at = from;
  return field(bytes);
};
/** The headers of a record; of a repeated name the last counts, a name without value is as if absent. */
export const readHeaders = (bytes: Buffer, from: number): Readonly<Record<string, Buffer>> => {
  // No prototype: a header may be named like a property that every object has.
  const headers = Object.create(null) as Record<string, Buffer>;
  at = from;
  for (let left = length(bytes); left > 0 && at < bytes.length; left--) {
    const name = field(bytes);
    const value = field(bytes);
    if (name !== null && value !== null) headers[name.toString()] = value;
  }
  return headers;
};
