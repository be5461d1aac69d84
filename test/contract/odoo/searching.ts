/** Domains, windows, orders, and how values look when they are read. */
import assert from 'node:assert/strict';
import { loaded, textIn, type Json } from './client.ts';
import type { World } from './world.ts';

export const searching = (world: () => World): void => {
  describe('searching', () => {
    const names = ['Ann', 'Bob', 'Cyd', 'dee'];
    before(async () => {
      const { odoo, prefix, run } = world();
      const rows = names.map((name, index) => [
        `${prefix}s${String(index)}`,
        `${run} ${name}`,
        index === 3 ? '' : `${run}s${String(index)}`,
        index === 0 ? 'a_b%c' : 'abbbc',
      ]);
      await loaded(odoo, 'res.partner', ['id', 'name', 'ref', 'street'], rows);
    });
    const found = async (domain: readonly Json[], more: Readonly<Record<string, Json>> = {}): Promise<readonly string[]> => {
      const { odoo, run } = world();
      const rows = await odoo.read(
        'res.partner',
        ['&', ['name', 'in', names.map(name => `${run} ${name}`)], ...domain],
        ['name'],
        { order: 'id', ...more },
      );
      return rows.map(row => textIn(row['name']).slice(run.length + 1));
    };
    const given = (domain: () => readonly Json[], expected: readonly string[], title: string): void => {
      it(title, async () => {
        assert.deepEqual(await found(domain()), expected);
      });
    };

    given(() => [['ref', '=', `${world().run}s1`]], ['Bob'], '= finds the same text');
    given(() => [['ref', '!=', `${world().run}s1`]], ['Ann', 'Cyd', 'dee'], '!= finds other text and no text');
    given(() => [['ref', '=', false]], ['dee'], '= false finds what is empty');
    given(() => [['ref', '!=', false]], ['Ann', 'Bob', 'Cyd'], '!= false finds what is not');
    given(() => [['ref', 'in', [`${world().run}s0`, false]]], ['Ann', 'dee'], 'in takes false for what is empty');
    given(() => [['ref', 'not in', [`${world().run}s0`]]], ['Bob', 'Cyd', 'dee'], 'not in finds what is empty too');
    given(() => [['name', 'like', ' D']], [], 'like minds capitals');
    given(() => [['name', 'ilike', ' D']], ['dee'], 'ilike does not');
    given(() => [['street', '=like', 'a_bbc']], ['Bob', 'Cyd', 'dee'], '=like takes _ for one letter');
    given(() => [['street', '=like', 'a%c']], ['Ann', 'Bob', 'Cyd', 'dee'], '=like takes % for any');
    given(() => ['|', ['name', '=like', '% Ann'], '!', ['name', '=like', '% %']], ['Ann'], '| and ! are read in Polish notation');
    given(
      () => ['&', '|', ['name', '=like', '% Ann'], ['name', '=like', '% Bob'], ['ref', '!=', false]],
      ['Ann', 'Bob'],
      '& joins what follows it',
    );
    given(
      () => [
        ['id', '>', 0],
        ['type', '=', 'contact'],
      ],
      names,
      'terms beside each other must all hold',
    );

    it('counts, sorts and cuts; a limit of zero is none', async () => {
      assert.deepEqual(await found([['active', '=', true]], { order: 'name desc', limit: 2 }), ['dee', 'Cyd']);
      assert.deepEqual(await found([['active', '=', true]], { order: 'name', limit: 2, offset: 1 }), ['Bob', 'Cyd']);
      assert.equal((await found([['active', '=', true]], { limit: 0 })).length, 4);
      assert.deepEqual(await found([['active', '=', true]], { order: 'ref desc, id' }), ['dee', 'Cyd', 'Bob', 'Ann']);
    });

    it('looks through relations', async () => {
      const { odoo, tee, stock, prefix } = world();
      const one = (path: string, operator: string, value: Json): Promise<Json> =>
        odoo.call('stock.quant', 'search_count', [
          [
            ['product_id', '=', tee],
            ['location_id', '=', stock],
            [path, operator, value],
          ],
        ]);
      assert.equal(await one('location_id.usage', '=', 'internal'), 1);
      assert.equal(await one('product_id.default_code', '=', `${prefix.slice('onhand.'.length, -1)}-TEE`), 1);
      assert.equal(await one('location_id.usage', '!=', 'internal'), 0);
      assert.equal(await one('location_id', 'child_of', stock), 1);
    });

    it('reads relations with their names, or without, and false for what is empty', async () => {
      const { odoo, run } = world();
      const domain = [['name', '=', `${run} Ann`]];
      const row = await odoo.one('res.partner', domain, [
        'name',
        'parent_id',
        'child_ids',
        'email',
        'company_id',
        'is_company',
        'customer_rank',
        'display_name',
      ]);
      assert.deepEqual(
        [
          row['parent_id'],
          row['child_ids'],
          row['email'],
          row['company_id'],
          row['is_company'],
          row['customer_rank'],
          row['display_name'],
        ],
        [false, [], false, false, false, 0, `${run} Ann`],
      );
      const named = await odoo.one('res.partner', domain, ['create_uid']);
      const plain = await odoo.one('res.partner', domain, ['create_uid'], { load: null });
      assert.equal(plain['create_uid'], odoo.uid);
      assert.equal((named['create_uid'] as readonly Json[])[0], odoo.uid);
    });

    it('describes fields', async () => {
      const answer = await world().odoo.call('account.tax', 'fields_get', [['price_include_override']], {
        attributes: ['type', 'selection', 'string'],
      });
      assert.deepEqual(answer, {
        price_include_override: {
          string: 'Included in Price',
          type: 'selection',
          selection: [
            ['tax_included', 'Tax Included'],
            ['tax_excluded', 'Tax Excluded'],
          ],
        },
      });
    });
  });
};
