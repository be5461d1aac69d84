/** What must hold in the trade, where stock alone decides it (scenarios 16, 17, 22, 26, 36). */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stock } from '../../../processors/stock/index.ts';
import type { In, Out, State } from '../../../processors/stock/state.ts';
import { keyOf } from '../../../runtime/identity.ts';
import { topics } from '../../../schemas/topics.ts';
import { play } from '../../laws/play.ts';
import { seed } from '../../laws/processors.ts';
import { policy } from '../../support/policy.ts';
import { adjusted, baseline, shipped, wish } from './facts.ts';

const run = (...facts: readonly In[]): { readonly said: readonly (readonly Out[])[]; readonly state: State } => {
  const steps = play(
    stock,
    facts.map(fact => ({ fact })),
    policy,
  );
  return { said: steps.map(step => step.outputs as readonly Out[]), state: steps.at(-1)!.after };
};
const types = (said: readonly (readonly Out[])[], type: Out['type']): number =>
  said.flat().filter(one => one.type === type).length;
const held = (state: State): number => state.places.main?.heldMilli ?? 0;

describe('stock in the trade', () => {
  it('of a hundred buyers in three shops after one unit exactly one gets it, whoever comes first', () => {
    const buyers = ['web', 'outlet', 'market'].flatMap(shop =>
      Array.from({ length: 34 }, (_, n) => wish({ order: `${shop}:${n}` })),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(buyers, { minLength: 100, maxLength: 100 }), wishes => {
        const { said, state } = run(baseline(), ...wishes);
        assert.equal(types(said, 'StockReserved'), 1);
        assert.equal(types(said, 'ReservationRefused'), 99);
        assert.equal(said[1]?.[0]?.type, 'StockReserved');
        assert.equal(held(state), 1000);
      }),
      { seed, numRuns: 30 },
    );
  });
  it('two lines that share a component and exceed it together are not both promised, and releasing frees all of it', () => {
    const lines = ['1', '2'].map(line => wish({ order: 'A', line }));
    const release = ['1', '2'].map(line => wish({ order: 'A', line, revision: 2, quantityMilli: 0 }));
    const { said, state } = run(baseline({ quantityMilli: 1500 }), ...lines, ...release);
    assert.deepEqual([types(said.slice(0, 3), 'StockReserved'), types(said.slice(0, 3), 'ReservationRefused')], [1, 1]);
    assert.equal(held(state), 0);
    assert.equal(state.holds.size, 0);
  });
  it('between a hold that expires and a payment the higher revision wins, in whichever order the two reach us', () => {
    const start = [baseline(), wish({ order: 'A' })];
    const both = (firm: number, release: number): readonly In[] => [
      wish({ order: 'A', revision: firm, firm: true }),
      wish({ order: 'A', revision: release, quantityMilli: 0 }),
    ];
    for (const [wishes, expected] of [
      [both(2, 3), 0],
      [both(3, 2), 1000],
    ] as const) {
      assert.equal(held(run(...start, ...wishes).state), expected);
      assert.equal(held(run(...start, ...wishes.toReversed()).state), expected);
    }
  });
  it('a till that was offline sells the last unit that a shop had promised: both are recorded, and the promise is taken back or shown', () => {
    const sale = adjusted({ reference: 'till:9' });
    const loose = run(baseline(), wish({ order: 'A' }), sale);
    assert.deepEqual([types(loose.said, 'ReservationRevoked'), held(loose.state)], [1, 0]);
    const firm = run(baseline(), wish({ order: 'A', firm: true }), sale);
    assert.deepEqual([types(firm.said, 'ExceptionRaised'), held(firm.state)], [1, 1000]);
  });
  it('sold and not yet delivered is not free, whatever level Odoo still shows', () => {
    const level = {
      type: 'StockLevelSeen',
      data: { owner: 'acme', product: '42', location: 'main', quantityMilli: 5000, seenAt: 50 },
    } as const;
    const sold = Array.from({ length: 5 }, (_, n) => wish({ order: `web:${n}`, firm: true }));
    const { said } = run(baseline({ quantityMilli: 5000 }), ...sold, level, wish({ order: 'late' }));
    assert.deepEqual(
      said.at(-1)?.map(one => one.type),
      ['ReservationRefused'],
    );
    assert.equal(types(said, 'StockDriftFound'), 0);
  });
  it('two variants of one template are two products: each has its own key, ledger and promises', () => {
    const keys = ['42', '43'].map(product => keyOf(topics.stockRequests, wish({ order: 'A', product })));
    assert.equal(new Set(keys).size, 2);
  });
  it('a shipment takes its hold with it, so that nothing is promised twice on the way to Odoo', () => {
    const { said } = run(baseline(), wish({ order: 'A', firm: true }), shipped({ order: 'A' }), wish({ order: 'B' }));
    assert.equal(said.at(-1)?.[0]?.type, 'ReservationRefused');
  });
});
