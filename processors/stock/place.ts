/** One location of a product: its totals, kept so that no event needs to look at all holds or all movements. */
import { own } from './ids.ts';

/** A count that was taken; it stands for all that happened up to then. */
export interface Count {
  readonly countedMilli: number;
  readonly countedAt: number;
  readonly reference: string;
}
/** What Odoo said is there. */
export interface Level {
  readonly quantityMilli: number;
  readonly seenAt: number;
}
/** All quantities are thousandths, all times epoch ms UTC. */
export interface Place {
  /** Null: not known yet, so nothing can be promised here. */
  readonly baselineAt: number | null;
  readonly baseMilli: number;
  /** Since the baseline: what its author moved, what counts corrected, what Odoo confirmed of ours. */
  readonly changedMilli: number;
  readonly correctedMilli: number;
  readonly confirmedMilli: number;
  readonly heldMilli: number;
  readonly externalMilli: number;
  /** The newest. */
  readonly count: Count | null;
  /** The newest of Odoo's levels; and by how much ours was more when that was last stated, 0 when it agreed. */
  readonly level: Level | null;
  readonly driftMilli: number;
  /** A person was told that more is promised than is there. */
  readonly broken: boolean;
  /** How many movements the ledger keeps, and the time of the newest that it dropped. */
  readonly movements: number;
  readonly droppedAt: number | null;
}
export type Places = Readonly<Record<string, Place>>;

const unknown: Place = {
  baselineAt: null,
  baseMilli: 0,
  changedMilli: 0,
  correctedMilli: 0,
  confirmedMilli: 0,
  heldMilli: 0,
  externalMilli: 0,
  count: null,
  level: null,
  driftMilli: 0,
  broken: false,
  movements: 0,
  droppedAt: null,
};
export const placeOf = (places: Places, location: string): Place => own(places, location) ?? unknown;

/** The same state with one place changed. */
export const at = <S extends { readonly places: Places }>(
  state: S,
  location: string,
  change: (place: Place) => Partial<Place>,
): S => {
  const place = placeOf(state.places, location);
  return { ...state, places: { ...state.places, [location]: { ...place, ...change(place) } } };
};

/** 0 until a baseline is known: what is not known is not promised. */
export const onHandOf = (place: Place): number =>
  place.baselineAt === null ? 0 : place.baseMilli + place.changedMilli + place.correctedMilli;
/** Promised, but not there. */
export const uncoveredOf = (place: Place): number =>
  place.baselineAt === null ? 0 : Math.max(0, place.heldMilli - onHandOf(place));
