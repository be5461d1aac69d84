/** What the demo stands on: broker, registry and database started here, a simulated Odoo, a gateway's API, and one process of Onhand. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { startInfra, type Infra } from '../infra/index.ts';
import { exampleSeed, startOdooSimulator, type Seed, type Simulator } from '../infra/odoo-simulator/index.ts';
import { clientOf, type Client } from '../runtime/client.ts';
import { realClock } from '../runtime/clock.ts';
import { kafkaLog } from '../runtime/kafka/log.ts';
import { namesOf } from '../runtime/topology.ts';
import { codecOf } from '../runtime/wire/codec.ts';
import { confluentRegistry } from '../runtime/wire/registry.ts';
import { install, type Installation, type Process } from './installation.ts';

export const root = join(import.meta.dirname, '..');

/** The example company's Odoo: taxes, warehouses and products by the names that its files use. One LAMP is left. */
const seed: Seed = {
  ...exampleSeed,
  warehouses: [
    { code: 'WH', name: 'Main warehouse' },
    { code: 'SH', name: 'Store' },
  ],
  taxes: [21, 9, 0].flatMap(percent => [
    { id: `onhand.tax${percent}_excl`, name: `${percent}% S`, percent: String(percent), included: false },
    { id: `onhand.tax${percent}_incl`, name: `${percent}% S incl`, percent: String(percent), included: true },
  ]),
  products: [
    { name: 'Tee', defaultCode: 'TEE', listPrice: '20', taxes: ['onhand.tax21_excl'], stock: { WH: '100', SH: '10' } },
    { name: 'Mug', defaultCode: 'MUG', listPrice: '10', taxes: ['onhand.tax21_excl'], stock: { WH: '100' } },
    { name: 'Lamp', defaultCode: 'LAMP', listPrice: '80', taxes: ['onhand.tax21_excl'], stock: { WH: '1' } },
    { name: 'Shipping', defaultCode: 'SHIP', listPrice: '5', taxes: ['onhand.tax21_excl'], service: true },
    { name: 'Fee', defaultCode: 'FEE', listPrice: '1', taxes: ['onhand.tax21_excl'], service: true },
  ],
};
/** The gateway's API has nothing that its webhooks did not tell. */
const gatewayApi = async (): Promise<Server> => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'list', url: '/v1/events', has_more: false, data: [] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
export interface World {
  readonly infra: Infra;
  readonly odoo: Simulator;
  readonly onhand: Installation;
  readonly process: Process;
  readonly client: Client;
  readonly close: () => Promise<void>;
}
/** `say` is told what is being done. Whatever was started by then is ended when something fails. */
export const openWorld = async (say: (line: string) => void): Promise<World> => {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.reverse()) await one().catch((error: unknown) => say(`closing: ${String(error)}`));
  };
  try {
    say('starting Kafka, the schema registry and PostgreSQL');
    const infra = await startInfra({ dataDir: join(root, '.onhand', 'demo'), durable: false, onProgress: say });
    closers.push(infra.stop);
    say('starting a simulated Odoo');
    const odoo = await startOdooSimulator({ seed });
    closers.push(odoo.stop);
    const gateway = await gatewayApi();
    closers.push(async () => {
      gateway.close();
      await once(gateway, 'close');
    });
    const address = gateway.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const prefix = `demo-${Date.now().toString(36)}.`;
    say('deploying: topics, schemas, tables');
    const onhand = await install({
      addresses: infra,
      prefix,
      partitions: 2,
      environment: {
        ODOO_URL: odoo.url,
        ODOO_DB: odoo.db,
        ODOO_LOGIN: odoo.login,
        ODOO_API_KEY: odoo.apiKey,
        ODOO_POLL_SECONDS: '1',
        ODOO_OVERLAP_SECONDS: '2',
        STRIPE_URL: `http://127.0.0.1:${port}`,
        ODOO_MAX_IN_FLIGHT_SECONDS: '2',
      },
      // A hold of one minute instead of a quarter of an hour, so that the demo can see one end.
      company: {
        'policy.json': content => Object.assign((content['orders'] as { holdMinutes: object }).holdMinutes, { stripe: 1 }),
      },
    });
    closers.push(onhand.close);
    say('starting Onhand: all units in one process');
    const process = await onhand.start('demo', []);
    const log = kafkaLog({ brokers: infra.brokers, clientId: 'onhand-demo' });
    closers.push(log.close);
    const client = clientOf({
      log,
      names: namesOf(prefix),
      codec: codecOf(confluentRegistry(infra.registryUrl)),
      clock: realClock,
    });
    closers.push(client.close);
    return { infra, odoo, onhand, process, client, close };
  } catch (error) {
    await close();
    throw error;
  }
};
