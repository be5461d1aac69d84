/** Orders that are changed, withdrawn and wanted again, with what people do in Odoo meanwhile. */
import assert from 'node:assert/strict';
import { textIn, type Json } from '../../../contract/odoo/client.ts';
import type { OrderConfirmed, ResolvedLine } from '../../../../schemas/generated/facts.ts';
import { confirmed, lineOf, withdrawn } from '../support/facts.ts';
import { deliver, orderIn } from '../support/seen.ts';
import { codeOf, ends, reasonOf, type OdooWorld } from '../support/world.ts';

export const changing = (world: () => OdooWorld): void => {
  const tee = (pieces: number, netMinor = pieces * 1700) =>
    lineOf({ line: '1', pieces, netMinor, product: world().products.tee });
  const mug = (pieces: number) => lineOf({ line: '2', pieces, netMinor: pieces * 1000, product: world().products.mug });
  const ship = lineOf({ line: '3', kind: 'shipping', netMinor: 495 });
  const wanted = (name: string, revision: number, lines: readonly ResolvedLine[], parts: Partial<OrderConfirmed> = {}) =>
    confirmed(world().order(`change-${name}`), lines, { revision, customer: `web:${world().run}changing`, ...parts });
  const off = (name: string, revision: number) => withdrawn(world().order(`change-${name}`), revision);
  const seen = async (name: string) => {
    const { id, state, total, lines } = await orderIn(world(), world().order(`change-${name}`));
    return { id, state, total, lines: lines.map(([line, , quantity, price]) => [line, quantity, price]) };
  };
  /** `[product, wanted, state]` of its deliveries' moves. */
  const moves = async (id: number): Promise<readonly Json[]> =>
    (
      await world().admin.read('stock.move', [['sale_line_id.order_id', '=', id]], ['product_id', 'product_uom_qty', 'state'], {
        order: 'id',
      })
    ).map(move => [(move['product_id'] as readonly Json[])[0] ?? null, move['product_uom_qty'] ?? null, move['state'] ?? null]);
  const person = (method: string, id: number): Promise<Json> => world().admin.call('sale.order', method, [[id]]);

  describe('a change', () => {
    it('brings quantity, price, a new line and a dropped line, and the delivery follows', async () => {
      const { tee: tees, mug: mugs, book } = world().products;
      await world().does(wanted('a', 1, [tee(2), mug(1), ship]));
      assert.deepEqual(ends(await world().bring(wanted('a', 3, [tee(3), mug(1), ship]))), ['applied']);
      assert.deepEqual(await seen('a').then(({ lines }) => lines[0]), ['l1', 3, 17]);
      const added = lineOf({ line: '4', netMinor: 900, tax: 'nl9', product: book });
      assert.deepEqual(ends(await world().bring(wanted('a', 4, [tee(1, 1500), ship, added]))), ['applied']);
      const after = await seen('a');
      assert.deepEqual(after.lines, [
        ['l1', 1, 15],
        ['l2', 0, 10],
        ['l3', 1, 4.95],
        ['l4', 1, 9],
      ]);
      assert.deepEqual([after.state, after.total], ['sale', 33.95]);
      assert.deepEqual(await moves(after.id), [
        [tees, 1, 'assigned'],
        [mugs, 0, 'cancel'],
        [book, 1, 'assigned'],
      ]);
    });
    it('of a tax rate is brought', async () => {
      await world().does(wanted('b', 1, [tee(1)]));
      const lower = lineOf({ line: '1', netMinor: 1700, tax: 'nl9', product: world().products.tee });
      await world().does(wanted('b', 2, [lower]));
      assert.equal((await seen('b')).total, 18.53);
    });
    it('that is older than what was brought changes nothing', async () => {
      await world().does(wanted('c', 5, [tee(2)]));
      const before = await seen('c');
      assert.deepEqual(ends(await world().bring(wanted('c', 4, [tee(7)]), off('c', 3))), ['superseded', 'superseded']);
      assert.deepEqual(await seen('c'), before);
    });
    it('of a locked order is brought, and it is locked again', async () => {
      await world().does(wanted('d', 1, [tee(2)]));
      const { id } = await seen('d');
      await person('action_lock', id);
      assert.deepEqual(ends(await world().bring(wanted('d', 2, [tee(1)]))), ['applied']);
      assert.deepEqual((await seen('d')).lines, [['l1', 1, 17]]);
      assert.equal((await world().admin.one('sale.order', [['id', '=', id]], ['locked']))['locked'], true);
    });
    it('moves the rounding along, and does not add another', async () => {
      const { grossMinor } = tee(2);
      await world().does(wanted('e', 1, [tee(2)], { totalMinor: grossMinor + 1 }));
      assert.deepEqual((await seen('e')).lines, [
        ['l1', 2, 17],
        ['rounding', 1, 0.01],
      ]);
      await world().does(wanted('e', 2, [tee(1)], { totalMinor: tee(1).grossMinor - 1 }));
      const after = await seen('e');
      assert.deepEqual(after.lines, [
        ['l1', 1, 17],
        ['rounding', 1, -0.01],
      ]);
      assert.deepEqual(after.total, 20.56);
    });
    it('below what was delivered is set aside: goods come back by a return', async () => {
      const { tee: tees } = world().products;
      await world().does(wanted('f', 1, [tee(3)]));
      const { id } = await seen('f');
      await deliver(world(), id, { [tees]: 2 });
      assert.equal(codeOf((await world().bring(wanted('f', 2, [tee(1)])))[0]), 'ODOO_REFUSED');
      assert.deepEqual(ends(await world().bring(wanted('f', 3, [tee(2)]))), ['applied']);
    });
  });

  describe('a withdrawn order', () => {
    it('is cancelled with its delivery, and once', async () => {
      await world().does(wanted('g', 1, [tee(2), ship]));
      assert.deepEqual(ends(await world().bring(off('g', 2), off('g', 2))), ['applied', 'same']);
      const after = await seen('g');
      assert.equal(after.state, 'cancel');
      assert.deepEqual(await moves(after.id), [[world().products.tee, 2, 'cancel']]);
    });
    it('that was never there needs nothing', async () => assert.deepEqual(ends(await world().bring(off('none', 2))), ['same']));
    it('is cancelled though people locked it', async () => {
      await world().does(wanted('h', 1, [tee(1)]));
      await person('action_lock', (await seen('h')).id);
      await world().does(off('h', 2));
      assert.equal((await seen('h')).state, 'cancel');
    });
    it('keeps what was delivered, at its price, and loses the rest', async () => {
      await world().does(wanted('i', 1, [tee(3), mug(2), ship]));
      const { id } = await seen('i');
      await deliver(world(), id, { [world().products.tee]: 1 });
      assert.deepEqual(ends(await world().bring(off('i', 2), off('i', 2))), ['applied', 'same']);
      const after = await seen('i');
      assert.equal(after.state, 'sale');
      assert.deepEqual(after.lines, [
        ['l1', 1, 17],
        ['l2', 0, 10],
        ['l3', 1, 4.95],
      ]);
      const open = (await moves(id)).filter(move => !['done', 'cancel'].includes(textIn((move as readonly Json[])[2])));
      assert.deepEqual(open, []);
    });
    it('that is wanted again is made a sale again', async () => {
      await world().does(wanted('j', 1, [tee(2)]), off('j', 2));
      assert.deepEqual(ends(await world().bring(wanted('j', 3, [tee(1)]))), ['applied']);
      const after = await seen('j');
      assert.deepEqual([after.state, after.lines], ['sale', [['l1', 1, 17]]]);
      const open = (await moves(after.id)).filter(move => (move as readonly Json[])[2] !== 'cancel');
      assert.deepEqual(open, [[world().products.tee, 1, 'assigned']]);
      await world().does(off('j', 4));
      assert.equal((await seen('j')).state, 'cancel');
    });
  });

  describe('what a person does in Odoo', () => {
    it('to cancel an order is not undone: the order is set aside until they open it again', async () => {
      await world().does(wanted('k', 1, [tee(1)]));
      const { id } = await seen('k');
      await person('action_cancel', id);
      const [result] = await world().bring(wanted('k', 2, [tee(2)]));
      assert.deepEqual([codeOf(result), (await seen('k')).state], ['ODOO_REFUSED', 'cancel']);
      assert.match(reasonOf(result), /somebody cancelled it there/);
      await person('action_draft', id);
      assert.deepEqual(ends(await world().bring(wanted('k', 2, [tee(2)]))), ['applied']);
      assert.deepEqual(await seen('k').then(({ state, lines }) => [state, lines]), ['sale', [['l1', 2, 17]]]);
    });
    it('to confirm a quotation themselves leaves nothing to do', async () => {
      const line = tee(1);
      assert.equal(
        codeOf((await world().bring(wanted('l', 1, [line], { totalMinor: line.grossMinor + 5 })))[0]),
        'ODOO_AMOUNTS_DIFFER',
      );
      const { id } = await seen('l');
      await person('action_confirm', id);
      assert.deepEqual(ends(await world().bring(wanted('l', 2, [line]))), ['same']);
    });
    it('to give a discount is taken back by the next decision: the channel says what is owed', async () => {
      await world().does(wanted('n', 1, [tee(1)]));
      const { id } = await seen('n');
      const [line] = await world().admin.read('sale.order.line', [['order_id', '=', id]], ['discount']);
      await world().admin.call('sale.order.line', 'write', [[Number(line?.['id'])], { discount: 50, price_unit: 17 }]);
      assert.deepEqual(ends(await world().bring(wanted('n', 2, [tee(1)]))), ['applied']);
      assert.equal((await seen('n')).total, 20.57);
    });
    it('to add a line of their own for nothing is kept', async () => {
      await world().does(wanted('m', 1, [tee(1)]));
      const { id } = await seen('m');
      await world().admin.call('sale.order.line', 'create', [
        { order_id: id, product_id: world().products.mug, product_uom_qty: 1, price_unit: 0 },
      ]);
      assert.deepEqual(ends(await world().bring(wanted('m', 2, [tee(2)]))), ['applied']);
      assert.deepEqual((await seen('m')).lines, [
        ['l1', 2, 17],
        ['', 1, 0],
      ]);
    });
  });
};
