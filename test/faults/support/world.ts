/** The world that faults are injected into: a broker of its own, four processes behind lines of their own, Odoo, a ledger, traffic. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install } from '../../../demo/installation.ts';
import type { Addresses } from '../../../infra/index.ts';
import { startOdooSimulator } from '../../../infra/odoo-simulator/index.ts';
import { clientOf } from '../../../runtime/client.ts';
import { realClock } from '../../../runtime/clock.ts';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import { nameOf, namesOf } from '../../../runtime/topology.ts';
import { units } from '../../../runtime/units.ts';
import { codecOf } from '../../../runtime/wire/codec.ts';
import { confluentRegistry } from '../../../runtime/wire/registry.ts';
import { openLedger } from '../../../sinks/ledger/target-database.ts';
import { uniqueName } from '../../support/broker.ts';
import { until } from '../../support/until.ts';
import type { Asked, Draw, Instance, InstanceName, World } from '../fault.ts';
import { edgesTo, type Edges } from '../proxy/edges.ts';
import { ownBroker, type OwnBroker } from './broker.ts';
import { secondOf, startInstance } from './instance.ts';
import { patienceMs } from './moment.ts';
import { stocked } from './orders.ts';
import { allUnits, hookSecrets, parts, partitions, productsOf, secrets, seedOf, thirdShop } from './plant.ts';
import { readerOf, type Reader } from './reader.ts';
import { streamOf, streamSkus, streamStock } from './stream.ts';
import { tailOf } from './tail.ts';
import { senderTo } from './traffic.ts';

export interface WorldOptions {
  /** Everything here is removed at the end. */
  readonly folder: string;
  /** Where the processes' logs are kept for whoever has to explain a broken run. */
  readonly logs: string;
  readonly registryUrl: string;
  readonly databaseUrl: string;
  readonly ledgerUrl: string;
  /** So many eras of orders have goods of their own; then they begin again with the first. */
  readonly eras: number;
  readonly draw: Draw;
  readonly say: (line: string) => void;
}
export interface OpenWorld extends World {
  readonly reader: Reader;
  readonly close: () => Promise<void>;
}
/** The shortest that the setting allows: a zombie is one sooner. */
export const sessionSeconds = 6;
const runs: Readonly<Record<InstanceName, readonly string[]>> = {
  edge: parts.producer,
  'processors-a': parts.processor,
  'processors-b': parts.processor,
  sinks: parts.sink,
};
export const instanceNames = Object.keys(runs) as InstanceName[];
export const runningUnits = units.filter(unit => allUnits.includes(nameOf(unit)));

type Close = () => Promise<unknown>;
export const openWorld = async (options: WorldOptions): Promise<OpenWorld> => {
  const closers: Close[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one().catch((error: unknown) => console.error('closing:', error));
  };
  try {
    return await opened(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
};

const opened = async (options: WorldOptions, closers: Close[], close: () => Promise<void>): Promise<OpenWorld> => {
  const { registryUrl, databaseUrl, ledgerUrl, eras, draw, say } = options;
  const broker = await ownBroker(options.folder);
  closers.push(() => broker.stop('SIGKILL'));
  const line = async (): Promise<Edges> => {
    const edges = await edgesTo({ brokers: broker.address(), registryUrl });
    broker.follow(edges);
    closers.push(edges.close);
    return edges;
  };
  const own = await line();
  const skus = streamSkus(eras);
  const odoo = await startOdooSimulator({ seed: seedOf(skus) });
  closers.push(odoo.stop);
  const prefix = `${uniqueName('faults')}.`;
  const onhand = await install({
    addresses: { brokers: own.brokers, registryUrl, databaseUrl },
    prefix,
    partitions,
    environment: {
      LEDGER_URL: ledgerUrl,
      ODOO_URL: odoo.url,
      ODOO_DB: odoo.db,
      ODOO_LOGIN: odoo.login,
      ODOO_API_KEY: odoo.apiKey,
      ODOO_MAX_IN_FLIGHT_SECONDS: '1',
      ONHAND_SESSION_SECONDS: String(sessionSeconds),
      ONHAND_CALL_SECONDS: '3',
      WOO_WEBHOOK_SECRETS: hookSecrets,
      STRIPE_WEBHOOK_SECRETS: `stripe=${secrets.stripe}`,
      STRIPE_POLL_SECONDS: '600',
    },
    company: thirdShop,
  });
  closers.push(onhand.close);
  const ledger = openLedger(ledgerUrl);
  closers.push(ledger.close);
  const names = namesOf(prefix);
  const log = kafkaLog({ brokers: own.brokers, clientId: 'onhand-faults' });
  closers.push(log.close);
  const codec = codecOf(confluentRegistry(registryUrl));
  const client = clientOf({ log, names, codec, clock: realClock });
  closers.push(client.close);
  const started = await Promise.all(instanceNames.map(async name => startInstance(onhand, name, runs[name], await line())));
  closers.push(() => keepLogs(started, options.logs));
  const instances = Object.fromEntries(started.map(one => [one.name, one])) as Record<InstanceName, Instance>;
  const products = productsOf(odoo);
  const asked: Asked[] = [];
  const reader = readerOf({ client, log, names });
  const tail = tailOf(log, names, runningUnits, partitions);
  closers.push(tail.stop);
  const allReady = async (deadlineMs = patienceMs): Promise<void> => {
    await until('all processes to have their tasks', () => everyReady(started), deadlineMs);
  };
  await allReady();
  const plant = { client, codec, names, products };
  await stocked(plant, skus, streamStock);
  const sender = senderTo({ processes: { producer: instances.edge }, secrets });
  const traffic = streamOf({ plant, reader, sender, draw, asked, eras, backlog: () => tail.unread(allUnits) });
  return {
    ...{ instances, broker: ownedBroker(broker), log, names, codec, client, onhand, odoo, ledger, products, secrets },
    ...{ traffic, tail, asked, reader, allReady, say, close },
    direct: (): Addresses => ({ brokers: broker.address(), registryUrl, databaseUrl }),
    excused: [],
    second: first => secondOf(onhand, first),
    transactionTimeoutMs: 10_000,
    sessionTimeoutMs: sessionSeconds * 1_000,
  };
};
const keepLogs = async (all: readonly Instance[], folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await Promise.all(all.map(one => writeFile(join(folder, `${one.name}.log`), one.log())));
};
const ownedBroker = ({ stop, start, running }: OwnBroker): World['broker'] => ({ stop, start, running });
const everyReady = async (all: readonly Instance[]): Promise<boolean> =>
  (await Promise.all(all.map(one => one.ready()))).every(Boolean);
