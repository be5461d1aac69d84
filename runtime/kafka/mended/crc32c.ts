/** CRC-32C (Castagnoli), which Kafka's record batches carry; zlib has only the other polynomial. Four bytes per step. */

const POLYNOMIAL = 0x82f63b78;

const nextTable = (first: Int32Array, previous: Int32Array): Int32Array =>
  previous.map(entry => (entry >>> 8) ^ (first[entry & 255] ?? 0));

const firstTable = (): Int32Array =>
  Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });

const t0 = firstTable();
const t1 = nextTable(t0, t0);
const t2 = nextTable(t0, t1);
const t3 = nextTable(t0, t2);

/** Of the bytes from `start` up to, not including, `end`. */
export const crc32c = (bytes: Uint8Array, start: number, end: number): number => {
  let crc = -1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    crc = (t3[crc & 255] ?? 0) ^ (t2[(crc >>> 8) & 255] ?? 0) ^ (t1[(crc >>> 16) & 255] ?? 0) ^ (t0[crc >>> 24] ?? 0);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return (crc ^ -1) >>> 0;
};
