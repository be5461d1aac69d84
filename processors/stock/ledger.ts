/**
 * On hand is a ledger: one baseline per location, then movements. The newest 10,000 movements of a location are kept, by the time they
 * happened, to know what was on hand at the time of a count or a level, and, while there is no baseline, which of them it already holds.
 */
import type { Entries } from '../../runtime/entries.ts';
import { sortable } from './memory.ts';
import { idOf, under } from './ids.ts';
import { at, placeOf, type Place, type Places } from './place.ts';

export const keepsMost = 10_000;

/** changed: its author's movement. corrected: ours, after a count. confirmed: Odoo did what we had counted; moves nothing. */
export type Kind = 'changed' | 'corrected' | 'confirmed';
export interface Movement {
  readonly location: string;
  readonly kind: Kind;
  readonly deltaMilli: number;
  readonly happenedAt: number;
}
export interface Ledger {
  readonly places: Places;
  readonly ledger: Entries<Pick<Movement, 'kind' | 'deltaMilli' | 'happenedAt'>>;
  readonly turn: number;
}
export type Sums = Pick<Place, 'changedMilli' | 'correctedMilli' | 'confirmedMilli'>;

const adding = (sums: Sums, kind: Kind, deltaMilli: number): Sums => ({
  changedMilli: sums.changedMilli + (kind === 'changed' ? deltaMilli : 0),
  correctedMilli: sums.correctedMilli + (kind === 'corrected' ? deltaMilli : 0),
  confirmedMilli: sums.confirmedMilli + (kind === 'confirmed' ? deltaMilli : 0),
});

/** What happened after a time: as many steps as movements since then. */
const since = (state: Ledger, location: string, time: number): Sums => {
  let sums: Sums = { changedMilli: 0, correctedMilli: 0, confirmedMilli: 0 };
  for (const [, moved] of under(state.ledger, idOf(location), true)) {
    if (moved.happenedAt <= time) break;
    sums = adding(sums, moved.kind, moved.deltaMilli);
  }
  return sums;
};

/** Whether what was on hand then can be told: after the baseline, and not before what the ledger still keeps. */
export const comparable = (place: Place, time: number): boolean =>
  place.baselineAt !== null && time > place.baselineAt && (place.droppedAt === null || time >= place.droppedAt);

/** A location as it was at a time. Only where `comparable`. */
export const placeAt = (state: Ledger, location: string, time: number): Place => {
  const place = placeOf(state.places, location);
  const later = since(state, location, time);
  return {
    ...place,
    changedMilli: place.changedMilli - later.changedMilli,
    correctedMilli: place.correctedMilli - later.correctedMilli,
    confirmedMilli: place.confirmedMilli - later.confirmedMilli,
  };
};

/** Whether the baseline already holds it. */
export const inBaseline = (place: Place, happenedAt: number): boolean =>
  place.baselineAt !== null && happenedAt <= place.baselineAt;

const dropOldest = <S extends Ledger>(state: S, location: string): S => {
  const prefix = idOf(location);
  const from = prefix + sortable(placeOf(state.places, location).droppedAt ?? 0);
  const [oldest] = state.ledger.range({ from, limit: 1 });
  if (oldest === undefined) return state;
  const [id, { happenedAt }] = oldest;
  return at({ ...state, ledger: state.ledger.without(id) }, location, place => ({
    movements: place.movements - 1,
    droppedAt: Math.max(place.droppedAt ?? happenedAt, happenedAt),
  }));
};

/** Counts a movement. Before the baseline it is kept too: the baseline, when it comes, drops those that it already holds. */
export const move = <S extends Ledger>(before: S, movement: Movement): S => {
  const { location, kind, deltaMilli, happenedAt } = movement;
  if (inBaseline(placeOf(before.places, location), happenedAt)) return before;
  const turn = before.turn + 1;
  const id = `${idOf(location)}${sortable(happenedAt)}|${sortable(turn)}`;
  const state = at({ ...before, turn, ledger: before.ledger.with(id, { kind, deltaMilli, happenedAt }) }, location, place => ({
    ...adding(place, kind, deltaMilli),
    movements: place.movements + 1,
  }));
  return placeOf(state.places, location).movements > keepsMost ? dropOldest(state, location) : state;
};

/** The ledger of a location starts here; there is one baseline, a second one is ignored. */
export const startFrom = <S extends Ledger>(state: S, location: string, quantityMilli: number, takenAt: number): S =>
  at(state, location, place => ({
    baselineAt: takenAt,
    baseMilli: quantityMilli,
    ...since(state, location, takenAt),
    count: place.count !== null && place.count.countedAt > takenAt ? place.count : null,
  }));
