/** The producers' laws for WooCommerce: few orders of one shop, in any status, at any second, by webhook and by poll. */
import fc from 'fast-check';
import { woocommerce } from '../../../producers/woocommerce/index.ts';
import type { Delivery } from '../../../runtime/model.ts';
import { producerLaws } from '../../laws/producers.ts';
import { policy } from '../../support/policy.ts';
import { delivery, fixture, gmtAt, msAt, polled, wooOrder } from '../../support/woocommerce.ts';

const statuses = ['checkout-draft', 'pending', 'on-hold', 'failed', 'processing', 'completed', 'cancelled', 'refunded', 'trash'];
const order = fc
  .record({
    name: fc.constantFrom('two-rates' as const, 'tax-included' as const, 'bank-transfer' as const),
    id: fc.constantFrom(1, 2),
    // Drafts say nothing: rare here, so that the laws hold of something.
    status: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('processing', 'on-hold', 'pending') }, fc.constantFrom(...statuses)),
    modified: fc.integer({ min: 30, max: 33 }),
    paid: fc.option(fc.integer({ min: 30, max: 31 }), { nil: null }),
    transaction: fc.constantFrom('', 'ch_1'),
  })
  .map(({ name, id, status, modified, paid, transaction }) =>
    wooOrder(name, {
      id,
      status,
      date_modified_gmt: gmtAt(modified),
      date_paid_gmt: paid === null ? null : gmtAt(paid),
      transaction_id: transaction,
      ...(name === 'two-rates' ? { refunds: [{ id: 1101 }] } : {}),
    }),
  );
const refunds = fc.subarray(fixture('refunds') as readonly unknown[] as unknown[]);
const deliveries: fc.Arbitrary<Delivery> = fc.oneof(
  { weight: 4, arbitrary: order.map(one => delivery(one)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(order, fc.integer({ min: 30, max: 100_000 }), refunds)
      .map(([one, asOf, given]) => polled(one, asOf, one.id === 1 && 'fee_lines' in one ? given : [])),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2), fc.integer({ min: 30, max: 34 }), fc.constantFrom('webhook' as const, 'poll' as const))
      .map(([id, second, via]) =>
        delivery({ id, asOf: msAt(second) }, { about: 'order.deleted', via, receivedAt: msAt(second) }),
      ),
  },
);

producerLaws(woocommerce, deliveries, policy, 300);
