/** A company with an Odoo in memory, its source, and what the deliveries amount to when they are told in order. */
import { odoo } from '../../../producers/odoo/index.ts';
import { settings, sourceOver } from '../../../producers/odoo/source.ts';
import type { StockFact } from '../../../producers/tell/stock.ts';
import type { Delivery, Intake, RawDelivery, Source } from '../../../runtime/model.ts';
import { readSettings } from '../../../runtime/settings.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { playDeliveries } from '../../laws/producers.ts';
import { policy as testPolicy, policyWith, acme } from '../../support/policy.ts';
import { fakeOdoo, type FakeOdoo } from './fake-odoo.ts';

/** Odoo's ids. */
export const places = { vendors: 4, main: 5, shelf: 51, store: 6, customers: 8, output: 9, loss: 11, scrap: 12 } as const;
export const policy: Policy = {
  ...policyWith({
    authority: {
      ...acme.authority,
      locations: {
        main: { owner: 'acme', author: 'odoo', odooLocation: 'WH/Stock', odooWarehouse: 'WH' },
        store: { owner: 'acme', author: 'odoo', odooLocation: 'SH/Stock', odooWarehouse: 'SH' },
        till: { owner: 'acme', author: 'web', odooLocation: 'TILL/Stock', odooWarehouse: 'TILL' },
      },
    },
  }),
  shops: { ...testPolicy.shops, abroad: { ...testPolicy.shops['web']!, shop: 'abroad', company: 'other' } },
};

export const begin = Date.UTC(2026, 10, 2, 8, 0, 0);
/** One Odoo with two products, and stock that is older than anything the source will call a movement. */
export const company = (): FakeOdoo => {
  const fake = fakeOdoo(begin - 3_600_000);
  const location = (id: number, complete_name: string, usage: string): void => {
    fake.put('stock.location', id, { complete_name, usage });
  };
  location(places.vendors, 'Vendors', 'supplier');
  location(places.main, 'WH/Stock', 'internal');
  location(places.shelf, 'WH/Stock/Shelf 1', 'internal');
  location(places.store, 'SH/Stock', 'internal');
  location(places.customers, 'Customers', 'customer');
  location(places.output, 'WH/Output', 'internal');
  location(places.loss, 'Inventory adjustment', 'inventory');
  location(places.scrap, 'WH/Stock/Scrap', 'inventory');
  for (const [id, code] of [
    [1, 'TEE-S'],
    [2, 'MUG'],
  ] as const)
    fake.put('product.product', id, { default_code: code, barcode: false, active: true, is_storable: true });
  fake.move({ product: 1, from: places.vendors, to: places.main, quantity: 10 }).commit();
  fake.move({ product: 1, from: places.vendors, to: places.shelf, quantity: 2.5 }).commit();
  fake.move({ product: 2, from: places.vendors, to: places.store, quantity: 4 }).commit();
  fake.now = begin;
  return fake;
};

export interface Harness {
  readonly fake: FakeOdoo;
  readonly stored: (RawDelivery & { readonly receivedAt: number })[];
  readonly cursors: Map<string, string>;
  readonly cursorReads: string[];
  readonly said: { readonly fields: object; readonly message: string }[];
  poll: () => Promise<number>;
  /** Another process: it knows only what was kept. */
  readonly restart: () => void;
  /** Throws instead, when it answers true, before or after the thing is done. */
  trouble: (doing: 'deliver' | 'keepCursor', when: 'before' | 'after') => boolean;
  skewMs: number;
  readonly deliveries: () => readonly Delivery[];
  readonly facts: (policy?: Policy) => readonly StockFact[];
}

export const harness = (fake: FakeOdoo = company(), environment: Readonly<Record<string, string>> = {}): Harness => {
  const refuse = (doing: 'deliver' | 'keepCursor', when: 'before' | 'after'): void => {
    if (made.trouble(doing, when)) throw new Error(`${doing} stopped ${when}`);
  };
  const intake: Intake = {
    deliver: async deliveries => {
      await Promise.resolve();
      refuse('deliver', 'before');
      made.stored.push(...deliveries.map(one => ({ ...one, receivedAt: fake.now })));
      refuse('deliver', 'after');
    },
    cursor: name => {
      made.cursorReads.push(name);
      return Promise.resolve(made.cursors.get(name));
    },
    keepCursor: async (name, value) => {
      await Promise.resolve();
      refuse('keepCursor', 'before');
      made.cursors.set(name, value);
      refuse('keepCursor', 'after');
    },
  };
  let source: Source;
  const made: Harness = {
    fake,
    stored: [],
    cursors: new Map(),
    cursorReads: [],
    said: [],
    skewMs: 0,
    trouble: () => false,
    poll: () => source.poll!(),
    restart: () => {
      source = sourceOver(fake.rpc, {
        shop: policy.shops['odoo']!,
        settings: readSettings(settings, {
          ODOO_URL: 'http://127.0.0.1:1',
          ODOO_DB: 'onhand',
          ODOO_LOGIN: 'integration@example.test',
          ODOO_API_KEY: 'key',
          ...environment,
        }),
        intake,
        clock: { now: () => fake.now + made.skewMs, monotonic: () => 0, sleep: () => Promise.resolve() },
        log: {
          debug: () => undefined,
          info: (fields, message) => void made.said.push({ fields, message }),
          warn: () => undefined,
          error: () => undefined,
        },
      });
    },
    deliveries: () =>
      made.stored.map(({ bytes, ...one }): Delivery => ({
        ...one,
        company: 'acme',
        body: JSON.parse(Buffer.from(bytes).toString()),
      })),
    facts: (of = policy) => playDeliveries(odoo, made.deliveries(), of).facts,
  };
  made.restart();
  return made;
};

/** On hand as stock adds it up: the baseline, and what happened after it. What we caused counts here, as Odoo has done it. */
export const onHandMilli = (facts: readonly StockFact[], product: string, location: string): number | undefined => {
  const of = facts.filter(fact => 'location' in fact.data && fact.data.location === location && fact.data.product === product);
  const baselines = of.filter(fact => fact.type === 'StockBaselineSet');
  if (baselines.length !== 1) return undefined;
  const { quantityMilli, takenAt } = baselines[0]!.data;
  return of.reduce((sum, { type, data }) => {
    if (type === 'StockAdjusted' || type === 'MovementConfirmed') return data.happenedAt <= takenAt ? sum : sum + data.deltaMilli;
    if (type === 'ShipmentDispatched') return data.dispatchedAt <= takenAt ? sum : sum - data.quantityMilli;
    if (type === 'ReturnReceived') return data.receivedAt <= takenAt ? sum : sum + data.quantityMilli;
    return sum;
  }, quantityMilli);
};
