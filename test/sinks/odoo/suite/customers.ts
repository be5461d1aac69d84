/** Customers in Odoo: made once, kept as people keep them, and where their goods go. */
import assert from 'node:assert/strict';
import { idIn } from '../../../contract/odoo/client.ts';
import { confirmed, lineOf, noor } from '../support/facts.ts';
import { ends, type OdooWorld } from '../support/world.ts';

export const customers = (world: () => OdooWorld): void => {
  const order = (name: string): string => world().order(name);
  const customer = (name: string): string => `web:${world().run}${name}`;

  describe('a customer', () => {
    const buying = (name: string, who: string, parts = {}) =>
      confirmed(order(name), [lineOf({ line: '1', product: world().products.tee })], { customer: customer(who), ...parts });
    const partnersOf = async (...names: readonly string[]) => {
      const rows = await world().admin.read(
        'sale.order',
        [['client_order_ref', 'in', names.map(order)]],
        ['partner_id', 'partner_shipping_id'],
        { order: 'id' },
      );
      return rows.map(row => ({ partner: idIn(row['partner_id']), shipping: idIn(row['partner_shipping_id']) }));
    };
    const partner = async (id: number) =>
      (
        await world().admin.read(
          'res.partner',
          [['id', '=', id]],
          ['name', 'email', 'street', 'zip', 'city', 'country_id', 'type', 'parent_id'],
          { context: { active_test: false } },
        )
      )[0]!;

    it('who buys again is one partner, also within one batch, and stays as people keep it', async () => {
      const [first, second] = [buying('n1', 'n'), buying('n2', 'n')];
      assert.deepEqual(ends(await world().together(first, second)), ['applied', 'applied']);
      const [one, other] = await partnersOf('n1', 'n2');
      assert.deepEqual(one, other);
      assert.deepEqual([(await partner(one!.partner))['name'], one!.shipping], ['Noor Sample', one!.partner]);
      await world().admin.call('res.partner', 'write', [[one!.partner], { email: 'changed@example.test' }]);
      await world().does(buying('n3', 'n', { sealed: { keyId: 'x', open: { ...noor, email: 'new@example.test' } } }));
      assert.deepEqual(await partnersOf('n3'), [one]);
      assert.equal((await partner(one!.partner))['email'], 'changed@example.test');
    });
    it('whose goods go elsewhere has a delivery address, used again for the next order there', async () => {
      const elsewhere = { ...noor, shipping: { ...noor.shipping, name: 'Ali Sample', street: 'Elders 2', country: 'GB' } };
      const sealed = { keyId: 'x', open: elsewhere };
      await world().does(buying('o1', 'o', { sealed }), buying('o2', 'o', { sealed }), buying('o3', 'o'));
      const [one, two, home] = await partnersOf('o1', 'o2', 'o3');
      assert.deepEqual([one!.shipping === one!.partner, two, home!.shipping], [false, one, one!.partner]);
      const address = await partner(one!.shipping);
      assert.deepEqual(
        [address['name'], address['street'], address['type'], idIn(address['parent_id'])],
        ['Ali Sample', 'Elders 2', 'delivery', one!.partner],
      );
      assert.match(String((address['country_id'] as readonly unknown[])[1]), /United Kingdom/);
    });
    it('who was erased is known by the id', async () => {
      await world().does(buying('p', 'p', { sealed: { keyId: 'x', bytes: 'AAAA' } }));
      const [found] = await partnersOf('p');
      const row = await partner(found!.partner);
      assert.deepEqual([row['name'], row['email'], row['street']], [`Customer ${customer('p')}`, false, false]);
    });
    it('who was archived in Odoo can buy again', async () => {
      await world().does(buying('q1', 'q'));
      const [found] = await partnersOf('q1');
      await world().admin.call('res.partner', 'write', [[found!.partner], { active: false, email: 'kept@example.test' }]);
      assert.deepEqual(ends(await world().bring(buying('q2', 'q'))), ['applied']);
      assert.deepEqual(
        (await partnersOf('q2')).map(one => one.partner),
        [found!.partner],
      );
      assert.equal((await partner(found!.partner))['email'], 'kept@example.test');
    });
  });
};
