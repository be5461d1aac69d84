/** Scenarios 31 and 32, and what else can go wrong on the way to Odoo, at the sink's target. */
import assert from 'node:assert/strict';
import { isFailure, type Failure } from '../../../runtime/failure.ts';
import type { Result } from '../../../runtime/task/converge.ts';
import { confirmed, lineOf, withdrawn } from './support/facts.ts';
import { ownWorld } from './support/simulated.ts';
import { orderIn, ordersIn } from './support/seen.ts';
import { bringing, codeOf, ends, reasonOf } from './support/world.ts';

describe('odoo: what goes wrong on the way', function () {
  this.timeout(30_000);
  const world = ownWorld();
  const wanted = (name: string, revision = 1, pieces = 1) =>
    confirmed(world().order(name), [lineOf({ line: '1', pieces, netMinor: pieces * 1000, product: world().products.tee })], {
      revision,
      customer: `web:${name}`,
    });
  /** A call that hangs is given up soon, however busy the machine is with the others. */
  const hasty = { ODOO_TIMEOUT_SECONDS: 1 };
  const failureOf = (result: Result | undefined): Failure => {
    assert.ok(result?.is === 'failure' && isFailure(result.failure), JSON.stringify(result));
    return result.failure;
  };
  const calledOf = (mark: number, method: string) =>
    world()
      .writes(mark)
      .filter(one => `${one.model}.${one.method}` === method);

  describe('no answer comes', () => {
    for (const [kind, method] of [
      ['hang-after', 'load'],
      ['drop-after', 'load'],
      ['truncated', 'load'],
      ['wrong-id', 'load'],
      ['hang-after', 'action_confirm'],
      ['drop-after', 'action_confirm'],
    ] as const)
      it(`though it was done (${kind}, ${method}): found by its reference the next time, and not made again`, async () => {
        const { control, within, writes } = world();
        const name = `${kind}-${method}`;
        const mark = control.journal.mark();
        control.fail({ kind, match: { model: 'sale.order', method } });
        const bring = within(10_000, hasty);
        assert.deepEqual(ends(await bring(wanted(name))), ['unknown']);
        assert.deepEqual(ends(await within(5_000)(wanted(name))), [method === 'load' ? 'applied' : 'same']);
        const seen = await orderIn(world(), world().order(name));
        assert.deepEqual([seen.state, seen.lines.length, seen.total], ['sale', 1, 12.1]);
        assert.equal(calledOf(mark, 'sale.order.load').length, 1);
        assert.equal(calledOf(mark, 'sale.order.action_confirm').length, 1);
        assert.ok(writes(mark).every(one => one.changed > 0));
      });
    for (const kind of ['hang-before', 'drop-before'] as const)
      it(`and it was not done (${kind}): it is done the next time`, async () => {
        const { control, within } = world();
        control.fail({ kind, match: { model: 'sale.order', method: 'load' } });
        assert.deepEqual(ends(await within(10_000, hasty)(wanted(kind))), ['unknown']);
        assert.deepEqual(await ordersIn(world(), world().order(kind)), []);
        assert.deepEqual(ends(await within(5_000)(wanted(kind))), ['applied']);
      });
    it('within the setting: that long a call is waited for, however much time there is', async () => {
      const { control, within } = world();
      control.fail({ kind: 'hang-before', match: { model: 'res.partner', method: 'load' } });
      const begun = performance.now();
      assert.deepEqual(ends(await within(25_000, hasty)(wanted('hasty'))), ['unknown']);
      assert.ok(performance.now() - begun < 15_000);
    });
    it('of a cancellation: looked for, and done once', async () => {
      const { control, within, order, does } = world();
      await does(wanted('off'));
      control.fail({ kind: 'hang-after', match: { method: 'action_cancel' } });
      const mark = control.journal.mark();
      assert.deepEqual(ends(await within(10_000, hasty)(withdrawn(order('off')))), ['unknown']);
      assert.deepEqual(ends(await within(5_000)(withdrawn(order('off')))), ['same']);
      assert.equal(calledOf(mark, 'sale.order.action_cancel').length, 1);
    });
    it('of a customer: the partner is found, and there is one', async () => {
      const { control, within, admin } = world();
      control.fail({ kind: 'hang-after', match: { model: 'res.partner', method: 'load' } });
      assert.deepEqual(ends(await within(10_000, hasty)(wanted('who'))), ['unknown']);
      assert.deepEqual(ends(await within(5_000)(wanted('who'))), ['applied']);
      const claims = await admin.read('ir.model.data', [['name', '=', 'customer_acme_web:who']], ['res_id']);
      assert.equal(claims.length, 1);
    });
    it('to a look: nothing can have happened, so nothing must be waited out', async () => {
      const { control, within } = world();
      control.fail({ kind: 'hang-before', match: { model: 'sale.order', method: 'read' } });
      const { code, kind } = failureOf((await within(10_000, hasty)(wanted('look')))[0]);
      assert.deepEqual([code, kind], ['ODOO_UNREACHABLE', 'transient']);
      assert.deepEqual(ends(await within(5_000)(wanted('look'))), ['applied']);
    });
    it('in time for more: a call that the deadline would cut off is not begun', async () => {
      const { control, within, writes } = world();
      control.fail({ kind: 'slow', ms: 2_400, match: { model: 'res.partner', method: 'load' } });
      const mark = control.journal.mark();
      const failure = failureOf((await within(3_000)(wanted('late')))[0]);
      assert.deepEqual([failure.code, failure.kind, failure.scope], ['ODOO_UNREACHABLE', 'transient', 'key']);
      assert.match(failure.message, /sale\.order\.load: not begun/);
      assert.deepEqual(
        writes(mark).map(one => one.model),
        ['res.partner'],
      );
    });
  });

  describe('somebody else was faster', () => {
    it('and made the order: it is there once, and nothing is refused', async () => {
      const { control, within } = world();
      const held = control.fail({ kind: 'hold', at: 'before', match: { model: 'sale.order', method: 'load' } });
      const slow = within(10_000)(wanted('twice'));
      await held.reached;
      assert.deepEqual(ends(await within(10_000)(wanted('twice'))), ['applied']);
      held.release();
      assert.deepEqual(ends(await slow), ['applied']);
      assert.equal((await orderIn(world(), world().order('twice'))).lines.length, 1);
    });
    it('and confirmed it: there is nothing to refuse', async () => {
      const { control, within, admin, order } = world();
      const held = control.fail({ kind: 'hold', at: 'before', match: { method: 'action_confirm' } });
      const slow = within(10_000)(wanted('confirmed'));
      await held.reached;
      await admin.call('sale.order', 'action_confirm', [[(await orderIn(world(), order('confirmed'))).id]]);
      held.release();
      assert.deepEqual(ends(await slow), ['applied']);
    });
  });

  describe('Odoo would take another currency than the order has', () => {
    it('so the order stays a quotation, though its figures are the same', async () => {
      const { control, within, admin, order } = world();
      control.snapshot('pricelists');
      const euro = await admin.read('product.pricelist', [['currency_id.name', '=', 'EUR']], ['name']);
      await admin.call('product.pricelist', 'write', [euro.map(one => Number(one['id'])), { active: false }]);
      const [result] = await within(10_000)(wanted('dollars'));
      const seen = await orderIn(world(), order('dollars'));
      assert.deepEqual([codeOf(result), seen.state, seen.currency, seen.total], ['ODOO_AMOUNTS_DIFFER', 'draft', 'USD', 12.1]);
      control.restore('pricelists');
    });
  });

  describe('updates conflict', () => {
    for (const kind of ['conflict', 'load-conflict'] as const)
      it(`in a batch (${kind}): each is tried alone, and nobody waits`, async () => {
        const { control, within, order } = world();
        control.fail({ kind, match: { model: 'sale.order', method: 'load' } });
        const names = ['1', '2', '3'].map(n => `${kind}-${n}`);
        assert.deepEqual(ends(await within(5_000)(...names.map(name => wanted(name)))), ['applied', 'applied', 'applied']);
        for (const name of names) assert.equal((await orderIn(world(), order(name))).state, 'sale');
      });
    it('again and again for one record: it alone is tried later', async () => {
      const { control, within } = world();
      // The batch, then the first of it alone.
      control.fail({ kind: 'conflict', match: { method: 'action_confirm' }, times: 2 });
      const results = await within(5_000)(wanted('storm-1'), wanted('storm-2'));
      assert.deepEqual(ends(results), ['failure', 'applied']);
      const { code, kind, scope } = failureOf(results[0]);
      assert.deepEqual([code, kind, scope], ['ODOO_CONFLICT', 'transient', 'key']);
      assert.deepEqual(ends(await within(5_000)(wanted('storm-1'))), ['applied']);
    });
  });

  describe('Odoo is away', () => {
    for (const [as, code] of [
      ['refuse', 'ODOO_UNREACHABLE'],
      [502, 'ODOO_UNREACHABLE'],
      [503, 'ODOO_UNREACHABLE'],
      [504, 'ODOO_UNREACHABLE'],
      [404, 'ODOO_ANSWER'],
    ] as const)
      it(`(${as}): everything waits, nothing is set aside`, async () => {
        const { control, within } = world();
        await control.down(as);
        const failures = (await within(2_000)(wanted('away-1'), wanted('away-2'))).map(failureOf);
        for (const one of failures) assert.deepEqual([one.code, one.kind, one.scope], [code, 'transient', 'target']);
        await control.up();
        assert.deepEqual(ends(await within(5_000)(wanted(`back-${as}`))), ['applied']);
      });
    it('and its database goes while it writes: that may have happened', async () => {
      const { control, within } = world();
      control.fail({ kind: 'database-down', match: { model: 'sale.order', method: 'load' } });
      assert.deepEqual(ends(await within(5_000)(wanted('db'))), ['unknown']);
      assert.deepEqual(ends(await within(5_000)(wanted('db'))), ['applied']);
    });
  });

  describe('Odoo refuses us', () => {
    it('with a wrong key, or one that was withdrawn: the sink is to be paused, nothing is set aside', async () => {
      const { control, within } = world();
      const wrong = failureOf((await within(5_000, { ODOO_API_KEY: 'wrong' })(wanted('key')))[0]);
      control.fail({ kind: 'access-denied', match: { model: 'sale.order', method: 'load' } });
      const withdrawnKey = failureOf((await within(5_000)(wanted('key')))[0]);
      for (const one of [wrong, withdrawnKey])
        assert.deepEqual([one.code, one.kind, one.scope], ['ODOO_CREDENTIALS', 'fatal', 'target']);
    });
    it('for what concerns all of a batch: it is asked once, not once for each', async () => {
      const { control, within } = world();
      control.fail({ kind: 'access-denied', match: { model: 'res.partner', method: 'load' }, times: 9 });
      const results = await within(10_000)(wanted('all-1'), wanted('all-2'), wanted('all-3'));
      assert.deepEqual(results.map(codeOf), ['ODOO_CREDENTIALS', 'ODOO_CREDENTIALS', 'ODOO_CREDENTIALS']);
      assert.deepEqual(
        control.faults.list().map(one => one.left),
        [8],
      );
    });
    it('without the group Access Rights: it says which to give to whom', async () => {
      const { within } = world();
      const limited = { ODOO_LOGIN: 'limited@example.test', ODOO_API_KEY: 'simulator-limited-key' };
      const failure = failureOf((await within(5_000, limited)(wanted('rights')))[0]);
      assert.deepEqual([failure.code, failure.kind, failure.scope], ['ODOO_RIGHTS', 'fatal', 'target']);
      assert.match(failure.message, /give the user of ODOO_LOGIN the group "Access Rights"/);
    });
    it('for a company that it does not have: it says where to correct it', async () => {
      const { policy, target } = world();
      const { acme } = policy.companies as { acme: (typeof policy.companies)[string] };
      const other = bringing(target, { ...policy, companies: { acme: { ...acme, odoo: { ...acme.odoo, companyId: 7 } } } });
      const failure = failureOf((await other([wanted('company')]))[0]);
      assert.deepEqual([failure.code, failure.kind], ['SETTINGS_INVALID', 'fatal']);
      assert.match(failure.message, /company 7 in Odoo.*odoo\.companyId/);
    });
    it('for one record, in words of Odoo: only its key is concerned, and no personal data is told', async () => {
      const { within, order } = world();
      const bad = confirmed(order('words'), [lineOf({ line: '1', product: world().products.tee })], {
        placedAt: Date.UTC(-1, 0, 1),
      });
      const [result] = await within(5_000)(bad);
      assert.equal(codeOf(result), 'ODOO_REFUSED');
      assert.doesNotMatch(reasonOf(result), /Noor|noor@|Voorbeeld/);
    });
  });
});
