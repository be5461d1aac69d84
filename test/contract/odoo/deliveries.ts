/** Deliveries: in part, the question about the rest, returns. */
import assert from 'node:assert/strict';
import { first, idIn, loaded, textIn, type Json, type Values } from './client.ts';
import { linesOf, movesOf, placeOrder, type World } from './world.ts';

export const deliveries = (world: () => World): void => {
  const sold = async (
    name: string,
  ): Promise<{ readonly id: number; readonly picking: number; readonly tee: number; readonly mug: number }> => {
    const id = await placeOrder(world(), name, [
      ['l1', 'TEE', '5', '20', '0', 'vat21_excl'],
      ['l2', 'MUG', '2', '12.1', '0', 'vat21_incl'],
    ]);
    await world().odoo.call('sale.order', 'action_confirm', [[id]]);
    const [tee, mug] = await movesOf(world(), id);
    return { id, picking: idIn(tee?.['picking_id']), tee: Number(tee?.['id']), mug: Number(mug?.['id']) };
  };
  const validate = (picking: number, context: Values = {}): Promise<Json> =>
    world().odoo.call('stock.picking', 'button_validate', [[picking]], { context });
  const pick = (move: number, quantity: number): Promise<Json> =>
    world().odoo.call('stock.move', 'write', [[move], { quantity, picked: true }]);
  const states = async (id: number): Promise<readonly Json[]> =>
    (await movesOf(world(), id)).map(move => [
      move['product_uom_qty'] ?? null,
      move['quantity'] ?? null,
      move['picked'] ?? null,
      move['state'] ?? null,
    ]);
  const pickings = (id: number): Promise<readonly Values[]> =>
    world().odoo.read('stock.picking', [['sale_id', '=', id]], ['state', 'backorder_id', 'date_done'], { order: 'id' });
  const delivered = async (id: number): Promise<readonly (Json | undefined)[]> =>
    (await linesOf(world(), id, ['qty_delivered'])).map(line => line['qty_delivered']);

  describe('delivering', () => {
    it('asks before it leaves a rest behind, and does nothing yet', async () => {
      const { id, picking, tee } = await sold('asked');
      await pick(tee, 3);
      const question = (await validate(picking, { tz: 'UTC' })) as Values;
      assert.deepEqual(
        [question['res_model'], question['name'], question['type']],
        ['stock.backorder.confirmation', 'Create Backorder?', 'ir.actions.act_window'],
      );
      assert.deepEqual(question['context'], {
        tz: 'UTC',
        button_validate_picking_ids: [picking],
        default_show_transfers: false,
        default_pick_ids: [[4, picking]],
      });
      assert.deepEqual(
        (await pickings(id)).map(row => row['state']),
        ['assigned'],
      );
    });

    it('sends a part and keeps the rest in a backorder with skip_backorder', async () => {
      const { id, picking, tee } = await sold('parted');
      await pick(tee, 3);
      assert.equal(await validate(picking, { skip_backorder: true, skip_sms: true }), true);
      const [done, rest] = await pickings(id);
      assert.deepEqual([done?.['state'], rest?.['state'], idIn(rest?.['backorder_id'])], ['done', 'assigned', picking]);
      assert.deepEqual(await states(id), [
        [3, 3, true, 'done'],
        [2, 2, false, 'assigned'],
        [2, 2, false, 'assigned'],
      ]);
      assert.deepEqual(await delivered(id), [3, 0]);
      const order = await world().odoo.one('sale.order', [['id', '=', id]], ['delivery_status', 'state', 'effective_date']);
      assert.deepEqual(
        [order['delivery_status'], order['state'], order['effective_date']],
        ['partial', 'sale', done?.['date_done']],
      );
    });

    it('cancels the rest with picking_ids_not_to_backorder', async () => {
      const { id, picking, mug } = await sold('dropped');
      await pick(mug, 1);
      assert.equal(await validate(picking, { skip_backorder: true, picking_ids_not_to_backorder: [picking] }), true);
      assert.deepEqual(await states(id), [
        [5, 0, false, 'cancel'],
        [2, 1, true, 'done'],
      ]);
      assert.equal((await pickings(id)).length, 1);
    });

    it('sends all that is reserved when nothing was picked, and does nothing a second time', async () => {
      const { id, picking } = await sold('whole');
      assert.equal(await validate(picking), true);
      const before = await states(id);
      assert.deepEqual(before, [
        [5, 5, true, 'done'],
        [2, 2, true, 'done'],
      ]);
      assert.equal(await validate(picking, { skip_backorder: true }), true);
      assert.deepEqual(await states(id), before);
      assert.equal((await world().odoo.one('sale.order', [['id', '=', id]], ['delivery_status']))['delivery_status'], 'full');
      assert.equal(await world().odoo.call('sale.order', 'action_cancel', [[id]]), true);
      assert.deepEqual(
        (await pickings(id)).map(row => row['state']),
        ['done'],
      );
    });

    it('takes quantities of moves through the picking', async () => {
      const { odoo } = world();
      const { id, picking, tee } = await sold('through');
      await loaded(
        odoo,
        'stock.picking',
        ['.id', 'move_ids/.id', 'move_ids/quantity', 'move_ids/picked'],
        [[String(picking), String(tee), '2', 'True']],
      );
      assert.equal(await validate(picking, { skip_backorder: true }), true);
      assert.deepEqual(await states(id), [
        [2, 2, true, 'done'],
        [2, 2, false, 'assigned'],
        [3, 3, false, 'assigned'],
      ]);
    });

    it('sends more than was ordered', async () => {
      const { id, picking, tee } = await sold('more');
      await pick(tee, 9);
      assert.equal(await validate(picking, { skip_backorder: true }), true);
      assert.deepEqual((await states(id))[0], [5, 9, true, 'done']);
      assert.deepEqual(await delivered(id), [9, 0]);
    });

    it('reserves what is there of what is too much, and asks', async () => {
      const { odoo } = world();
      const id = await placeOrder(world(), 'toomuch', [['l1', 'MUG', '9000', '1', '0', '']]);
      await odoo.call('sale.order', 'action_confirm', [[id]]);
      const [move] = await movesOf(world(), id);
      assert.equal(move?.['state'], 'partially_available');
      const picking = await odoo.one('stock.picking', [['sale_id', '=', id]], ['state']);
      assert.equal(picking['state'], 'assigned');
      assert.equal(((await validate(Number(picking['id']))) as Values)['res_model'], 'stock.backorder.confirmation');
      await odoo.call('sale.order', 'action_cancel', [[id]]);
    });

    it('has goods that are not counted ready at once, without stock', async () => {
      const { odoo, prefix, run } = world();
      const row = [`${prefix}LOOSE`, 'LOOSE', `${run}-LOOSE`, 'False', 'Goods'];
      const product = first(await loaded(odoo, 'product.product', ['id', 'name', 'default_code', 'is_storable', 'type'], [row]));
      const id = await placeOrder(world(), 'loose', [['l1', 'LOOSE', '3', '1', '0', '']]);
      await odoo.call('sale.order', 'action_confirm', [[id]]);
      assert.deepEqual(await states(id), [[3, 3, false, 'assigned']]);
      assert.equal(await validate(Number((await pickings(id))[0]?.['id'])), true);
      assert.deepEqual(await delivered(id), [3]);
      assert.equal(await odoo.call('stock.quant', 'search_count', [[['product_id', '=', product]]]), 0);
    });

    it('refuses what has nothing to send, is cancelled or is not there', async () => {
      const { odoo } = world();
      const { picking } = await sold('nothing');
      await odoo.call('stock.picking', 'action_cancel', [[picking]]);
      assert.match(
        (await odoo.ask('stock.picking', 'button_validate', [[picking]])).error?.message ?? '',
        /^Transfer trouble alert! Validating a zero quantity transfer\?/,
      );
      const { error } = await odoo.ask('stock.picking', 'button_validate', [[99999999]]);
      assert.deepEqual(error, {
        name: 'odoo.exceptions.MissingError',
        message: `Record does not exist or has been deleted.\n(Record: stock.picking(99999999,), User: ${String(odoo.uid)})`,
      });
    });

    it('gives back and takes again what it reserved', async () => {
      const { id, picking } = await sold('unreserved');
      assert.deepEqual(await world().odoo.ask('stock.picking', 'do_unreserve', [[picking]]), {});
      assert.deepEqual((await states(id))[0], [5, 0, false, 'confirmed']);
      assert.equal(await world().odoo.call('stock.picking', 'action_assign', [[picking]]), true);
      assert.deepEqual((await states(id))[0], [5, 5, false, 'assigned']);
    });
  });

  describe('returning', () => {
    it('takes goods back by load, once, and lowers what was delivered', async () => {
      const { odoo, prefix, incoming, customers, stock, run } = world();
      const { id, picking, tee } = await sold('back');
      await validate(picking);
      const line = Number((await linesOf(world(), id, ['sequence']))[0]?.['id']);
      const fields = [
        'id',
        'picking_type_id/.id',
        'location_id/.id',
        'location_dest_id/.id',
        'origin',
        'return_id/.id',
        'move_ids/id',
        'move_ids/product_id/id',
        'move_ids/product_uom_qty',
        'move_ids/quantity',
        'move_ids/picked',
        'move_ids/location_id/.id',
        'move_ids/location_dest_id/.id',
        'move_ids/origin_returned_move_id/.id',
        'move_ids/to_refund',
        'move_ids/sale_line_id/.id',
      ];
      const row = [
        `${prefix}return`,
        incoming,
        customers,
        stock,
        'return',
        picking,
        `${prefix}return_1`,
        `${prefix}TEE`,
        2,
        2,
        'True',
        customers,
        stock,
        tee,
        'True',
        line,
      ];
      const back = first(await loaded(odoo, 'stock.picking', fields, [row]));
      assert.deepEqual(await loaded(odoo, 'stock.picking', fields, [row]), [back]);
      assert.equal(await validate(back, { skip_backorder: true }), true);
      assert.deepEqual(await delivered(id), [3, 2]);
      const [, , move] = await movesOf(world(), id);
      assert.deepEqual([move?.['quantity'], move?.['state']], [2, 'done']);
      const original = await odoo.one('stock.picking', [['id', '=', picking]], ['return_ids', 'return_count']);
      assert.deepEqual([original['return_ids'], original['return_count']], [[back], 1]);
      const name = (await odoo.one('stock.move', [['id', '=', tee]], ['sale_line_id']))['sale_line_id'];
      const orderName = (await odoo.one('sale.order', [['id', '=', id]], ['name']))['name'];
      assert.deepEqual(name, [line, `${textIn(orderName)} - [${run}-TEE] TEE (${run})`]);
    });
  });
};
