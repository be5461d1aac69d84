import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orderBooks } from '../../../processors/order-books/index.ts';
import type { In, State } from '../../../processors/order-books/state.ts';
import { paymentBooks } from '../../../processors/payment-books/index.ts';
import { orderClosed } from '../../../schemas/generated/facts.ts';
import { play } from '../../laws/play.ts';
import { processorLaws, seed } from '../../laws/processors.ts';
import { balances, journalsOf, unbalanced } from '../../support/journals.ts';
import { confirmed, dispatched, money, order, paid, refundOwed } from '../../support/order-money.ts';
import { shippedLife, withdrawnLife, type Life } from '../../support/order-histories.ts';
import { policy } from '../../support/policy.ts';

const some = fc
  .array(fc.tuple(fc.constantFrom('1', '2', 'ship'), fc.nat(300), fc.nat(60)), { maxLength: 3 })
  .map(lines => lines.map(([line, net, tax]) => money(line, net, tax)));
const revision = fc.integer({ min: 1, max: 6 });
const decision: fc.Arbitrary<In> = fc.oneof(
  fc.tuple(revision, some).map(([of, lines]): In => confirmed(of, lines)),
  fc.tuple(revision, fc.nat(900)).map(([of, minor]): In => paid(of, minor)),
  fc.tuple(revision, some, fc.constantFrom('WH/OUT/1', 'WH/OUT/2')).map(([of, lines, id]): In => dispatched(of, lines, id)),
  fc
    .tuple(revision, some, fc.constantFrom('r1', 'r2'), fc.nat(400))
    .map(([of, lines, id, minor]): In => refundOwed(of, lines, minor, id)),
  revision.map((of): In => orderClosed({ ...order, revision: of })),
);

const allowed = ({ books }: State): string | undefined => {
  const off = books.find(book => book.booked.reduce((all, one) => all + one.minor, 0) !== 0);
  return off === undefined ? undefined : `the books in ${off.currency} do not balance: ${JSON.stringify(off.booked)}`;
};
processorLaws(
  orderBooks,
  fc.array(
    decision.map(fact => ({ fact })),
    { maxLength: 15 },
  ),
  policy,
  {
    absolute: ({ type, data }) => {
      if (type === 'ShipmentAccepted') return { subject: `${data.shipment} ${data.revision}`, revision: 0 };
      if (type === 'RefundAccepted') return { subject: data.refund, revision: data.revision };
      return type === 'PaymentAccepted' ? { subject: 'payment', revision: data.revision } : undefined;
    },
    allowed,
  },
);

describe(`laws of the books of an order and its payments (seed ${seed})`, () => {
  const journalsOfLife = ({ decisions, payments }: Life) => [
    ...play(
      orderBooks,
      decisions.map(fact => ({ fact })),
      policy,
    ).flatMap(step => journalsOf(step.outputs)),
    ...play(
      paymentBooks,
      payments.map(fact => ({ fact })),
      policy,
    ).flatMap(step => journalsOf(step.outputs)),
  ];
  const of = (life: Life): ((role: string) => number) => {
    const found = balances(journalsOfLife(life));
    return role => found[`${role} EUR`] ?? 0;
  };
  const taken = ({ payments }: Life): { readonly captured: number; readonly refunded: number } => ({
    captured: payments.reduce((all, one) => all + (one.type === 'PaymentCaptured' ? one.data.amountMinor : 0), 0),
    refunded: payments.reduce((all, one) => all + (one.type === 'RefundSucceeded' ? one.data.amountMinor : 0), 0),
  });
  const holds = (lives: fc.Arbitrary<Life>, law: (life: Life) => void): void =>
    fc.assert(fc.property(lives, law), { seed, numRuns: 500 });

  it('every journal balances, and no two of both units have one id', () =>
    holds(fc.oneof(shippedLife, withdrawnLife), life => {
      const journals = journalsOfLife(life);
      for (const journal of journals) assert.equal(unbalanced(journal), undefined);
      assert.equal(new Set(journals.map(one => one.data.journal)).size, journals.length);
    }));
  it('captured less refunded is settled and open', () =>
    holds(fc.oneof(shippedLife, withdrawnLife), life => {
      const minor = of(life);
      const { captured, refunded } = taken(life);
      const settled =
        0 - ['revenue', 'shippingRevenue', 'returns', 'tax:nl21', 'tax:nl9'].reduce((all, role) => all + minor(role), 0);
      const open = 0 - minor('deposits') - minor('refundsPayable');
      assert.equal(captured - refunded, settled + open);
      assert.equal(captured - refunded, minor('clearing:stripe') + minor('fees') + minor('disputes'));
    }));
  it('nothing is left in deposits when everything is shipped, whatever was refunded and when', () =>
    holds(shippedLife, life => assert.equal(of(life)('deposits'), 0)));
  it('nothing is left in deposits when what was not shipped is paid back, by line or as money', () =>
    holds(withdrawnLife, life => assert.equal(of(life)('deposits'), 0)));
  it('nothing is owed to the customer when every refund was paid', () =>
    holds(fc.oneof(shippedLife, withdrawnLife), life => assert.equal(of(life)('refundsPayable'), 0)));
  it('tax is that of what was shipped, less that of what was refunded by line', () =>
    holds(shippedLife, life => {
      const minor = of(life);
      for (const code of ['nl21', 'nl9']) {
        const tax = (lines: Life['lines']): number =>
          lines.flatMap(line => line.taxes).reduce((all, one) => all + (one.code === code ? one.amountMinor : 0), 0);
        assert.equal(minor(`tax:${code}`), tax(life.refunds.flatMap(refund => refund.lines)) - tax(life.lines));
      }
    }));
});
