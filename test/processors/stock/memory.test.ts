/** What stock remembers of what is over, and that it is bounded. */
import assert from 'node:assert/strict';
import { entries } from '../../../runtime/entries.ts';
import { forget, recalled, remember, remembersMost, type Memory } from '../../../processors/stock/memory.ts';

const nothing: Memory = { remembered: entries(), turns: entries(), turn: 0, forgotten: 0 };

describe('what is remembered', () => {
  it('is recalled by its id, with the newest revision', () => {
    const state = remember(remember(remember(nothing, 'a', 3), 'b'), 'a', 5);
    assert.deepEqual([recalled(state, 'a'), recalled(state, 'b'), recalled(state, 'c')], [5, 0, undefined]);
  });
  it('is gone when it is forgotten', () => {
    const state = forget(remember(nothing, 'a'), 'a');
    assert.deepEqual([recalled(state, 'a'), state.turns.size], [undefined, 0]);
  });
  it('is the newest ten thousand: the oldest goes first, and what was remembered again is new', () => {
    let state = nothing;
    for (let n = 0; n < remembersMost; n++) state = remember(state, `id${n}`);
    state = remember(remember(state, 'id0'), 'one more');
    assert.equal(state.remembered.size, remembersMost);
    assert.equal(state.turns.size, remembersMost);
    assert.deepEqual([recalled(state, 'id0'), recalled(state, 'id1'), recalled(state, 'id2')], [0, undefined, 0]);
  });
});
