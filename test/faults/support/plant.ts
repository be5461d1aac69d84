/** What is killed: an installation whose Odoo is simulated and whose ledger is a database of its own, its log open to the test. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startOdooSimulator, exampleSeed, type Seed, type Simulator } from '../../../infra/odoo-simulator/index.ts';
import { clientOf, type Client } from '../../../runtime/client.ts';
import { realClock } from '../../../runtime/clock.ts';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import type { Log } from '../../../runtime/port.ts';
import { namesOf, type Names } from '../../../runtime/topology.ts';
import { codecOf, type Codec } from '../../../runtime/wire/codec.ts';
import { confluentRegistry } from '../../../runtime/wire/registry.ts';
import { openLedger, type Ledger } from '../../../sinks/ledger/target-database.ts';
import { broker, uniqueName } from '../../support/broker.ts';
import { ownDatabase } from '../../support/ledger.ts';
import { install, isReady, type Process } from '../../support/onhand.ts';

/** Each is a process of its own: what one of them does with a kill, the others must not notice. */
export const parts = {
  producer: ['woocommerce-intake', 'stripe-intake'],
  processor: ['catalogue', 'orders', 'stock', 'payments', 'order-books', 'payment-books'],
  sink: ['odoo', 'ledger'],
} as const;
export type Part = keyof typeof parts;
export const partNames = ['producer', 'processor', 'sink'] as const satisfies readonly Part[];
export const allUnits: readonly string[] = partNames.flatMap(part => parts[part]);
export const partitions = 2;

export interface Plant {
  readonly odoo: Simulator;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly names: Names;
  readonly codec: Codec;
  readonly client: Client;
  readonly processes: Readonly<Record<Part, Process>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Odoo's product.product id by SKU. */
  readonly products: ReadonlyMap<string, string>;
  /** As when a disk is lost: the local stores of a part, which the changelogs fill again. Only while it does not run. */
  readonly loseStores: (part: Part) => void;
  readonly ready: () => Promise<void>;
  /** SIGTERM; answers the exit codes. */
  readonly stop: () => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}
export interface PlantOptions {
  readonly skus: readonly string[];
  /** Three processes, to be killed; else one. */
  readonly apart: boolean;
}

/** The Odoo of the example company: taxes and warehouses by the names that its files use. */
export const seedOf = (skus: readonly string[], stock = 100): Seed => ({
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
    ...skus.map(sku => ({
      name: sku,
      defaultCode: sku,
      listPrice: '10',
      taxes: ['onhand.tax21_excl'],
      stock: { WH: String(stock) },
    })),
    { name: 'Shipping', defaultCode: 'SHIP', listPrice: '5', taxes: ['onhand.tax21_excl'], service: true },
    { name: 'Fee', defaultCode: 'FEE', listPrice: '1', taxes: ['onhand.tax21_excl'], service: true },
  ],
});
export const productsOf = (odoo: Simulator): ReadonlyMap<string, string> => {
  const rows = odoo.control.execute('product.product', 'search_read', [[]], { fields: ['default_code'] });
  return new Map(
    (rows as unknown as readonly { readonly id: number; readonly default_code: string }[]).map(row => [
      row.default_code,
      String(row.id),
    ]),
  );
};
/** Of both runs that are compared the same, as a channel's are; the third shop is of the test only. */
export const secrets = {
  web: 'secret-of-web',
  outlet: 'secret-of-outlet',
  market: 'secret-of-market',
  stripe: 'whsec_of-the-test',
};
export const hookSecrets = `web=${secrets.web} outlet=${secrets.outlet} market=${secrets.market}`;
export const thirdShop = {
  'shops.json': (content: Record<string, unknown>) =>
    void Object.assign(content['shops'] as object, {
      market: { channel: 'woocommerce', url: 'https://market.acme.example', options: { taxes: { '1': 'nl21' } } },
    }),
  'authority.json': (content: Record<string, unknown>) =>
    void (content['tenders'] as object[]).push({ shop: 'market', tender: 'stripe', author: 'stripe' }),
};

export const openPlant = async ({ skus, apart }: PlantOptions): Promise<Plant> => {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.reverse()) await one().catch((error: unknown) => console.error('closing:', error));
  };
  try {
    const { brokers, registryUrl } = await broker();
    const odoo = await startOdooSimulator({ seed: seedOf(skus) });
    closers.push(odoo.stop);
    const database = await ownDatabase();
    closers.push(database.stop);
    const prefix = `${uniqueName('kill')}.`;
    const onhand = await install({
      prefix,
      partitions,
      environment: {
        LEDGER_URL: database.url,
        ODOO_URL: odoo.url,
        ODOO_DB: odoo.db,
        ODOO_LOGIN: odoo.login,
        ODOO_API_KEY: odoo.apiKey,
        ODOO_MAX_IN_FLIGHT_SECONDS: '1',
        ONHAND_SESSION_SECONDS: '10',
        WOO_WEBHOOK_SECRETS: hookSecrets,
        STRIPE_WEBHOOK_SECRETS: `stripe=${secrets.stripe}`,
        STRIPE_POLL_SECONDS: '600',
      },
      company: thirdShop,
    });
    closers.push(onhand.close);
    const ledger = openLedger(database.url);
    closers.push(ledger.close);
    const names = namesOf(prefix);
    const log = kafkaLog({ brokers, clientId: 'onhand-faults' });
    closers.push(log.close);
    const codec = codecOf(confluentRegistry(registryUrl));
    const client = clientOf({ log, names, codec, clock: realClock });
    closers.push(client.close);
    const started = apart
      ? await Promise.all(partNames.map(part => onhand.start(part, parts[part])))
      : [await onhand.start('all', allUnits)];
    const [producer, processor = producer, sink = producer] = started as [Process, Process?, Process?];
    return {
      odoo,
      ledger,
      log,
      names,
      codec,
      client,
      processes: { producer, processor, sink },
      secrets,
      products: productsOf(odoo),
      loseStores: part => {
        for (const unit of parts[part]) rmSync(join(onhand.folder, part, unit), { recursive: true });
      },
      ready: async () => {
        await Promise.all(started.map(one => isReady(one)));
      },
      stop: () => Promise.all(started.map(one => one.stop())),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
