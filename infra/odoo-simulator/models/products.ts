/** Products: a template and its one variant. */
import { notCovered, validationError } from '../errors.ts';
import { exactText, minus, plus, type Exact } from '../exact.ts';
import type { JsonObject } from '../json.ts';
import { display, nameOf, rowOf, valueOf } from '../orm/fields.ts';
import { boolean, char, float, integer, longText, many2many, many2one, one2many, selection, modelOf } from '../orm/model.ts';
import type { Env, Field, Model } from '../orm/model.ts';
import { createFrom, patchRow, writeFrom } from '../orm/write.ts';
import { stockLevel } from '../stock/levels.ts';
import { flagOf, idOf, refOf, textOf, type Row, type Value } from '../store/row.ts';

const TEMPLATE = 'product.template';
const PRODUCT = 'product.product';

const variantOf = (env: Env, row: Row): Row | undefined => {
  const [id] = env.tx.by(PRODUCT, 'product_tmpl_id', idOf(row)) ?? [];
  return id === undefined ? undefined : env.tx.get(PRODUCT, id);
};
const ofVariant =
  (name: string) =>
  (env: Env, row: Row): Value =>
    variantOf(env, row)?.[name] ?? null;

const labelled = (row: Row, name: string): string => {
  const code = textOf(row, 'default_code');
  return code === '' ? name : `[${code}] ${name}`;
};

/** What a template hands on to its variant. */
const variantValues = (given: Row): JsonObject =>
  Object.fromEntries(
    ['default_code', 'barcode', 'standard_price'].flatMap(name => {
      const value = given[name];
      return value === undefined || Array.isArray(value) ? [] : [[name, value ?? false]];
    }),
  );

const refuseInUse = (env: Env, ids: readonly number[]): void => {
  const variants = ids.flatMap(id => env.tx.by(PRODUCT, 'product_tmpl_id', id) ?? []);
  if (variants.some(id => (env.tx.by('stock.move', 'product_id', id) ?? []).length > 0))
    throw notCovered('changing the type, tracking or unit of a product that has moved');
};

export const template: Model = {
  name: TEMPLATE,
  label: 'Product',
  order: 'name',
  firstId: 501,
  fields: {
    name: char('Name', { required: true }),
    type: selection(
      'Product Type',
      [
        ['consu', 'Goods'],
        ['service', 'Service'],
        ['combo', 'Combo'],
      ],
      { required: true },
    ),
    is_storable: boolean('Track Inventory'),
    list_price: float('Sales Price'),
    taxes_id: many2many('Sales Taxes', 'account.tax'),
    uom_id: many2one('Unit', 'uom.uom', { required: true }),
    sale_ok: boolean('Sales'),
    purchase_ok: boolean('Purchase'),
    description_sale: longText('Sales Description'),
    company_id: many2one('Company', 'res.company'),
    active: boolean('Active'),
    invoice_policy: selection('Invoicing Policy', [
      ['order', 'Ordered quantities'],
      ['delivery', 'Delivered quantities'],
    ]),
    tracking: selection('Tracking', [
      ['serial', 'By Unique Serial Number'],
      ['lot', 'By Lots'],
      ['none', 'By Quantity'],
    ]),
    default_code: char('Internal Reference', { kind: 'action', compute: ofVariant('default_code') }),
    barcode: char('Barcode', { kind: 'action', compute: ofVariant('barcode') }),
    standard_price: float('Cost', { kind: 'action', compute: ofVariant('standard_price') }),
    product_variant_ids: one2many('Products', PRODUCT, 'product_tmpl_id'),
    product_variant_id: many2one('Product', PRODUCT, { compute: ofVariant('id') }),
    product_variant_count: integer('# Product Variants', { compute: (env, row) => (variantOf(env, row) ? 1 : 0) }),
  },
  display: (env, row) => labelled(variantOf(env, row) ?? {}, nameOf(row)),
  prepare: (env, given) => ({
    type: 'consu',
    list_price: '1',
    uom_id: [...env.tx.all('uom.uom')].map(idOf)[0] ?? null,
    sale_ok: true,
    purchase_ok: true,
    active: true,
    invoice_policy: 'order',
    tracking: 'none',
    ...given,
  }),
  created: (env, id, given) => {
    if (given['variant_less'] !== true) createFrom(env, modelOf(env, PRODUCT), { ...variantValues(given), product_tmpl_id: id });
  },
  write: (env, ids, given, apply) => {
    if ('is_storable' in given || 'type' in given || 'uom_id' in given) refuseInUse(env, ids);
    apply(given);
    const values = variantValues(given);
    if (Object.keys(values).length === 0) return;
    for (const id of ids) writeFrom(env, modelOf(env, PRODUCT), env.tx.by(PRODUCT, 'product_tmpl_id', id) ?? [], values);
  },
  check: (_env, row) => {
    if (row['type'] === 'combo') throw notCovered('combo products');
    if (row['tracking'] !== 'none') throw notCovered('products tracked by lot or serial number');
    if (textOf(row, 'description_sale') !== '') throw notCovered('a sales description, which changes the text of order lines');
  },
  touches: (env, row) => (env.tx.by(PRODUCT, 'product_tmpl_id', idOf(row)) ?? []).map(id => [PRODUCT, id]),
};

const quantity = (label: string, value: (env: Env, row: Row) => Exact): Field =>
  float(label, { compute: (env, row) => exactText(value(env, row)) });

const level = (env: Env, row: Row): ReturnType<typeof stockLevel> => stockLevel(env, idOf(row));

const levels: Readonly<Record<string, Field>> = {
  qty_available: quantity('Quantity On Hand', (env, row) => level(env, row).onHand),
  free_qty: quantity('Free To Use Quantity ', (env, row) => minus(level(env, row).onHand, level(env, row).reserved)),
  incoming_qty: quantity('Incoming', (env, row) => level(env, row).incoming),
  outgoing_qty: quantity('Outgoing', (env, row) => level(env, row).outgoing),
  virtual_available: quantity('Forecasted Quantity', (env, row) =>
    minus(plus(level(env, row).onHand, level(env, row).incoming), level(env, row).outgoing),
  ),
};

const withListPrice = (given: Row): Row => {
  const { lst_price: price, ...rest } = given;
  return price === undefined ? rest : { ...rest, list_price: price };
};

const checkBarcode = (env: Env, row: Row): void => {
  const barcode = textOf(row, 'barcode');
  const twins = barcode === '' ? [] : (env.tx.by(PRODUCT, 'barcode', barcode) ?? []);
  if (twins.length < 2) return;
  const names = twins.map(id => display(env, PRODUCT, id)).join(' and ');
  throw validationError(
    `Barcode(s) already assigned:\n\n- Barcode "${barcode}" already assigned to product(s): ${names}\n\nNote: products that you don't have access to will not be shown above.`,
  );
};

export const product: Model = {
  name: PRODUCT,
  label: 'Product Variant',
  order: 'default_code, name, id',
  firstId: 601,
  indexed: ['default_code', 'barcode', 'product_tmpl_id'],
  inherits: { model: TEMPLATE, through: 'product_tmpl_id' },
  fields: {
    product_tmpl_id: many2one('Product Template', TEMPLATE, { required: true }),
    default_code: char('Internal Reference'),
    code: char('Reference', { compute: (_env, row) => textOf(row, 'default_code') || null }),
    barcode: char('Barcode'),
    standard_price: float('Cost'),
    active: boolean('Active'),
    lst_price: float('Sales\u00a0Price', {
      kind: 'action',
      compute: (env, row) => rowOf(env, TEMPLATE, refOf(row, 'product_tmpl_id'))['list_price'] ?? '0',
    }),
    ...levels,
  },
  display: (env, row) => labelled(row, String(valueOf(env, product, row, 'name') ?? '')),
  prepare: (_env, given) => ({ active: true, ...given }),
  created: (env, id, given) => {
    const price = given['lst_price'];
    const templateId = refOf(rowOf(env, PRODUCT, id), 'product_tmpl_id');
    if (price !== undefined && templateId !== null) patchRow(env, TEMPLATE, templateId, { list_price: price });
  },
  write: (_env, _ids, given, apply) => {
    apply(withListPrice(given));
  },
  check: checkBarcode,
  derive: (env, row) => ({ template_seen: textOf(rowOf(env, TEMPLATE, refOf(row, 'product_tmpl_id')), 'write_date') }),
  touches: (_env, row) => [[TEMPLATE, refOf(row, 'product_tmpl_id')]],
};

/** Does the product have stock that is counted? */
export const isStorable = (env: Env, productId: number): boolean => {
  const row = rowOf(env, PRODUCT, productId);
  return flagOf(rowOf(env, TEMPLATE, refOf(row, 'product_tmpl_id')), 'is_storable');
};
