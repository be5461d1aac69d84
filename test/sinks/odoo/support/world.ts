/** An Odoo with what orders need, real or simulated: taxes, products with stock and services of this run's own, told apart by a prefix. */
import assert from 'node:assert/strict';
import { realClock } from '../../../../runtime/clock.ts';
import { converge, type AnyTarget, type Result } from '../../../../runtime/task/converge.ts';
import type { Policy } from '../../../../schemas/policy.ts';
import { odoo as sink } from '../../../../sinks/odoo/index.ts';
import type { In } from '../../../../sinks/odoo/plan.ts';
import { connect, idIn, loaded, type Client, textIn, type Connection, type Json } from '../../../contract/odoo/client.ts';
import { event } from '../../../support/given.ts';
import { silentLog } from '../../../support/log.ts';
import { acme, policy as testPolicy } from '../../../support/policy.ts';

export interface OdooAccess {
  /** May make products and taxes, stands for people who work in Odoo. */
  readonly admin: Connection;
  /** The user that the sink works as. */
  readonly user: Connection;
}
/** Product ids by name. */
export interface Products {
  readonly tee: number;
  readonly mug: number;
  readonly book: number;
  readonly archived: number;
}
export interface OdooWorld {
  readonly admin: Client;
  readonly run: string;
  readonly policy: Policy;
  readonly products: Products;
  readonly settings: ReturnType<typeof settingsOf>;
  readonly target: AnyTarget;
  /** An order id of this run: Odoo may hold those of other runs. */
  readonly order: (name: string) => string;
  /** Brings decisions, one after another, as the runtime does; answers how each ended. */
  readonly bring: (...facts: readonly In[]) => Promise<readonly Result[]>;
  /** Brings decisions that must succeed. */
  readonly does: (...facts: readonly In[]) => Promise<void>;
  /** Brings them as one batch. */
  readonly together: (...facts: readonly In[]) => Promise<readonly Result[]>;
}

export const settingsOf = ({ url, db, login, apiKey }: Connection) => ({
  ODOO_URL: url,
  ODOO_DB: db,
  ODOO_LOGIN: login,
  ODOO_API_KEY: apiKey,
  ODOO_TIMEOUT_SECONDS: 30,
  ODOO_MAX_IN_FLIGHT_SECONDS: 1,
});
export const targetOf = (settings: ReturnType<typeof settingsOf>): AnyTarget =>
  sink.target(settings, { clock: realClock, log: silentLog }) as unknown as AnyTarget;

/** A real Odoo under load takes its time. */
const callMs = 60_000;
/** As the runtime brings events: what a newer revision has settled is superseded. */
export const bringing = (target: AnyTarget, policy: Policy, ms = callMs) => {
  const applied = new Map<string, number>();
  return async (facts: readonly In[]): Promise<readonly Result[]> => {
    const events = facts.map(fact => event<In>(fact));
    const results = await converge(events, {
      sink,
      target,
      policy,
      deadline: () => realClock.monotonic() + ms,
      appliedRevision: document => applied.get(document),
      timed: () => undefined,
      now: realClock.monotonic,
    });
    results.forEach((result, i) => {
      const document = sink.document(events[i]!);
      if (document !== undefined && (result.is === 'applied' || result.is === 'same'))
        applied.set(document.document, document.revision);
    });
    return results;
  };
};

const rates = [21, 9, 0];
const masterData = async (admin: Client, run: string): Promise<Products> => {
  await loaded(
    admin,
    'account.tax',
    ['id', 'name', 'amount', 'amount_type', 'type_tax_use', 'price_include_override'],
    rates.flatMap(rate => [
      // Taxes of purchases are called the same, and are older.
      [`onhand.${run}_vat${rate}_paid`, `${run} ${rate}%`, String(rate), 'percent', 'purchase', 'tax_excluded'],
      [`onhand.${run}_vat${rate}_excl`, `${run} ${rate}%`, String(rate), 'percent', 'sale', 'tax_excluded'],
      [`onhand.${run}_vat${rate}_incl`, `${run} ${rate}% incl`, String(rate), 'percent', 'sale', 'tax_included'],
    ]),
  );
  const product = (code: string, price: string, kind: 'Goods' | 'Service'): readonly Json[] => [
    `onhand.${run}_${code}`,
    code,
    `${run}-${code}`,
    price,
    kind === 'Goods' ? 'True' : 'False',
    kind,
    `onhand.${run}_vat21_excl`,
  ];
  const [tee = 0, mug = 0, book = 0, archived = 0] = await loaded(
    admin,
    'product.product',
    ['id', 'name', 'default_code', 'list_price', 'is_storable', 'type', 'taxes_id/id'],
    [
      product('TEE', '20', 'Goods'),
      product('MUG', '12.10', 'Goods'),
      product('BOOK', '10.90', 'Goods'),
      product('OLD', '1', 'Goods'),
      product('SHIP', '5', 'Service'),
      product('FEE', '1', 'Service'),
    ],
  );
  await admin.call('product.product', 'write', [[archived], { active: false }]);
  return { tee, mug, book, archived };
};
const stocked = async (admin: Client, products: readonly number[]): Promise<string> => {
  const [warehouse] = await admin.read('stock.warehouse', [], ['code', 'lot_stock_id'], { order: 'id', limit: 1 });
  for (const product of products)
    await admin.call(
      'stock.quant',
      'create',
      [{ product_id: product, location_id: idIn(warehouse?.['lot_stock_id']), inventory_quantity_auto_apply: 1000 }],
      { context: { inventory_mode: true } },
    );
  return textIn(warehouse?.['code']);
};
const policyOf = (run: string, warehouse: string): Policy => {
  const main = { ...acme.authority.locations['main']!, odooWarehouse: warehouse };
  const taxes = rates.map(rate => [`nl${rate}`, { excluded: `${run} ${rate}%`, included: `${run} ${rate}% incl` }] as const);
  const odoo = { ...acme.odoo, shippingProduct: `${run}-SHIP`, feeProduct: `${run}-FEE`, taxes: Object.fromEntries(taxes) };
  return {
    ...testPolicy,
    companies: { acme: { ...acme, authority: { ...acme.authority, locations: { ...acme.authority.locations, main } }, odoo } },
  };
};

let runs = 0;
export const openWorld = async (access: OdooAccess): Promise<OdooWorld> => {
  const admin = await connect(access.admin);
  const run = `s${Date.now().toString(36)}${(runs += 1)}`;
  const products = await masterData(admin, run);
  const warehouse = await stocked(admin, [products.tee, products.mug, products.book]);
  const policy = policyOf(run, warehouse);
  const settings = settingsOf(access.user);
  const target = targetOf(settings);
  const bring = bringing(target, policy);
  const one: OdooWorld['bring'] = async (...facts) => {
    const results: Result[] = [];
    for (const fact of facts) results.push(...(await bring([fact])));
    return results;
  };
  return {
    admin,
    run,
    policy,
    products,
    settings,
    target,
    order: name => `web:${run}-${name}`,
    bring: one,
    does: async (...facts) => {
      ok(await one(...facts));
    },
    together: (...facts) => bring(facts),
  };
};

export const ends = (results: readonly Result[]): readonly string[] => results.map(result => result.is);
const ok = (results: readonly Result[]): void => {
  for (const result of results)
    assert.ok(
      result.is === 'applied' || result.is === 'same',
      JSON.stringify(result.is === 'failure' ? result.failure.message : result),
    );
};
/** The code of the failure that a result is. */
export const codeOf = (result: Result | undefined): string => {
  assert.ok(result?.is === 'failure', JSON.stringify(result));
  return result.failure.code;
};
export const reasonOf = (result: Result | undefined): string => {
  assert.ok(result?.is === 'failure', JSON.stringify(result));
  return result.failure.message;
};
