/** What the pages speak of: an installation with the order web:727 in Odoo, web:728 set aside, and a journal of a capture. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { exampleSeed, startOdooSimulator, type Seed, type Simulator } from '../../../infra/odoo-simulator/index.ts';
import { clientOf, type Client } from '../../../runtime/client.ts';
import { realClock } from '../../../runtime/clock.ts';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import { namesOf } from '../../../runtime/topology.ts';
import { codecOf } from '../../../runtime/wire/codec.ts';
import { confluentRegistry } from '../../../runtime/wire/registry.ts';
import {
  journalPrepared,
  orderConfirmed,
  orderPlaced,
  orderWithdrawn,
  type Line,
  type OrderConfirmed,
} from '../../../schemas/generated/facts.ts';
import { install, isReady, type Installation, type Process } from '../../support/onhand.ts';
import { root } from './commands.ts';

const seed: Seed = {
  ...exampleSeed,
  warehouses: [{ code: 'WH', name: 'Main warehouse' }],
  taxes: [{ id: 'onhand.tax21_excl', name: '21% S', percent: '21', included: false }],
  products: [
    { name: 'Tee', defaultCode: 'TEE', listPrice: '20', taxes: ['onhand.tax21_excl'], stock: { WH: '100' } },
    { name: 'Fee', defaultCode: 'FEE', listPrice: '1', taxes: ['onhand.tax21_excl'], service: true },
  ],
};
const placedAt = Date.UTC(2026, 9, 2, 9, 15);
const line: Line = {
  line: '7270',
  kind: 'goods',
  codes: ['sku:TEE'],
  description: 'Tee',
  quantityMilli: 1000,
  netMinor: 2000,
  discountMinor: 0,
  taxes: [{ code: 'nl21', amountMinor: 420 }],
  grossMinor: 2420,
  taxIncluded: false,
  unitPrice: null,
};
const about = (order: string) => ({
  company: 'acme',
  shop: 'web',
  order,
  placedAt,
  currency: 'EUR',
  customer: 'web:c25',
  sealed: null,
  totalMinor: 2420,
  tenders: [],
});
/** `code` is the tax of its line. */
export const confirmation = (order: string, product: string, revision: number, code = 'nl21'): OrderConfirmed => ({
  ...about(order),
  revision,
  lines: [{ ...line, taxes: [{ code, amountMinor: 420 }], components: [{ owner: 'acme', product, quantityMilli: 1000 }] }],
  allocations: [{ line: '7270', component: product, owner: 'acme', product, location: 'main', quantityMilli: 1000 }],
  authorizedMinor: 0,
  capturedMinor: 2420,
});

export interface World {
  readonly onhand: Installation;
  readonly odoo: Simulator;
  /** Runs the sinks. */
  readonly process: Process;
  readonly client: Client;
  /** Of the tee in Odoo. */
  readonly product: string;
  /** Where a reader of the pages stands: what the checkout has is here, and what is written here is gone afterwards. */
  readonly folder: string;
  /** Sale orders in Odoo that carry the reference and are confirmed. */
  readonly inOdoo: (order: string) => number;
  readonly close: () => Promise<void>;
}
const findIn = (odoo: Simulator, model: string, domain: readonly (readonly string[])[]): readonly { readonly id: number }[] =>
  odoo.control.execute(model, 'search_read', [domain], { fields: ['id'] }) as unknown as readonly {
    readonly id: number;
  }[];

export const openWorld = async (): Promise<World> => {
  const odoo = await startOdooSimulator({ seed });
  odoo.control.snapshot('before all');
  const onhand = await install({
    environment: {
      ODOO_URL: odoo.url,
      ODOO_DB: odoo.db,
      ODOO_LOGIN: odoo.login,
      ODOO_API_KEY: odoo.apiKey,
      ODOO_MAX_IN_FLIGHT_SECONDS: '1',
    },
  });
  const { KAFKA_BROKERS: brokers = '', SCHEMA_REGISTRY_URL: registry = '', ONHAND_PREFIX: prefix = '' } = onhand.environment;
  const log = kafkaLog({ brokers, clientId: 'pages' });
  const client = clientOf({ log, names: namesOf(prefix), codec: codecOf(confluentRegistry(registry)), clock: realClock });
  const folder = join(onhand.folder, 'reader');
  mkdirSync(folder);
  for (const name of ['examples', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
  const process = await onhand.start('sinks', ['odoo', 'ledger']);
  await isReady(process);
  return {
    onhand,
    odoo,
    process,
    client,
    product: String(findIn(odoo, 'product.product', [['default_code', '=', 'TEE']])[0]?.id),
    folder,
    inOdoo: order =>
      findIn(odoo, 'sale.order', [
        ['client_order_ref', '=', order],
        ['state', '=', 'sale'],
      ]).length,
    close: async () => {
      await client.close();
      await log.close();
      await onhand.close();
      await odoo.stop();
    },
  };
};

/** Decisions on both partitions that ask nothing of Odoo: orders that it never had are withdrawn. */
const others = Array.from({ length: 8 }, (_, i) =>
  orderWithdrawn({
    company: 'acme',
    shop: 'web',
    order: `web:90${i}`,
    revision: 1,
    reason: 'hold_expired',
    wasConfirmed: false,
    capturedMinor: 0,
    currency: 'EUR',
  }),
);
export const publishAll = async ({ client, product }: World): Promise<void> => {
  // By itself: the log takes two topics of one write in either order, and an order's life is told in the log's.
  await client.publish(
    [orderPlaced({ ...about('web:727'), revision: 1, lines: [line], awaitsPayment: false })],
    '/onhand/test/0',
  );
  const side = { amountMinor: 2420, text: 'capture ch_123', event: 'evt' };
  await client.publish(
    [
      orderConfirmed(confirmation('web:727', product, 3)),
      orderConfirmed(confirmation('web:728', product, 1, 'nl99')),
      ...others,
      journalPrepared({
        company: 'acme',
        journal: 'capture:stripe:pi_123:ch_123',
        book: 'journals',
        businessDay: '2026-10-02',
        originalDay: '2026-10-02',
        currency: 'EUR',
        description: 'capture of pi_123',
        lines: [
          { ...side, account: '1110', side: 'debit' },
          { ...side, account: '1700', side: 'credit' },
        ],
      }),
    ],
    '/onhand/test/0',
  );
};
