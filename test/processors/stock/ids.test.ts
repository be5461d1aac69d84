/** Ids of entries, and reading the entries that begin alike. */
import assert from 'node:assert/strict';
import { idOf, own, under } from '../../../processors/stock/ids.ts';
import { entriesOf } from '../../../runtime/entries.ts';

describe('ids of entries', () => {
  it('are told apart whatever is in their parts', () => {
    const parts = [['a', 'b'], ['a|b'], ['a|', 'b'], ['a', '', 'b'], ['ab'], ['a%007cb'], ['é', 'b'], ['\ud800', 'b']];
    assert.equal(new Set(parts.map(one => idOf(...one))).size, parts.length);
  });
  it('are ASCII, as the store orders them', () => assert.match(idOf('é:|~ 漢', '1'), /^[\w:.%|-]+$/));
  for (const count of [0, 1, 15, 16, 17, 32, 33, 50])
    it(`${count} that begin alike are read once each, in order and in reverse`, () => {
      const mine = Array.from({ length: count }, (_, n) => idOf('main', String(n).padStart(3, '0')));
      const others = [idOf('mai', '1'), idOf('main.', '1'), idOf('mainz', '1')];
      const all = entriesOf([...mine, ...others].map(id => [id, 0] as const));
      assert.deepEqual(
        [...under(all, idOf('main'))].map(([id]) => id),
        mine,
      );
      assert.deepEqual(
        [...under(all, idOf('main'), true)].map(([id]) => id),
        mine.toReversed(),
      );
    });
});

describe('a field named from outside', () => {
  it('is never one that every object inherits', () => {
    assert.equal(own({}, 'constructor'), undefined);
    assert.equal(own({ main: 1 }, 'main'), 1);
  });
});
