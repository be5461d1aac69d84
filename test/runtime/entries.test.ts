/** Entries: every version stays valid, and costs what it changes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changesOf, entries, entriesOf, stored as storedNow, type Base, type Entries } from '../../runtime/entries.ts';

type Step =
  | { readonly do: 'with'; readonly id: string; readonly value: number }
  | { readonly do: 'without'; readonly id: string }
  | { readonly do: 'back'; readonly to: number };
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'é', '😀', '\uffee');
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('with' as const), id, value: fc.integer() }),
    fc.record({ do: fc.constant('without' as const), id }),
    fc.record({ do: fc.constant('back' as const), to: fc.nat(30) }),
  ),
  { maxLength: 40 },
);
const sorted = (model: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...model].sort(([a], [b]) => (a < b ? -1 : 1));
const same = (version: Entries<number>, model: ReadonlyMap<string, number>): void => {
  assert.equal(version.size, model.size);
  assert.deepEqual(version.range(), sorted(model));
  assert.deepEqual(version.range({ reverse: true }), sorted(model).toReversed());
  for (const [key, value] of model) assert.equal(version.get(key), value);
};
const baseOf = (model: ReadonlyMap<string, number>): Base<number> => ({
  size: model.size,
  get: key => model.get(key),
  range: ({ from, reverse = false }) => {
    const all = reverse ? sorted(model).toReversed() : sorted(model);
    return from === undefined ? all : all.filter(([key]) => (reverse ? key <= from : key >= from));
  },
});

describe('Entries', () => {
  it('keep every version as it was, whichever is used next', () => {
    fc.assert(
      fc.property(fc.dictionary(id, fc.integer()), steps, (stored, all) => {
        const start = new Map(Object.entries(stored));
        const versions: [Entries<number>, Map<string, number>][] = [[entries(baseOf(start)), start]];
        let at = 0;
        for (const step of all) {
          if (step.do === 'back') {
            at = step.to % versions.length;
            continue;
          }
          const [version, model] = versions[at]!;
          const next = new Map(model);
          if (step.do === 'with') next.set(step.id, step.value);
          else next.delete(step.id);
          versions.push([step.do === 'with' ? version.with(step.id, step.value) : version.without(step.id), next]);
          at = versions.length - 1;
        }
        for (const [version, model] of versions) same(version, model);
        for (const [version, model] of versions.toReversed()) same(version, model);
      }),
    );
  });
  it('read a range from an id on, either way, as far as asked', () => {
    const all = entriesOf([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ]).without('b');
    assert.deepEqual(all.range({ from: 'b', limit: 1 }), [['c', 3]]);
    assert.deepEqual(all.range({ from: 'c', reverse: true }), [
      ['c', 3],
      ['a', 1],
    ]);
    assert.deepEqual(all.range({ limit: 0 }), []);
  });
  it('tell what changed over what is stored, and nothing else', () => {
    const stored = new Map(Array.from({ length: 1000 }, (_, i) => [`h${i}`, i]));
    const { changes } = changesOf(entries(baseOf(stored)).with('new', 1).without('h5'));
    assert.deepEqual([...changes].sort(), [
      ['h5', null],
      ['new', 1],
    ]);
  });
});

describe('Entries that stay in memory after they were stored', () => {
  it('tell only what changed since, and read as if they were read anew', () => {
    fc.assert(
      fc.property(fc.dictionary(id, fc.integer()), fc.array(steps, { maxLength: 6 }), (first, rounds) => {
        const store = new Map(Object.entries(first));
        let version: Entries<number> = entries({
          size: store.size,
          get: key => store.get(key),
          range: options => baseOf(store).range(options),
        });
        const model = new Map(store);
        for (const round of rounds) {
          for (const step of round) {
            if (step.do === 'back') {
              // A version that comes to nothing, as of an event that is set aside.
              version.with('a', step.to).without('b');
              version.get('c');
            } else if (step.do === 'with') {
              version = version.with(step.id, step.value);
              model.set(step.id, step.value);
            } else {
              version = version.without(step.id);
              model.delete(step.id);
            }
          }
          for (const [key, value] of changesOf(version).changes)
            if (value === null) store.delete(key);
            else store.set(key, value);
          assert.deepEqual(sorted(store), sorted(model));
          storedNow(version);
          assert.deepEqual(changesOf(version).changes, []);
          same(version, model);
        }
      }),
    );
  });
});
