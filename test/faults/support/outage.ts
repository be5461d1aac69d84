/** Onhand with an Odoo that goes away and comes back, in memory and on a virtual clock: the real source and sink over the simulator. */
import { startOdooSimulator } from '../../../infra/odoo-simulator/index.ts';
import { writeWire, type Json, type JsonObject } from '../../../infra/odoo-simulator/json.ts';
import { catalogue } from '../../../processors/catalogue/index.ts';
import { orders } from '../../../processors/orders/index.ts';
import { payments } from '../../../processors/payments/index.ts';
import { stock } from '../../../processors/stock/index.ts';
import { odoo as producer } from '../../../producers/odoo/index.ts';
import { sourceOver } from '../../../producers/odoo/source.ts';
import { transient } from '../../../runtime/failure.ts';
import { keysOf, memoryKeyStore } from '../../../runtime/keys/keys.ts';
import type { Sealed } from '../../../runtime/model.ts';
import { virtualClock } from '../../../runtime/memory/clock.ts';
import { memoryWorld } from '../../../runtime/memory/run.ts';
import type { OdooRpc } from '../../../runtime/odoo-rpc.ts';
import { readSettings } from '../../../runtime/settings.ts';
import type { Contact } from '../../../schemas/contact.ts';
import { orderPlaced, paymentCaptured, type AnyFact } from '../../../schemas/generated/facts.ts';
import { allTopics } from '../../../schemas/topics.ts';
import { odoo as sink } from '../../../sinks/odoo/index.ts';
import { odooTarget } from '../../../sinks/odoo/target.ts';
import { policy } from '../../support/policy.ts';
import { seedOf } from './plant.ts';
import type { DataOf } from './reader.ts';

const sku = 'LAMP';
const customer = 'web:c1';
const settings = readSettings(
  { ...producer.settings, ...sink.settings },
  {
    ODOO_URL: 'http://127.0.0.1:1',
    ODOO_DB: 'onhand',
    ODOO_LOGIN: 'integration',
    ODOO_API_KEY: 'key',
    ODOO_OVERLAP_SECONDS: '10',
    ODOO_LEVELS_MINUTES: '1',
  },
) as Readonly<Record<string, unknown>>;
const minuteMs = 60_000;
/** How long goods must be at rest for Odoo's levels to be read as evidence, and a look more. */
export const restMs = 16 * minuteMs;

export interface Shop {
  readonly facts: <T extends AnyFact['type']>(type: T) => Promise<readonly DataOf<T>[]>;
  /** A customer buys one and pays. */
  readonly sell: (id: number) => Promise<void>;
  /** Which side reaches Odoo: who polls it, who writes to it. */
  readonly reaches: { source: boolean; sink: boolean };
  /** Asks Odoo once what changed; answers how many deliveries came of it. */
  readonly poll: () => Promise<number>;
  readonly pass: (ms: number) => Promise<void>;
  /** References of the sale orders that Odoo has confirmed. */
  readonly inOdoo: () => readonly string[];
  /** A person in the warehouse ships so many of the pickings. */
  readonly ship: (count: number) => void;
  readonly errors: readonly Error[];
  readonly close: () => Promise<void>;
}

const sealedContact = async (keyStore: ReturnType<typeof memoryKeyStore>, at: number): Promise<Sealed> => {
  const keys = keysOf(keyStore, () => at);
  const address = {
    street: 'Voorbeeldstraat 1',
    street2: null,
    city: 'Utrecht',
    postcode: '3511 AA',
    state: null,
    country: 'NL',
  };
  const named = { name: 'Sample Buyer', company: null, ...address };
  const contact: Contact = { name: named.name, email: 'buyer@example.test', phone: null, billing: named, shipping: named };
  await keys.ensure([`person/${customer}`], at);
  return keys.seal(`person/${customer}`, contact);
};
const bought = (id: number, sealed: Sealed, at: number): readonly AnyFact[] => {
  const [order, paymentReference] = [`web:${id}`, `pi_${id}`];
  const money = { amountMinor: 2420, currency: 'EUR' };
  const line = {
    line: '1',
    kind: 'goods',
    codes: [`sku:${sku}`],
    description: sku,
    quantityMilli: 1000,
    unitPrice: null,
  } as const;
  const amounts = { netMinor: 2000, discountMinor: 0, taxes: [{ code: 'nl21', amountMinor: 420 }], grossMinor: 2420 };
  return [
    orderPlaced({
      ...{ company: 'acme', shop: 'web', order, revision: 1, placedAt: at, currency: 'EUR', customer, sealed, totalMinor: 2420 },
      lines: [{ ...line, ...amounts, taxIncluded: false }],
      tenders: [{ tender: 'stripe', gateway: 'stripe', paymentReference, reportedPaid: true, ...money }],
      awaitsPayment: false,
    }),
    paymentCaptured({
      ...{ company: 'acme', gateway: 'stripe', paymentReference, orderHint: null, capture: `ch_${id}`, ...money },
      ...{ feeMinor: 0, capturedAt: at, version: 1 },
    }),
  ];
};

/** `count` of the product are in Odoo. */
export const openShop = async (count: number): Promise<Shop> => {
  const clock = virtualClock();
  // The stock is older than what the first look could take for a movement, and at rest.
  let ageMs = 60 * minuteMs;
  const odoo = await startOdooSimulator({ seed: seedOf([sku], count), now: () => clock.now() - ageMs });
  ageMs = 0;
  const reaches = { source: true, sink: true };
  const rpcOf = (side: keyof typeof reaches): OdooRpc => ({
    call: async (model, method, args, kwargs = {}) => {
      await Promise.resolve();
      if (!reaches[side]) throw transient('ODOO_UNREACHABLE', `calling Odoo's ${model}.${method}: it is away`);
      const answer = odoo.control.execute(model, method, args as readonly Json[], kwargs as JsonObject);
      return JSON.parse(writeWire(answer ?? null)) as unknown;
    },
  });
  const polled: typeof producer = { ...producer, source: context => sourceOver(rpcOf('source'), context) };
  const keyStore = memoryKeyStore();
  const world = await memoryWorld({
    units: [
      ...[catalogue, orders, stock, payments].map(unit => ({ kind: 'processor' as const, unit })),
      { kind: 'producer', unit: polled },
      { kind: 'sink', unit: { ...sink, target: (_, edge) => odooTarget(rpcOf('sink'), edge.clock, 5_000) } },
    ],
    policy,
    partitions: 1,
    clock,
    keyStore,
    settingsOf: () => settings,
  });
  const sealed = await sealedContact(keyStore, clock.now());
  const rows = (model: string, domain: readonly Json[], fields: readonly string[]) =>
    odoo.control.execute(model, 'search_read', [domain], { fields: [...fields] }) as unknown as readonly Readonly<
      Record<string, unknown>
    >[];
  return {
    reaches,
    errors: world.errors,
    facts: async type => {
      const topic = allTopics.find(one => one.facts.includes(type))!;
      return (await world.read(topic.name)).flatMap(event => (event.type === type ? [event.data as DataOf<typeof type>] : []));
    },
    sell: async id => {
      await world.publish(...bought(id, sealed, clock.now()));
      await world.settle();
    },
    poll: async () => {
      const { source } = world.running().sources.find(one => one.shop.shop === 'odoo')!;
      let found: number | undefined;
      void source.poll!().then(count => (found = count));
      await clock.until(() => found !== undefined, minuteMs, 'the poll');
      await world.settle();
      return found!;
    },
    pass: clock.advance,
    inOdoo: () => rows('sale.order', [['state', '=', 'sale']], ['client_order_ref']).map(row => String(row['client_order_ref'])),
    ship: count => {
      const ready = rows('stock.picking', [['state', '=', 'assigned']], ['id']).slice(0, count);
      for (const { id } of ready) odoo.control.execute('stock.picking', 'button_validate', [[id as number]]);
    },
    close: async () => {
      await world.close();
      await odoo.stop();
    },
  };
};
