/** load(): external ids, what one bad row does, how cells are read. */
import assert from 'node:assert/strict';
import { first, idIn, loaded } from './client.ts';
import { linesOf, orderFields, orderRows, placeOrder, type World } from './world.ts';

export const loading = (world: () => World): void => {
  describe('load', () => {
    const externals = (names: readonly string[]): Promise<number> =>
      world().odoo.call('ir.model.data', 'search_count', [
        [
          ['module', '=', 'onhand'],
          ['name', 'in', names.map(name => `${world().run}_${name}`)],
        ],
      ]) as Promise<number>;

    it('makes a record once, and changes it when it comes again', async () => {
      const { odoo, prefix } = world();
      const fields = ['id', 'name', 'email', 'ref', 'company_type'];
      const once = await loaded(odoo, 'res.partner', fields, [[`${prefix}p1`, 'First', 'p1@example.test', 'P1', 'person']]);
      const again = await loaded(odoo, 'res.partner', fields, [[`${prefix}p1`, 'Second', 'p1@example.test', 'P1', 'Company']]);
      assert.deepEqual(again, once);
      assert.deepEqual(await odoo.call('res.partner', 'read', [again, ['name', 'is_company']]), [
        { id: first(once), name: 'Second', is_company: true },
      ]);
    });

    it('writes nothing when one row is bad, and says which', async () => {
      const { odoo, prefix } = world();
      const rows = [
        [`${prefix}r1`, 'R1', 'Belgium'],
        [`${prefix}r2`, 'R2', 'Nowhereland'],
      ];
      const { ids, messages, nextrow } = await odoo.load('res.partner', ['id', 'name', 'country_id'], rows);
      assert.deepEqual([ids, nextrow, messages.length], [false, 0, 1]);
      assert.deepEqual(messages[0], {
        rows: { from: 1, to: 1 },
        type: 'error',
        record: 1,
        field: 'country_id',
        message: "No matching record found for name 'Nowhereland' in field 'Country'",
        moreinfo: {
          name: 'Possible Values',
          type: 'ir.actions.act_window',
          target: 'new',
          view_mode: 'list,form',
          views: [
            [false, 'list'],
            [false, 'form'],
          ],
          context: { create: false },
          help: 'See all possible values',
          res_model: 'res.country',
        },
        field_name: 'Country',
      });
      assert.equal(await externals(['r1', 'r2']), 0);
    });

    it('shows a constraint of the database bare', async () => {
      const { odoo, prefix } = world();
      const rows = [
        [`${prefix}r3`, 'R3', 'x'],
        [`${prefix}r4`, '', 'x'],
      ];
      const { ids, messages } = await odoo.load('res.partner', ['id', 'name', 'ref'], rows);
      assert.deepEqual(
        [ids, messages],
        [false, [{ rows: { from: 1, to: 1 }, record: 1, type: 'error', message: 'Contacts require a name' }]],
      );
    });

    it('refuses an unknown column and a flag that is no text', async () => {
      const { odoo, prefix } = world();
      assert.deepEqual((await odoo.ask('res.partner', 'load', [['id', 'nope'], [[`${prefix}r5`, 'x']]])).error, {
        name: 'builtins.ValueError',
        message: "Invalid field name 'nope'",
      });
      assert.deepEqual((await odoo.ask('res.partner', 'load', [['id', 'is_company'], [[`${prefix}r5`, true]]])).error, {
        name: 'builtins.AttributeError',
        message: "'bool' object has no attribute 'lower'",
      });
    });

    it('takes any character but white space in an external id', async () => {
      const { odoo, prefix } = world();
      await loaded(odoo, 'res.partner', ['id', 'name'], [[`${prefix}shop:web/1|x.y`, 'Odd']]);
      const { messages } = await odoo.load('res.partner', ['id', 'name'], [[`${prefix}with space`, 'Odd']]);
      assert.match(messages[0]?.message ?? '', /violates check constraint "ir_model_data_name_nospaces"/);
    });

    it('refuses the external id of another model', async () => {
      const { odoo, prefix } = world();
      const { messages } = await odoo.load('product.template', ['id', 'name'], [[`${prefix}customer`, 'Not a partner']]);
      assert.match(
        messages[0]?.message ?? '',
        /^For external id .*_customer when trying to create\/update a record of model product.template found record of different model res.partner \(\d+\)$/,
      );
    });

    it('lets an external id be claimed once, and forgets it with its record', async () => {
      const { odoo, prefix, run } = world();
      const id = Number(await odoo.call('res.partner', 'create', [{ name: 'Claimed' }]));
      const claim = { module: 'onhand', name: `${run}_claim`, model: 'res.partner', res_id: id };
      await odoo.call('ir.model.data', 'create', [claim]);
      assert.deepEqual((await odoo.ask('ir.model.data', 'create', [claim])).error, {
        name: 'odoo.exceptions.ValidationError',
        message: `The operation cannot be completed: duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"\nDETAIL:  Key (module, name)=(onhand, ${run}_claim) already exists.\n`,
      });
      assert.deepEqual(await loaded(odoo, 'res.partner', ['id', 'name'], [[`${prefix}claim`, 'Claimed still']]), [id]);
      assert.deepEqual(await odoo.call('res.partner', 'get_external_id', [[id]]), { [String(id)]: `${prefix}claim` });
      await odoo.call('res.partner', 'unlink', [[id]]);
      assert.equal(await externals(['claim']), 0);
    });

    it('ignores .id beside a new external id', async () => {
      const { odoo, prefix } = world();
      const known = Number(await odoo.call('res.partner', 'create', [{ name: 'Known' }]));
      assert.notEqual(
        first(await loaded(odoo, 'res.partner', ['id', '.id', 'name'], [[`${prefix}beside`, String(known), 'New']])),
        known,
      );
    });

    it('takes the last of two rows with one external id', async () => {
      const { odoo, prefix } = world();
      const rows = [
        [`${prefix}twice`, 'first'],
        [`${prefix}twice`, 'second'],
      ];
      const [a, b] = await loaded(odoo, 'res.partner', ['id', 'name'], rows);
      assert.equal(a, b);
      assert.equal((await odoo.one('res.partner', [['id', '=', a ?? 0]], ['name']))['name'], 'second');
    });

    it('reads date-times in the zone of the context and refuses ISO with T and Z', async () => {
      const { odoo, prefix } = world();
      const order = await placeOrder(world(), 'dates', [['l1', 'TEE', '1', '20', '0', 'vat21_excl']]);
      const at = async (): Promise<unknown> => (await odoo.one('sale.order', [['id', '=', order]], ['date_order']))['date_order'];
      assert.equal(await at(), '2026-11-01 10:30:00');
      await loaded(odoo, 'sale.order', ['id', 'date_order'], [[`${prefix}dates`, '2026-11-01 10:30:00']], {
        tz: 'Europe/Brussels',
      });
      assert.equal(await at(), '2026-11-01 09:30:00');
      const { messages } = await odoo.load('sale.order', ['id', 'date_order'], [[`${prefix}dates`, '2026-11-01T10:30:00Z']]);
      assert.equal(messages[0]?.message, "'2026-11-01T10:30:00Z' does not seem to be a valid datetime for field 'Order Date'");
    });

    it('takes numbers, several taxes in a cell, and an empty tax cell for no tax', async () => {
      const order = await placeOrder(world(), 'cells', [
        ['l1', 'TEE', 2, 19.99, 0, 'vat21_excl,vat9_excl'],
        ['l2', 'MUG', 1.5, 12.1, 0, ''],
      ]);
      const lines = await linesOf(world(), order, ['product_uom_qty', 'price_unit', 'tax_ids', 'price_total']);
      assert.deepEqual(
        lines.map(line => [
          line['product_uom_qty'],
          line['price_unit'],
          (line['tax_ids'] as readonly number[]).length,
          line['price_total'],
        ]),
        [
          [2, 19.99, 2, 51.98],
          [1.5, 12.1, 0, 18.15],
        ],
      );
    });

    it('tells of an unknown product and of an unknown customer', async () => {
      const { odoo, prefix } = world();
      const unknownProduct = await odoo.load(
        'sale.order',
        orderFields,
        orderRows(world(), 'late', [['l1', 'NOPE', '1', '1', '0', '']]),
      );
      assert.equal(unknownProduct.ids, false);
      assert.deepEqual(
        unknownProduct.messages.map(({ field, message }) => [field, message]),
        [['order_line', `No matching record found for external id '${prefix}NOPE' in field 'Order Lines/Product'`]],
      );
      const rows = orderRows(world(), 'late', [['l1', 'TEE', '1', '1', '0', '']]).map(row =>
        row.map(cell => (cell === `${prefix}customer` ? `${prefix}nobody` : cell)),
      );
      const unknownCustomer = await odoo.load('sale.order', orderFields, rows);
      assert.deepEqual(
        unknownCustomer.messages.map(({ field, message }) => [field, message.split('\n')[0]]),
        [
          ['partner_id', `No matching record found for external id '${prefix}nobody' in field 'Customer'`],
          ['partner_id', "Missing required value for the field 'Customer' (partner_id)."],
        ],
      );
    });

    it('writes none of two orders when the second is bad', async () => {
      const { odoo, run } = world();
      const good = orderRows(world(), 'pair_a', [['l1', 'TEE', '1', '20', '0', '']]);
      const bad = orderRows(world(), 'pair_b', [['l1', 'NOPE', '1', '20', '0', '']]);
      assert.equal((await odoo.load('sale.order', orderFields, [...good, ...bad])).ids, false);
      assert.equal(
        await odoo.call('sale.order', 'search_count', [[['client_order_ref', 'in', [`${run}-pair_a`, `${run}-pair_b`]]]]),
        0,
      );
    });

    it('keeps relations by name and id apart in what it reads back', async () => {
      const { odoo, prefix } = world();
      const [id] = await loaded(odoo, 'res.partner', ['id', 'name', 'country_id/id'], [[`${prefix}be`, 'Belgian', 'base.be']]);
      const read = (await odoo.call('res.partner', 'read', [[id ?? 0], ['country_id']])) as readonly { country_id: never }[];
      const plain = (await odoo.call('res.partner', 'read', [[id ?? 0], ['country_id']], { load: null })) as readonly {
        country_id: never;
      }[];
      assert.equal(plain[0]?.country_id, idIn(read[0]?.country_id));
    });
  });
};
