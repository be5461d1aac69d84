/** Every way in which the simulated Odoo can be made to fail, as its callers see it and as its database ends up. */
import assert from 'node:assert/strict';
import { first, idIn, loaded } from '../../contract/odoo/client.ts';
import { control, partnersNamed, send, startRig, until, type Rig } from './support.ts';

const partner = (name: string): readonly [string, string, readonly [{ readonly name: string }]] => [
  'res.partner',
  'create',
  [{ name }],
];

describe("the Odoo simulator's faults", () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());
  afterEach(async () => {
    rig.simulator.control.faults.clear();
    rig.simulator.control.clock.real();
    await rig.simulator.control.up();
  });

  it('refuse connections until it is up again, with the same data', async () => {
    const { client, simulator } = rig;
    await client.call(...partner('Before'));
    await simulator.control.down('refuse');
    await assert.rejects(client.call(...partner('Refused')), /fetch failed/);
    assert.ok((await control(simulator, 'GET', '/counters'))['writes']);
    await control(simulator, 'POST', '/up');
    assert.deepEqual([await partnersNamed(client, 'Before'), await partnersNamed(client, 'Refused')], [1, 0]);
  });

  for (const status of [502, 503, 504, 404] as const)
    it(`answer ${String(status)} with a page to every request`, async () => {
      const { client, simulator } = rig;
      await simulator.control.down(status);
      const response = await send(client, ...partner('Page'));
      assert.deepEqual([response.status, response.headers.get('content-type')], [status, 'text/html; charset=utf-8']);
      assert.match(await response.text(), /<h1>/);
      await simulator.control.up();
      assert.equal(await partnersNamed(client, 'Page'), 0);
    });

  it('drop the connection after the commit, so that the call seems lost and is not', async () => {
    const { client, simulator } = rig;
    simulator.control.fail({ kind: 'drop-after', match: { method: 'create' } });
    await assert.rejects(client.call(...partner('Dropped after')), /fetch failed/);
    assert.equal(await partnersNamed(client, 'Dropped after'), 1);
  });

  it('never answer after the commit', async () => {
    const { client, simulator } = rig;
    const fault = simulator.control.fail({ kind: 'hang-after', match: { method: 'create' } });
    const lost = client.call(...partner('Hung after')).catch((error: unknown) => error);
    await fault.reached;
    await until('the call is committed', async () => (await partnersNamed(client, 'Hung after')) === 1);
    const outcome = await Promise.race([lost.then(() => 'answered'), new Promise(resolve => setTimeout(resolve, 50, 'silent'))]);
    assert.equal(outcome, 'silent');
  });

  it('drop the connection before anything was done', async () => {
    const { client, simulator } = rig;
    simulator.control.fail({ kind: 'drop-before', match: { method: 'create' } });
    await assert.rejects(client.call(...partner('Dropped before')), /fetch failed/);
    assert.equal(await partnersNamed(client, 'Dropped before'), 0);
  });

  it('answer half of the body after the commit, or the body of another request', async () => {
    const { client, simulator } = rig;
    simulator.control.fail({ kind: 'truncated', match: { method: 'create' } });
    const cut = await send(client, ...partner('Cut'));
    await assert.rejects(cut.text());
    simulator.control.fail({ kind: 'wrong-id', match: { method: 'create' } });
    const other = (await (await send(client, ...partner('Other'))).json()) as { readonly id: unknown };
    assert.notEqual(other.id, 7);
    assert.deepEqual([await partnersNamed(client, 'Cut'), await partnersNamed(client, 'Other')], [1, 1]);
  });

  it('answer a serialization failure and write nothing, as often as asked, after those that pass', async () => {
    const { client, simulator } = rig;
    simulator.control.fail({ kind: 'conflict', match: { model: 'res.partner', writing: true }, skip: 1, times: 2 });
    const outcomes: (string | undefined)[] = [];
    for (const name of ['C1', 'C2', 'C3', 'C4']) outcomes.push((await client.ask(...partner(name))).error?.name);
    const conflict = 'psycopg2.errors.SerializationFailure';
    assert.deepEqual(outcomes, [undefined, conflict, conflict, undefined]);
    assert.equal(await client.call('res.partner', 'search_count', [[['name', 'in', ['C1', 'C2', 'C3', 'C4']]]]), 2);
  });

  it('tell a conflict of load() as a message of its row', async () => {
    const { client, simulator } = rig;
    simulator.control.fail({ kind: 'load-conflict' });
    assert.deepEqual(await client.load('res.partner', ['id', 'name'], [['onhand.conflicted', 'Conflicted']]), {
      ids: false,
      messages: [
        { rows: { from: 0, to: 0 }, record: 0, type: 'error', message: 'could not serialize access due to concurrent update\n' },
      ],
      nextrow: 0,
    });
    assert.equal((await loaded(client, 'res.partner', ['id', 'name'], [['onhand.conflicted', 'Conflicted']])).length, 1);
  });

  it('deny access, lose the database, and answer a status, each once', async () => {
    const { client, simulator } = rig;
    simulator.control.fail({ kind: 'access-denied' });
    assert.deepEqual((await client.ask(...partner('X'))).error, {
      name: 'odoo.exceptions.AccessDenied',
      message: 'Access Denied',
    });
    simulator.control.fail({ kind: 'database-down' });
    assert.equal((await client.ask(...partner('X'))).error?.name, 'psycopg2.OperationalError');
    simulator.control.fail({ kind: 'status', status: 500 });
    assert.equal((await send(client, ...partner('X'))).status, 500);
    await client.call(...partner('X'));
    assert.equal(await partnersNamed(client, 'X'), 1);
  });

  it('date a long transaction at its start, so that it appears behind what was read meanwhile', async () => {
    const { client, simulator } = rig;
    const start = Date.UTC(2026, 10, 21, 14, 4, 55);
    simulator.control.clock.set(start);
    const held = simulator.control.fail({ kind: 'hold', match: { method: 'create' } });
    const long = client.call(...partner('Long'));
    await held.reached;
    simulator.control.clock.advance(3000);
    await client.call(...partner('Short'));
    assert.equal(await partnersNamed(client, 'Long'), 0);
    held.release();
    await long;
    const rows = await client.read('res.partner', [['name', 'in', ['Long', 'Short']]], ['name', 'write_date'], {
      order: 'write_date',
    });
    assert.deepEqual(
      rows.map(row => [row['name'], row['write_date']]),
      [
        ['Long', '2026-11-21 14:04:55'],
        ['Short', '2026-11-21 14:04:58'],
      ],
    );
  });

  it('hold an answer back after the commit until it is released', async () => {
    const { client, simulator } = rig;
    const held = simulator.control.fail({ kind: 'hold', at: 'after', match: { method: 'create' } });
    const call = client.call(...partner('Held'));
    await until('the call is committed', async () => (await partnersNamed(client, 'Held')) === 1);
    held.release();
    assert.equal(typeof (await call), 'number');
  });

  it('can be set and released from another process', async () => {
    const { client, simulator } = rig;
    const { id } = await control(simulator, 'POST', '/faults', { kind: 'hold', method: 'create' });
    const call = client.call(...partner('Outside'));
    await until('a call is held', async () => {
      const [fault] = (await control(simulator, 'GET', '/faults')) as unknown as readonly { readonly left: number }[];
      return fault?.left === 0;
    });
    await control(simulator, 'POST', `/faults/${JSON.stringify(id)}/release`);
    assert.equal(typeof (await call), 'number');
    const wrong = await fetch(`${simulator.controlUrl}/_simulator/faults`, { method: 'POST', body: '{"kind":"nope"}' });
    assert.equal(wrong.status, 400);
    assert.match(((await wrong.json()) as { readonly error: string }).error, /^kind must be one of slow, hold/);
  });

  it('make one record of one external id that two connections load at once', async () => {
    const { client } = rig;
    const load = (): Promise<readonly number[]> => loaded(client, 'res.partner', ['id', 'name'], [['onhand.race', 'Race']]);
    const [a, b] = await Promise.all([load(), load()]);
    assert.equal(first(a), first(b));
    assert.equal(await partnersNamed(client, 'Race'), 1);
  });

  it('keep two quants of one product and place summed, and merge them when the inventory is opened', async () => {
    const { admin, client } = rig;
    const product = Number((await client.one('product.product', [['default_code', '=', 'MUG']], ['name']))['id']);
    const [quant] = await client.read(
      'stock.quant',
      [
        ['product_id', '=', product],
        ['location_id.usage', '=', 'internal'],
      ],
      ['location_id', 'quantity'],
    );
    rig.simulator.control.splitQuant(Number(quant?.['id']));
    const figures = async (): Promise<readonly unknown[]> =>
      (
        await client.read(
          'stock.quant',
          [
            ['product_id', '=', product],
            ['location_id', '=', idIn(quant?.['location_id'])],
          ],
          ['quantity'],
        )
      ).map(row => row['quantity']);
    assert.deepEqual(await figures(), [51, -1]);
    const [level] = (await client.call('product.product', 'read', [[product], ['qty_available']])) as readonly [
      { readonly qty_available: number },
    ];
    assert.equal(level.qty_available, 50);
    await admin.call('stock.quant', 'action_view_inventory', []);
    assert.deepEqual(await figures(), [50]);
  });
});
