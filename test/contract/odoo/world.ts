/** What every contract test finds: taxes, products, a customer and stock of this run's own, named apart by a prefix. */
import { connect, first, idIn, loaded, type Client, type Connection, type Json } from './client.ts';

export interface World {
  readonly odoo: Client;
  /** `onhand.<run>_` : every external id of this run starts so. */
  readonly prefix: string;
  /** Without the module, for looking it up in ir.model.data. */
  readonly run: string;
  readonly warehouse: number;
  readonly stock: number;
  readonly inventory: number;
  readonly vendors: number;
  readonly customers: number;
  readonly incoming: number;
  readonly internal: number;
  readonly company: number;
  /** Two goods with stock and a service; their database ids. */
  readonly tee: number;
  readonly mug: number;
  readonly ship: number;
}

/** Taxes of the run: percent, included, by suffix of the external id. */
export const taxes = [
  ['vat21_excl', '21', 'tax_excluded'],
  ['vat21_incl', '21', 'tax_included'],
  ['vat9_excl', '9', 'tax_excluded'],
  ['vat9_incl', '9', 'tax_included'],
  ['vat0_excl', '0', 'tax_excluded'],
  ['eco2_incl', '2.5', 'tax_included'],
] as const;

const places = async (odoo: Client): Promise<Omit<World, 'odoo' | 'prefix' | 'run' | 'tee' | 'mug' | 'ship'>> => {
  const warehouse = (
    await odoo.read('stock.warehouse', [], ['lot_stock_id', 'in_type_id', 'int_type_id', 'company_id'], { order: 'id', limit: 1 })
  )[0];
  const usage = async (name: string): Promise<number> =>
    Number((await odoo.read('stock.location', [['usage', '=', name]], ['name'], { order: 'id', limit: 1 }))[0]?.['id']);
  return {
    warehouse: Number(warehouse?.['id']),
    stock: idIn(warehouse?.['lot_stock_id']),
    incoming: idIn(warehouse?.['in_type_id']),
    internal: idIn(warehouse?.['int_type_id']),
    company: idIn(warehouse?.['company_id']),
    inventory: await usage('inventory'),
    vendors: await usage('supplier'),
    customers: await usage('customer'),
  };
};

const currencyId = async (odoo: Client, name: string): Promise<number> =>
  Number((await odoo.one('res.currency', [['name', '=', name]], ['name'], { context: { active_test: false } }))['id']);

const masterData = async (odoo: Client, prefix: string, run: string): Promise<readonly number[]> => {
  await odoo.call('res.currency', 'write', [[await currencyId(odoo, 'JPY'), await currencyId(odoo, 'EUR')], { active: true }]);
  await loaded(
    odoo,
    'product.pricelist',
    ['id', 'name', 'currency_id/.id'],
    [
      [`${prefix}pl_eur`, `${run} EUR`, await currencyId(odoo, 'EUR')],
      [`${prefix}pl_jpy`, `${run} JPY`, await currencyId(odoo, 'JPY')],
    ],
  );
  await loaded(
    odoo,
    'account.tax',
    ['id', 'name', 'amount', 'amount_type', 'type_tax_use', 'price_include_override'],
    taxes.map(([id, amount, included]) => [`${prefix}${id}`, `${run} ${id}`, amount, 'percent', 'sale', included]),
  );
  await loaded(odoo, 'res.partner', ['id', 'name', 'ref'], [[`${prefix}customer`, `Customer ${run}`, run]]);
  const goods = (sku: string, price: string, tax: string): readonly Json[] => [
    `${prefix}${sku}`,
    sku,
    `${run}-${sku}`,
    price,
    'True',
    'Goods',
    `${prefix}${tax}`,
  ];
  return loaded(
    odoo,
    'product.product',
    ['id', 'name', 'default_code', 'list_price', 'is_storable', 'type', 'taxes_id/id'],
    [
      goods('TEE', '20', 'vat21_excl'),
      goods('MUG', '12.10', 'vat21_incl'),
      [`${prefix}SHIP`, 'SHIP', `${run}-SHIP`, '5', 'False', 'Service', `${prefix}vat21_excl`],
    ],
  );
};

/** Sets what lies in the stock of the warehouse. */
export const count = async (world: Pick<World, 'odoo' | 'stock'>, product: number, quantity: number): Promise<number> =>
  Number(
    await world.odoo.call(
      'stock.quant',
      'create',
      [{ product_id: product, location_id: world.stock, inventory_quantity_auto_apply: quantity }],
      {
        context: { inventory_mode: true },
      },
    ),
  );

let runs = 0;

export const openWorld = async (connection: Connection): Promise<World> => {
  const odoo = await connect(connection);
  const run = `c${Date.now().toString(36)}${String((runs += 1))}`;
  const prefix = `onhand.${run}_`;
  const [tee = 0, mug = 0, ship = 0] = await masterData(odoo, prefix, run);
  const world = { odoo, prefix, run, ...(await places(odoo)), tee, mug, ship };
  await count(world, tee, 100);
  await count(world, mug, 50);
  return world;
};

/** Loads an order of lines `[external id suffix, product suffix, quantity, price, discount, taxes]`; answers its id. */
export type Line = readonly [string, string, Json, Json, Json, string];
export const orderFields = [
  'id',
  'client_order_ref',
  'partner_id/id',
  'date_order',
  'warehouse_id/.id',
  'pricelist_id/id',
  'order_line/id',
  'order_line/product_id/id',
  'order_line/product_uom_qty',
  'order_line/price_unit',
  'order_line/discount',
  'order_line/tax_ids/id',
] as const;

export const orderRows = (
  world: World,
  name: string,
  lines: readonly Line[],
  pricelist = 'pl_eur',
): readonly (readonly Json[])[] => {
  const { prefix, run, warehouse } = world;
  const head = [
    `${prefix}${name}`,
    `${run}-${name}`,
    `${prefix}customer`,
    '2026-11-01 10:30:00',
    warehouse,
    `${prefix}${pricelist}`,
  ];
  return lines.map(([id, product, quantity, price, discount, tax], index) => [
    ...(index === 0 ? head : head.map(() => '')),
    `${prefix}${name}_${id}`,
    `${prefix}${product}`,
    quantity,
    price,
    discount,
    tax
      .split(',')
      .map(part => (part === '' ? '' : `${prefix}${part}`))
      .join(','),
  ]);
};

export const placeOrder = async (world: World, name: string, lines: readonly Line[], pricelist?: string): Promise<number> =>
  first(await loaded(world.odoo, 'sale.order', orderFields, orderRows(world, name, lines, pricelist)));

/** Without the pricelist column, which a confirmed order refuses. */
export const withoutPricelist = (rows: readonly (readonly Json[])[]): readonly (readonly Json[])[] =>
  rows.map(row => row.filter((_cell, index) => index !== 5));
export const fieldsWithoutPricelist = orderFields.filter(field => field !== 'pricelist_id/id');

export const linesOf = (world: World, order: number, fields: readonly string[]): ReturnType<Client['read']> =>
  world.odoo.read('sale.order.line', [['order_id', '=', order]], fields, { order: 'id' });

export const movesOf = (world: World, order: number): ReturnType<Client['read']> =>
  world.odoo.read(
    'stock.move',
    [['sale_line_id.order_id', '=', order]],
    ['product_id', 'product_uom_qty', 'quantity', 'state', 'picked', 'picking_id', 'location_id', 'location_dest_id'],
    { order: 'id' },
  );
