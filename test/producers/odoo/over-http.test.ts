/** The source over HTTP, through a whole story of a product: on the simulator, and on a real Odoo when ODOO_URL is set. */
import assert from 'node:assert/strict';
import { startOdooSimulator } from '../../../infra/odoo-simulator/index.ts';
import { odoo } from '../../../producers/odoo/index.ts';
import { settings } from '../../../producers/odoo/source.ts';
import type { StockFact } from '../../../producers/tell/stock.ts';
import { realClock } from '../../../runtime/clock.ts';
import { isFailure } from '../../../runtime/failure.ts';
import type { Delivery, RawDelivery, Source } from '../../../runtime/model.ts';
import { readSettings } from '../../../runtime/settings.ts';
import type { Connection } from '../../contract/odoo/client.ts';
import { first, idIn, loaded } from '../../contract/odoo/client.ts';
import { moveFields, newGoods, shift, type Goods } from '../../contract/odoo/goods.ts';
import { movesOf, openWorld, orderFields, orderRows, type World } from '../../contract/odoo/world.ts';
import { playDeliveries } from '../../laws/producers.ts';
import { acme, policyWith } from '../../support/policy.ts';
import { onHandMilli } from './harness.ts';

/** An administrator acts, the integration user looks. */
interface Opened {
  /** Takes Odoo away while something is done; absent where that is not ours to do. */
  readonly without?: (doing: () => Promise<void>) => Promise<void>;
  readonly admin: Connection;
  readonly login: string;
  readonly apiKey: string;
  readonly close: () => Promise<void>;
}

const story = (name: string, open: () => Promise<Opened>): void => {
  describe(`Odoo's source over HTTP, on ${name}`, function () {
    this.timeout(120_000);
    let opened: Opened;
    let world: World;
    let goods: Goods;
    let source: Source;
    const cursors = new Map<string, string>();
    const stored: RawDelivery[] = [];
    const { main } = acme.authority.locations as { readonly main: (typeof acme.authority.locations)[string] };
    const policy = policyWith({ authority: { ...acme.authority, locations: { main } } });

    before(async () => {
      opened = await open();
      world = await openWorld(opened.admin);
      goods = await newGoods(world, 20);
      source = odoo.source({
        shop: policy.shops['odoo']!,
        settings: readSettings(settings, {
          ODOO_URL: opened.admin.url,
          ODOO_DB: opened.admin.db,
          ODOO_LOGIN: opened.login,
          ODOO_API_KEY: opened.apiKey,
        }),
        intake: {
          deliver: deliveries => Promise.resolve(void stored.push(...deliveries)),
          cursor: key => Promise.resolve(cursors.get(key)),
          keepCursor: (key, value) => Promise.resolve(void cursors.set(key, value)),
        },
        clock: realClock,
        log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      });
    });
    after(() => opened.close());

    const facts = (): readonly StockFact[] =>
      playDeliveries(
        odoo,
        stored.map(({ bytes, ...one }): Delivery => {
          const body: unknown = JSON.parse(Buffer.from(bytes).toString());
          return { ...one, company: 'acme', receivedAt: 0, body };
        }),
        policy,
      ).facts;
    const isOurs = ({ data }: StockFact): boolean =>
      'product' in data ? data.product === String(goods.id) : data.code.includes(goods.sku);
    const figure = ({ data }: StockFact): string =>
      'deltaMilli' in data ? String(data.deltaMilli) : 'quantityMilli' in data ? String(data.quantityMilli) : '';
    const what = (fact: StockFact): string =>
      [fact.type, figure(fact), 'order' in fact.data ? fact.data.order : '', 'claim' in fact.data ? fact.data.claim : '']
        .filter(part => part !== '')
        .join(' ');
    let known = 0;
    /** What the next look says of the product. */
    const look = async (): Promise<readonly string[]> => {
      await source.poll!();
      const all = facts().filter(isOurs);
      const news = all.slice(known).map(what);
      known = all.length;
      return news;
    };
    const sell = async (suffix: string, reference: string, quantity: string): Promise<number> => {
      const rows = orderRows(world, suffix, [['l1', goods.suffix, quantity, '10', '0', '']]);
      const named = rows.map((row, at) => (at === 0 ? row.with(1, reference) : row));
      const id = first(await loaded(world.odoo, 'sale.order', orderFields, named));
      await world.odoo.call('sale.order', 'action_confirm', [[id]]);
      return id;
    };
    const ship = async (order: number, quantity: number): Promise<number> => {
      const [move] = await movesOf(world, order);
      await world.odoo.call('stock.move', 'write', [[Number(move?.['id'])], { quantity, picked: true }]);
      const picking = idIn(move?.['picking_id']);
      const context = { skip_backorder: true, skip_sms: true };
      await world.odoo.call('stock.picking', 'button_validate', [[picking]], { context });
      return picking;
    };

    let [ours, foreign, picking] = [0, 0, 0];
    it('begins with the code, and what is there', async () => {
      const said = await look();
      assert.equal(said[0], 'CodeDefined');
      assert.equal(onHandMilli(facts(), String(goods.id), 'main'), 20_000);
    });
    it('says what others reserve, and not what our own order does', async () => {
      ours = await sell('ours', `web:${world.run}`, '3');
      foreign = await sell('foreign', 'PO 4711', '4');
      assert.deepEqual(await look(), ['ExternalHoldSet 4000']);
    });
    it('says the dispatch of a part of our order, and not what is still reserved for it', async () => {
      picking = await ship(ours, 2);
      assert.deepEqual(await look(), [`ShipmentDispatched 2000 web:${world.run}`]);
    });
    it('says what others ship as a movement, and then that it is not held any more', async () => {
      await ship(foreign, 4);
      assert.deepEqual(await look(), ['StockAdjusted -4000', 'ExternalHoldSet 0']);
    });
    it('says a return for our order', async () => {
      const { incoming, customers, stock, prefix, odoo: client } = world;
      const [move] = await movesOf(world, ours);
      const fields = [
        ...moveFields,
        'return_id/.id',
        'move_ids/origin_returned_move_id/.id',
        'move_ids/to_refund',
        'move_ids/sale_line_id/.id',
      ];
      const line = Number((await client.read('sale.order.line', [['order_id', '=', ours]], ['sequence']))[0]?.['id']);
      const head = [
        `${prefix}return`,
        incoming,
        customers,
        stock,
        'return',
        `${prefix}return_1`,
        goods.external,
        1,
        1,
        'True',
        customers,
        stock,
      ];
      const back = first(await loaded(client, 'stock.picking', fields, [[...head, picking, Number(move?.['id']), 'True', line]]));
      await client.call('stock.picking', 'button_validate', [[back]], { context: { skip_backorder: true } });
      assert.deepEqual(await look(), [`ReturnReceived 1000 web:${world.run}`]);
    });
    it('takes a count that we caused for the confirmation of it', async () => {
      const context = { inventory_mode: true, inventory_name: `onhand:count/${world.run}` };
      await world.odoo.call('stock.quant', 'write', [[goods.quant], { inventory_quantity_auto_apply: 30 }], { context });
      assert.deepEqual(await look(), [`MovementConfirmed 15000 onhand:count/${world.run}`]);
    });
    it('says goods received, and a loss', async () => {
      await shift(world, 'in', goods.external, 5, world.vendors, world.stock);
      await shift(world, 'loss', goods.external, 2, world.stock, world.inventory);
      assert.deepEqual(await look(), ['StockAdjusted 5000', 'StockAdjusted -2000']);
    });
    it('says what it missed while Odoo was away', async function () {
      if (opened.without === undefined) this.skip();
      await opened.without(async () => {
        await assert.rejects(
          source.poll!(),
          error => isFailure(error) && error.kind === 'transient' && error.code === 'ODOO_UNREACHABLE',
        );
      });
      await shift(world, 'found', goods.external, 1, world.inventory, world.stock);
      await shift(world, 'lost', goods.external, 1, world.stock, world.inventory);
      assert.deepEqual(await look(), ['StockAdjusted 1000', 'StockAdjusted -1000']);
    });
    it('says that an archived product has no code, and adds up to what Odoo has', async () => {
      await world.odoo.call('product.product', 'write', [[goods.id], { active: false }]);
      assert.deepEqual(await look(), ['CodeWithdrawn']);
      const quants = await world.odoo.read(
        'stock.quant',
        [
          ['product_id', '=', goods.id],
          ['location_id', '=', world.stock],
        ],
        ['quantity'],
      );
      const odoos = quants.reduce((sum, one) => sum + Math.round(Number(one['quantity']) * 1000), 0);
      assert.deepEqual([onHandMilli(facts(), String(goods.id), 'main'), odoos], [33_000, 33_000]);
    });
  });
};

story('the simulator', async () => {
  const { url, db, login, apiKey, control, stop } = await startOdooSimulator();
  control.clock.real();
  const without = async (doing: () => Promise<void>): Promise<void> => {
    await control.down('refuse');
    await doing();
    await control.up();
  };
  return { admin: { url, db, login: 'admin', apiKey: 'simulator-admin-key' }, login, apiKey, without, close: stop };
});

const { ODOO_URL: url, ODOO_DB: db = 'onhand', ODOO_LOGIN: login, ODOO_API_KEY: apiKey, ...given } = process.env;
if (url !== undefined && login !== undefined && apiKey !== undefined)
  story(`a real one at ${url}`, () => {
    const admin = { url, db, login: given['ODOO_ADMIN_LOGIN'] ?? login, apiKey: given['ODOO_ADMIN_API_KEY'] ?? apiKey };
    return Promise.resolve({ admin, login, apiKey, close: () => Promise.resolve() });
  });
