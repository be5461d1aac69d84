/**
 * Which questions were answered, so that one that is repeated says nothing. The newest 10,000 lines per code: orders asks once per line
 * and revision, so only a question that an operator repeats could be older, and its order ignores a second answer.
 */
import type { Entries } from '../../runtime/entries.ts';

export const remembersMost = 10_000;

export interface Answered {
  readonly answers: Entries<{ readonly revision: number; readonly turn: number }>;
  /** Lines by the turn in which they were answered, oldest first. */
  readonly turns: Entries<string>;
  readonly turn: number;
  /** The last turn that was dropped: where looking for the oldest begins. */
  readonly dropped: number;
}
const sortable = (turn: number): string => String(turn).padStart(16, '0');

export const answered = <S extends Answered>(state: S, line: string, revision: number): S => {
  const turn = state.turn + 1;
  const before = state.answers.get(line);
  const turns = (before === undefined ? state.turns : state.turns.without(sortable(before.turn))).with(sortable(turn), line);
  const next: S = { ...state, turn, turns, answers: state.answers.with(line, { revision, turn }) };
  const [oldest] = turns.size > remembersMost ? turns.range({ from: sortable(state.dropped), limit: 1 }) : [];
  if (oldest === undefined) return next;
  const [at, dropped] = oldest;
  return { ...next, turns: turns.without(at), answers: next.answers.without(dropped), dropped: Number(at) };
};
