/**
 * A large collection inside a state: immutable to its user, stored and logged entry by entry, so that a product with 100,000 holds
 * costs what one hold costs. The newest version owns the table; older versions hold the difference to the next one (Baker's trick),
 * so every version stays valid and using the newest one is as cheap as using a Map.
 */

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
  /** undefined: taken away. */
  readonly changes: Map<string, V | undefined>;
  size: number;
  /** The changed ids in order; made at the first range, kept afterwards. */
  sorted: string[] | undefined;
}
/** `next` undefined: this version owns the table; else the table is `next`'s but for `id`, which is `value` here. */
interface Version<V> {
  readonly table: Table<V>;
  next: { readonly version: Version<V>; readonly id: string; readonly value: V | undefined } | undefined;
}
const versions = new WeakMap<object, Version<unknown>>();

const place = (ids: readonly string[], id: string): number => {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
};
const read = <V>(table: Table<V>, id: string): V | undefined =>
  table.changes.has(id) ? table.changes.get(id) : table.base.get(id);
const put = <V>(table: Table<V>, id: string, value: V | undefined): V | undefined => {
  const old = read(table, id);
  if (!table.changes.has(id) && table.sorted !== undefined) table.sorted.splice(place(table.sorted, id), 0, id);
  table.changes.set(id, value);
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

/** Merges the base's order with the changed ids' order; a changed id hides the base's. */
const range = <V>(table: Table<V>, options: Range): readonly (readonly [string, V])[] => {
  const { from, limit = Infinity, reverse = false } = options;
  table.sorted ??= [...table.changes.keys()].sort((a, b) => (a < b ? -1 : 1));
  const ids = table.sorted;
  const found: (readonly [string, V])[] = [];
  const before = (a: string, b: string): boolean => (reverse ? a > b : a < b);
  let at = reverse
    ? (from === undefined ? ids.length : place(ids, from) + (ids[place(ids, from)] === from ? 1 : 0)) - 1
    : from === undefined
      ? 0
      : place(ids, from);
  const changed = (until: string | undefined): void => {
    for (
      ;
      found.length < limit && at >= 0 && at < ids.length && (until === undefined || before(ids[at]!, until));
      at += reverse ? -1 : 1
    ) {
      const value = table.changes.get(ids[at]!);
      if (value !== undefined) found.push([ids[at]!, value]);
    }
  };
  // Ids taken away may hide base entries, so the base is read without a limit and left when enough was found.
  for (const [id, value] of table.base.range({ ...(from === undefined ? {} : { from }), reverse })) {
    if (found.length >= limit) break;
    changed(id);
    if (found.length < limit && !table.changes.has(id)) found.push([id, value]);
  }
  changed(undefined);
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
  wrap({ table: { base, changes: new Map(), size: base.size, sorted: undefined }, next: undefined });
export const entriesOf = <V>(values: Iterable<readonly [string, V]>): Entries<V> => {
  let all = entries<V>();
  for (const [id, value] of values) all = all.with(id, value);
  return all;
};
export const isEntries = (value: unknown): value is Entries<unknown> =>
  typeof value === 'object' && value !== null && versions.has(value);
/** What this version changed over its base (undefined: taken away), and that base: the runtime's way to store the difference. */
export const changesOf = <V>(
  all: Entries<V>,
): { readonly base: Base<V>; readonly changes: ReadonlyMap<string, V | undefined> } => {
  const table = own(versions.get(all) as Version<V>);
  return { base: table.base, changes: table.changes };
};
