/** Odoo is down while all of a product is sold; it comes back and is polled before our orders have reached it. Nothing is promised again. */
import assert from 'node:assert/strict';
import { openShop, restMs, type Shop } from './support/outage.ts';

const stock = 5;
const minuteMs = 60_000;
const sold = Array.from({ length: stock }, (_, i) => 1 + i);

describe('Odoo down while 5 of 5 are sold, then polled before the sink has drained', function () {
  // A quarter of an hour of virtual time is a few seconds of the machine's.
  this.timeout(120_000);
  let shop: Shop;
  let asked = 100;
  /** What may be promised now, over all locations, as the table says. */
  const available = async (): Promise<number> => {
    const [row] = (await shop.facts('AvailabilityComputed')).slice(-1);
    return (row?.locations ?? []).reduce((sum, one) => sum + one.availableMilli, 0);
  };
  const promised = async (): Promise<readonly string[]> => [
    ...new Set((await shop.facts('StockReserved')).flatMap(one => (one.quantityMilli > 0 ? [one.order] : []))),
  ];
  /** Somebody else asks for one, and gets none. */
  const nobodyElse = async (): Promise<void> => {
    const order = `web:${++asked}`;
    await shop.sell(asked);
    assert.equal((await shop.facts('OrderWithdrawn')).at(-1)?.order, order);
    assert.deepEqual(
      await promised(),
      sold.map(id => `web:${id}`),
    );
    assert.equal(await available(), 0);
    assert.deepEqual(shop.errors, []);
  };
  const levels = async (): Promise<readonly number[]> =>
    (await shop.facts('StockLevelSeen')).flatMap(one => (one.location === 'main' ? [one.quantityMilli] : []));

  before(async () => {
    shop = await openShop(stock);
    await shop.poll();
    assert.equal(await available(), stock * 1000);
  });
  after(() => shop.close());

  it('sells all of it while Odoo is away, and then none', async () => {
    shop.reaches.source = false;
    shop.reaches.sink = false;
    for (const id of sold) await shop.sell(id);
    assert.equal((await shop.facts('OrderConfirmed')).length, stock);
    assert.deepEqual(shop.inOdoo(), []);
    await nobodyElse();
  });
  it('promises none when Odoo is back and says that all are there', async () => {
    shop.reaches.source = true;
    for (let look = 0; look < 3; look++) {
      await shop.poll();
      await nobodyElse();
      await shop.pass(minuteMs);
    }
    assert.deepEqual(shop.inOdoo(), [], 'the sink had drained before');
    assert.equal((await levels()).includes(stock * 1000), true, 'Odoo was not seen to say that all are there');
    assert.deepEqual(await shop.facts('StockDriftFound'), []);
  });
  it('promises none when our orders have reached Odoo and hold the goods there', async () => {
    shop.reaches.sink = true;
    await shop.pass(minuteMs);
    assert.deepEqual(
      [...shop.inOdoo()].sort(),
      sold.map(id => `web:${id}`),
    );
    await shop.poll();
    await nobodyElse();
  });
  it('promises none when they have left, and counts each once', async () => {
    for (const count of [2, 3]) {
      shop.ship(count);
      await shop.poll();
      await nobodyElse();
    }
    await shop.pass(restMs);
    await shop.poll();
    await nobodyElse();
    assert.deepEqual((await levels()).slice(-1), [0]);
    assert.equal((await shop.facts('StockShipped')).length, stock);
    const [row] = (await shop.facts('AvailabilityComputed')).slice(-1);
    assert.deepEqual(
      row?.locations.map(({ onHandMilli, heldMilli }) => [onHandMilli, heldMilli]),
      [
        [0, 0],
        [0, 0],
      ],
    );
    assert.deepEqual(await shop.facts('StockDriftFound'), []);
  });
});
