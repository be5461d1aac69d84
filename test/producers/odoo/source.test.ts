/** What Odoo's source stores, look by look, over an Odoo in memory. */
import assert from 'node:assert/strict';
import { isFailure } from '../../../runtime/failure.ts';
import type { StockFact } from '../../../producers/tell/stock.ts';
import { company, harness, onHandMilli, places, policy, type Harness } from './harness.ts';

const minutes = 60_000;
const short = (facts: readonly StockFact[]): readonly string[] =>
  facts.map(({ type, data }) =>
    [
      type,
      'code' in data ? data.code : 'location' in data ? `${data.product}@${data.location}` : '',
      'deltaMilli' in data ? data.deltaMilli : 'quantityMilli' in data ? data.quantityMilli : '',
      'order' in data ? data.order : '',
    ]
      .filter(part => part !== '')
      .join(' '),
  );
/** What is said since the last time it was asked. */
const newsOf = (made: Harness): (() => readonly string[]) => {
  let known = 0;
  return () => {
    const all = short(made.facts());
    const news = all.slice(known);
    known = all.length;
    return news;
  };
};

describe("Odoo's source", () => {
  let made: Harness;
  let news: () => readonly string[];
  const look = async (): Promise<readonly string[]> => {
    await made.poll();
    return news();
  };
  const start = async (): Promise<void> => {
    made = harness();
    news = newsOf(made);
    await look();
  };

  it('begins with the codes and the baselines, and says nothing more when nothing changed', async () => {
    made = harness();
    news = newsOf(made);
    assert.deepEqual(
      (await look()).toSorted(),
      [
        'CodeDefined sku:MUG',
        'CodeDefined sku:TEE-S',
        'StockBaselineSet 1@main 12500',
        'StockBaselineSet 1@store 0',
        'StockBaselineSet 2@main 0',
        'StockBaselineSet 2@store 4000',
      ].toSorted(),
    );
    const stored = made.stored.length;
    const reads = made.cursorReads.length;
    assert.deepEqual([await made.poll(), await made.poll(), made.stored.length], [0, 0, stored]);
    assert.equal(made.cursorReads.length, reads, 'reading a cursor reads its whole topic');
  });
  it('stores all of a product under it, so that it keeps its order', async () => {
    await start();
    made.fake.move({ product: 1, from: places.main, to: places.store, quantity: 1 }).commit();
    await look();
    assert.deepEqual(
      made.stored.filter(one => one.about === 'movement').map(one => [one.shop, one.aggregate, one.via]),
      [['odoo', 'product:1', 'poll']],
    );
  });
  it('names the locations once', async () => {
    await start();
    made.restart();
    await look();
    assert.deepEqual(
      made.said.map(one => (one.fields as { locations: unknown }).locations),
      [
        ['WH/Stock', 'WH/Stock/Shelf 1', 'SH/Stock', 'WH/Output'],
        ['WH/Stock', 'WH/Stock/Shelf 1', 'SH/Stock', 'WH/Output'],
      ].map(names => names.toSorted((a, b) => order(a) - order(b))),
    );
    function order(name: string): number {
      return ['WH/Stock', 'SH/Stock', 'WH/Output', 'WH/Stock/Shelf 1'].indexOf(name);
    }
  });

  describe('movements', () => {
    beforeEach(start);
    it('are dispatched when the sale order behind the picking names an order of ours', async () => {
      made.fake.put('sale.order', 16, { client_order_ref: 'web:1001' });
      made.fake.put('stock.picking', 18, { name: 'WH/OUT/18', origin: 'S00016', sale_id: [16, 'S00016'] });
      for (const quantity of [1, 2])
        made.fake.move({ product: 1, from: places.main, to: places.customers, quantity, picking: 18 }).commit();
      made.fake.move({ product: 2, from: places.store, to: places.customers, quantity: 1, picking: 18 }).commit();
      assert.deepEqual(await look(), ['ShipmentDispatched 1@main 3000 web:1001', 'ShipmentDispatched 2@store 1000 web:1001']);
    });
    it('of goods that Odoo does not count are not read', async () => {
      made.fake.put('product.product', 3, { default_code: 'SERVICE', barcode: false, active: true, is_storable: false });
      await look();
      made.fake.move({ product: 3, from: places.main, to: places.customers, quantity: 1 }).commit();
      assert.deepEqual(await look(), []);
    });
    it('of a product that is made later begin from nothing', async () => {
      made.fake.now += 5 * minutes;
      made.fake.put('product.product', 3, { default_code: 'NEW', barcode: '40', active: true, is_storable: true });
      made.fake.move({ product: 3, from: places.vendors, to: places.main, quantity: 7 }).commit();
      assert.deepEqual(await look(), [
        'CodeDefined sku:NEW',
        'CodeDefined barcode:40',
        'StockBaselineSet 3@main 0',
        'StockBaselineSet 3@store 0',
        'StockAdjusted 3@main 7000',
      ]);
    });
    it('are stored once more when their second is over, and then not again, also after a restart', async () => {
      const movements = () => made.stored.filter(one => one.about === 'movement').length;
      made.fake.move({ product: 1, from: places.main, to: places.store, quantity: 1 }).commit();
      for (const [seconds, expected] of [
        [0, 1],
        [10, 1],
        [300, 2],
        [10, 2],
      ] as const) {
        made.fake.now += seconds * 1000;
        await made.poll();
        assert.equal(movements(), expected);
      }
      made.fake.now += 10 * minutes;
      made.fake.move({ product: 2, from: places.store, to: places.main, quantity: 1 }).commit();
      await made.poll();
      made.restart();
      made.fake.now += 10 * minutes;
      await made.poll();
      assert.equal(movements(), 4);
      assert.deepEqual(news(), [
        'StockAdjusted 1@main -1000',
        'StockAdjusted 1@store 1000',
        'StockAdjusted 2@main 1000',
        'StockAdjusted 2@store -1000',
      ]);
    });
    it('of more than one page are all read', async () => {
      for (let n = 0; n < 1203; n += 1)
        made.fake.move({ product: 1, from: places.vendors, to: places.main, quantity: 1 }).commit();
      await made.poll();
      assert.equal(onHandMilli(made.facts(), '1', 'main'), 12_500 + 1_203_000);
    });
  });

  describe('codes', () => {
    beforeEach(start);
    const product = (id: number, fields: object): void => {
      made.fake.now += 1000;
      made.fake.put('product.product', id, { active: true, is_storable: true, barcode: false, default_code: false, ...fields });
    };
    it('follow what is written, archived and deleted', async () => {
      product(1, { default_code: 'TEE-SMALL' });
      assert.deepEqual(await look(), ['CodeWithdrawn sku:TEE-S', 'CodeDefined sku:TEE-SMALL']);
      product(1, { default_code: 'TEE-SMALL', active: false });
      assert.deepEqual(await look(), ['CodeWithdrawn sku:TEE-SMALL']);
      made.fake.remove('product.product', 2);
      assert.deepEqual(await look(), []);
      made.fake.now += 61 * minutes;
      assert.ok((await look()).includes('CodeWithdrawn sku:MUG'));
    });
    it('scenario 36: two variants of one template are two products', async () => {
      product(11, { default_code: 'HOOD-S' });
      product(12, { default_code: 'HOOD-M' });
      assert.deepEqual((await look()).filter(one => one.startsWith('Code')).toSorted(), [
        'CodeDefined sku:HOOD-M',
        'CodeDefined sku:HOOD-S',
      ]);
    });
    const codes = async (): Promise<readonly string[]> => (await look()).filter(one => one.startsWith('Code')).toSorted();
    it('of two products name nothing, until one of them lets it go', async () => {
      product(11, { default_code: 'MUG' });
      assert.deepEqual(await codes(), ['CodeWithdrawn sku:MUG']);
      product(2, { default_code: 'MUG-OLD' });
      assert.deepEqual(await codes(), ['CodeDefined sku:MUG', 'CodeDefined sku:MUG-OLD']);
      product(11, { default_code: 'MUG', active: false });
      assert.deepEqual(await codes(), ['CodeWithdrawn sku:MUG']);
    });
    it('of an archived product are free for its successor', async () => {
      product(2, { default_code: 'MUG', active: false });
      product(11, { default_code: 'MUG' });
      const said = await codes();
      assert.deepEqual(said, ['CodeDefined sku:MUG', 'CodeWithdrawn sku:MUG']);
      const of = made.facts().flatMap(fact => ('code' in fact.data && fact.data.code === 'sku:MUG' ? [fact] : []));
      const newest = of.toSorted((a, b) =>
        'revision' in a.data && 'revision' in b.data ? b.data.revision - a.data.revision : 0,
      )[0];
      assert.equal(newest?.type === 'CodeDefined' && newest.data.components[0]?.product, '11');
    });
    it('that were shared, and no longer are when it starts again, name their product again', async () => {
      product(11, { default_code: 'MUG' });
      await look();
      made.fake.now += 10 * minutes;
      product(11, { default_code: 'CUP' });
      made.fake.now += 10 * minutes;
      product(1, { default_code: 'TEE-S' });
      made.restart();
      assert.deepEqual(await codes(), ['CodeDefined sku:CUP', 'CodeDefined sku:MUG']);
    });
    it('are said although storing them failed the first time', async () => {
      product(1, { default_code: 'TEE-SMALL' });
      made.trouble = doing => doing === 'deliver';
      await assert.rejects(made.poll(), /deliver stopped/);
      made.trouble = () => false;
      assert.deepEqual(await codes(), ['CodeDefined sku:TEE-SMALL', 'CodeWithdrawn sku:TEE-S']);
    });
  });

  describe('reservations', () => {
    const reserve = (id: number, quantity: number, picking = 30): void => {
      made.fake.put('stock.move.line', id, {
        product_id: [1, 'P'],
        picking_id: [picking, 'x'],
        move_id: [id, 'x'],
        location_id: [places.main, 'x'],
        location_dest_id: [places.customers, 'x'],
        quantity_product_uom: quantity,
        state: 'assigned',
        reference: 'x',
        date: '2026-11-02 09:00:00',
      });
    };
    beforeEach(async () => {
      await start();
      made.fake.put('sale.order', 16, { client_order_ref: 'web:1001' });
      made.fake.put('stock.picking', 18, { name: 'WH/OUT/18', origin: 'S16', sale_id: [16, 'S16'] });
      made.fake.put('stock.picking', 30, { name: 'WH/OUT/30', origin: 'S30', sale_id: false });
    });
    it('of others hold back, change and end', async () => {
      reserve(501, 2);
      reserve(502, 3, 18);
      assert.deepEqual(await look(), ['ExternalHoldSet 1@main 2000']);
      made.fake.now += 1000;
      reserve(501, 1);
      assert.deepEqual(await look(), ['ExternalHoldSet 1@main 1000']);
      made.fake.now += 1000;
      made.fake.remove('stock.move.line', 501);
      assert.deepEqual(await look(), ['ExternalHoldSet 1@main 0']);
      assert.deepEqual([await look(), made.cursors.get('holds')], [[], '[[1,"picking:18",5]]']);
    });
    it('that ended while it was stopped end, also when it stops again in between', async () => {
      reserve(501, 2);
      await look();
      made.fake.now += 1000;
      made.fake.remove('stock.move.line', 501);
      for (const when of ['before', 'after'] as const) {
        made.restart();
        made.trouble = (doing, at) => doing === 'deliver' && at === when;
        await assert.rejects(made.poll());
      }
      made.trouble = () => false;
      made.restart();
      await made.poll();
      assert.deepEqual(news(), ['ExternalHoldSet 1@main 0']);
    });
    it('that were stored, but not kept as seen, still end', async () => {
      reserve(501, 2);
      made.trouble = (doing, at) => doing === 'deliver' && at === 'after';
      await assert.rejects(made.poll());
      made.trouble = () => false;
      made.restart();
      made.fake.remove('stock.move.line', 501);
      made.fake.now += 1000;
      await made.poll();
      assert.deepEqual(news(), ['ExternalHoldSet 1@main 2000', 'ExternalHoldSet 1@main 0']);
    });
    it('that were shipped end after the goods are gone', async () => {
      reserve(501, 2);
      await look();
      made.fake.now += 1000;
      made.fake.remove('stock.move.line', 501);
      made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 2, picking: 30 }).commit();
      assert.deepEqual(await look(), ['StockAdjusted 1@main -2000', 'ExternalHoldSet 1@main 0']);
    });
    it('that are shipped during a look are for a moment counted twice, never not at all', async () => {
      reserve(501, 2);
      await look();
      made.fake.now += 1000;
      // After the reservations were read, before the movements are.
      made.fake.meanwhile = () => {
        if (made.fake.calls.at(-1) !== 'stock.picking.search_read') return;
        made.fake.meanwhile = () => undefined;
        made.fake.remove('stock.move.line', 501);
        made.fake.move({ product: 1, from: places.main, to: places.customers, quantity: 2, picking: 30 }).commit();
      };
      assert.deepEqual(await look(), ['StockAdjusted 1@main -2000']);
      made.fake.now += 1000;
      assert.deepEqual(await look(), ['ExternalHoldSet 1@main 0']);
    });
  });

  describe('levels', () => {
    beforeEach(start);
    it('are compared from time to time, of products at rest', async () => {
      made.fake.now += 59 * minutes;
      made.fake.move({ product: 2, from: places.store, to: places.customers, quantity: 1 }).commit();
      assert.deepEqual(await look(), ['StockAdjusted 2@store -1000']);
      made.fake.now += minutes;
      assert.deepEqual(await look(), ['StockLevelSeen 1@main 12500', 'StockLevelSeen 1@store 0']);
      assert.deepEqual(await look(), []);
      made.restart();
      made.fake.now += 60 * minutes;
      assert.deepEqual((await look()).toSorted(), [
        'StockLevelSeen 1@main 12500',
        'StockLevelSeen 1@store 0',
        'StockLevelSeen 2@main 0',
        'StockLevelSeen 2@store 3000',
      ]);
    });
  });

  describe('in trouble', () => {
    it('says that something else stands there, and goes on when it is gone', async () => {
      made = harness();
      const { call } = made.fake.rpc;
      const broken = (answer: unknown): Harness => {
        const other = company();
        Object.assign(other.rpc, { call: () => Promise.resolve(answer) });
        return harness(other);
      };
      for (const answer of [null, {}, [{ id: 'x' }], [{ id: 1 }], [null]])
        await assert.rejects(
          broken(answer).poll(),
          error => isFailure(error) && error.kind === 'transient' && error.code === 'ODOO_ANSWER',
        );
      assert.equal(made.fake.rpc.call, call);
      await made.poll();
    });
    it('takes a product that never rests up in a later look, and its movements meanwhile', async () => {
      made = harness();
      made.fake.meanwhile = () => {
        if (made.fake.calls.at(-1) === 'stock.quant.search_read')
          made.fake.move({ product: 1, from: places.vendors, to: places.main, quantity: 1 }).commit();
      };
      await made.poll();
      assert.deepEqual(JSON.parse(made.cursors.get('ledger')!) as object, {
        from: Date.UTC(2026, 10, 2, 7, 0, 1),
        through: 2,
        isWhole: true,
        pending: [1],
      });
      assert.equal(onHandMilli(made.facts(policy), '2', 'store'), 4000);
      made.fake.meanwhile = () => undefined;
      await made.poll();
      assert.equal(onHandMilli(made.facts(), '1', 'main'), 17_500);
    });
  });
});
