/** The trade's scenarios of stock, through the runtime: three shops, a crash, a payment that failed, a hold that ends. */
import assert from 'node:assert/strict';
import { stock } from '../../processors/stock/index.ts';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { MemoryFaults } from '../../runtime/memory/log.ts';
import { openTrade, rates, tradePolicy, type Trade } from './support/trade.ts';
import type { RunRecord } from '../../runtime/task/keys.ts';
import { nameOf, ownTopics } from '../../runtime/topology.ts';
import { baseline, wish } from '../processors/stock/facts.ts';
import { policy } from '../support/policy.ts';

const minute = 60_000;
const hold = 2 * minute;
const company = tradePolicy.companies['acme']!;
const shortHolds = {
  ...tradePolicy,
  companies: { acme: { ...company, orders: { ...company.orders, holdMinutes: { default: hold / minute } } } },
};
const lamp = [{ sku: 'LAMP', quantity: 1, netMinor: 8000 }];
const card = (id: number) => ({ id, method: 'stripe', intent: `pi_${id}`, status: 'pending' }) as const;

describe('scenarios of stock', function () {
  this.timeout(120_000);
  let trade: Trade;
  beforeEach(async () => {
    trade = await openTrade({ policy: shortHolds });
  });
  afterEach(() => trade.close());
  const decided = async (type: string): Promise<readonly string[]> =>
    (await trade.said('order-decisions.v1', type)).map(one => String(one['order'])).sort();
  /** What stock last said of a product at the main location. */
  const lastOf = async (sku: string): Promise<Readonly<Record<string, unknown>>> => {
    const codes = await trade.said('codes.v1', 'CodeDefined');
    const [component] = codes.find(one => one['code'] === `sku:${sku}`)!['components'] as readonly { readonly product: string }[];
    const all = await trade.said('availability.v1', 'AvailabilityComputed');
    const last = all.filter(one => one['product'] === component!.product).at(-1)!;
    return (last['locations'] as readonly Readonly<Record<string, unknown>>[]).find(one => one['location'] === 'main')!;
  };
  const exceptions = async (): Promise<readonly unknown[]> =>
    (await trade.said('exceptions.v1', 'ExceptionRaised')).map(one => one['kind']);

  it('16: of a hundred buyers in three shops, all at once, exactly one gets the last lamp', async () => {
    const shops = Object.keys(rates);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => trade.tell(shops[i % 3]!, { id: 1000 + i, lines: lamp })),
    );
    assert.deepEqual(
      answers.filter(one => one.status !== 200),
      [],
    );
    await trade.world.settle();
    assert.equal((await trade.said('orders.v1', 'OrderPlaced')).length, 100);
    const [winner, ...others] = await decided('OrderConfirmed');
    assert.ok(winner !== undefined && others.length === 0, `${others.length + 1} were confirmed`);
    assert.equal((await decided('OrderWithdrawn')).length, 99);
    assert.deepEqual(
      trade.odoo.orders().map(one => one.reference),
      [winner],
    );
    const { heldMilli, availableMilli } = await lastOf('LAMP');
    assert.deepEqual({ heldMilli, availableMilli }, { heldMilli: 1000, availableMilli: 0 });
  });
  it('21: an order on hold whose payment failed gives back what it held, and another gets it', async () => {
    await trade.tell('web', { id: 2001, lines: lamp, status: 'on-hold', method: 'bacs' });
    await trade.world.settle();
    await trade.tell('outlet', { id: 2002, lines: lamp });
    await trade.world.settle();
    assert.deepEqual(await decided('OrderWithdrawn'), ['outlet:2002']);
    await trade.clock.advance(minute);
    await trade.tell('web', { id: 2001, lines: lamp, status: 'failed', method: 'bacs' });
    await trade.world.settle();
    await trade.tell('kiosk', { id: 2003, lines: lamp });
    await trade.world.settle();
    assert.deepEqual(await decided('OrderConfirmed'), ['kiosk:2003']);
    assert.deepEqual(await decided('OrderWithdrawn'), ['outlet:2002', 'web:2001']);
  });

  it('22: a payment that comes before the hold ends wins: the order is confirmed, and the end says nothing', async () => {
    await trade.tell('web', { ...card(3001), lines: lamp });
    await trade.clock.advance(hold - 50);
    assert.equal((await trade.pay({ intent: 'pi_3001', amountMinor: 9680 })).status, 200);
    await trade.clock.advance(minute);
    await trade.world.settle();
    assert.deepEqual([await decided('OrderConfirmed'), await decided('OrderWithdrawn')], [['web:3001'], []]);
    assert.deepEqual(await exceptions(), []);
  });
  it('22: a payment that comes after the hold has ended loses: the lamp is free, and a person sees the money', async () => {
    await trade.tell('web', { ...card(3002), lines: lamp });
    await trade.clock.advance(hold + 5_000);
    assert.equal((await trade.pay({ intent: 'pi_3002', amountMinor: 9680 })).status, 200);
    await trade.world.settle();
    assert.deepEqual([await decided('OrderConfirmed'), await decided('OrderWithdrawn')], [[], ['web:3002']]);
    assert.deepEqual(await exceptions(), ['payment_after_expiry']);
    await trade.tell('outlet', { id: 3003, lines: lamp });
    await trade.world.settle();
    assert.deepEqual(await decided('OrderConfirmed'), ['outlet:3003']);
  });
  it("22: a payment that reached us in time wins though the gateway's producer was down until after the end", async () => {
    await trade.tell('web', { ...card(3004), lines: lamp });
    await trade.clock.advance(hold - minute);
    await trade.world.restart(trade.units.map(nameOf).filter(name => name !== 'stripe-intake'));
    assert.equal((await trade.pay({ intent: 'pi_3004', amountMinor: 9680 })).status, 200);
    await trade.clock.advance(hold);
    assert.deepEqual([await decided('OrderConfirmed'), await decided('OrderWithdrawn')], [[], []]);
    await trade.world.restart();
    await trade.world.settle();
    assert.deepEqual([await decided('OrderConfirmed'), await decided('OrderWithdrawn')], [['web:3004'], []]);
  });
});

describe('18: a crash before the offset is committed', function () {
  this.timeout(60_000);
  type What = Parameters<NonNullable<MemoryFaults['around']>>[0];
  const limits = {
    // After the first transaction the group's offsets are not committed any more: what was done is only in the changelog.
    offsetsEveryMs: 3_600_000,
  };
  let world: MemoryWorld;
  afterEach(async () => {
    await world.close();
    assert.deepEqual(world.errors, []);
  });
  const settled = async (): Promise<void> => {
    await world.settle();
    await world.restart();
    await world.settle();
  };
  const answers = async (): Promise<readonly string[]> =>
    (await world.read('reservations.v1'))
      .map(event => {
        const { order, quantityMilli } = event.data as { readonly order: string; readonly quantityMilli?: number };
        return `${order} ${event.type} ${quantityMilli ?? ''}`.trim();
      })
      .sort();
  /** Every record of an input that was worked on, as often as it was. */
  const worked = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    await world.client.scan(ownTopics.runs('stock'), ({ value, partition }) => {
      for (const one of (JSON.parse(String(value)) as RunRecord).consumed)
        if ('from' in one)
          for (let offset = one.from; offset <= one.to; offset++) found.push(`${one.topic}/${partition}@${offset}`);
    });
    return found.sort();
  };

  for (const [lost, what, fate] of [
    ['the records of the transaction', 'send', 'lost before'],
    ['the answer to its records', 'send', 'lost after'],
    ['its end', 'end', 'lost before'],
    ['the answer to its end', 'end', 'lost after'],
    ['nothing but the process', undefined, 'ok'],
  ] as const)
    it(`leaves the reservation as it is on redelivery: ${lost}`, async () => {
      let armed: What | undefined;
      const around = (met: What) => {
        if (met !== armed) return 'ok';
        armed = undefined;
        return fate;
      };
      world = await memoryWorld({ units: [{ kind: 'processor', unit: stock }], policy, faults: { around }, limits });
      await world.publish(baseline({ quantityMilli: 5000 }));
      await settled();
      armed = what;
      await world.publish(wish({ order: 'A', quantityMilli: 2000 }));
      await settled();
      assert.equal(armed, undefined, 'the fault did not fire');
      // Its author does not know that it was taken, and says it again.
      await world.publish(wish({ order: 'A', quantityMilli: 2000 }));
      await settled();
      assert.deepEqual(await answers(), ['web:A StockReserved 2000']);
      await world.publish(wish({ order: 'B', quantityMilli: 3000 }), wish({ order: 'C', quantityMilli: 1 }));
      await world.settle();
      assert.deepEqual((await answers()).slice(1), ['web:B StockReserved 3000', 'web:C ReservationRefused']);
      const all = await worked();
      assert.equal(all.length, 5);
      assert.deepEqual([...new Set(all)], all, 'a record was worked on twice');
    });
});
