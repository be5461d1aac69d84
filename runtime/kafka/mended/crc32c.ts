/** CRC-32C (Castagnoli), which Kafka's record batches carry; zlib has only the other polynomial. Eight bytes per step. */

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
const t4 = nextTable(t0, t3);
const t5 = nextTable(t0, t4);
const t6 = nextTable(t0, t5);
const t7 = nextTable(t0, t6);
/** The words below are read as the machine has them. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const byByte = (bytes: Uint8Array, start: number, end: number, before: number): number => {
  let crc = before;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 255]!;
  return crc;
};
/** Of the bytes from `start` up to, not including, `end`. */
export const crc32c = (bytes: Uint8Array, start: number, end: number): number => {
  const aligned = Math.min(end, start + ((8 - ((bytes.byteOffset + start) & 7)) & 7));
  const count = isLittleEndian ? (end - aligned) >> 3 : 0;
  let crc = byByte(bytes, start, aligned, -1);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, count * 2);
  for (let at = 0; at < words.length; at += 2) {
    const low = crc ^ words[at]!;
    const high = words[at + 1]!;
    crc =
      t7[low & 255]! ^
      t6[(low >>> 8) & 255]! ^
      t5[(low >>> 16) & 255]! ^
      t4[low >>> 24]! ^
      t3[high & 255]! ^
      t2[(high >>> 8) & 255]! ^
      t1[(high >>> 16) & 255]! ^
      t0[high >>> 24]!;
  }
  return (byByte(bytes, aligned + count * 8, end, crc) ^ -1) >>> 0;
};
