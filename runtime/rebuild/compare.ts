/** Two stores of one task held against each other: in one form that layout, release and time of day do not change, and by hash. */
import { createHash } from 'node:crypto';
import { fatal } from '../failure.ts';
import type { Store } from '../store/store.ts';
import { separator, type Parked, type StoredState } from '../task/keys.ts';
import type { Difference } from './differing.ts';
import type { Folded } from './world.ts';

/** State first: it says most. Positions, numbers and what only sinks keep are judged elsewhere. */
const kinds = [
  ['s', 'state'],
  ['e', 'entry'],
  ['a', 'alarm'],
  ['k', 'set aside'],
] as const;
type Kind = (typeof kinds)[number][1];

/** JSON with sorted names. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
const mainOf = (shape: Folded, { v, s }: StoredState, key: string): unknown => {
  if (v === shape.stateVersion) return s;
  if (v < shape.stateVersion && shape.upgrade !== undefined) {
    const upgraded = shape.upgrade(s, v) as Readonly<Record<string, unknown>>;
    return Object.fromEntries(Object.entries(upgraded).filter(([field]) => !shape.entries.includes(field)));
  }
  throw fatal(
    'STATE_VERSION',
    `comparing the state of ${shape.name} for ${key}: it has version ${v}, this release knows ${shape.stateVersion}`,
  );
};
/** What a stored value means, in today's shape; undefined: as much as nothing (a state that is the initial one). */
export const meaning = (shape: Folded, storeKey: string, value: string): unknown => {
  const parsed = JSON.parse(value) as unknown;
  switch (storeKey[0]) {
    case 's': {
      const stored = parsed as StoredState;
      const main = mainOf(shape, stored, storeKey.slice(2));
      const initial = Object.fromEntries(
        Object.entries(shape.initial as object).filter(([field]) => !shape.entries.includes(field)),
      );
      const empty = Object.values(stored.n).every(size => size === 0);
      return empty && canonical(main) === canonical(initial) ? undefined : { n: stored.n, s: main };
    }
    case 'k': {
      // Why and when something was set aside may be written anew at each try.
      const { code: _code, reason: _reason, parkedAt: _at, ...rest } = parsed as Parked;
      return rest;
    }
    default:
      return parsed;
  }
};
export interface Meant {
  readonly storeKey: string;
  readonly text: string;
}
/** All that a store means of one kind, in the order of keys. */
const meant = function* (shape: Folded, store: Store, kind: string): Generator<Meant> {
  for (const [storeKey, value] of store.range({ gte: `${kind}${separator}`, lt: `${kind}\x01` })) {
    const means = meaning(shape, storeKey, value);
    if (means !== undefined) yield { storeKey, text: canonical(means) };
  }
};
/** Which key a store key is of, and which of the key's. */
export const placeOf = (storeKey: string): { readonly what: Kind; readonly key: string; readonly of?: string } => {
  const [kind, ...parts] = storeKey.split(separator);
  switch (kind) {
    case 'e':
      return { what: 'entry', key: parts[0] ?? '', of: parts.slice(1).join(' ') };
    case 'a':
      return { what: 'alarm', key: parts[1] ?? '', of: `${Number(parts[0])} ${parts[2]}` };
    case 'k':
      return { what: 'set aside', key: parts.slice(0, -1).join(separator), of: String(Number(parts.at(-1))) };
    default:
      return { what: 'state', key: parts[0] ?? '' };
  }
};
/** The first place, as `lines.0.quantity`, where two values differ. */
export const pathOf = (one: unknown, other: unknown): string => {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return '';
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  const [left, right] = [one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
  const found = names.find(name => canonical(left[name] ?? null) !== canonical(right[name] ?? null));
  if (found === undefined) return '';
  const deeper = pathOf(left[found], right[found]);
  return deeper === '' ? found : `${found}.${deeper}`;
};

export interface Compared {
  readonly rebuilt: string;
  readonly stored: string;
  /** How many of each kind are stored. */
  readonly counts: Readonly<Record<Kind, number>>;
  /** Store keys that differ, the first of them whole. */
  readonly differing: number;
  readonly first: (Difference & { readonly storeKey: string }) | undefined;
}
export const compare = (shape: Folded, rebuilt: Store, stored: Store, leaveOut: readonly Kind[] = []): Compared => {
  const [left, right] = [createHash('sha256'), createHash('sha256')];
  const counts = { state: 0, entry: 0, alarm: 0, 'set aside': 0 };
  let differing = 0;
  let first: Compared['first'];
  const differ = (mine: Meant | undefined, theirs: Meant | undefined): void => {
    differing++;
    if (first !== undefined) return;
    const { storeKey } = (mine ?? theirs)!;
    const place = placeOf(storeKey);
    const [one, other] = [mine, theirs].map(meantBy => (meantBy === undefined ? null : (JSON.parse(meantBy.text) as unknown)));
    const path = pathOf(one, other);
    const says = `the ${place.what} of ${place.key}${place.of === undefined ? '' : ` (${place.of})`} ${mine === undefined ? 'is stored, and nothing in the history made it' : theirs === undefined ? 'must be there, and is not stored' : 'differs'}`;
    first = { storeKey, ...place, ...(path === '' ? {} : { path }), rebuilt: one, stored: other, says };
  };
  for (const [kind, name] of kinds) {
    if (leaveOut.includes(name)) continue;
    const [ours, theirs] = [meant(shape, rebuilt, kind), meant(shape, stored, kind)];
    let [mine, their] = [ours.next(), theirs.next()];
    while (mine.done !== true || their.done !== true) {
      const order = mine.done === true ? 1 : their.done === true ? -1 : orderOf(mine.value.storeKey, their.value.storeKey);
      const one = mine.done !== true && order <= 0 ? mine.value : undefined;
      const other = their.done !== true && order >= 0 ? their.value : undefined;
      if (one !== undefined) left.update(`${one.storeKey}\0${one.text}\n`);
      if (other !== undefined) right.update(`${other.storeKey}\0${other.text}\n`);
      if (other !== undefined) counts[name]++;
      if (one?.text !== other?.text) differ(one, other);
      if (one !== undefined) mine = ours.next();
      if (other !== undefined) their = theirs.next();
    }
  }
  return { rebuilt: left.digest('hex'), stored: right.digest('hex'), counts, differing, first };
};
const orderOf = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
