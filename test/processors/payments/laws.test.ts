import assert from 'node:assert/strict';
import fc from 'fast-check';
import { payments } from '../../../processors/payments/index.ts';
import { destinationOf, totalsOf } from '../../../processors/payments/order.ts';
import type { In, State } from '../../../processors/payments/state.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { play, type Input } from '../../laws/play.ts';
import { processorLaws, seed } from '../../laws/processors.ts';
import { gatewayFact, rankOf } from '../../support/money-histories.ts';
import { expected, linked, payment } from '../../support/money.ts';
import { policy } from '../../support/policy.ts';

const order = fc.constantFrom('web:1', 'web:2', 'outlet:1', 'nobody:1');
const expectation = fc
  .tuple(order, fc.constantFrom('EUR', 'EUR', 'USD'))
  // What an order expects does not change, so that one told again is the same.
  .map(([of, currency]): In => expected(of, of.length * 100, currency));
const history = fc.constantFrom(null, 'web:1', 'nobody:1').chain(hint =>
  fc.array(
    fc
      .oneof(
        { weight: 8, arbitrary: gatewayFact(hint, 'USD') },
        { weight: 2, arbitrary: expectation },
        { weight: 1, arbitrary: order.map((of): In => linked(of)) },
      )
      .map(fact => ({ fact, at: 7 })),
    { maxLength: 20 },
  ),
);

/** What is said of an order is what is known of the payment, and money of no order is shown. */
const allowed = (state: State, rules: Policy): string | undefined => {
  const destination = destinationOf(state, payment, rules);
  const totals = totalsOf(state);
  if (Object.values(totals).some(value => typeof value === 'number' && value < 0))
    return `a total is negative: ${JSON.stringify(totals)}`;
  if (totals.failed && totals.capturedMinor > 0) return 'failed and captured';
  const stake = totals.authorizedMinor + totals.capturedMinor - totals.refundedMinor;
  const shown = state.open.some(one => one.exception === 'payment_unmatched');
  if ('none' in destination) return shown === (stake !== 0) ? undefined : `${stake} unmatched, shown: ${shown}`;
  if (shown) return `applied to ${destination.order} and shown as unmatched`;
  const { order: of, ...told } = state.applied ?? { order: destination.order, ...totalsOf(payments.initial) };
  if (of !== destination.order && stake !== 0) return `told ${of}, is for ${destination.order}`;
  if (of === destination.order && JSON.stringify(told) !== JSON.stringify(totals)) return 'the order was told other totals';
  return undefined;
};

processorLaws(payments, history, policy, {
  absolute: one => {
    if (one.type === 'PaymentLinked') return undefined;
    return one.type === 'PaymentExpected' ? { subject: `expected ${one.data.order}`, revision: 0 } : rankOf(one);
  },
  allowed,
});

describe(`laws of money in payments (seed ${seed})`, () => {
  const final = (facts: readonly In[]): unknown => {
    const inputs: readonly Input<In>[] = facts.map(fact => ({ fact }));
    return totalsOf(play(payments, inputs, policy).at(-1)?.after ?? payments.initial);
  };
  it('ends with the same totals in whatever order the facts arrive, each any number of times', () =>
    fc.assert(
      fc.property(
        fc
          .array(gatewayFact('web:1'), { maxLength: 12 })
          .chain(facts =>
            fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 })),
          ),
        ([facts, shuffled]) => assert.deepEqual(final(shuffled), final(facts)),
      ),
      { seed, numRuns: 300 },
    ));
  it('says a higher revision each time', () =>
    fc.assert(
      fc.property(history, inputs => {
        const outputs = play(payments, inputs, policy).flatMap(step => step.outputs);
        const revisions = outputs.flatMap(one => ('type' in one && one.type === 'PaymentApplied' ? [one.data.revision] : []));
        assert.deepEqual(
          revisions,
          revisions.map((_, index) => index + 1),
        );
      }),
      { seed },
    ));
});
