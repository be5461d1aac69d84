/** Which partition a key belongs to: murmur2 as Kafka's own clients compute it, so that every client's writer agrees with ours. */
export const murmur2 = (data: Uint8Array): number => {
  const m = 0x5bd1e995;
  const { length } = data;
  let h = (0x9747b28c ^ length) | 0;
  const words = length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i * 4;
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = words * 4;
  if (length - rest >= 3) h ^= data[rest + 2]! << 16;
  if (length - rest >= 2) h ^= data[rest + 1]! << 8;
  if (length - rest >= 1) h = Math.imul(h ^ data[rest]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
};
export const partitionOf = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions;
