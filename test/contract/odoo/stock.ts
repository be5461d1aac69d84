/** Stock: counts, deltas, transfers. */
import assert from 'node:assert/strict';
import { first, idIn, loaded, type Json, type Values } from './client.ts';
import { moveFields, moveRows, newGoods, quantsOf, shift } from './goods.ts';
import { placeOrder, type World } from './world.ts';

export const stock = (world: () => World): void => {
  describe('counting', () => {
    it('sets what is there by writing the quant, once, with the event as reference', async () => {
      const { odoo, stock: place, inventory } = world();
      const { id, quant } = await newGoods(world(), 100);
      const context = { inventory_mode: true, inventory_name: `count ${world().run}` };
      assert.equal(await odoo.call('stock.quant', 'write', [[quant], { inventory_quantity_auto_apply: 95 }], { context }), true);
      assert.equal(await odoo.call('stock.quant', 'write', [[quant], { inventory_quantity_auto_apply: 95 }], { context }), true);
      assert.deepEqual(await quantsOf(world(), id), [[95, 0, 95]]);
      const moves = await odoo.read(
        'stock.move',
        [
          ['product_id', '=', id],
          ['is_inventory', '=', true],
        ],
        ['reference', 'quantity', 'state', 'location_id', 'location_dest_id'],
        { order: 'id' },
      );
      assert.deepEqual(
        moves
          .slice(1)
          .map(row => [row['reference'], row['quantity'], row['state'], idIn(row['location_id']), idIn(row['location_dest_id'])]),
        [[`count ${world().run}`, 5, 'done', place, inventory]],
      );
    });

    it('does nothing outside of inventory mode', async () => {
      const { id, quant } = await newGoods(world(), 10);
      assert.equal(await world().odoo.call('stock.quant', 'write', [[quant], { inventory_quantity_auto_apply: 3 }]), true);
      assert.deepEqual(await quantsOf(world(), id), [[10, 0, 10]]);
    });

    it('applies a noted count, and zero when applied without one', async () => {
      const { odoo, stock: place } = world();
      const { id, quant } = await newGoods(world(), 10);
      const noted = await odoo.call('stock.quant', 'create', [{ product_id: id, location_id: place, inventory_quantity: 8 }], {
        context: { inventory_mode: true },
      });
      assert.equal(noted, quant);
      const fields = ['quantity', 'inventory_quantity', 'inventory_diff_quantity', 'inventory_quantity_set', 'is_outdated'];
      assert.deepEqual(await odoo.call('stock.quant', 'read', [[quant], fields]), [
        {
          id: quant,
          quantity: 10,
          inventory_quantity: 8,
          inventory_diff_quantity: -2,
          inventory_quantity_set: true,
          is_outdated: false,
        },
      ]);
      assert.deepEqual(await odoo.ask('stock.quant', 'action_apply_inventory', [[quant]]), {});
      assert.deepEqual(await quantsOf(world(), id), [[8, 0, 8]]);
      assert.deepEqual(await odoo.ask('stock.quant', 'action_apply_inventory', [[quant]]), {});
      assert.deepEqual(await quantsOf(world(), id), [[0, 0, 0]]);
    });

    it('takes reservations away when less is counted than is reserved', async () => {
      const { odoo } = world();
      const { id, quant, suffix } = await newGoods(world(), 10);
      const order = await placeOrder(world(), `res${suffix}`, [['l1', suffix, '6', '1', '0', '']]);
      await odoo.call('sale.order', 'action_confirm', [[order]]);
      assert.deepEqual(await quantsOf(world(), id), [[10, 6, 4]]);
      await odoo.call('stock.quant', 'write', [[quant], { inventory_quantity_auto_apply: 2 }], {
        context: { inventory_mode: true },
      });
      assert.deepEqual(await quantsOf(world(), id), [[2, 2, 0]]);
      const [level] = (await odoo.call('product.product', 'read', [
        [id],
        ['qty_available', 'free_qty', 'virtual_available', 'outgoing_qty'],
      ])) as readonly Values[];
      assert.deepEqual(level, { id, qty_available: 2, free_qty: 0, virtual_available: -4, outgoing_qty: 6 });
    });

    it('refuses services and view locations', async () => {
      const { odoo, ship, tee, warehouse } = world();
      const context = { inventory_mode: true };
      const service = await odoo.ask(
        'stock.quant',
        'create',
        [{ product_id: ship, location_id: world().stock, inventory_quantity_auto_apply: 3 }],
        { context },
      );
      assert.deepEqual(service.error, {
        name: 'odoo.exceptions.ValidationError',
        message: 'Quants cannot be created for consumables or services.',
      });
      const view = idIn((await odoo.one('stock.warehouse', [['id', '=', warehouse]], ['view_location_id']))['view_location_id']);
      const { error } = await odoo.ask(
        'stock.quant',
        'create',
        [{ product_id: tee, location_id: view, inventory_quantity_auto_apply: 3 }],
        { context },
      );
      assert.match(error?.message ?? '', /^You cannot take products from or deliver products to a location of type "view" \(/);
    });
  });

  describe('moving stock', () => {
    it('moves a delta by a picking with an external id; a repeat is refused or does nothing', async () => {
      const { odoo, stock: place, inventory } = world();
      const { id, external } = await newGoods(world(), 10);
      const picking = await shift(world(), 'delta', external, 4, place, inventory);
      assert.deepEqual(await quantsOf(world(), id), [[6, 0, 6]]);
      const { ids, messages } = await odoo.load(
        'stock.picking',
        moveFields,
        moveRows(world(), 'delta', external, 4, place, inventory),
      );
      assert.deepEqual(
        [ids, messages.map(({ message }) => message)],
        [false, ['Changing the operation type of this record is forbidden at this point.']],
      );
      assert.equal(await odoo.call('stock.picking', 'button_validate', [[picking]]), true);
      await shift(world(), 'found', external, 1, inventory, place);
      assert.deepEqual(await quantsOf(world(), id), [[7, 0, 7]]);
    });

    it('is ready before it is validated, and may be loaded again until then', async () => {
      const { odoo, stock: place, inventory } = world();
      const { id, external } = await newGoods(world(), 10);
      const rows = moveRows(world(), 'ready', external, 4, place, inventory);
      const picking = first(await loaded(odoo, 'stock.picking', moveFields, rows));
      assert.deepEqual(await loaded(odoo, 'stock.picking', moveFields, rows), [picking]);
      const row = await odoo.one('stock.picking', [['id', '=', picking]], ['state', 'origin', 'move_ids', 'date_done']);
      assert.deepEqual(
        [row['state'], row['origin'], (row['move_ids'] as readonly number[]).length, row['date_done']],
        ['assigned', 'evt:ready', 1, false],
      );
      assert.deepEqual(await quantsOf(world(), id), [[10, 4, 6]]);
    });

    it('lets stock go below zero', async () => {
      const { stock: place, inventory } = world();
      const { id, external } = await newGoods(world(), 3);
      await shift(world(), 'below', external, 5, place, inventory);
      assert.deepEqual(await quantsOf(world(), id), [[-2, 0, -2]]);
    });

    it('gives what comes in to who waits for it', async () => {
      const { odoo, stock: place, vendors } = world();
      const { id, external, suffix } = await newGoods(world(), 0);
      const order = await placeOrder(world(), `wait${suffix}`, [['l1', suffix, '5', '1', '0', '']]);
      await odoo.call('sale.order', 'action_confirm', [[order]]);
      const state = async (): Promise<Json | undefined> =>
        (await odoo.one('stock.move', [['sale_line_id.order_id', '=', order]], ['state']))['state'];
      assert.equal(await state(), 'confirmed');
      assert.equal((await odoo.one('stock.picking', [['sale_id', '=', order]], ['state']))['state'], 'confirmed');
      await shift(world(), 'receipt', external, 3, vendors, place);
      assert.equal(await state(), 'partially_available');
      assert.deepEqual(await quantsOf(world(), id), [[3, 3, 0]]);
    });

    it('dates a done picking back, with its moves and lines', async () => {
      const { odoo, stock: place, inventory } = world();
      const { external } = await newGoods(world(), 5);
      const picking = await shift(world(), 'backdated', external, 1, place, inventory);
      await odoo.call('stock.picking', 'write', [[picking], { date_done: '2026-11-02 08:00:00' }]);
      const done = await odoo.one('stock.move', [['picking_id', '=', picking]], ['date']);
      const line = await odoo.one('stock.move.line', [['picking_id', '=', picking]], ['date', 'write_date']);
      assert.deepEqual([done['date'], line['date']], ['2026-11-02 08:00:00', '2026-11-02 08:00:00']);
      assert.notEqual(line['write_date'], '2026-11-02 08:00:00');
    });
  });
};
