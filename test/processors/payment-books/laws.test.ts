import assert from 'node:assert/strict';
import fc from 'fast-check';
import { paymentBooks } from '../../../processors/payment-books/index.ts';
import type { In, State } from '../../../processors/payment-books/state.ts';
import { play } from '../../laws/play.ts';
import { processorLaws, seed } from '../../laws/processors.ts';
import { balances, journalsOf, unbalanced } from '../../support/journals.ts';
import { gatewayFact, rankOf, type GatewayFact } from '../../support/money-histories.ts';
import { expected } from '../../support/money.ts';
import { policy } from '../../support/policy.ts';

const fact: fc.Arbitrary<In> = fc.oneof({ weight: 9, arbitrary: gatewayFact(null, 'USD') }, fc.constant(expected('web:1', 100)));
const history = fc.array(
  fact.map(one => ({ fact: one })),
  { maxLength: 20 },
);

const allowed = ({ known }: State): string | undefined => {
  const ids = known.map(({ kind, id }) => `${kind} ${id}`);
  return new Set(ids).size === ids.length ? undefined : `an id is known twice: ${ids.join(', ')}`;
};
processorLaws(paymentBooks, history, policy, {
  absolute: one => (one.type === 'PaymentExpected' ? { subject: 'expectation', revision: 0 } : rankOf(one)),
  allowed,
});

describe(`laws of the books of payments (seed ${seed})`, () => {
  const posted = (facts: readonly In[]) =>
    journalsOf(
      play(
        paymentBooks,
        facts.map(one => ({ fact: one })),
        policy,
      ).flatMap(step => step.outputs),
    );
  it('every journal balances, and no two have one id', () =>
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 25 }), facts => {
        const journals = posted(facts);
        for (const journal of journals) assert.equal(unbalanced(journal), undefined);
        assert.equal(new Set(journals.map(one => one.data.journal)).size, journals.length);
      }),
      { seed },
    ));
  /** What counts of each id: its word of the highest rank. */
  const last = (facts: readonly GatewayFact[]): readonly GatewayFact[] =>
    [...Map.groupBy(facts, one => rankOf(one).subject).values()].map(same =>
      same.reduce((best, one) => (rankOf(one).revision > rankOf(best).revision ? one : best)),
    );
  const sum = (facts: readonly GatewayFact[], minor: (one: GatewayFact) => number): number =>
    facts.reduce((all, one) => all + minor(one), 0);
  it('amounts to what the words of highest rank say, in whatever order and however often they came', () =>
    fc.assert(
      fc.property(
        fc
          .array(gatewayFact(null), { maxLength: 12 })
          .chain(facts => fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 })),
        facts => {
          const counted = last(facts);
          const captures = sum(counted, one => (one.type === 'PaymentCaptured' ? one.data.amountMinor : 0));
          const fees = sum(counted, one => (one.type === 'PaymentCaptured' ? one.data.feeMinor : 0));
          const refunds = sum(counted, one => (one.type === 'RefundSucceeded' ? one.data.amountMinor : 0));
          const disputes = sum(counted, one => (one.type === 'DisputeOpened' ? one.data.amountMinor : 0));
          const found = balances(posted(facts));
          const of = (role: string): number => found[`${role} EUR`] ?? 0;
          assert.equal(of('deposits'), 0 - captures);
          assert.equal(of('refundsPayable'), refunds);
          assert.equal(of('fees'), fees);
          assert.equal(of('disputes'), disputes);
          assert.equal(of('clearing:stripe'), captures - refunds - fees - disputes);
        },
      ),
      { seed, numRuns: 300 },
    ));
});
