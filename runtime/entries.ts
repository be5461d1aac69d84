/**
 * A large collection inside a state: immutable to its user, stored and logged entry by entry, so that a product with 100,000 holds
 * costs what one hold costs. The newest version owns the table; older versions hold the difference to the next one (Baker's trick),
 * so every version stays valid and using the newest one is as cheap as using a Map.
 */
import { merged, sortedMap, type SortedMap } from './sorted-map.ts';

/** Ids sort by their code units; keep to ASCII where order matters (`range`). */
export interface Entries<V> {
  readonly size: number;
  readonly get: (id: string) => V | undefined;
  readonly has: (id: string) => boolean;
  readonly with: (id: string, value: V) => Entries<V>;
  readonly without: (id: string) => Entries<V>;
  /** In key order, from `from` (inclusive; the first or, reversed, the last when absent), at most `limit`. */
  readonly range: (options?: Range) => readonly (readonly [string, V])[];
}
export interface Range {
  readonly from?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}
/** What lies under the changes: a store, or nothing. It is what was stored at any time since: see `stored`. */
export interface Base<V> {
  readonly size: number;
  readonly get: (id: string) => V | undefined;
  readonly range: (options: Range) => Iterable<readonly [string, V]>;
}

const nothing: Base<never> = { size: 0, get: () => undefined, range: () => [] };

/** A small collection of which this many entries were asked for is read whole, so that absent ones are known to be absent. */
const missesUntilWhole = 3;
const smallSize = 64;

/** What all versions share. It belongs to the newest version in use. */
interface Table<V> {
  readonly base: Base<V>;
  /** What is known of the entries: changed here, or read from the base. null: taken away. */
  readonly known: SortedMap<V | null>;
  /** Ids whose value may differ from what is stored. */
  fresh: Set<string>;
  size: number;
  /** Of the known entries, those that are there: when they are as many as `size`, nothing else is in the base. */
  present: number;
  misses: number;
  /** The id that was last found to be nowhere: who looks for one often looks again before it is made. */
  absent: string | undefined;
}
const isWhole = <V>(table: Table<V>): boolean => table.present === table.size;
const readWhole = <V>(table: Table<V>): void => {
  for (const [id, value] of table.base.range({}))
    if (!table.known.has(id)) {
      table.known.set(id, value);
      table.present++;
    }
};
/** Of an id that is not known; what is found is known from then on. */
const lookUp = <V>(table: Table<V>, id: string): V | undefined => {
  if (id === table.absent || isWhole(table)) return undefined;
  if (++table.misses === missesUntilWhole && table.size <= smallSize) {
    readWhole(table);
    return table.known.get(id) ?? undefined;
  }
  const value = table.base.get(id);
  if (value === undefined) table.absent = id;
  else {
    table.known.set(id, value);
    table.present++;
  }
  return value;
};
const read = <V>(table: Table<V>, id: string): V | undefined => {
  const known = table.known.get(id);
  return known === undefined ? lookUp(table, id) : (known ?? undefined);
};
/** LMDB takes 989 characters for a key: that of the state, the field's name and this are parts of it. */
const longestId = 400;
const put = <V>(table: Table<V>, id: string, value: V | undefined): V | undefined => {
  if (id.length > longestId) throw new Error(`an entry has an id of ${id.length} characters, and ${longestId} are the most`);
  const old = read(table, id);
  table.known.set(id, value ?? null);
  table.fresh.add(id);
  if (id === table.absent) table.absent = undefined;
  const more = (value === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
  table.present += more;
  table.size += more;
  return old;
};
const range = <V>(table: Table<V>, { from, limit = Infinity, reverse = false }: Range): readonly (readonly [string, V])[] => {
  const found: (readonly [string, V])[] = [];
  if (limit <= 0) return found;
  const mine = table.known.ordered(from, reverse);
  if (isWhole(table)) {
    for (const [id, value] of mine) {
      if (value === null) continue;
      found.push([id, value]);
      if (found.length >= limit) break;
    }
    return found;
  }
  const base = table.base.range({ ...(from === undefined ? {} : { from }), reverse });
  for (const one of merged<V>([mine, base], reverse)) {
    found.push(one);
    if (found.length >= limit) break;
  }
  return found;
};

/** What an older version differs in from a newer one: of `id` it has `value`. */
interface Next<V> {
  readonly version: Version<V>;
  readonly id: string;
  readonly value: V | undefined;
}
/** A class, since one is made per change: closures over each would cost more than the change. */
class Version<V> implements Entries<V> {
  readonly #table: Table<V>;
  /** Undefined: this version owns the table. */
  #next: Next<V> | undefined;
  constructor(table: Table<V>) {
    this.#table = table;
  }
  /** Makes this version own the table by undoing, newest first, what came after it. */
  own(): Table<V> {
    if (this.#next === undefined) return this.#table;
    const path: Version<V>[] = [this];
    for (let at = this.#next.version; at.#next !== undefined; at = at.#next.version) path.push(at);
    for (const older of path.reverse()) {
      const { version: newer, id, value } = older.#next!;
      const after = put(older.#table, id, value);
      newer.#next = { version: older, id, value: after };
      older.#next = undefined;
    }
    return this.#table;
  }
  #step(id: string, value: V | undefined): Version<V> {
    const table = this.own();
    const newer = new Version(table);
    this.#next = { version: newer, id, value: put(table, id, value) };
    return newer;
  }
  get size(): number {
    return this.own().size;
  }
  get(id: string): V | undefined {
    return read(this.own(), id);
  }
  has(id: string): boolean {
    return read(this.own(), id) !== undefined;
  }
  with(id: string, value: V): Entries<V> {
    return this.#step(id, value);
  }
  without(id: string): Entries<V> {
    return this.has(id) ? this.#step(id, undefined) : this;
  }
  range(options?: Range): readonly (readonly [string, V])[] {
    return range(this.own(), options ?? {});
  }
}

/** An empty collection, or one over what is stored. */
export const entries = <V>(base: Base<V> = nothing): Entries<V> =>
  new Version<V>({ base, known: sortedMap(), fresh: new Set(), size: base.size, present: 0, misses: 0, absent: undefined });
export const entriesOf = <V>(values: Iterable<readonly [string, V]>): Entries<V> => {
  let all = entries<V>();
  for (const [id, value] of values) all = all.with(id, value);
  return all;
};
export const isEntries = (value: unknown): value is Entries<unknown> => value instanceof Version;
const tableOf = <V>(all: Entries<V>): Table<V> => {
  if (!(all instanceof Version)) throw new TypeError('these Entries were not made by `entries`');
  return (all as { readonly own: () => Table<V> }).own();
};
/** What this version changed over what is stored (null: taken away), and its base: the runtime's way to store the difference. */
export const changesOf = <V>(
  all: Entries<V>,
): { readonly base: Base<V>; readonly changes: readonly (readonly [string, V | null])[] } => {
  const { base, known, fresh } = tableOf(all);
  return { base, changes: [...fresh].map(id => [id, known.get(id) ?? null] as const) };
};
/** From now on the base answers with this version's changes, too: they are no difference any more. Answers what it keeps in memory. */
export const stored = <V>(all: Entries<V>): number => {
  const table = tableOf(all);
  // What is gone from the base need not be remembered.
  for (const id of table.fresh) if (table.known.get(id) === null) table.known.delete(id);
  table.fresh.clear();
  return table.known.size;
};
