/**
 * A bounded memory for rules, over Entries: revisions of what is over, and what is counted once. A unit's state extends `Remembered`
 * and names `remembered` and `turns` among its entries. Whoever uses it says why its newest `remembersMost` are enough.
 */
import type { Entries } from './entries.ts';

/** Per key of the unit. */
export const remembersMost = 10_000;

export interface Remembered {
  readonly remembered: Entries<{ readonly revision: number; readonly turn: number }>;
  /** Ids by the turn in which they were remembered, oldest first. */
  readonly turns: Entries<string>;
  /** Counts upwards. */
  readonly turn: number;
  /** The turn up to which all is forgotten: where looking for the oldest begins. */
  readonly forgotten: number;
}

/** A whole number as text that sorts like the number; below 0 all count as 0. */
export const sortable = (value: number): string => String(Math.max(0, value)).padStart(16, '0');

/** The revision that was remembered (0 for what is counted once), or undefined. */
export const recalled = (state: Remembered, id: string): number | undefined => state.remembered.get(id)?.revision;

export const forget = <S extends Remembered>(state: S, id: string): S => {
  const known = state.remembered.get(id);
  if (known === undefined) return state;
  return { ...state, remembered: state.remembered.without(id), turns: state.turns.without(sortable(known.turn)) };
};

const forgetOldest = <S extends Remembered>(state: S): S => {
  const [oldest] = state.turns.range({ from: sortable(state.forgotten), limit: 1 });
  return oldest === undefined ? state : { ...forget(state, oldest[1]), forgotten: Number(oldest[0]) };
};

export const remember = <S extends Remembered>(before: S, id: string, revision = 0): S => {
  const state = forget(before, id);
  const turn = state.turn + 1;
  const kept: S = {
    ...state,
    turn,
    turns: state.turns.with(sortable(turn), id),
    remembered: state.remembered.with(id, { revision, turn }),
  };
  return kept.turns.size > remembersMost ? forgetOldest(kept) : kept;
};
