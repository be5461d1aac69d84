/** Scenarios 8 to 12 and 22: orders and their money, whatever the order of events. */
import assert from 'node:assert/strict';
import type { Flow } from '../support/flow.ts';
import {
  authorized,
  baseline,
  captured,
  dataOf,
  defined,
  dispatched,
  failed,
  holdsWhatIsWanted,
  minute,
  orderOf,
  placed,
  placeOf,
  refunded,
  refundTold,
  trade,
  underSeeds,
} from '../support/trade.ts';

const opening = [defined('sku:A', [{ product: 'A' }]), baseline('A', 5000)];
const order = placed({ order: 'web:1' });
const then = (flow: Flow, ...all: Parameters<Flow['tell']>[0][]): void => {
  for (const fact of all) flow.tell(fact);
  flow.settle();
};
const kinds = (flow: Flow): readonly string[] => dataOf(flow, 'ExceptionRaised').map(({ kind }) => kind);
/** How a race ended: the order's phase, and whether money is left over. */
const ending = (flow: Flow): string => `${orderOf(flow, 'web:1').phase} ${kinds(flow).join()}`;

describe('trade: money and orders', () => {
  it('8: a failure that comes after the success leaves the order paid', () => {
    underSeeds(20, seed => {
      const flow = trade(seed, opening);
      then(flow, order);
      flow.tell(captured('web:1', 1210), 'stripe');
      flow.settle();
      flow.tell(failed('web:1'), 'stripe');
      flow.settle();
      flow.advance(60 * minute);
      assert.equal(orderOf(flow, 'web:1').phase, 'confirmed');
      assert.deepEqual(dataOf(flow, 'PaymentApplied').at(-1)?.failed, false);
    });
  });
  it('9: a success that comes after a failure pays once', () => {
    underSeeds(20, seed => {
      const flow = trade(seed, opening);
      then(flow, order, failed('web:1'));
      assert.equal(orderOf(flow, 'web:1').phase, 'reserved');
      then(flow, captured('web:1', 1210), captured('web:1', 1210), failed('web:1'));
      assert.equal(dataOf(flow, 'OrderConfirmed').length, 1);
      assert.deepEqual(
        dataOf(flow, 'PaymentAccepted').map(({ capturedMinor }) => capturedMinor),
        [1210],
      );
    });
  });
  it('10: a refund before the capture is kept, then accepted; when the money does not come, a person sees it', () => {
    underSeeds(20, seed => {
      const flow = trade(seed, opening);
      then(flow, order);
      then(flow, authorized('web:1', 1210));
      then(flow, refundTold('web:1', 500), refunded('web:1', 500));
      assert.equal(dataOf(flow, 'RefundAccepted').length, 0);
      then(flow, captured('web:1', 1210));
      assert.deepEqual(
        dataOf(flow, 'RefundAccepted').map(({ refund, amountMinor }) => [refund, amountMinor]),
        [['726', 500]],
      );
      flow.advance(2000 * minute);
      assert.deepEqual(kinds(flow), []);

      const never = trade(seed, opening);
      then(never, order);
      then(never, authorized('web:1', 1210));
      then(never, refundTold('web:1', 500), refunded('web:1', 500));
      never.advance(2000 * minute);
      assert.deepEqual(kinds(never), ['refund_early']);
      then(never, captured('web:1', 1210));
      assert.equal(dataOf(never, 'RefundAccepted').length, 1);
      assert.equal(dataOf(never, 'ExceptionResolved').length, 1);
    });
  });
  it('10: the sides of a refund and the capture may come in any order: accepted once', () => {
    underSeeds(60, seed => {
      const flow = trade(seed, opening);
      then(flow, order);
      flow.tell(refundTold('web:1', 500), 'woocommerce');
      flow.tell(refunded('web:1', 500), 'stripe refunds');
      flow.tell(captured('web:1', 1210), 'stripe');
      flow.settle();
      flow.advance(2000 * minute);
      assert.equal(dataOf(flow, 'RefundAccepted').length, 1);
      assert.deepEqual(kinds(flow), []);
    });
  });
  it('11: authorized, then settled: stock moves once, with the dispatch', () => {
    underSeeds(20, seed => {
      const flow = trade(seed, opening);
      then(flow, order, authorized('web:1', 1210));
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 5000, heldMilli: 1000 });
      then(flow, captured('web:1', 1210));
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 5000, heldMilli: 1000 });
      assert.equal(dataOf(flow, 'OrderConfirmed').length, 1);
      then(flow, dispatched('web:1', 'A', 1000, 'OUT/1'), dispatched('web:1', 'A', 1000, 'OUT/1'));
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 4000, heldMilli: 0 });
      assert.equal(dataOf(flow, 'StockShipped').length, 1);
    });
  });
  it('12: the checkout races the webhook: one order, one capture, whichever comes first', () => {
    underSeeds(60, seed => {
      const flow = trade(seed, opening);
      flow.tell(order, 'woocommerce');
      flow.tell(placed({ order: 'web:1' }), 'woocommerce');
      flow.tell(captured('web:1', 1210), 'stripe');
      flow.tell(captured('web:1', 1210), 'stripe');
      flow.settle();
      flow.advance(60 * minute);
      assert.equal(dataOf(flow, 'OrderConfirmed').length, 1);
      assert.deepEqual(
        dataOf(flow, 'PaymentAccepted').map(({ capturedMinor }) => capturedMinor),
        [1210],
      );
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 5000, heldMilli: 1000 });
      assert.deepEqual(
        kinds(flow),
        dataOf(flow, 'ExceptionResolved').map(() => 'payment_unmatched'),
      );
    });
  });
});

describe('22: a hold that expires as its payment arrives', () => {
  const race = (seed: number, story: (flow: Flow) => void): Flow => {
    const flow = trade(seed, opening);
    then(flow, order);
    story(flow);
    holdsWhatIsWanted(flow);
    return flow;
  };
  it('money that reached us in time wins, however long its producer was down', () => {
    underSeeds(40, seed => {
      const flow = race(seed, one => {
        one.advance(10 * minute);
        one.stop('stripe');
        one.tell(captured('web:1', 1210), 'stripe');
        one.advance(300 * minute);
        assert.equal(orderOf(one, 'web:1').phase, 'reserved', 'decided while the producer was down');
        one.start('stripe');
        one.settle();
      });
      assert.equal(ending(flow), 'confirmed ');
    });
  });
  it('money that reached us after the end is an exception, and the goods are free', () => {
    underSeeds(40, seed => {
      const flow = race(seed, one => {
        one.advance(16 * minute);
        one.tell(captured('web:1', 1210), 'stripe');
        one.settle();
      });
      assert.equal(ending(flow), 'withdrawn payment_after_expiry');
      assert.equal(placeOf(flow, 'A').heldMilli, 0);
      assert.deepEqual(
        dataOf(flow, 'ExceptionRaised').map(({ amountMinor }) => amountMinor),
        [1210],
      );
    });
  });
  it('of two that meet one wins, once and for all, and the same one each time', () => {
    const endings = new Set<string>();
    underSeeds(60, seed => {
      const story = (): string =>
        ending(
          race(seed, flow => {
            flow.pass(15 * minute + 1);
            for (let steps = seed % 4; steps > 0; steps--) flow.step();
            flow.tell(captured('web:1', 1210), 'stripe');
            flow.settle();
            flow.advance(100 * minute);
          }),
        );
      const first = story();
      assert.equal(story(), first);
      endings.add(first);
    });
    assert.deepEqual([...endings].sort(), ['confirmed ', 'withdrawn payment_after_expiry']);
  });
});
