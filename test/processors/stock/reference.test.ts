/** Stock against an independent model, for every prefix of random histories: invariant I1. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stock } from '../../../processors/stock/index.ts';
import { onHandOf, placeOf } from '../../../processors/stock/place.ts';
import type { In, Out } from '../../../processors/stock/state.ts';
import { stockReserved, type AnyFact } from '../../../schemas/generated/facts.ts';
import { play } from '../../laws/play.ts';
import { seed } from '../../laws/processors.ts';
import { stockReference, type Logged } from '../../model/stock-reference.ts';
import { acme, policyWith } from '../../support/policy.ts';
import { histories } from './history.ts';

const safetyMilli = 500;
const policy = policyWith({ stock: { ...acme.stock, safetyMilli: { default: safetyMilli } } });
const locations = ['main', 'store'];

const logOf = (steps: readonly { readonly event: In; readonly outputs: readonly unknown[] }[]): readonly Logged[] =>
  steps.map(({ event, outputs }) => ({ input: event, said: outputs as readonly AnyFact[] }));
const check = (unit: typeof stock): void =>
  fc.assert(
    fc.property(histories, history => {
      const steps = play(unit, history, policy);
      const log = logOf(steps);
      steps.forEach(({ event, after }, index) => {
        for (const location of locations) {
          const { seen, oversoldMilli } = stockReference(log.slice(0, index + 1), location, safetyMilli);
          const place = placeOf(after.places, location);
          const ours = { onHandMilli: onHandOf(place), heldMilli: place.heldMilli, externalMilli: place.externalMilli };
          assert.equal(oversoldMilli, 0, `promised at ${location} on ${event.id}, but not there`);
          assert.deepEqual(ours, seen, `${location} after ${event.id} ${event.type}`);
        }
      });
    }),
    { seed, numRuns: 300 },
  );
/** The rules, but for what they say. */
const saying = (change: (fact: Out, event: In) => Out): typeof stock => ({
  ...stock,
  decide: (event, state, policy) => (stock.decide(event, state, policy) as readonly Out[]).map(fact => change(fact, event)),
});

describe(`no oversell, in every prefix of any history (seed ${seed})`, () => {
  it('never promises more than is there, and the totals are what the log says', () => check(stock));
  it('is found out when a refusal becomes a promise', () =>
    assert.throws(() =>
      check(
        saying((fact, event) => {
          if (fact.type !== 'ReservationRefused' || event.type !== 'ReservationSet' || event.data.mustAccept) return fact;
          const { company, order, line, component, owner, product, revision, free, askedMilli: quantityMilli } = fact.data;
          const about = { company, order, line, component, owner, product, revision, free };
          return stockReserved({ ...about, quantityMilli, placements: [{ location: 'main', quantityMilli }], firm: false });
        }),
      ),
    ));
  it('is found out when a correction is off by one', () =>
    assert.throws(() =>
      check(
        saying(fact =>
          fact.type === 'StockCorrected' ? { ...fact, data: { ...fact.data, deltaMilli: fact.data.deltaMilli + 1 } } : fact,
        ),
      ),
    ));
  it('refuses only what is not there', () =>
    fc.assert(
      fc.property(histories, history => {
        const log = logOf(play(stock, history, policy));
        log.forEach(({ input, said }, index) => {
          if (input.type !== 'ReservationSet' || !said.some(one => one.type === 'ReservationRefused')) return;
          const asked = new Set(input.data.locations);
          const free = [...asked].map(location =>
            Math.max(0, stockReference(log.slice(0, index), location, safetyMilli).freeMilli),
          );
          assert.ok(free.reduce((sum, one) => sum + one, 0) < input.data.quantityMilli);
          assert.ok(!input.data.mustAccept || asked.size === 0);
        });
      }),
      { seed, numRuns: 300 },
    ));
});
