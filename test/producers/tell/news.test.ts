import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentOf, isNews, newsOf, telling } from '../../../producers/tell/news.ts';
import type { Report, Told } from '../../../runtime/model.ts';

// The rank decides the phase, as in every producer: so reports that are equal in order are equal.
const report = (version: number, settled: boolean, rank: number, text: string): Report => ({
  object: 'order',
  version,
  settled,
  rank,
  phase: rank > 1 ? 'cancelled' : 'open',
  facts: [{ type: 'Said', data: { text, revision: version } }],
});
const reports = fc.array(fc.tuple(fc.nat(3), fc.boolean(), fc.nat(2), fc.constantFrom('a', 'b', 'c')), {
  minLength: 1,
  maxLength: 8,
});
const hash = (text: string): string => text;
const play = (given: readonly Report[]) => {
  const said: string[] = [];
  let told: Told | undefined;
  for (const one of given) {
    const next = telling(one, contentOf(one, hash), told, () => [
      { type: 'Said', data: (one.facts[0]!.data as { text: string }).text },
    ]);
    said.push(...next.facts.map(fact => String(fact.data)));
    told = next.told;
  }
  return { said, told };
};

describe('news', () => {
  it('says the first report, whatever it says', () => assert.equal(newsOf(report(0, false, 0, 'a'), 'x', undefined), 'news'));

  it('orders by version, then settled, then rank, then content', () => {
    const told: Told = { version: 2, settled: false, rank: 1, content: 'm', phase: 'open' };
    const at = (version: number, settled: boolean, rank: number, content: string) =>
      isNews({ ...report(version, settled, rank, ''), phase: 'open' }, content, told);
    assert.deepEqual(
      [at(3, false, 0, 'a'), at(2, true, 0, 'a'), at(2, false, 2, 'a'), at(2, false, 1, 'n')],
      [true, true, true, true],
    );
    assert.deepEqual(
      [at(1, true, 9, 'z'), at(2, false, 0, 'z'), at(2, false, 1, 'a'), at(2, false, 1, 'm')],
      [false, false, false, false],
    );
  });

  it('remembers a report that settles or moves the version of what was told, and says nothing', () => {
    const told: Told = { version: 2, settled: false, rank: 1, content: 'm', phase: 'open' };
    assert.equal(newsOf({ ...report(2, true, 1, ''), phase: 'open' }, 'm', told), 'settles');
    assert.equal(newsOf({ ...report(3, false, 1, ''), phase: 'open' }, 'm', told), 'settles');
    assert.equal(newsOf({ ...report(3, false, 1, ''), phase: 'cancelled' }, 'm', told), 'news');
  });

  it('ends in the same told and the same last word, whatever the order of arrival', () =>
    fc.assert(
      fc.property(
        reports.chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([one, other]) => {
          const [a, b] = [one, other].map(list => play(list.map(fields => report(...fields))));
          assert.deepEqual(a!.told, b!.told);
          assert.equal(a!.said.at(-1), b!.said.at(-1));
        },
      ),
    ));

  it('says nothing more when any of it is told again', () =>
    fc.assert(
      fc.property(reports, fc.array(fc.nat(20)), (list, again) => {
        const first = list.map(fields => report(...fields));
        const repeated = again.map(at => first[at % first.length]!);
        assert.deepEqual(play([...first, ...repeated]), play(first));
      }),
    ));

  it('hashes what is said, not the order of its fields nor its revision', () => {
    const said = (data: object) => contentOf({ facts: [{ type: 'Said', data }] }, hash);
    assert.equal(
      said({ a: 1, b: { d: 2, c: [1, { f: 1, e: 2 }] }, revision: 1 }),
      said({ revision: 2, b: { c: [1, { e: 2, f: 1 }], d: 2 }, a: 1 }),
    );
    assert.notEqual(said({ a: 1 }), said({ a: 2 }));
    assert.notEqual(said({ a: [1, 2] }), said({ a: [2, 1] }));
  });
});
