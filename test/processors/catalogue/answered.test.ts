/** What the catalogue remembers of answered questions, and that it is bounded. */
import assert from 'node:assert/strict';
import { answered, remembersMost, type Answered } from '../../../processors/catalogue/answered.ts';
import { entries } from '../../../runtime/entries.ts';

describe('answered questions', () => {
  it('are the newest ten thousand: the oldest goes first, and what was answered again is new', () => {
    let state: Answered = { answers: entries(), turns: entries(), turn: 0, dropped: 0 };
    for (let n = 0; n < remembersMost; n++) state = answered(state, `line${n}`, 1);
    state = answered(answered(answered(state, 'line0', 2), 'one', 1), 'more', 1);
    assert.deepEqual([state.answers.size, state.turns.size], [remembersMost, remembersMost]);
    assert.deepEqual(
      ['line0', 'line1', 'line2', 'line3'].map(line => state.answers.get(line)?.revision),
      [2, undefined, undefined, 1],
    );
  });
});
