/** The trade's scenarios of intake, end to end: from what a channel sends to what Odoo has of it, on virtual time. */
import assert from 'node:assert/strict';
import { wooOrder, wooPost } from '../../demo/traffic.ts';
import type { Policy } from '../../schemas/policy.ts';
import { startWooShop, type WooShop } from '../support/woo-shop.ts';
import type { Json } from '../support/woocommerce.ts';
import { openTrade, tradePolicy, type Trade } from './support/trade.ts';

const minute = 60_000;
const types = async (trade: Trade, topic: string): Promise<readonly string[]> =>
  (await trade.world.read(topic)).map(event => event.type);

describe('scenarios of intake', function () {
  this.timeout(60_000);
  let trade: Trade;
  afterEach(() => trade.close());
  const open = async (policy?: Policy): Promise<void> => {
    trade = await openTrade(policy === undefined ? {} : { policy });
  };

  it('1: fifteen deliveries of one order are one OrderPlaced and one sale order', async () => {
    await open();
    const order = trade.order('web', { id: 727 });
    for (let i = 0; i < 15; i++) {
      assert.equal((await trade.tell('web', order, 'order.created')).status, 200);
      // Some while the first is still being worked on, some after it is in Odoo.
      if (i === 5) await trade.world.settle();
    }
    await trade.world.settle();
    assert.equal((await trade.world.read('intake.woocommerce.v1')).length, 15);
    assert.deepEqual(await types(trade, 'orders.v1'), ['OrderPlaced']);
    assert.deepEqual(await types(trade, 'order-decisions.v1'), ['OrderConfirmed']);
    assert.deepEqual(trade.odoo.orders(), [{ reference: 'web:727', state: 'sale', total: '24.20', quantities: [1] }]);
    assert.deepEqual(trade.odoo.writes(), ['res.partner.load', 'sale.order.load', 'sale.order.action_confirm']);
  });
  for (const [what, first, second] of [
    ['created, then updated', 1, 3],
    ['updated, then created', 3, 1],
  ] as const)
    it(`2: ${what} within one second are one order in its latest state`, async () => {
      await open();
      const at = trade.clock.now() - (trade.clock.now() % 1000);
      const said = (quantity: number) => ({
        id: 728,
        createdAt: at,
        modifiedAt: at,
        // The update took the order from unpaid to paid, which is how a shop ranks the two.
        status: quantity === 1 ? ('pending' as const) : ('processing' as const),
        lines: [{ sku: 'TEE', quantity, netMinor: 2000 * quantity }],
      });
      await trade.tell('web', said(first), first === 1 ? 'order.created' : 'order.updated');
      await trade.tell('web', said(second), second === 1 ? 'order.created' : 'order.updated');
      await trade.world.settle();
      assert.equal((await types(trade, 'orders.v1')).filter(type => type === 'OrderPlaced').length, 1);
      assert.deepEqual(trade.odoo.orders(), [{ reference: 'web:728', state: 'sale', total: '72.60', quantities: [3] }]);
    });
  it('3: a draft of the checkout reserves nothing and is not in Odoo', async () => {
    await open();
    assert.equal((await trade.tell('web', { id: 729, status: 'checkout-draft' }, 'order.updated')).status, 200);
    await trade.world.settle();
    assert.equal((await trade.world.read('intake.woocommerce.v1')).length, 1);
    assert.deepEqual(await types(trade, 'orders.v1'), []);
    assert.deepEqual(await types(trade, 'stock-requests.v1'), []);
    assert.deepEqual(trade.odoo.writes(), []);
    assert.deepEqual(
      trade.logged.filter(one => one.message.startsWith('set aside')),
      [],
    );
  });
  it('6: a wrong signature is 401 and stored nowhere; a valid delivery that is repeated is 200 and says nothing new', async () => {
    await open();
    const order = trade.order('web', { id: 730 });
    const forged = wooPost('web', 'another secret', wooOrder(order));
    assert.deepEqual(await trade.receive(forged), { status: 401, ms: 0 });
    await trade.world.settle();
    assert.equal((await trade.world.read('intake.woocommerce.v1')).length, 0);
    for (let i = 0; i < 2; i++) assert.equal((await trade.tell('web', order)).status, 200);
    await trade.world.settle();
    assert.deepEqual(await types(trade, 'orders.v1'), ['OrderPlaced']);
  });
});

describe('scenarios of polls', function () {
  this.timeout(60_000);
  let trade: Trade;
  let shop: WooShop;
  beforeEach(async () => {
    shop = await startWooShop();
    const web = { ...tradePolicy.shops['web']!, url: shop.url };
    trade = await openTrade({ policy: { ...tradePolicy, shops: { ...tradePolicy.shops, web } } });
    shop.webhooks.push({ resource: 'order', status: 'active', delivery_url: 'https://onhand.example/hooks/woocommerce/web' });
    await poll();
  });
  afterEach(async () => {
    await trade.close();
    await shop.close();
  });
  const poll = async (): Promise<void> => {
    shop.now = trade.clock.now();
    await trade.source('web').poll!();
    await trade.world.settle();
  };
  /** The shop has it; whether it tells us is another matter. */
  const sell = (id: number, modifiedAt = trade.clock.now()): ReturnType<Trade['order']> => {
    const order = trade.order('web', { id, modifiedAt });
    shop.orders.push(wooOrder(order) as Json);
    return order;
  };

  it('4: an order whose webhook is lost is recovered once by the overlapping poll, and a disabled webhook is told', async () => {
    await trade.clock.advance(minute);
    sell(731);
    const told = sell(732);
    await trade.tell('web', told);
    shop.webhooks.splice(0, 1, { ...shop.webhooks[0], status: 'disabled' });
    for (let i = 0; i < 4; i++) {
      await trade.clock.advance(minute);
      await poll();
    }
    assert.deepEqual(await types(trade, 'orders.v1'), ['OrderPlaced', 'OrderPlaced']);
    assert.deepEqual(
      trade.odoo.orders().map(one => [one.reference, one.state]),
      [
        ['web:731', 'sale'],
        ['web:732', 'sale'],
      ],
    );
    const alerts = trade.logged.filter(one => one.level === 'warn' && one.fields['webhook'] === 'not active');
    assert.equal(alerts.length, 4);
    assert.match(alerts[0]!.message, /orders come by polls only/);
  });
  it('5: an order that the shop writes late, dated between two looks, is captured once', async () => {
    await trade.clock.advance(minute);
    const before = trade.clock.now();
    await poll();
    await trade.clock.advance(minute);
    // Dated before the last look, and not in its answer: the shop's transaction was still open.
    sell(733, before - 2_000);
    await poll();
    await trade.clock.advance(minute);
    await poll();
    assert.deepEqual(await types(trade, 'orders.v1'), ['OrderPlaced']);
    assert.deepEqual(
      trade.odoo.orders().map(one => one.reference),
      ['web:733'],
    );
  });
});
