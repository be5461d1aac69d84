/** Reads orders that we made in Odoo, with their lines. */
import { decimalOf, roundedMinor } from '../../schemas/money.ts';
import type { FoundLine, FoundOrder, OrderState } from './contract.ts';
import { claimed, claimsOn, idOf, nameOf, search, searchAll, textOf, type Ask, type Row } from './target-ask.ts';

/** Odoo's floats in thousandths. */
const milliOf = (value: unknown): number => Math.round(Number(value) * 1000);

const lineFields = [
  'order_id',
  'product_id',
  'product_uom_qty',
  'qty_delivered',
  'qty_delivered_method',
  'price_unit',
  'discount',
  'tax_ids',
];
const lineOf = (row: Row, externalId: string | undefined): FoundLine => ({
  id: Number(row['id']),
  externalId: externalId ?? null,
  product: idOf(row['product_id']),
  counted: row['qty_delivered_method'] === 'stock_move',
  quantityMilli: milliOf(row['product_uom_qty']),
  deliveredMilli: milliOf(row['qty_delivered']),
  unitPrice: String(row['price_unit']),
  discounted: Number(row['discount']) !== 0,
  taxes: (row['tax_ids'] as readonly unknown[]).map(Number),
});
const linesOf = async (ask: Ask, orders: readonly number[]): Promise<ReadonlyMap<number, readonly FoundLine[]>> => {
  const rows = await search(ask, 'sale.order.line', [['order_id', 'in', orders]], lineFields);
  const names = await claimsOn(
    ask,
    'sale.order.line',
    rows.map(row => Number(row['id'])),
  );
  const byOrder = Map.groupBy(rows, row => idOf(row['order_id']));
  return new Map([...byOrder].map(([order, mine]) => [order, mine.map(row => lineOf(row, names.get(Number(row['id']))))]));
};

const orderFields = ['state', 'locked', 'origin', 'amount_total', 'amount_tax', 'currency_id'];
const orderOf = (row: Row, lines: readonly FoundLine[]): FoundOrder => {
  const currency = nameOf(row['currency_id']);
  const minor = (field: string): number =>
    roundedMinor(decimalOf(String(row[field]), `${field} of Odoo`), currency, `${field} of Odoo`);
  return {
    id: Number(row['id']),
    state: row['state'] as OrderState,
    locked: row['locked'] === true,
    origin: textOf(row['origin']),
    totalMinor: minor('amount_total'),
    taxMinor: minor('amount_tax'),
    currency,
    lines,
  };
};
/** By external id, those that are there. */
export const ordersOf = async (ask: Ask, names: readonly string[]): Promise<ReadonlyMap<string, FoundOrder>> => {
  const ids = await claimed(ask, 'sale.order', names);
  if (ids.size === 0) return new Map();
  const rows = await searchAll(ask, 'sale.order', [['id', 'in', [...ids.values()]]], orderFields);
  const lines = await linesOf(
    ask,
    rows.map(row => Number(row['id'])),
  );
  const orders = new Map(rows.map(row => [Number(row['id']), orderOf(row, lines.get(Number(row['id'])) ?? [])]));
  return new Map(
    [...ids].flatMap(([name, id]) => {
      const order = orders.get(id);
      return order === undefined ? [] : [[name, order] as const];
    }),
  );
};
