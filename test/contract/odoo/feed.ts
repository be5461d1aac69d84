/** The feed that a source reads: done move lines, write_date, what is hidden. */
import assert from 'node:assert/strict';
import { idIn, textIn, type Json, type Values } from './client.ts';
import { newGoods, shift } from './goods.ts';
import { placeOrder, type World } from './world.ts';

export const feed = (world: () => World): void => {
  describe('the feed', () => {
    const fields = [
      'product_id',
      'quantity',
      'location_id',
      'location_dest_id',
      'date',
      'write_date',
      'reference',
      'move_id',
      'picking_id',
      'state',
    ];

    it('shows done move lines in whole seconds, with where from, where to and why', async () => {
      const { odoo, stock: place, inventory } = world();
      const { id, external, sku } = await newGoods(world(), 10);
      const picking = await shift(world(), 'fed', external, 2, place, inventory);
      const name = (await odoo.one('stock.picking', [['id', '=', picking]], ['name']))['name'];
      const domain = [
        ['state', '=', 'done'],
        ['quantity', '!=', 0],
        ['product_id', '=', id],
      ];
      const [, line] = await odoo.read('stock.move.line', domain, fields, { order: 'write_date,id' });
      assert.ok(line);
      assert.match(textIn(line['write_date']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      assert.deepEqual(
        [
          line['quantity'],
          idIn(line['location_id']),
          idIn(line['location_dest_id']),
          line['reference'],
          line['picking_id'],
          line['state'],
        ],
        [2, place, inventory, name, [picking, name], 'done'],
      );
      assert.deepEqual((line['move_id'] as readonly Json[])[1], `evt:fed/${sku}: Stock>Inventory adjustment`);
      assert.deepEqual((line['product_id'] as readonly Json[])[1], `[${sku}] ${sku.slice(sku.indexOf('-') + 1)}`);
      const at = textIn(line['write_date']);
      const hits = (operator: string, value: string): Promise<Json> =>
        odoo.call('stock.move.line', 'search_count', [
          [...domain, ['id', '=', Number(line['id'])], ['write_date', operator, value]],
        ]);
      assert.deepEqual(
        [
          await hits('>=', at),
          await hits('=', at),
          await hits('>', at),
          await hits('>', `${at}.000001`),
          await hits('<=', at),
          await hits('<', at),
        ],
        [1, 1, 0, 0, 1, 0],
      );
    });

    it('tells the shelf that goods were taken from, while the move tells the stock', async () => {
      const { odoo, stock: place, run } = world();
      const { id, external, suffix } = await newGoods(world(), 2);
      const shelf = Number(
        await odoo.call('stock.location', 'create', [{ name: `Shelf ${run}`, usage: 'internal', location_id: place }]),
      );
      const [row] = (await odoo.call('stock.location', 'read', [
        [shelf],
        ['complete_name', 'warehouse_id'],
      ])) as readonly Values[];
      assert.match(textIn(row?.['complete_name']), new RegExp(`/Stock/Shelf ${run}$`));
      assert.equal(idIn(row?.['warehouse_id']), world().warehouse);
      await shift(world(), `shelved${suffix}`, external, 3, world().inventory, shelf);
      const order = await placeOrder(world(), `shelf${suffix}`, [['l1', suffix, '4', '1', '0', '']]);
      await odoo.call('sale.order', 'action_confirm', [[order]]);
      const taken = await odoo.read(
        'stock.move.line',
        [['move_id.sale_line_id.order_id', '=', order]],
        ['location_id', 'quantity', 'picking_id'],
        { order: 'id' },
      );
      assert.deepEqual(
        taken.map(line => [idIn(line['location_id']), line['quantity']]),
        [
          [place, 2],
          [shelf, 2],
        ],
      );
      await odoo.call('stock.picking', 'button_validate', [[idIn(taken[0]?.['picking_id'])]]);
      const level = async (context: Values): Promise<Json | undefined> =>
        ((await odoo.call('product.product', 'read', [[id], ['qty_available']], { context })) as readonly Values[])[0]?.[
          'qty_available'
        ];
      assert.deepEqual(
        [await level({ location: shelf }), await level({ location: place }), await level({ warehouse_id: world().warehouse })],
        [1, 1, 1],
      );
    });

    it('moves the write_date of a variant with its template, and not with its stock', async () => {
      const { odoo, stock: place } = world();
      const { id } = await newGoods(world(), 1);
      const seen = async (): Promise<Values> =>
        odoo.one('product.product', [['id', '=', id]], ['write_date', 'lst_price', 'product_tmpl_id']);
      const before = await seen();
      const countedAt = async (quantity: number): Promise<Json | undefined> => {
        const values = { product_id: id, location_id: place, inventory_quantity_auto_apply: quantity };
        const quant = await odoo.call('stock.quant', 'create', [values], { context: { inventory_mode: true } });
        return (await odoo.one('stock.quant', [['id', '=', quant]], ['write_date']))['write_date'];
      };
      // Moments have whole seconds: count until a later one has begun.
      const deadline = Date.now() + 10_000;
      for (let quantity = 2; textIn(await countedAt(quantity)) <= textIn(before['write_date']); quantity += 1)
        assert.ok(Date.now() < deadline, 'waiting for the next second');
      assert.equal((await seen())['write_date'], before['write_date']);
      await odoo.call('product.template', 'write', [[idIn(before['product_tmpl_id'])], { list_price: 12.5 }]);
      const after = await seen();
      assert.ok(textIn(after['write_date']) > textIn(before['write_date']));
      assert.equal(after['lst_price'], 12.5);
    });

    it('hides archived records unless asked', async () => {
      const { odoo } = world();
      const { id } = await newGoods(world(), 0);
      await odoo.call('product.product', 'write', [[id], { active: false }]);
      const found = (context: Values): Promise<Json> =>
        odoo.call('product.product', 'search_count', [[['id', '=', id]]], { context });
      assert.deepEqual([await found({}), await found({ active_test: false })], [0, 1]);
      assert.equal(
        await odoo.call('product.product', 'search_count', [
          [
            ['id', '=', id],
            ['active', '=', false],
          ],
        ]),
        1,
      );
    });
  });
};
