/** Steering the simulator: what was written, going back to a backup, time, and what survives a restart. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exampleSeed } from '../../../infra/odoo-simulator/index.ts';
import { connect, first, loaded, type Connection } from '../../contract/odoo/client.ts';
import { control, partnersNamed, startRig, stopAfterEach, type Rig } from './support.ts';

describe("the Odoo simulator's journal", () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());

  it('holds every writing call with what it changed, and no reading one', async () => {
    const { client, simulator } = rig;
    const mark = simulator.control.journal.mark();
    const before = simulator.control.journal.counters();
    await client.call('res.partner', 'search_count', [[]]);
    const id = first(await loaded(client, 'res.partner', ['id', 'name'], [['onhand.noted', 'Noted']]));
    await client.ask('res.partner', 'write', [[99999999], { name: 'X' }]);
    await client.load('res.partner', ['id', 'name'], [['onhand.noted2', '']]);
    await client.call('res.partner', 'read', [[id], ['name']]);
    const entries = simulator.control.journal.entries({ after: mark });
    assert.deepEqual(
      entries.map(({ model, method, changed, error, refusedRows, by }) => [
        model,
        method,
        changed > 0,
        error?.name,
        refusedRows,
        by,
      ]),
      [
        ['res.partner', 'load', true, undefined, undefined, 'caller'],
        ['res.partner', 'write', false, 'odoo.exceptions.MissingError', undefined, 'caller'],
        ['res.partner', 'load', false, undefined, 1, 'caller'],
      ],
    );
    assert.deepEqual(entries[0]?.args, [['id', 'name'], [['onhand.noted', 'Noted']]]);
    const counters = simulator.control.journal.counters();
    assert.deepEqual(
      [
        counters.calls - before.calls,
        counters.reads - before.reads,
        counters.writes - before.writes,
        counters.changing - before.changing,
      ],
      [5, 2, 3, 1],
    );
  });

  it('tells the calls of the test itself from those of callers, and is read over HTTP', async () => {
    const { simulator } = rig;
    const mark = simulator.control.journal.mark();
    simulator.control.execute('res.partner', 'create', [{ name: 'By hand' }]);
    await control(simulator, 'POST', '/execute', { model: 'res.partner', method: 'create', args: [{ name: 'By hand too' }] });
    assert.deepEqual(simulator.control.journal.entries({ after: mark, by: 'caller' }), []);
    const entries = (await control(simulator, 'GET', `/journal?after=${String(mark)}`)) as unknown as readonly {
      readonly by: string;
    }[];
    assert.deepEqual(
      entries.map(({ by }) => by),
      ['inside', 'inside'],
    );
    const counters = (await control(simulator, 'GET', '/counters')) as unknown as {
      readonly byMethod: Readonly<Record<string, number>>;
    };
    assert.ok((counters.byMethod['res.partner.create'] ?? 0) >= 2);
  });
});

describe("the Odoo simulator's backups", () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());

  it('bring back records, external ids, stock and numbers as they were', async () => {
    const { client, simulator } = rig;
    const place = (name: string): Promise<readonly number[]> =>
      loaded(
        client,
        'sale.order',
        ['id', 'partner_id/.id', 'order_line/id', 'order_line/product_id/id', 'order_line/product_uom_qty'],
        [
          [
            `onhand.${name}`,
            simulator.control.execute('res.partner', 'create', [{ name: 'Buyer' }]) as number,
            `onhand.${name}_1`,
            'onhand.sku_MUG',
            '2',
          ],
        ],
      );
    const figures = async (): Promise<unknown> => {
      const orders = await client.read('sale.order', [], ['name', 'state'], { order: 'id' });
      const quants = await client.read(
        'stock.quant',
        [['product_id.default_code', '=', 'MUG']],
        ['quantity', 'reserved_quantity'],
        { order: 'id' },
      );
      return [
        orders,
        quants,
        await client.call('ir.model.data', 'search_count', [
          [
            ['module', '=', 'onhand'],
            ['model', '=', 'sale.order'],
          ],
        ]),
      ];
    };
    const kept = first(await place('kept'));
    await client.call('sale.order', 'action_confirm', [[kept]]);
    const then = await figures();
    simulator.control.snapshot('older');
    const lost = first(await place('lost'));
    await client.call('sale.order', 'action_confirm', [[lost]]);
    await client.call('sale.order', 'action_cancel', [[kept]]);
    assert.notDeepEqual(await figures(), then);
    await control(simulator, 'POST', '/snapshots/older/restore');
    assert.deepEqual(await figures(), then);
    assert.equal(first(await place('another')), lost, 'an older backup gives ids out again');
    assert.throws(() => {
      simulator.control.restore('never');
    }, /no snapshot is called never/);
  });

  it('stand still and go on with a clock that the test sets', async () => {
    const { client, simulator } = rig;
    simulator.control.clock.set(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    const id = Number(await client.call('res.partner', 'create', [{ name: 'Timed' }]));
    await control(simulator, 'POST', '/clock', { advance: 60_000 });
    await client.call('res.partner', 'write', [[id], { name: 'Timed' }]);
    simulator.control.clock.real();
    const row = await client.one('res.partner', [['id', '=', id]], ['create_date', 'write_date']);
    assert.deepEqual([row['create_date'], row['write_date']], ['2026-01-02 03:04:05', '2026-01-02 03:05:05']);
  });
});

describe("the Odoo simulator's file", () => {
  const start = stopAfterEach();
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-odoo-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('holds every commit at once, so that a restarted simulator has the same data, users and numbers', async () => {
    const file = join(folder, 'odoo.jsonl');
    const one = await start({ file });
    const id = Number(await one.client.call('res.partner', 'create', [{ name: 'Durable' }]));
    const written = readFileSync(file, 'utf8');
    assert.ok(written.includes('Durable') && written.endsWith('\n'));
    assert.ok(!written.includes('simulator-integration-key'), 'keys are kept as their hash');
    await one.stop();
    appendFileSync(file, '{"changed":{"res.partner":{"torn');
    const two = await start({ file, seed: { ...exampleSeed, products: [] } });
    assert.equal((await two.client.one('res.partner', [['name', '=', 'Durable']], ['name']))['id'], id);
    assert.ok(Number(await two.client.call('product.product', 'search_count', [[]])) > 0, 'the seed is not used again');
    assert.ok(Number(await two.client.call('res.partner', 'create', [{ name: 'Next' }])) > id);
  });

  it('holds a restored backup, too', async () => {
    const file = join(folder, 'restored.jsonl');
    const one = await start({ file });
    one.simulator.control.snapshot('empty');
    await one.client.call('res.partner', 'create', [[{ name: 'Gone' }, { name: 'Gone' }]]);
    one.simulator.control.restore('empty');
    await one.client.call('res.partner', 'create', [{ name: 'Stays' }]);
    await one.stop();
    const two = await start({ file });
    assert.deepEqual([await partnersNamed(two.client, 'Gone'), await partnersNamed(two.client, 'Stays')], [0, 1]);
  });
});

describe("the Odoo simulator's seed", () => {
  const start = stopAfterEach();
  it('gives the company of the examples: euro, three rates included and not, goods with stock, services, three users', async () => {
    const { client } = await start();
    const company = await client.one('res.company', [], ['name', 'currency_id', 'tax_calculation_rounding_method']);
    assert.deepEqual(
      [(company['currency_id'] as readonly unknown[])[1], company['tax_calculation_rounding_method']],
      ['EUR', 'round_globally'],
    );
    const taxes = await client.read('account.tax', [['type_tax_use', '=', 'sale']], ['amount', 'price_include']);
    assert.deepEqual(taxes.map(row => [row['amount'], row['price_include']]).sort(), [
      [0, false],
      [0, true],
      [21, false],
      [21, true],
      [9, false],
      [9, true],
    ]);
    const goods = await client.read(
      'product.product',
      [['is_storable', '=', true]],
      ['default_code', 'barcode', 'qty_available'],
    );
    assert.ok(goods.length >= 5 && goods.every(row => Number(row['qty_available']) > 0));
    assert.equal(await client.call('product.product', 'search_count', [[['type', '=', 'service']]]), 2);
    assert.deepEqual(await client.call('ir.model.data', 'check_object_reference', ['onhand', 'sku_MUG']), [
      'product.product',
      goods.find(row => row['default_code'] === 'MUG')?.['id'],
    ]);
  });

  it('can be a test’s own', async () => {
    const seed = {
      ...exampleSeed,
      warehouses: [{ code: 'ONE', name: 'One' }],
      products: [{ name: 'Pen', defaultCode: 'PEN', listPrice: '1.5', taxes: ['onhand.vat21_incl'], stock: { ONE: '2.5' } }],
      users: [
        {
          login: 'only@example.test',
          name: 'Only',
          apiKey: 'only-key',
          groups: ['Inventory / Administrator', 'Role / User', 'Role / Administrator'],
        },
      ],
    };
    const { client, simulator } = await start({ seed, db: 'other' });
    assert.deepEqual([simulator.db, simulator.login, simulator.apiKey], ['other', 'only@example.test', 'only-key']);
    const pen = await client.one('product.product', [['default_code', '=', 'PEN']], ['qty_available', 'display_name']);
    assert.deepEqual([pen['qty_available'], pen['display_name']], [2.5, '[PEN] Pen']);
  });
});

describe("the Odoo simulator's program", () => {
  it('says where it listens, keeps its file and ends when it is asked to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onhand-odoo-'));
    const main = fileURLToPath(new URL('../../../infra/odoo-simulator/main.ts', import.meta.url));
    const program = spawn(process.execPath, [main, '--port', '0', '--file', join(folder, 'odoo.jsonl')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(program.stdout, 'data')) as unknown as readonly [Buffer];
      const told = JSON.parse(line.toString()) as Connection & { readonly controlUrl: string };
      const client = await connect(told);
      await client.call('res.partner', 'create', [{ name: 'From outside' }]);
      const counters = (await (await fetch(`${told.controlUrl}/_simulator/counters`)).json()) as { readonly writes: number };
      assert.equal(counters.writes, 1);
      program.kill('SIGTERM');
      assert.deepEqual(await once(program, 'exit'), [0, null]);
      assert.match(readFileSync(join(folder, 'odoo.jsonl'), 'utf8'), /From outside/);
    } finally {
      program.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
