/**
 * The whole of Onhand in memory, on virtual time, between signed webhooks and a simulated Odoo: what a channel's word comes to. The
 * sources, rules and sinks are the ones that production runs; only the log, the clock and the way to Odoo are not.
 */
import assert from 'node:assert/strict';
import {
  stripeEvent,
  stripePost,
  wooOrder,
  wooPost,
  type Post,
  type TrafficOrder,
  type TrafficPayment,
} from '../../../demo/traffic.ts';
import { catalogue } from '../../../processors/catalogue/index.ts';
import { orders } from '../../../processors/orders/index.ts';
import { payments } from '../../../processors/payments/index.ts';
import { stock } from '../../../processors/stock/index.ts';
import { odoo as odooProducer } from '../../../producers/odoo/index.ts';
import { sourceOver } from '../../../producers/odoo/source.ts';
import { stripe } from '../../../producers/stripe/index.ts';
import { woocommerce } from '../../../producers/woocommerce/index.ts';
import { problemOf } from '../../../runtime/edge/problem.ts';
import { receive } from '../../../runtime/edge/receive.ts';
import { slotsOf } from '../../../runtime/edge/slots.ts';
import { defaultLimits } from '../../../runtime/edge/limits.ts';
import { virtualClock, type VirtualClock } from '../../../runtime/memory/clock.ts';
import type { KeyStore } from '../../../runtime/keys/keys.ts';
import type { MemoryFaults } from '../../../runtime/memory/log.ts';
import { memoryWorld, type MemoryWorld } from '../../../runtime/memory/run.ts';
import { producer, type Event, type Fact, type Source } from '../../../runtime/model.ts';
import type { RunOptions } from '../../../runtime/run.ts';
import { readSettings } from '../../../runtime/settings.ts';
import { settingsDeclaredBy } from '../../../runtime/start-checks.ts';
import { nameOf, type Unit } from '../../../runtime/topology.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { odoo as odooSink } from '../../../sinks/odoo/index.ts';
import { odooTarget } from '../../../sinks/odoo/target.ts';
import { loggerInto, type Logged } from '../../support/edge.ts';
import { acme, policy as testPolicy } from '../../support/policy.ts';
import { odooOf, type Odoo } from './odoo.ts';

/** Three shops sell; a shortage withdraws; the money of cards is the gateway's to tell. */
export const tradePolicy: Policy = {
  ...testPolicy,
  companies: {
    acme: {
      ...acme,
      authority: { ...acme.authority, tenders: { ...acme.authority.tenders, kiosk: { stripe: 'stripe' } } },
      orders: { ...acme.orders, shortage: { default: 'withdraw' } },
    },
  },
  shops: { ...testPolicy.shops, kiosk: { ...testPolicy.shops['web']!, shop: 'kiosk' } },
};
/** Each shop's own id of the rate of 21 %. */
export const rates: Readonly<Record<string, number>> = { web: 75, outlet: 1, kiosk: 75 };

const stripeSecret = 'whsec_tests';
const environment = {
  WOO_WEBHOOK_SECRETS: Object.keys(rates)
    .map(shop => `${shop}=${shop}-secret`)
    .join(' '),
  WOO_API_KEYS: 'web=ck_test:cs_test',
  STRIPE_WEBHOOK_SECRETS: `stripe=${stripeSecret}`,
  STRIPE_API_KEYS: 'stripe=none',
  ODOO_URL: 'http://odoo.test',
  ODOO_DB: 'onhand',
  ODOO_LOGIN: 'test',
  ODOO_API_KEY: 'test',
  ODOO_MAX_IN_FLIGHT_SECONDS: '5',
};

export interface Answered {
  readonly status: number;
  /** Ms of virtual time from the request to its answer. */
  readonly ms: number;
}
export type OrderParts = Partial<TrafficOrder> & { readonly id: number };
export interface Trade {
  readonly world: MemoryWorld;
  readonly clock: VirtualClock;
  readonly odoo: Odoo;
  readonly units: readonly Unit[];
  readonly logged: readonly Logged[];
  /** An order of a shop as it says it now: a tee, paid on delivery, unless said otherwise. */
  readonly order: (shop: string, parts: OrderParts) => TrafficOrder;
  readonly tell: (shop: string, order: TrafficOrder | OrderParts, topic?: string) => Promise<Answered>;
  readonly pay: (payment: Partial<TrafficPayment> & { readonly intent: string }) => Promise<Answered>;
  readonly receive: (post: Post) => Promise<Answered>;
  readonly source: (shop: string) => Source;
  /** The data of all facts of a type, in the order of their partitions. */
  readonly said: (topic: string, type: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => Promise<void>;
}
export interface TradeOptions {
  readonly policy?: Policy;
  readonly partitions?: number;
  /** Units that run beside those of the scenarios. */
  readonly beside?: readonly Unit[];
  readonly faults?: MemoryFaults;
  readonly limits?: RunOptions['limits'];
  readonly keyStore?: KeyStore;
}

const unitsAt = (odoo: Odoo): readonly Unit[] => [
  { kind: 'producer', unit: woocommerce },
  { kind: 'producer', unit: stripe },
  { kind: 'producer', unit: producer({ ...odooProducer, source: context => sourceOver(odoo.rpc, context) }) },
  ...[catalogue, orders, stock, payments].map(unit => ({ kind: 'processor', unit }) as const),
  { kind: 'sink', unit: { ...odooSink, target: (_, { clock }) => odooTarget(odoo.rpc, clock, 10_000) } },
];

/** Odoo's products, codes and stock are known when it resolves. */
export const openTrade = async ({
  policy = tradePolicy,
  partitions,
  beside = [],
  faults,
  limits,
  keyStore,
}: TradeOptions = {}): Promise<Trade> => {
  const clock = virtualClock();
  const odoo = odooOf(clock.now);
  const units = [...unitsAt(odoo), ...beside];
  const logged: Logged[] = [];
  const world = await memoryWorld({
    units,
    policy,
    clock,
    partitions: partitions ?? 2,
    ...(faults === undefined ? {} : { faults }),
    ...(limits === undefined ? {} : { limits }),
    ...(keyStore === undefined ? {} : { keyStore }),
    logger: loggerInto(logged),
    settingsOf: name => readSettings(settingsDeclaredBy(units.find(one => nameOf(one) === name)!), environment),
  });
  const slots = slotsOf(defaultLimits.inFlightPerShop);
  // What takes deliveries is a process of its own: it goes on when producers are down.
  const edges = new Map<string, MemoryWorld['running'] extends () => { readonly sources: readonly (infer S)[] } ? S : never>();
  const find = (shop: string) => {
    for (const one of world.running().sources) edges.set(one.shop.shop, one);
    const found = edges.get(shop);
    assert.ok(found, `the producer of ${shop} never ran`);
    return found;
  };
  const receivePost = async ({ path, headers, body }: Post): Promise<Answered> => {
    const [, , channel = '', shop = ''] = path.split('/');
    const { source, deliver } = find(shop);
    const slot = slots.take(shop);
    assert.ok(slot);
    const begun = clock.monotonic();
    const request = { headers, bytes: Buffer.from(body), now: clock.now() };
    let answered: Answered | undefined;
    const answer = (status: number): void => void (answered = { status, ms: clock.monotonic() - begun });
    void receive({ channel, shop, webhook: source.webhook!, deliver }, request, slot, clock, defaultLimits.answerMs)
      .then(
        ({ status }) => answer(status),
        (error: unknown) => answer(problemOf(error).status),
      )
      .finally(slot.leave);
    await clock.until(() => answered !== undefined, 60_000, 'an answer');
    return answered!;
  };
  const order = (shop: string, parts: OrderParts): TrafficOrder => {
    const now = clock.now() - (clock.now() % 1000);
    return {
      status: 'processing',
      createdAt: now,
      modifiedAt: now,
      lines: [{ sku: 'TEE', quantity: 1, netMinor: 2000 }],
      method: 'cod',
      rate: rates[shop]!,
      customer: parts.id,
      ...parts,
    };
  };
  const trade: Trade = {
    world,
    clock,
    odoo,
    units,
    logged,
    order,
    tell: (shop, parts, topic) => receivePost(wooPost(shop, `${shop}-secret`, wooOrder(order(shop, parts)), topic)),
    pay: parts =>
      receivePost(
        stripePost(
          'stripe',
          stripeSecret,
          stripeEvent({ amountMinor: 2420, at: clock.now(), kind: 'captured', ...parts }),
          clock.now(),
        ),
      ),
    receive: receivePost,
    source: shop => find(shop).source,
    said: async (topic, type) =>
      (await world.read(topic))
        .filter(event => event.type === type)
        .map(event => (event as Event<Fact<string, Readonly<Record<string, unknown>>>>).data),
    close: async () => {
      await world.close();
      assert.deepEqual(world.errors, []);
    },
  };
  // The first session of a sink cannot know that nobody was at work before it; a clean restart can.
  await world.restart();
  await trade.source('odoo').poll!();
  await world.settle();
  return trade;
};
