/** Customers with their addresses, and orders that name them. */
import assert from 'node:assert/strict';
import { first, idIn, loaded, type Json, type Values } from './client.ts';
import { linesOf, type World } from './world.ts';

export const customers = (world: () => World): void => {
  const fields = ['id', 'name', 'company_name', 'street', 'parent_id/id', 'type', 'vat', 'is_company'];
  /** A person of a company, with a place of delivery. */
  const person = async (name: string): Promise<readonly number[]> => {
    const { prefix, run } = world();
    return loaded(world().odoo, 'res.partner', fields, [
      [`${prefix}${name}`, `Ann ${run}`, 'Acme', 'Street 1', '', '', '', ''],
      [`${prefix}${name}_d`, 'Ann at work', 'Other', 'Dock 2', `${prefix}${name}`, 'Delivery', '', ''],
    ]);
  };
  const read = async (id: number, names: readonly string[]): Promise<Values> =>
    world().odoo.one('res.partner', [['id', '=', id]], names);

  describe('a customer', () => {
    it('is shown with a company name, which an address under it does not have', async () => {
      const { odoo, run } = world();
      const [ann = 0, dock = 0] = await person('shown');
      const names = ['display_name', 'company_name', 'commercial_partner_id'];
      assert.deepEqual(await read(ann, names), {
        id: ann,
        display_name: `Acme, Ann ${run}`,
        company_name: 'Acme',
        commercial_partner_id: [ann, `Acme, Ann ${run}`],
      });
      assert.deepEqual(await read(dock, names), {
        id: dock,
        display_name: `Ann ${run}, Ann at work`,
        company_name: false,
        commercial_partner_id: [ann, `Acme, Ann ${run}`],
      });
      assert.deepEqual(await person('shown'), [ann, dock]);
      await odoo.call('res.partner', 'write', [[ann], { company_name: '', street: 'Street 9' }]);
      assert.deepEqual(await read(ann, ['display_name']), { id: ann, display_name: `Ann ${run}` });
      assert.deepEqual((await read(dock, ['street']))['street'], 'Dock 2');
    });

    it('gives addresses of a company its tax number, and a name where they have none', async () => {
      const { odoo, prefix, run } = world();
      const [firm = 0, nameless = 0] = await loaded(odoo, 'res.partner', fields, [
        [`${prefix}firm`, `Firm ${run}`, '', '', '', '', 'X1', 'True'],
        [`${prefix}firm_d`, '', '', '', `${prefix}firm`, 'delivery', '', ''],
      ]);
      assert.deepEqual(await read(nameless, ['display_name', 'vat', 'commercial_partner_id']), {
        id: nameless,
        display_name: `Firm ${run}, Delivery`,
        vat: 'X1',
        commercial_partner_id: [firm, `Firm ${run}`],
      });
      await odoo.call('res.partner', 'write', [[firm], { vat: 'X2' }]);
      assert.equal((await read(nameless, ['vat']))['vat'], 'X2');
    });

    it('sorts by the name it is shown with', async () => {
      const { odoo, run } = world();
      const ids = await Promise.all(
        ['b', 'a', 'c'].map(name => odoo.call('res.partner', 'create', [{ name: `${run} sort ${name}` }])),
      );
      const found = await odoo.call('res.partner', 'search', [[['id', 'in', ids]]]);
      assert.deepEqual(found, [ids[1], ids[0], ids[2]]);
    });

    it('is delivered to the address that the order names, else to its own address of that kind', async () => {
      const { odoo, prefix, company, tee } = world();
      const [ann = 0, dock = 0] = await person('delivered');
      const head = [`${prefix}customer`, `${prefix}delivered_d`, company];
      const columns = ['partner_id/id', 'partner_shipping_id/id', 'company_id/.id'];
      const lines = [
        'order_line/id',
        'order_line/product_id/.id',
        'order_line/name',
        'order_line/product_uom_qty',
        'order_line/price_unit',
        'order_line/tax_ids/.id',
      ];
      const named = first(
        await loaded(
          odoo,
          'sale.order',
          ['id', ...columns, ...lines],
          [[`${prefix}to_dock`, ...head, `${prefix}to_dock_1`, tee, 'Some words', '1', '3', '']],
        ),
      );
      const own = Number(await odoo.call('sale.order', 'create', [{ partner_id: ann }]));
      const addresses = async (id: number): Promise<readonly Json[]> => {
        const row = await odoo.one('sale.order', [['id', '=', id]], ['partner_shipping_id', 'partner_invoice_id']);
        return [idIn(row['partner_shipping_id']), idIn(row['partner_invoice_id'])];
      };
      assert.deepEqual([(await addresses(named))[0], await addresses(own)], [dock, [dock, ann]]);
      await odoo.call('sale.order', 'action_confirm', [[named]]);
      assert.equal(idIn((await odoo.one('stock.picking', [['sale_id', '=', named]], ['partner_id']))['partner_id']), dock);
      assert.equal((await linesOf(world(), named, ['name']))[0]?.['name'], 'Some words');
    });

    it('has lines added to an order by load of the lines, also while it is locked', async () => {
      const { odoo, prefix, tee } = world();
      const id = Number(await odoo.call('sale.order', 'create', [{ partner_id: first(await person('lines')) }]));
      await odoo.call('sale.order', 'action_confirm', [[id]]);
      const columns = [
        'order_id/.id',
        'id',
        'product_id/.id',
        'name',
        'product_uom_qty',
        'price_unit',
        'discount',
        'tax_ids/.id',
      ];
      const line = (suffix: string): readonly Json[] => [
        String(id),
        `${prefix}lines_${suffix}`,
        String(tee),
        'w',
        '2',
        '3',
        '0',
        '',
      ];
      await loaded(odoo, 'sale.order.line', columns, [line('1')]);
      await odoo.ask('sale.order', 'action_lock', [[id]]);
      await loaded(odoo, 'sale.order.line', columns, [line('2')]);
      const moves = await odoo.call('stock.move', 'search_count', [[['sale_line_id.order_id', '=', id]]]);
      const order = await odoo.one('sale.order', [['id', '=', id]], ['amount_total', 'order_line']);
      assert.deepEqual([moves, order['amount_total'], (order['order_line'] as readonly Json[]).length], [1, 12, 2]);
    });
  });
};
