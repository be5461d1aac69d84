/** A Map that can also be read in key order. The order is made at the first ordered read and kept from then on. */

export interface SortedMap<V> {
  readonly size: number;
  readonly get: (key: string) => V | undefined;
  readonly has: (key: string) => boolean;
  readonly set: (key: string, value: V) => void;
  readonly delete: (key: string) => void;
  readonly entries: () => IterableIterator<[string, V]>;
  /** As `entries`, without a pair for each. */
  readonly each: (visit: (value: V, key: string) => void) => void;
  /** In order from `from` (inclusive; the first or, reversed, the last when absent). Not to be changed while it is read. */
  readonly ordered: (from?: string, reverse?: boolean) => Iterable<readonly [string, V]>;
}

/** The index of the first key that is not before `key`. */
const place = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A class for what is made per key and transaction: its methods are shared. */
class Sorted<V> implements SortedMap<V> {
  readonly #map = new Map<string, V>();
  #keys: string[] | undefined;
  get size(): number {
    return this.#map.size;
  }
  get(key: string): V | undefined {
    return this.#map.get(key);
  }
  has(key: string): boolean {
    return this.#map.has(key);
  }
  set(key: string, value: V): void {
    if (this.#keys !== undefined && !this.#map.has(key)) this.#keys.splice(place(this.#keys, key), 0, key);
    this.#map.set(key, value);
  }
  delete(key: string): void {
    if (this.#map.delete(key) && this.#keys !== undefined) this.#keys.splice(place(this.#keys, key), 1);
  }
  entries(): IterableIterator<[string, V]> {
    return this.#map.entries();
  }
  each(visit: (value: V, key: string) => void): void {
    this.#map.forEach(visit);
  }
  *ordered(from?: string, reverse = false): Generator<readonly [string, V]> {
    const keys = (this.#keys ??= [...this.#map.keys()].sort((a, b) => (a < b ? -1 : 1)));
    if (reverse) {
      let at = from === undefined ? keys.length - 1 : place(keys, from);
      if (at === keys.length || (from !== undefined && keys[at]! > from)) at--;
      for (; at >= 0; at--) yield [keys[at]!, this.#map.get(keys[at]!)!];
    } else
      for (let at = from === undefined ? 0 : place(keys, from); at < keys.length; at++)
        yield [keys[at]!, this.#map.get(keys[at]!)!];
  }
}
export const sortedMap = <V>(): SortedMap<V> => new Sorted();

/** Reads layers as one, in order: of equal keys the first layer's counts; null hides what lies below. */
export function* merged<V>(
  layers: readonly Iterable<readonly [string, V | null]>[],
  reverse = false,
): Generator<readonly [string, V]> {
  const heads = layers.map(layer => {
    const iterator = layer[Symbol.iterator]();
    return { iterator, head: iterator.next() };
  });
  try {
    for (;;) {
      let best: string | undefined;
      for (const { head } of heads)
        if (!head.done && (best === undefined || (reverse ? head.value[0] > best : head.value[0] < best))) best = head.value[0];
      if (best === undefined) return;
      let value: V | null | undefined;
      for (const one of heads) {
        if (one.head.done || one.head.value[0] !== best) continue;
        if (value === undefined) value = one.head.value[1];
        one.head = one.iterator.next();
      }
      if (value !== null && value !== undefined) yield [best, value];
    }
  } finally {
    for (const { iterator } of heads) iterator.return?.();
  }
}
