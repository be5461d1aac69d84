/** Reads and writes the states of keys: the main part as one JSON record, Entries fields entry by entry. */
import { changesOf, entries, isEntries, stored as entriesStored, type Base, type Entries } from '../entries.ts';
import { fatal, poison } from '../failure.ts';
import type { Change, Readable } from '../store/view.ts';
import { separator, storeKeys, under, type StoredState } from './keys.ts';

/** What storing needs to know of a unit. */
export interface StateShape {
  readonly name: string;
  readonly initial: unknown;
  readonly entries: readonly string[];
  readonly stateVersion: number;
  readonly upgrade?: ((stored: unknown, version: number) => unknown) | undefined;
}
type Fields = Readonly<Record<string, unknown>>;

/** Bytes of JSON, of a state without its Entries or of one of these: a changelog's topic takes 4 MiB, and a broker refuses more for ever. */
const largestPart = 3_500_000;
const isTooLarge = (text: string): boolean => text.length * 3 > largestPart && Buffer.byteLength(text) > largestPart;
/** Found when a transaction is put together, of many events: the session begins anew and looks at each of this key. */
export class StateTooLarge extends Error {
  readonly key: string;
  constructor(shape: StateShape, key: string) {
    super(`storing the state of ${shape.name} for ${key}: it is larger than ${largestPart} bytes`);
    this.key = key;
  }
}

/** A base that knows which key and field it reads, so that a collection that was made anew is known. */
interface OwnBase extends Base<unknown> {
  readonly owner: string;
}
const ownerOf = (base: Base<unknown>): string | undefined => (base as Partial<OwnBase>).owner;

const baseOf = (from: Readable, key: string, field: string, size: number): Base<unknown> => {
  const bounds = under('e', key, field);
  const parse = (value: string): unknown => JSON.parse(value);
  const base: OwnBase = {
    owner: `${key}\0${field}`,
    size,
    get: id => {
      const value = from.get(storeKeys.entry(key, field, id));
      return value === undefined ? undefined : parse(value);
    },
    *range({ from: start, reverse = false }) {
      const first = start === undefined ? undefined : storeKeys.entry(key, field, start);
      const within = first === undefined ? bounds : reverse ? { gte: bounds.gte, lt: first } : { gte: first, lt: bounds.lt };
      // The upper bound is left out by the store; reversed, the entry asked for is wanted too.
      const exact = reverse && start !== undefined ? from.get(first!) : undefined;
      if (exact !== undefined) yield [start!, parse(exact)];
      for (const [storeKey, value] of from.range(within, reverse))
        yield [storeKey.slice(storeKey.lastIndexOf(separator) + 1), parse(value)];
    },
  };
  return base;
};

/** The state of a key as stored, or the unit's initial one; Entries fields read their store when asked. */
export const loadState = (shape: StateShape, from: Readable, key: string): unknown => {
  const text = from.get(storeKeys.state(key));
  const stored = text === undefined ? undefined : (JSON.parse(text) as StoredState);
  if (stored !== undefined && stored.v > shape.stateVersion)
    throw fatal(
      'STATE_VERSION',
      `reading the state of ${shape.name} for ${key}: it has version ${stored.v}, this release knows ${shape.stateVersion}`,
    );
  if (stored !== undefined && stored.v < shape.stateVersion && shape.upgrade === undefined)
    throw fatal(
      'STATE_VERSION',
      `reading the state of ${shape.name} for ${key}: it has version ${stored.v} and no upgrade to ${shape.stateVersion} is given`,
    );
  if (stored === undefined && shape.entries.length === 0) return shape.initial;
  const main =
    stored === undefined ? shape.initial : stored.v < shape.stateVersion ? shape.upgrade!(stored.s, stored.v) : stored.s;
  const fields = Object.fromEntries(
    shape.entries.map(field => [field, entries(baseOf(from, key, field, stored?.n[field] ?? 0))]),
  );
  return { ...(main as Fields), ...fields };
};

/** The initial state with collections of its own: changes of one that all keys share would stay in memory for ever. */
export const afresh = (shape: StateShape): unknown =>
  shape.entries.length === 0
    ? shape.initial
    : { ...(shape.initial as Fields), ...Object.fromEntries(shape.entries.map(field => [field, entries()])) };

const storable = (text: string, tooLarge: () => Error): string => {
  if (isTooLarge(text)) throw tooLarge();
  return text;
};
const storeEntries = (change: Change, key: string, field: string, now: Entries<unknown>, tooLarge: () => Error): boolean => {
  const { changes, base } = changesOf(now);
  // A rule may answer with a new collection instead of a changed one: then what was stored goes first.
  const isOwn = ownerOf(base) === `${key}\0${field}`;
  if (!isOwn) for (const [storeKey] of change.base.range(under('e', key, field))) change.set(storeKey, null);
  for (const [id, value] of isOwn ? changes : now.range())
    change.set(storeKeys.entry(key, field, id), value === null ? null : storable(JSON.stringify(value), tooLarge));
  return isOwn;
};
/** A state as it is stored, without what its Entries hold. */
const textOf = (shape: StateShape, state: unknown): string => {
  const sizes: Record<string, number> = {};
  const main: Record<string, unknown> = {};
  for (const field in state as Fields) {
    const value = (state as Fields)[field];
    if (shape.entries.includes(field)) sizes[field] = (value as Entries<unknown>).size;
    else main[field] = value;
  }
  return JSON.stringify({ v: shape.stateVersion, n: sizes, s: main } satisfies StoredState);
};
/**
 * Puts a key's state into a transaction. The initial state is stored as nothing, so that finished keys cost nothing. Answers whether the
 * value may be kept for the next transaction: its collections read what is stored under this key.
 */
export const storeState = (shape: StateShape, change: Change, key: string, state: unknown): boolean => {
  if (state === shape.initial) {
    change.set(storeKeys.state(key), null);
    for (const field of shape.entries)
      for (const [storeKey] of change.base.range(under('e', key, field))) change.set(storeKey, null);
    return false;
  }
  const tooLarge = (): Error => new StateTooLarge(shape, key);
  let mayStay = true;
  for (const field in state as Fields) {
    if (!shape.entries.includes(field)) continue;
    const value = (state as Fields)[field];
    if (!isEntries(value))
      throw fatal('STATE_VERSION', `storing the state of ${shape.name}: its field ${field} is declared as Entries and is not`);
    mayStay = storeEntries(change, key, field, value, tooLarge) && mayStay;
  }
  change.set(storeKeys.state(key), storable(textOf(shape, state), tooLarge));
  return mayStay;
};
/** Throws poison for a state that `storeState` would refuse. As dear as storing it: only for keys that were found too large. */
export const checkSize = (shape: StateShape, key: string, state: unknown): void => {
  const parts = shape.entries.flatMap(field =>
    changesOf((state as Fields)[field] as Entries<unknown>).changes.map(([, value]) => JSON.stringify(value)),
  );
  if ([textOf(shape, state), ...parts].some(isTooLarge))
    throw poison('STATE_TOO_LARGE', `${new StateTooLarge(shape, key).message}; what is large is to be one of its Entries`);
};
/** A stored state is kept for the next transaction: what it changed is no difference any more. Answers about how many values it holds. */
export const settleState = (shape: StateShape, state: unknown): number => {
  let weight = 1;
  for (const field of shape.entries) weight += entriesStored((state as Fields)[field] as Entries<unknown>);
  return weight;
};
