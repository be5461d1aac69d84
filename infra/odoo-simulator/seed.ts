/** A database to start from: one company with its taxes, products, warehouses, stock and users. */
import { groupNames } from './access.ts';
import { currency, country, company, group, unit } from './models/base.ts';
import { location } from './models/locations.ts';
import { models, shapes } from './models/index.ts';
import { addSecret, groupIdsByName, users } from './models/users.ts';
import type { Json, JsonObject } from './json.ts';
import { assignExternalId } from './orm/external-ids.ts';
import { modelOf, type Env } from './orm/model.ts';
import { settle } from './orm/settle.ts';
import { createFrom, insertRow, patchRow } from './orm/write.ts';
import type { Seed, SeedProduct, SeedUser } from './seed-example.ts';
import { createCount } from './stock/inventory.ts';
import { emptyDatabase, type Database } from './store/database.ts';
import { refOf, textOf } from './store/row.ts';
import { begin } from './store/transaction.ts';

const currencies: Readonly<Record<string, readonly [string, string, string, number]>> = {
  USD: ['United States dollar', '$', '0.01', 2],
  EUR: ['Euro', '€', '0.01', 2],
  GBP: ['Pound sterling', '£', '0.01', 2],
  CHF: ['Swiss franc', 'CHF', '0.01', 2],
  JPY: ['Japanese yen', '¥', '1', 0],
  KWD: ['Kuwaiti dinar', 'د.ك', '0.001', 3],
};
const countries: Readonly<Record<string, string>> = {
  BE: 'Belgium',
  NL: 'Netherlands',
  DE: 'Germany',
  FR: 'France',
  LU: 'Luxembourg',
  GB: 'United Kingdom',
  US: 'United States',
  JP: 'Japan',
};
const baseData = (env: Env, seed: Seed): void => {
  for (const [code, name] of Object.entries(countries)) {
    const id = insertRow(env, country, { name, code });
    assignExternalId(env, `base.${code.toLowerCase()}`, 'res.country', id);
  }
  const active = new Set([seed.company.currency, ...seed.currencies]);
  for (const [code, [fullName, symbol, rounding, places]] of Object.entries(currencies)) {
    const id = insertRow(env, currency, {
      name: code,
      full_name: fullName,
      symbol,
      rounding,
      decimal_places: places,
      active: active.has(code),
    });
    assignExternalId(env, `base.${code}`, 'res.currency', id);
  }
  const unitId = insertRow(env, unit, { name: 'Units', active: true });
  assignExternalId(env, 'uom.product_uom_unit', 'uom.uom', unitId);
  for (const name of groupNames) insertRow(env, group, { name });
};

const byField = (env: Env, model: string, field: string, value: string): number => {
  const row = [...env.tx.all(model)].find(found => textOf(found, field) === value);
  const id = row && refOf(row, 'id');
  if (typeof id !== 'number') throw new Error(`seeding the Odoo simulator: ${model} ${value} is not known`);
  return id;
};

const make = (env: Env, model: string, values: JsonObject): number => createFrom(env, modelOf(env, model), values);

const companyData = (env: Env, seed: Seed): void => {
  const currencyId = byField(env, 'res.currency', 'name', seed.company.currency);
  const id = insertRow(env, company, {
    name: seed.company.name,
    currency_id: currencyId,
    country_id: byField(env, 'res.country', 'code', seed.company.country),
    tax_calculation_rounding_method: seed.company.taxRounding,
    account_price_include: 'tax_excluded',
  });
  assignExternalId(env, 'base.main_company', 'res.company', id);
  const partnerId = make(env, 'res.partner', { name: seed.company.name, is_company: true });
  patchRow(env, 'res.company', id, { partner_id: partnerId });
  for (const [name, usage] of [
    ['Vendors', 'supplier'],
    ['Customers', 'customer'],
    ['Inventory adjustment', 'inventory'],
  ] as const) {
    const place = insertRow(env, location, {
      name,
      usage,
      complete_name: name,
      active: true,
      company_id: usage === 'inventory' ? id : null,
    });
    if (usage !== 'inventory') assignExternalId(env, `stock.stock_location_${usage}s`, 'stock.location', place);
  }
  for (const code of [seed.company.currency, ...seed.currencies])
    make(env, 'product.pricelist', {
      name: code === seed.company.currency ? 'Default' : `Web ${code}`,
      currency_id: byField(env, 'res.currency', 'name', code),
    });
};

const addUser = (env: Env, user: SeedUser): void => {
  const id = make(env, 'res.users', {
    name: user.name,
    login: user.login,
    email: user.login.includes('@') ? user.login : false,
    password: user.password ?? false,
    group_ids: [[6, 0, groupIdsByName(env, user.groups)]],
  });
  if (user.apiKey !== undefined) addSecret(env, id, user.apiKey, false);
  if (user.login === 'admin') assignExternalId(env, 'base.user_admin', users.name, id);
};

const addProduct = (env: Env, product: SeedProduct, taxes: ReadonlyMap<string, number>): void => {
  const external = product.id ?? `onhand.sku_${product.defaultCode}`;
  const taxIds: Json[] = product.taxes.map(tax => taxes.get(tax) ?? 0);
  const id = make(env, 'product.product', {
    name: product.name,
    default_code: product.defaultCode,
    barcode: product.barcode ?? false,
    list_price: product.listPrice,
    type: product.service ? 'service' : 'consu',
    is_storable: product.service !== true,
    taxes_id: [[6, 0, taxIds]],
  });
  assignExternalId(env, external, 'product.product', id);
  for (const [code, quantity] of Object.entries(product.stock ?? {})) {
    const place = refOf(env.tx.get('stock.warehouse', byField(env, 'stock.warehouse', 'code', code)) ?? {}, 'lot_stock_id');
    createCount(env, { product_id: id, location_id: place, inventory_quantity_auto_apply: quantity });
  }
};

/** A new database of the seed, as of that moment. */
export const seedDatabase = (seed: Seed, now: string): Database => {
  const database = emptyDatabase(shapes);
  const tx = begin(database);
  const ADMIN = 2;
  const env: Env = { tx, models, uid: ADMIN, context: { inventory_mode: true }, now };
  baseData(env, seed);
  companyData(env, seed);
  for (const user of seed.users) addUser(env, user);
  seed.warehouses.forEach(({ code, name }, index) => {
    const id = make(env, 'stock.warehouse', { code, name });
    if (index === 0) assignExternalId(env, 'stock.warehouse0', 'stock.warehouse', id);
  });
  const taxes = new Map(
    seed.taxes.map(({ id: external, name, percent, included }) => {
      const id = make(env, 'account.tax', {
        name,
        amount: percent,
        amount_type: 'percent',
        type_tax_use: 'sale',
        price_include_override: included ? 'tax_included' : 'tax_excluded',
      });
      assignExternalId(env, external, 'account.tax', id);
      return [external, id] as const;
    }),
  );
  for (const product of seed.products) addProduct(env, product, taxes);
  settle(env);
  return database;
};
