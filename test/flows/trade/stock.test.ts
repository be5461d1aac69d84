/** Scenarios 16, 17, 19, 21, 23 and 24: what stock promises to orders, whatever the order of events. */
import assert from 'node:assert/strict';
import {
  adjusted,
  baseline,
  cameBack,
  cancelled,
  changedOnCash,
  dataOf,
  defined,
  dispatched,
  holdsWhatIsWanted,
  line,
  orderOf,
  placed,
  placedOnCash,
  placeOf,
  reinstatedOnCash,
  trade,
  underSeeds,
} from '../support/trade.ts';

const one = [defined('sku:A', [{ product: 'A' }]), baseline('A', 1000)];
const shops = ['web', 'outlet', 'kiosk'];

describe('trade: stock and orders', function () {
  this.timeout(60_000);
  it('16: of 100 buyers in three shops exactly one gets the last unit', () => {
    underSeeds(12, seed => {
      const flow = trade(seed, one);
      for (let buyer = 0; buyer < 100; buyer++) {
        const shop = shops[buyer % 3]!;
        flow.tell(placedOnCash({ order: `${shop}:${buyer}` }), shop);
      }
      flow.settle();
      assert.equal(dataOf(flow, 'OrderConfirmed').length, 1);
      assert.equal(dataOf(flow, 'OrderWithdrawn').filter(({ reason }) => reason === 'short').length, 99);
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 1000, heldMilli: 1000 });
      holdsWhatIsWanted(flow);
    });
  });
  it('16: of buyers who want two things each, whoever gets one gets both, and nothing is left promised to nobody', () => {
    const both = [...one, defined('sku:B', [{ product: 'B' }]), baseline('B', 1000)];
    const lines = [line('1', 'sku:A'), line('2', 'sku:B')];
    underSeeds(40, seed => {
      const flow = trade(seed, both);
      for (let buyer = 0; buyer < 12; buyer++)
        flow.tell(
          placedOnCash({ order: `${shops[buyer % 3]!}:${buyer}`, lines: buyer % 2 === 0 ? lines : [...lines].reverse() }),
        );
      flow.settle();
      assert.equal(dataOf(flow, 'OrderConfirmed').length, 1);
      holdsWhatIsWanted(flow);
    });
  });
  it('17: two lines that share a component are reserved whole or not at all', () => {
    const stocked = (quantityMilli: number) => [
      defined('sku:A', [{ product: 'A' }]),
      defined('sku:kit', [{ product: 'A', perMilli: 2000 }, { product: 'B' }]),
      baseline('A', quantityMilli),
      baseline('B', 9000),
    ];
    const lines = [line('1', 'sku:A', 3000), line('2', 'sku:kit')];
    underSeeds(30, seed => {
      const short = trade(seed, stocked(4000));
      short.tell(placedOnCash({ order: 'web:1', lines }));
      short.settle();
      assert.deepEqual(dataOf(short, 'OrderShort')[0]?.missing, [{ owner: 'acme', product: 'A', quantityMilli: 1000 }]);
      assert.equal(orderOf(short, 'web:1').phase, 'withdrawn');
      assert.equal(placeOf(short, 'A').heldMilli + placeOf(short, 'B').heldMilli, 0);
      const enough = trade(seed, stocked(5000));
      enough.tell(placedOnCash({ order: 'web:1', lines }));
      enough.settle();
      assert.equal(orderOf(enough, 'web:1').phase, 'confirmed');
      assert.deepEqual([placeOf(enough, 'A').heldMilli, placeOf(enough, 'B').heldMilli], [5000, 1000]);
      holdsWhatIsWanted(enough);
    });
  });

  const five = [defined('sku:A', [{ product: 'A' }]), baseline('A', 5000)];
  const three = placedOnCash({ order: 'web:1', lines: [line('1', 'sku:A', 3000)] });
  it('19: a cancellation after the dispatch releases nothing, after a part of it the remainder only', () => {
    underSeeds(30, seed => {
      const all = trade(seed, five);
      for (const fact of [three, dispatched('web:1', 'A', 3000, 'OUT/1'), cancelled('web:1')]) {
        all.tell(fact);
        all.settle();
      }
      assert.deepEqual(placeOf(all, 'A'), { onHandMilli: 2000, heldMilli: 0 });
      assert.equal(dataOf(all, 'OrderWithdrawn').length, 0);
      assert.deepEqual(
        dataOf(all, 'ExceptionRaised').map(({ kind }) => kind),
        ['changed_after_shipment'],
      );

      const part = trade(seed, five);
      part.tell(three);
      part.settle();
      part.tell(dispatched('web:1', 'A', 1000, 'OUT/1'), 'odoo');
      part.settle();
      part.tell(cancelled('web:1'), 'woocommerce');
      part.settle();
      assert.deepEqual(placeOf(part, 'A'), { onHandMilli: 4000, heldMilli: 0 });
      assert.equal(orderOf(part, 'web:1').phase, 'closed');
      holdsWhatIsWanted(part);
    });
  });
  it('19: a dispatch that meets its cancellation leaves stock as it then is, whichever comes first', () => {
    underSeeds(40, seed => {
      const flow = trade(seed, five);
      flow.tell(three);
      flow.settle();
      flow.tell(dispatched('web:1', 'A', 1000, 'OUT/1'), 'odoo');
      flow.tell(cancelled('web:1'), 'woocommerce');
      flow.settle();
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 4000, heldMilli: 0 });
      assert.equal(dataOf(flow, 'ExceptionRaised').length, 1);
      holdsWhatIsWanted(flow);
    });
  });
  it('21: an order on hold whose payment failed releases what it held', () => {
    underSeeds(20, seed => {
      const flow = trade(seed, one);
      flow.tell(placed({ order: 'web:1' }));
      flow.settle();
      assert.equal(placeOf(flow, 'A').heldMilli, 1000);
      flow.tell(cancelled('web:1', 'payment_failed'));
      flow.settle();
      assert.equal(placeOf(flow, 'A').heldMilli, 0);
      assert.deepEqual(
        dataOf(flow, 'OrderWithdrawn').map(({ reason }) => reason),
        ['payment_failed'],
      );
    });
  });
  it('23: an edit by one moves one, up and down; after the delivery it is an exception', () => {
    underSeeds(20, seed => {
      const flow = trade(seed, five);
      const edit = (revision: number, quantityMilli: number): void => {
        flow.tell(changedOnCash({ order: 'web:1', revision, lines: [line('1', 'sku:A', quantityMilli)] }));
        flow.settle();
      };
      flow.tell(three);
      flow.settle();
      edit(2, 4000);
      assert.equal(placeOf(flow, 'A').heldMilli, 4000);
      edit(3, 3000);
      assert.equal(placeOf(flow, 'A').heldMilli, 3000);
      assert.deepEqual(
        dataOf(flow, 'ReservationSet').map(wish => wish.quantityMilli),
        [3000, 4000, 3000],
      );
      assert.deepEqual(
        dataOf(flow, 'OrderConfirmed').map(({ allocations }) => allocations[0]?.quantityMilli),
        [3000, 4000, 3000],
      );
      flow.tell(dispatched('web:1', 'A', 3000, 'OUT/1'));
      flow.settle();
      edit(4, 2000);
      assert.deepEqual(placeOf(flow, 'A'), { onHandMilli: 2000, heldMilli: 0 });
      assert.deepEqual(
        dataOf(flow, 'ExceptionRaised').map(({ kind }) => kind),
        ['changed_after_shipment'],
      );
    });
  });
  it("26: a till sells what a shop had promised: both are recorded, what was not paid yields, what was paid is a person's", () => {
    underSeeds(30, seed => {
      const unpaid = trade(seed, one);
      unpaid.tell(placed({ order: 'web:1' }));
      unpaid.settle();
      unpaid.tell(adjusted('A', -1000, 'till 1', 1));
      unpaid.settle();
      assert.deepEqual(placeOf(unpaid, 'A'), { onHandMilli: 0, heldMilli: 0 });
      assert.deepEqual(
        dataOf(unpaid, 'OrderWithdrawn').map(({ reason }) => reason),
        ['short'],
      );

      const paid = trade(seed, one, { always: () => undefined });
      paid.tell(placedOnCash({ order: 'web:1' }));
      paid.settle();
      paid.tell(adjusted('A', -1000, 'till 1', 1));
      paid.settle();
      assert.deepEqual(placeOf(paid, 'A'), { onHandMilli: 0, heldMilli: 1000 });
      assert.deepEqual(
        dataOf(paid, 'ExceptionRaised').map(({ kind }) => kind),
        ['promise_broken'],
      );
      assert.equal(orderOf(paid, 'web:1').phase, 'confirmed');
    });
  });
  it('24: a kit that is called off and wanted again is promised once per component, and so it comes back', () => {
    const kit = [
      defined('sku:kit', [{ product: 'A', perMilli: 2000 }, { product: 'B' }, { product: 'A', perMilli: 1000 }]),
      baseline('A', 9000),
      baseline('B', 9000),
    ];
    const order = { order: 'web:1', lines: [line('1', 'sku:kit', 2000)] };
    underSeeds(20, seed => {
      const flow = trade(seed, kit);
      const then = (...all: Parameters<typeof flow.tell>[0][]): void => {
        for (const fact of all) flow.tell(fact);
        flow.settle();
      };
      const held = () => [placeOf(flow, 'A').heldMilli, placeOf(flow, 'B').heldMilli];
      then(placedOnCash(order));
      assert.deepEqual(held(), [6000, 2000]);
      then(cancelled('web:1'));
      assert.deepEqual(held(), [0, 0]);
      then(reinstatedOnCash(order));
      assert.deepEqual(held(), [6000, 2000]);
      then(dispatched('web:1', 'A', 6000, 'OUT/1'), dispatched('web:1', 'B', 2000, 'OUT/1'));
      assert.deepEqual(held(), [0, 0]);
      then(cameBack('web:1', 'A', 6000), cameBack('web:1', 'B', 2000), cameBack('web:1', 'A', 6000));
      assert.deepEqual([placeOf(flow, 'A').onHandMilli, placeOf(flow, 'B').onHandMilli], [9000, 9000]);
      assert.equal(dataOf(flow, 'ReturnAccepted').length, 2);
      holdsWhatIsWanted(flow);
    });
  });
});
