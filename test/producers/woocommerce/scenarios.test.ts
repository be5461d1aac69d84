/** Scenarios of the trade at the level of translate and tell: what reaches us, and exactly what is said. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { woocommerce } from '../../../producers/woocommerce/index.ts';
import type { Delivery } from '../../../runtime/model.ts';
import { playDeliveries } from '../../laws/producers.ts';
import { policy } from '../../support/policy.ts';
import { delivery, fixture, gmtAt, polled, wooOrder, type Json } from '../../support/woocommerce.ts';

const types = (...deliveries: readonly Delivery[]): readonly string[] =>
  playDeliveries(woocommerce, deliveries, policy).facts.map(fact => fact.type);
const card = (second: number, status: string, with_: Json = {}): Json =>
  wooOrder('two-rates', { status, date_modified_gmt: gmtAt(second), ...with_ });
const unpaid = { date_paid_gmt: null };

describe('woocommerce, as the trade has it', () => {
  it('fifteen webhooks and three polls of one order are one OrderPlaced (scenario 1)', () => {
    const order = card(30, 'processing');
    const webhooks = Array.from({ length: 15 }, () => delivery(order));
    const polls = [30, 31, 90].map(asOf => polled(order, asOf));
    fc.assert(
      fc.property(fc.shuffledSubarray([...webhooks, ...polls], { minLength: 18 }), all => {
        assert.deepEqual(types(...all), ['OrderPlaced']);
      }),
    );
  });

  it('created and updated within one second, in either order, are one order in its latest state (scenario 2)', () => {
    const created = delivery(card(30, 'pending', { ...unpaid, meta_data: [], transaction_id: '' }));
    const updated = delivery(card(30, 'processing'));
    const last = (...all: readonly Delivery[]) => {
      const { facts } = playDeliveries(woocommerce, all, policy);
      return {
        types: facts.map(fact => fact.type),
        awaits: (facts.at(-1)?.data as { readonly awaitsPayment: boolean }).awaitsPayment,
      };
    };
    assert.deepEqual(last(created, updated), { types: ['OrderPlaced', 'OrderChanged'], awaits: false });
    assert.deepEqual(last(updated, created), { types: ['OrderPlaced'], awaits: false });
  });

  it('a draft that becomes an order is placed once it is one (scenario 3)', () => {
    const draft = delivery(wooOrder('draft'));
    assert.deepEqual(types(draft, draft), []);
    const order = delivery({ ...wooOrder('two-rates'), id: 1004, date_modified_gmt: gmtAt(31) });
    assert.deepEqual(types(draft, order, draft), ['OrderPlaced']);
  });

  it('a valid delivery that is repeated says no new fact (scenario 6)', () => {
    const order = delivery(card(30, 'processing'));
    assert.deepEqual(types(order, ...Array.from({ length: 1000 }, () => order)), ['OrderPlaced']);
  });

  it('a refund without restock and an update after it change no stock (scenario 20)', () => {
    const [, paid] = fixture('refunds') as readonly [Json, Json];
    const before = polled(card(30, 'processing'), 60);
    const refunded = polled(card(40, 'processing'), 90_000, [paid]);
    const edited = polled(card(50, 'processing', { customer_note: 'ring twice' }), 90_060, [paid]);
    const { facts } = playDeliveries(woocommerce, [before, refunded, edited], policy);
    assert.deepEqual(
      facts.map(fact => fact.type),
      ['OrderPlaced', 'RefundReported'],
    );
    const [line] = (facts[1]?.data as { readonly lines: readonly { readonly quantityMilli: number }[] }).lines;
    assert.equal(line?.quantityMilli, 0);
  });

  it('on-hold that fails is cancelled, and reinstated when the payment is tried again (scenario 21)', () => {
    const onHold = delivery(card(30, 'on-hold', unpaid));
    const failed = delivery(card(35, 'failed', unpaid));
    const paid = delivery(card(90, 'processing'));
    assert.deepEqual(types(onHold, failed, onHold, failed), ['OrderPlaced', 'TenderReported', 'OrderCancelled']);
    assert.deepEqual(types(onHold, failed, paid), ['OrderPlaced', 'TenderReported', 'OrderCancelled', 'OrderReinstated']);
    assert.deepEqual(types(failed, onHold), []);
  });

  it('an order that is deleted is cancelled, and an echo of it does not bring it back', () => {
    const order = delivery(card(30, 'processing'));
    const deleted = delivery(fixture('order-deleted'), { about: 'order.deleted' });
    assert.deepEqual(types(order, deleted, order, deleted).slice(-1), ['OrderCancelled']);
    assert.deepEqual(types(deleted, order), []);
  });

  it('an edit is said whole with a higher revision (scenario 23)', () => {
    const [mug, tea] = wooOrder('two-rates').line_items as readonly [Json, Json];
    const more = { ...mug, quantity: 4, subtotal: '34.00', total: '30.60', taxes: [{ id: 75, total: '6.426' }] };
    const edited = card(60, 'processing', { line_items: [more, tea], tax_lines: [], total: '50.95' });
    const { facts } = playDeliveries(woocommerce, [delivery(card(30, 'processing')), delivery(edited)], policy);
    assert.deepEqual(
      facts.map(fact => [
        fact.type,
        (fact.data as { readonly lines: readonly { readonly quantityMilli: number }[] }).lines[0]?.quantityMilli,
      ]),
      [
        ['OrderPlaced', 3000],
        ['OrderChanged', 4000],
      ],
    );
  });
});
