/**
 * A process that is started before anything it stands on: each missing system is named with its address and what to do, and the process
 * goes on by itself as each appears. Each is reached through a door that is shut at first.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { send, wooOrder, wooPost } from '../../demo/traffic.ts';
import { exampleSeed, startOdooSimulator, type Simulator } from '../../infra/odoo-simulator/index.ts';
import { freePort } from '../../infra/ports.ts';
import { bin } from '../bad-input/support/cli.ts';
import { broker } from '../support/broker.ts';
import { install, type Installation } from '../support/onhand.ts';
import { until } from '../support/until.ts';

/** An address where nobody answers until it is opened. */
interface Door {
  readonly address: string;
  readonly open: () => Promise<void>;
  readonly close: () => void;
}
const doorTo = async (target: string): Promise<Door> => {
  const { hostname, port } = new URL(target.includes('://') ? target : `tcp://${target}`);
  const own = await freePort();
  let server: Server | undefined;
  return {
    address: `127.0.0.1:${own}`,
    open: async () => {
      server = createServer(socket => {
        const behind = connect(Number(port), hostname);
        socket.pipe(behind).pipe(socket);
        for (const one of [socket, behind])
          one.on('error', () => {
            socket.destroy();
            behind.destroy();
          });
      }).listen(own, '127.0.0.1');
      await once(server, 'listening');
    },
    close: () => void server?.close(),
  };
};
/** The address of a door in place of the one that it leads to. */
const through = (door: Door, url: string): string => {
  const changed = new URL(url);
  changed.host = door.address;
  return changed.href;
};

type Entry = Readonly<Record<string, unknown>>;

describe('systems that are missing when a process starts', function () {
  this.timeout(240_000);
  let odoo: Simulator;
  let onhand: Installation;
  let child: ChildProcess;
  const doors: Door[] = [];
  const entries: Entry[] = [];
  let seen = 0;
  before(async () => {
    odoo = await startOdooSimulator({
      seed: {
        ...exampleSeed,
        warehouses: [{ code: 'WH', name: 'Main' }],
        taxes: [{ id: 'onhand.tax21', name: '21% S', percent: '21', included: false }],
        products: [
          { name: 'Tee', defaultCode: 'TEE', listPrice: '20', taxes: ['onhand.tax21'], stock: { WH: '5' } },
          { name: 'Fee', defaultCode: 'FEE', listPrice: '1', taxes: ['onhand.tax21'], service: true },
        ],
      },
    });
    onhand = await install();
  });
  after(async () => {
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    for (const door of doors) door.close();
    await onhand.close();
    await odoo.stop();
  });
  const shut = async (target: string): Promise<Door> => {
    const door = await doorTo(target);
    doors.push(door);
    return door;
  };
  /** The next entry of the log with this code, after those that were seen. */
  const says = async (code: string): Promise<Entry> => {
    const found = await until(
      `the log to say ${code}`,
      () => {
        const at = entries.findIndex((one, i) => i >= seen && [one['code'], one['why']].includes(code));
        return at < 0 ? undefined : at;
      },
      60_000,
    );
    seen = found + 1;
    return entries[found]!;
  };
  /** It names the address, and what to do in the words of the catalogue. */
  const named = (entry: Entry, address: string, todo: RegExp): void => {
    assert.ok(JSON.stringify(entry).includes(address), `${JSON.stringify(entry)} does not name ${address}`);
    assert.match(String(entry['todo']), todo);
  };
  const start = (environment: Readonly<Record<string, string>>): void => {
    child = spawn(bin, ['run'], { env: { ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout!.on('data', (data: Buffer) => {
      const lines = `${rest}${data.toString()}`.split('\n');
      rest = lines.pop()!;
      for (const line of lines) entries.push(JSON.parse(line) as Entry);
    });
  };

  it('are each named with address and what to do, and the process goes on as each appears', async () => {
    const { brokers, registryUrl, databaseUrl } = await broker();
    const [kafka, registry, database, erp] = [
      await shut(brokers),
      await shut(registryUrl),
      await shut(databaseUrl),
      await shut(odoo.url),
    ];
    const port = await freePort();
    start({
      ...onhand.environment,
      KAFKA_BROKERS: kafka.address,
      SCHEMA_REGISTRY_URL: through(registry, registryUrl),
      KEYS_URL: through(database, databaseUrl),
      LEDGER_URL: through(database, databaseUrl),
      ODOO_URL: through(erp, odoo.url).replace(/\/$/, ''),
      ODOO_DB: odoo.db,
      ODOO_LOGIN: odoo.login,
      ODOO_API_KEY: odoo.apiKey,
      ODOO_POLL_SECONDS: '1',
      ODOO_OVERLAP_SECONDS: '2',
      ODOO_MAX_IN_FLIGHT_SECONDS: '2',
      ONHAND_HTTP_PORT: String(port),
      ONHAND_DATA: join(onhand.folder, 'missing'),
    });
    const order = (id: number): Promise<number> => {
      const at = Date.now() - (Date.now() % 1000);
      const lines = [{ sku: 'TEE', quantity: 1, netMinor: 2000 }];
      const body = wooOrder({
        id,
        status: 'processing',
        createdAt: at,
        modifiedAt: at,
        lines,
        method: 'cod',
        rate: 75,
        customer: 1,
      });
      return send(`http://127.0.0.1:${port}`, wooPost('web', onhand.secrets.web, body));
    };
    named(await says('KAFKA_UNREACHABLE'), kafka.address, /^Start the broker or correct KAFKA_BROKERS/);
    await kafka.open();
    named(await says('REGISTRY_UNREACHABLE'), registry.address, /^Start it or correct SCHEMA_REGISTRY_URL/);
    await registry.open();
    await until('the process to run', () => entries.some(one => one['msg'] === 'running'), 60_000);

    named(await says('ODOO_UNREACHABLE'), erp.address, /^Start Odoo or correct ODOO_URL/);
    assert.equal(await order(1), 503);
    named(await says('KEY_STORE_UNREACHABLE'), database.address, /^Start the database or correct KEYS_URL/);
    await database.open();
    await until('a delivery to be stored', async () => (await order(1)) === 200, 60_000);

    await erp.open();
    // Its goods are known now, one after another; an order that asks too early is refused for want of stock.
    let id = 1;
    await until(
      'an order to be in Odoo',
      async () => {
        await order((id += 1));
        return (
          (odoo.control.execute('sale.order', 'search', [[['client_order_ref', 'like', 'web:']]]) as readonly number[]).length > 0
        );
      },
      90_000,
    );
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    assert.equal(child.exitCode, 0);
  });
});
