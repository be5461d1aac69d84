/** Orders that are cancelled, locked, deleted. */
import assert from 'node:assert/strict';
import { linesOf, placeOrder, type World } from './world.ts';
import { talk, three } from './order-talk.ts';

export const cancelling = (world: () => World): void => {
  const { order, refused, confirm } = talk(world);

  describe('cancelling an order', () => {
    it('cancels its delivery, says yes a second time, and cannot be confirmed', async () => {
      const { odoo } = world();
      const id = await placeOrder(world(), 'cancelled', three);
      await confirm(id);
      assert.equal(await odoo.call('sale.order', 'action_cancel', [[id]]), true);
      assert.equal(await odoo.call('sale.order', 'action_cancel', [[id]]), true);
      assert.equal((await odoo.one('stock.picking', [['sale_id', '=', id]], ['state']))['state'], 'cancel');
      await refused('action_confirm', [id], 'Some orders are not in a state requiring confirmation.');
      assert.equal(await placeOrder(world(), 'cancelled', three), id);
      assert.equal((await order(id, ['state']))['state'], 'cancel');
      assert.equal(await odoo.call('sale.order', 'action_draft', [[id]]), true);
      assert.equal((await order(id, ['state']))['state'], 'draft');
    });

    it('is refused while the order is locked, as are changes of its lines', async () => {
      const { odoo } = world();
      const id = await placeOrder(world(), 'locked', three);
      await confirm(id);
      assert.deepEqual(await odoo.ask('sale.order', 'action_lock', [[id]]), {});
      await refused('action_cancel', [id], 'You cannot cancel a locked order. Please unlock it first.');
      const line = Number((await linesOf(world(), id, ['sequence']))[0]?.['id']);
      assert.deepEqual((await odoo.ask('sale.order.line', 'write', [[line], { product_uom_qty: 9 }])).error, {
        name: 'odoo.exceptions.UserError',
        message: 'It is forbidden to modify the following fields in a locked order:\nQuantity',
      });
      assert.deepEqual(await odoo.ask('sale.order', 'action_unlock', [[id]]), {});
      assert.equal(await odoo.call('sale.order', 'action_cancel', [[id]]), true);
    });

    it('refuses to delete what is confirmed', async () => {
      const { odoo } = world();
      const id = await placeOrder(world(), 'kept', three);
      await confirm(id);
      await refused('unlink', [id], 'You can not delete a sent quotation or a confirmed sales order. You must first cancel it.');
      const line = Number((await linesOf(world(), id, ['sequence']))[0]?.['id']);
      assert.match(
        (await odoo.ask('sale.order.line', 'unlink', [[line]])).error?.message ?? '',
        /^Once a sales order is confirmed, you can't remove one of its lines/,
      );
    });
  });
};
