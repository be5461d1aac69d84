/** Scenarios 31 to 34 through the runtime: the sink on a log in memory and a simulated Odoo over HTTP, in real time. */
import assert from 'node:assert/strict';
import type { Logger } from '../../../runtime/model.ts';
import { keysOf, memoryKeyStore } from '../../../runtime/keys/keys.ts';
import { memoryWorld, type MemoryWorld } from '../../../runtime/memory/run.ts';
import type { ControlCommand } from '../../../runtime/task/keys.ts';
import { namesOf } from '../../../runtime/topology.ts';
import { partitionOf } from '../../../runtime/wire/partition.ts';
import { odoo } from '../../../sinks/odoo/index.ts';
import type { In } from '../../../sinks/odoo/plan.ts';
import { loaded } from '../../contract/odoo/client.ts';
import { until } from '../../support/until.ts';
import { wallClock } from '../../support/wall-clock.ts';
import { confirmed, lineOf, noor, withdrawn } from './support/facts.ts';
import { ownWorld } from './support/simulated.ts';
import { orderIn, ordersIn } from './support/seen.ts';

interface Said {
  readonly level: string;
  readonly code: unknown;
  readonly key: unknown;
}

describe('odoo on the runtime', function () {
  this.timeout(60_000);
  const odooWorld = ownWorld();
  const keyStore = memoryKeyStore();
  let world: MemoryWorld;
  let said: Said[];
  const logger = (): Logger => {
    const at = (level: string) => (fields: object) => {
      const { code, key } = fields as { readonly code?: unknown; readonly key?: unknown };
      said.push({ level, code, key });
    };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  };
  beforeEach(async () => {
    said = [];
    const { settings, policy } = odooWorld();
    world = await memoryWorld({
      units: [{ kind: 'sink', unit: odoo }],
      policy,
      clock: wallClock(),
      logger: logger(),
      keyStore,
      settingsOf: () => ({ ...settings, ODOO_TIMEOUT_SECONDS: 2 }),
    });
    // A first session cannot know that nobody was at work before it; a clean restart can.
    await world.restart();
  });
  afterEach(async () => {
    odooWorld().control.faults.clear();
    await odooWorld().control.up();
    await world.close();
    assert.deepEqual(world.errors, []);
  });

  const keys = keysOf(keyStore, Date.now);
  const order = (name: string): string => odooWorld().order(name);
  const wanted = async (name: string, revision = 1, pieces = 1, tax = 'nl21') => {
    const customer = `web:${name}`;
    await keys.ensure([`person/${customer}`], Date.now());
    return confirmed(
      order(name),
      [lineOf({ line: '1', pieces, netMinor: pieces * 1000, tax, product: odooWorld().products.tee })],
      {
        revision,
        customer,
        sealed: keys.seal(`person/${customer}`, noor),
      },
    );
  };
  const publish = (...facts: readonly In[]): Promise<void> => world.publish(...facts);
  const parked = (): readonly Said[] =>
    said.filter(one => one.level === 'warn' && one.key !== undefined && one.code !== undefined);
  /** The state, quantity and number of orders under that reference. */
  const has = async (name: string): Promise<string> =>
    (await ordersIn(odooWorld(), order(name))).map(one => `${one.state} ${one.lines[0]?.[2]}`).join(', ');
  const comes = (name: string, what: string): Promise<unknown> =>
    until(`${name} to be ${what}`, async () => (await has(name)) === what, 30_000);
  const tell = (action: ControlCommand['action'], name: string): Promise<void> => {
    const key = `acme|${order(name)}`;
    const command = { action, scope: `order-decisions.v1 ${key}`, actor: 'tester', reason: 'a test' };
    return world.client.write('odoo.control', partitionOf(Buffer.from(key), 2), key, command);
  };
  const replayAll = async (): Promise<void> => {
    for (const { record, event } of await world.client.events('order-decisions.v1')) {
      const { offset, partition } = record;
      await world.client.write('odoo.replay', partition, event.key, { plan: 'p', topic: 'order-decisions.v1', offset });
    }
  };
  /** Whether the sink's position has passed all replays. */
  const replayed = async (): Promise<boolean> => {
    const { topic, group } = namesOf('memory.');
    const replays = topic('odoo.replay');
    const committed = await world.log.committed(group('odoo'), [replays]);
    const ends = await world.log.bounds([0, 1].map(partition => ({ topic: replays, partition })));
    return ends.every(one => (committed.find(at => at.partition === one.partition)?.offset ?? 0) >= one.lastStable);
  };
  const loads = (mark: number): number =>
    odooWorld()
      .writes(mark)
      .filter(one => one.model === 'sale.order' && one.method === 'load').length;

  it('brings an order and its customer, whose address was sealed', async () => {
    await publish(await wanted('a'));
    await comes('a', 'sale 1');
    const { id } = await orderIn(odooWorld(), order('a'));
    const [row] = await odooWorld().admin.read('sale.order', [['id', '=', id]], ['partner_id']);
    assert.equal((row?.['partner_id'] as readonly unknown[])[1], 'Noor Sample');
  });
  it('31: a creation that times out but was committed is found by its reference, and not made again', async () => {
    const { control } = odooWorld();
    const mark = control.journal.mark();
    control.fail({ kind: 'hang-after', match: { model: 'sale.order', method: 'load' } });
    await publish(await wanted('b'));
    await comes('b', 'sale 1');
    assert.equal(loads(mark), 1);
    assert.deepEqual(parked(), []);
  });
  it('32: a storm of conflicts is waited out, as errors and as messages of load(); nothing is set aside', async () => {
    const { control } = odooWorld();
    control.fail({ kind: 'conflict', match: { method: 'action_confirm' }, times: 8 });
    control.fail({ kind: 'load-conflict', match: { model: 'sale.order', method: 'load' }, times: 8 });
    const names = ['c1', 'c2', 'c3', 'c4'];
    await publish(...(await Promise.all(names.map(name => wanted(name)))));
    for (const name of names) await comes(name, 'sale 1');
    assert.deepEqual(parked(), []);
    assert.deepEqual(
      control.faults.list().map(one => one.left),
      [0, 0],
    );
  });
  it('33: an order whose tax Odoo does not have waits with all that follows of it; others flow; a retry brings it in order', async () => {
    const { admin, run } = odooWorld();
    const late = `${run} late`;
    const policy = odooWorld().policy.companies['acme']!;
    // The same company: its files name a tax that nobody has made in Odoo yet.
    (policy.odoo.taxes as Record<string, unknown>)['late'] = { excluded: late, included: late };
    await publish(await wanted('d', 1, 1, 'late'), await wanted('e'), await wanted('d', 2, 3, 'late'), await wanted('f'));
    await comes('e', 'sale 1');
    await comes('f', 'sale 1');
    await until('the order to be set aside', () => parked().length > 0);
    assert.deepEqual(
      parked().map(one => [one.code, one.key]),
      [['ODOO_TAX_UNKNOWN', `acme|${order('d')}`]],
    );
    assert.equal(await has('d'), '');
    await loaded(
      admin,
      'account.tax',
      ['id', 'name', 'amount', 'amount_type', 'type_tax_use', 'price_include_override'],
      [[`onhand.${run}_late`, late, '0', 'percent', 'sale', 'tax_excluded']],
    );
    await tell('retry', 'd');
    await comes('d', 'sale 3');
  });
  it('34: what was decided while Odoo was down arrives in order when it is back, each once, and nothing is set aside', async () => {
    const { control } = odooWorld();
    await control.down('refuse');
    const mark = control.journal.mark();
    const names = Array.from({ length: 12 }, (_, i) => `g${i}`);
    for (const name of names) await publish(await wanted(name, 1), await wanted(name, 2, 2), await wanted(name, 3, 3));
    await publish(withdrawn(order('g0'), 4));
    await until('the sink to notice', () => said.some(one => one.code === 'ODOO_UNREACHABLE'));
    await control.up();
    for (const name of names.slice(1)) await comes(name, 'sale 3');
    await comes('g0', 'cancel 3');
    assert.deepEqual(parked(), []);
    const quantities = odooWorld()
      .writes(mark)
      .filter(one => one.model === 'sale.order.line' && one.method === 'write')
      .map(
        one =>
          `${String((one.args[0] as readonly number[])[0])} ${String((one.args[1] as { product_uom_qty: number }).product_uom_qty)}`,
      );
    const lines = new Set(quantities.map(one => one.split(' ')[0]));
    for (const line of lines)
      assert.deepEqual(
        quantities.filter(one => one.startsWith(`${line} `)).map(one => one.split(' ')[1]),
        ['2', '3'],
      );
    assert.equal(lines.size, 12);
  });
  it('waits while its key is refused, says so, and goes on by itself when it is accepted again', async () => {
    const denied = odooWorld().control.fail({ kind: 'access-denied', times: 10_000 });
    await publish(await wanted('h'));
    await until('the sink to say why', () => said.some(one => one.level === 'error' && one.code === 'ODOO_CREDENTIALS'));
    denied.remove();
    await comes('h', 'sale 1');
    assert.deepEqual(parked(), []);
  });
  it('writes nothing when what was brought is replayed, and brings what a restored older Odoo has lost', async () => {
    const { control } = odooWorld();
    control.snapshot('before');
    await publish(await wanted('i'), await wanted('j'), await wanted('j', 2, 4));
    await comes('i', 'sale 1');
    await comes('j', 'sale 4');
    const mark = control.journal.mark();
    await replayAll();
    await until('the replay to be worked on', replayed);
    assert.deepEqual(odooWorld().writes(mark), []);
    control.restore('before');
    assert.deepEqual([await has('i'), await has('j')], ['', '']);
    await replayAll();
    await comes('i', 'sale 1');
    await comes('j', 'sale 4');
    await until('the replay to be worked on', replayed);
    assert.equal(loads(mark), 2);
    assert.deepEqual(parked(), []);
  });
});
