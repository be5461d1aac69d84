/** What a rebuild is given, and what it needs to know of a unit: how its states are folded, never how it decides. */
import { fatal } from '../failure.ts';
import type { AnyProcessor, AnyProducer, Clock, Fact } from '../model.ts';
import type { Log } from '../port.ts';
import type { Store } from '../store/store.ts';
import { toldShape } from '../task/producer-rules.ts';
import type { StateShape } from '../task/states.ts';
import { nameOf, type Names, type Unit } from '../topology.ts';
import type { Codec } from '../wire/codec.ts';

export type Rebuildable =
  { readonly kind: 'processor'; readonly unit: AnyProcessor } | { readonly kind: 'producer'; readonly unit: AnyProducer };
export interface RebuildWorld {
  readonly log: Pick<Log, 'fetch' | 'bounds' | 'partitions'>;
  readonly names: Names;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly unit: Rebuildable;
  /** An empty store that the caller throws away at the end: what is rebuilt may be larger than memory. */
  readonly scratch: () => Store;
  readonly progress?: (progress: Progress) => void;
}
export interface Progress {
  readonly partition: number;
  readonly doing: 'changelog' | 'outputs' | 'history';
  readonly done: number;
  readonly of: number;
}
export interface Folded extends StateShape {
  readonly evolve: (state: unknown, fact: Fact) => unknown;
}
export const foldedBy = (one: Rebuildable): Folded => {
  if (one.kind === 'producer') return toldShape(one.unit.name);
  const { unit } = one;
  return {
    name: unit.name,
    initial: unit.initial as unknown,
    entries: unit.entries,
    stateVersion: unit.stateVersion,
    upgrade: unit.upgrade,
    evolve: (state, fact) => unit.evolve(state, fact) as unknown,
  };
};
/** Throws NOTHING_TO_REBUILD for a sink. */
export const rebuildable = (one: Unit): Rebuildable => {
  if (one.kind !== 'sink') return one;
  throw fatal(
    'NOTHING_TO_REBUILD',
    `rebuilding ${nameOf(one)}: a sink decides nothing, and what it brought about stands in its target`,
  );
};
/** What retention has taken of a partition before it was read. */
export const gone = (doing: string, topic: string, partition: number, from: number, start: number): Error =>
  fatal(
    'HISTORY_GONE',
    `${doing}: ${topic}/${partition} begins at ${start}, and offset ${from} is needed: retention took ${start - from} offsets`,
  );
