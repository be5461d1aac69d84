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
/** What lies under the changes: a store, or nothing. */
export interface Base<V> {
  readonly size: number;
  readonly get: (id: string) => V | undefined;
  readonly range: (options: Range) => Iterable<readonly [string, V]>;
}

const nothing: Base<never> = { size: 0, get: () => undefined, range: () => [] };

interface Table<V> {
  readonly base: Base<V>;
  /** null: taken away. */
  readonly changes: SortedMap<V | null>;
  size: number;
}
/** `next` undefined: this version owns the table; else the table is `next`'s but for `id`, which is `value` here. */
interface Version<V> {
  readonly table: Table<V>;
  next: { readonly version: Version<V>; readonly id: string; readonly value: V | undefined } | undefined;
}
const versions = new WeakMap<object, Version<unknown>>();

const read = <V>(table: Table<V>, id: string): V | undefined =>
  table.changes.has(id) ? (table.changes.get(id) ?? undefined) : table.base.get(id);
const put = <V>(table: Table<V>, id: string, value: V | undefined): V | undefined => {
  const old = read(table, id);
  table.changes.set(id, value ?? null);
  table.size += (value === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
  return old;
};
/** Makes a version own the table by undoing, newest first, what came after it. */
const own = <V>(version: Version<V>): Table<V> => {
  const path: Version<V>[] = [];
  for (let at: Version<V> = version; at.next !== undefined; at = at.next.version) path.push(at);
  for (const older of path.reverse()) {
    const { version: newer, id, value } = older.next!;
    const after = put(older.table, id, value);
    newer.next = { version: older, id, value: after };
    older.next = undefined;
  }
  return version.table;
};
const step = <V>(version: Version<V>, id: string, value: V | undefined): Entries<V> => {
  const table = own(version);
  const newer: Version<V> = { table, next: undefined };
  version.next = { version: newer, id, value: put(table, id, value) };
  return wrap(newer);
};

const range = <V>(table: Table<V>, { from, limit = Infinity, reverse = false }: Range): readonly (readonly [string, V])[] => {
  const found: (readonly [string, V])[] = [];
  if (limit <= 0) return found;
  const base = table.base.range({ ...(from === undefined ? {} : { from }), reverse });
  for (const one of merged<V>([table.changes.ordered(from, reverse), base], reverse)) {
    found.push(one);
    if (found.length >= limit) break;
  }
  return found;
};

const wrap = <V>(version: Version<V>): Entries<V> => {
  const entries: Entries<V> = {
    get size() {
      return own(version).size;
    },
    get: id => read(own(version), id),
    has: id => read(own(version), id) !== undefined,
    with: (id, value) => step(version, id, value),
    without: id => (read(own(version), id) === undefined ? entries : step(version, id, undefined)),
    range: options => range(own(version), options ?? {}),
  };
  versions.set(entries, version as Version<unknown>);
  return entries;
};

/** An empty collection, or one over what is stored. */
export const entries = <V>(base: Base<V> = nothing): Entries<V> =>
  wrap({ table: { base, changes: sortedMap(), size: base.size }, next: undefined });
export const entriesOf = <V>(values: Iterable<readonly [string, V]>): Entries<V> => {
  let all = entries<V>();
  for (const [id, value] of values) all = all.with(id, value);
  return all;
};
export const isEntries = (value: unknown): value is Entries<unknown> =>
  typeof value === 'object' && value !== null && versions.has(value);
/** What this version changed over its base (null: taken away), and that base: the runtime's way to store the difference. */
export const changesOf = <V>(all: Entries<V>): { readonly base: Base<V>; readonly changes: SortedMap<V | null> } => {
  const table = own(versions.get(all) as Version<V>);
  return { base: table.base, changes: table.changes };
};
