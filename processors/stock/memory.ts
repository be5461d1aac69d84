/**
 * What is remembered of what is over: the last revision of released holds, and what is counted once. The newest 10,000 per product;
 * more is not needed: orders' wishes come once each, in the order in which they were made, and a producer says again only what a poll's
 * overlap or an operator repeats, which is a matter of hours.
 */
import type { Entries } from '../../runtime/entries.ts';

export const remembersMost = 10_000;

export interface Memory {
  readonly remembered: Entries<{ readonly revision: number; readonly turn: number }>;
  /** Ids by the turn in which they were remembered, oldest first. */
  readonly turns: Entries<string>;
  /** Counts upwards; also the age of holds. */
  readonly turn: number;
  /** The turn up to which all is forgotten: where looking for the oldest begins. */
  readonly forgotten: number;
}

/** A whole number as text that sorts like the number; below 0 all count as 0. */
export const sortable = (value: number): string => String(Math.max(0, value)).padStart(16, '0');

/** The revision that was remembered (0 for what is counted once), or undefined. */
export const recalled = (state: Memory, id: string): number | undefined => state.remembered.get(id)?.revision;

export const forget = <S extends Memory>(state: S, id: string): S => {
  const known = state.remembered.get(id);
  if (known === undefined) return state;
  return { ...state, remembered: state.remembered.without(id), turns: state.turns.without(sortable(known.turn)) };
};

const forgetOldest = <S extends Memory>(state: S): S => {
  const [oldest] = state.turns.range({ from: sortable(state.forgotten), limit: 1 });
  return oldest === undefined ? state : { ...forget(state, oldest[1]), forgotten: Number(oldest[0]) };
};

export const remember = <S extends Memory>(before: S, id: string, revision = 0): S => {
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
