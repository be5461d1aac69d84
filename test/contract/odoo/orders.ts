/** Orders: placed by external id, priced, changed, confirmed. */
import assert from 'node:assert/strict';
import { first, idIn, loaded, type Json } from './client.ts';
import { linesOf, movesOf, orderFields, orderRows, placeOrder, type Line, type World } from './world.ts';
import { talk, three } from './order-talk.ts';

export const orders = (world: () => World): void => {
  const { order, amounts, reload, refused, confirm, states } = talk(world);

  describe('placing an order', () => {
    it('makes it once, with the amounts of its lines', async () => {
      const { odoo, run } = world();
      const id = await placeOrder(world(), 'placed', three);
      assert.equal(await placeOrder(world(), 'placed', three), id);
      const row = await order(id, [
        'state',
        'client_order_ref',
        'partner_id',
        'date_order',
        'order_line',
        'invoice_status',
        'delivery_status',
        'picking_ids',
        'locked',
      ]);
      assert.deepEqual(
        [row['state'], row['client_order_ref'], row['date_order'], (row['order_line'] as readonly number[]).length],
        ['draft', `${run}-placed`, '2026-11-01 10:30:00', 3],
      );
      assert.deepEqual(
        [row['invoice_status'], row['delivery_status'], row['picking_ids'], row['locked']],
        ['no', false, [], false],
      );
      assert.deepEqual(row['partner_id'], [idIn(row['partner_id']), `Customer ${run}`]);
      assert.deepEqual(await amounts(id), [51, 10.71, 61.71]);
      const lines = await odoo.read(
        'sale.order.line',
        [['order_id', '=', id]],
        ['name', 'price_subtotal', 'price_total', 'qty_delivered', 'state'],
        { order: 'id' },
      );
      assert.deepEqual(
        lines.map(line => [line['name'], line['price_subtotal'], line['price_total'], line['qty_delivered'], line['state']]),
        [
          [`[${run}-TEE] TEE`, 36, 43.56, 0, 'draft'],
          [`[${run}-MUG] MUG`, 10, 12.1, 0, 'draft'],
          [`[${run}-SHIP] SHIP`, 5, 6.05, 0, 'draft'],
        ],
      );
    });

    it('changes a draft in place, keeps lines that are left out and adds lines without an id again', async () => {
      const id = await placeOrder(world(), 'changed', three);
      await placeOrder(world(), 'changed', [
        three[0] ?? three[1],
        ['l2', 'MUG', '3', '12.10', '0', 'vat21_incl'],
        ['l3', 'SHIP', '1', '7', '0', 'vat21_excl'],
      ] as readonly Line[]);
      assert.deepEqual(await amounts(id), [73, 15.33, 88.33]);
      await placeOrder(world(), 'changed', three.slice(0, 1));
      assert.equal((await linesOf(world(), id, ['sequence'])).length, 3);
      const columns = orderFields.filter(field => field !== 'order_line/id');
      const rows = orderRows(world(), 'changed', three.slice(0, 1)).map(row => row.filter((_cell, index) => index !== 6));
      await loaded(world().odoo, 'sale.order', columns, rows);
      assert.equal((await linesOf(world(), id, ['sequence'])).length, 4);
    });

    it('takes price and taxes of the product where no column gives them', async () => {
      const { odoo, prefix } = world();
      const fields = ['id', 'partner_id/id', 'order_line/id', 'order_line/product_id/id', 'order_line/product_uom_qty'];
      const id = first(
        await loaded(odoo, 'sale.order', fields, [
          [`${prefix}plain`, `${prefix}customer`, `${prefix}plain_1`, `${prefix}TEE`, '2'],
          ['', '', `${prefix}plain_2`, `${prefix}MUG`, '1'],
        ]),
      );
      const lines = await linesOf(world(), id, ['price_unit', 'price_total', 'tax_ids', 'product_uom_id']);
      assert.deepEqual(
        lines.map(line => [line['price_unit'], line['price_total'], (line['tax_ids'] as readonly number[]).length]),
        [
          [20, 48.4, 1],
          [12.1, 12.1, 1],
        ],
      );
    });

    it('follows the currency of the pricelist', async () => {
      const id = await placeOrder(world(), 'yen', [['l1', 'TEE', '3', '1234.5', '0', 'vat21_excl']], 'pl_jpy');
      const row = await order(id, ['currency_id', 'pricelist_id']);
      assert.deepEqual(
        [(row['currency_id'] as readonly Json[])[1], (row['pricelist_id'] as readonly Json[])[1]],
        ['JPY', `${world().run} JPY (JPY)`],
      );
      assert.deepEqual(await amounts(id), [3704, 778, 4482]);
    });

    it('tells with how many decimals a line keeps its quantity, and keeps no more', async () => {
      const described = await world().odoo.call('sale.order.line', 'fields_get', [['product_uom_qty']], {
        attributes: ['digits'],
      });
      assert.deepEqual(described, { product_uom_qty: { digits: [16, 2] } });
      const id = await placeOrder(world(), 'digits', [['l1', 'TEE', '1.236', '10', '0', 'vat21_incl']]);
      assert.equal((await linesOf(world(), id, ['product_uom_qty']))[0]?.['product_uom_qty'], 1.24);
    });

    it('puts the list price in place of a loaded price when only the quantity is written', async () => {
      const id = await placeOrder(world(), 'trap', [['l1', 'TEE', '3', '17', '10', 'vat21_incl']]);
      const line = Number((await linesOf(world(), id, ['price_unit']))[0]?.['id']);
      const price = async (): Promise<Json | undefined> => (await linesOf(world(), id, ['price_unit']))[0]?.['price_unit'];
      const write = (values: Readonly<Record<string, Json>>): Promise<Json> =>
        world().odoo.call('sale.order.line', 'write', [[line], values]);
      assert.equal(await price(), 17);
      await write({ product_uom_qty: 2 });
      assert.equal(await price(), 20);
      await write({ product_uom_qty: 4, price_unit: 16 });
      assert.equal(await price(), 16);
      await write({ product_uom_qty: 5 });
      assert.equal(await price(), 16);
    });
  });

  describe('confirming an order', () => {
    it('makes it a sale now, with a delivery that reserves what is there', async () => {
      const { odoo, stock, customers } = world();
      const id = await placeOrder(world(), 'confirmed', three);
      await confirm(id);
      const row = await order(id, [
        'name',
        'state',
        'date_order',
        'write_date',
        'delivery_status',
        'invoice_status',
        'picking_ids',
      ]);
      assert.deepEqual([row['state'], row['delivery_status'], row['invoice_status']], ['sale', 'pending', 'to invoice']);
      assert.equal(row['date_order'], row['write_date']);
      const picking = await odoo.one(
        'stock.picking',
        [['sale_id', '=', id]],
        ['state', 'origin', 'picking_type_code', 'location_id', 'location_dest_id', 'move_ids', 'scheduled_date'],
      );
      assert.deepEqual([picking['id']], row['picking_ids']);
      assert.deepEqual(
        [picking['state'], picking['origin'], picking['picking_type_code']],
        ['assigned', row['name'], 'outgoing'],
      );
      assert.deepEqual([idIn(picking['location_id']), idIn(picking['location_dest_id'])], [stock, customers]);
      assert.deepEqual(await states(id), [
        [2, 2, 'assigned'],
        [1, 1, 'assigned'],
      ]);
    });

    it('is refused a second time, for the whole batch', async () => {
      const [a, b] = [await placeOrder(world(), 'twice_a', three), await placeOrder(world(), 'twice_b', three)];
      await confirm(a);
      await refused('action_confirm', [a], 'Some orders are not in a state requiring confirmation.');
      await refused('action_confirm', [a, b], 'Some orders are not in a state requiring confirmation.');
      assert.equal((await order(b, ['state']))['state'], 'draft');
    });

    it('is refused for a line without a product and for what is not there', async () => {
      const { odoo, prefix } = world();
      const fields = ['id', 'partner_id/id', 'order_line/id', 'order_line/name'];
      const id = first(
        await loaded(odoo, 'sale.order', fields, [[`${prefix}text`, `${prefix}customer`, `${prefix}text_1`, 'just text']]),
      );
      await refused(
        'action_confirm',
        [id],
        'Some order lines are missing a product, you need to correct them before going further.',
      );
      assert.equal((await odoo.ask('sale.order', 'action_confirm', [[99999999]])).error?.name, 'odoo.exceptions.MissingError');
    });

    it('refuses another load with a pricelist and takes one without, which puts the old date back', async () => {
      const id = await placeOrder(world(), 'again', three);
      await confirm(id);
      const { messages } = await world().odoo.load('sale.order', orderFields, orderRows(world(), 'again', three));
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['You cannot change the pricelist of a confirmed order !'],
      );
      assert.deepEqual(await reload('again', three), []);
      const row = await order(id, ['state', 'date_order', 'amount_total']);
      assert.deepEqual([row['state'], row['date_order'], row['amount_total']], ['sale', '2026-11-01 10:30:00', 61.71]);
    });

    it('shrinks the delivery with its line, and cancels the move at zero', async () => {
      const id = await placeOrder(world(), 'shrunk', [['l1', 'MUG', '3', '12.1', '0', 'vat21_incl']]);
      await confirm(id);
      const line = Number((await linesOf(world(), id, ['sequence']))[0]?.['id']);
      await world().odoo.call('sale.order.line', 'write', [[line], { product_uom_qty: 1, price_unit: 12.1 }]);
      assert.deepEqual(await states(id), [[1, 1, 'assigned']]);
      await world().odoo.call('sale.order.line', 'write', [[line], { product_uom_qty: 0 }]);
      assert.deepEqual(await states(id), [[0, 0, 'cancel']]);
      const row = await order(id, ['state', 'delivery_status', 'amount_total']);
      assert.deepEqual([row['state'], row['delivery_status'], row['amount_total']], ['sale', false, 0]);
    });

    it('makes a return beside the delivery when date_order was written back before', async () => {
      const { odoo, stock, customers } = world();
      const id = await placeOrder(world(), 'dated', [['l1', 'MUG', '3', '12.1', '0', 'vat21_incl']]);
      await confirm(id);
      await odoo.call('sale.order', 'write', [[id], { date_order: '2026-11-01 10:30:00' }]);
      const line = Number((await linesOf(world(), id, ['sequence']))[0]?.['id']);
      await odoo.call('sale.order.line', 'write', [[line], { product_uom_qty: 1 }]);
      await odoo.call('sale.order.line', 'write', [[line], { product_uom_qty: 4 }]);
      const moves = await movesOf(world(), id);
      assert.deepEqual(
        moves.map(move => [move['product_uom_qty'], move['state'], idIn(move['location_id']), idIn(move['location_dest_id'])]),
        [
          [3, 'assigned', stock, customers],
          [2, 'assigned', customers, stock],
          [3, 'assigned', stock, customers],
        ],
      );
      assert.equal(idIn(moves[0]?.['picking_id']), idIn(moves[2]?.['picking_id']));
      const returned = await odoo.one(
        'stock.picking',
        [['id', '=', idIn(moves[1]?.['picking_id'])]],
        ['picking_type_code', 'state'],
      );
      assert.deepEqual([returned['picking_type_code'], returned['state']], ['incoming', 'assigned']);
    });

    it('adds a move for a line that comes later', async () => {
      const id = await placeOrder(world(), 'later', three.slice(0, 1));
      await confirm(id);
      assert.deepEqual(await reload('later', three.slice(0, 2)), []);
      assert.deepEqual(await states(id), [
        [2, 2, 'assigned'],
        [1, 1, 'assigned'],
      ]);
    });
  });
};
