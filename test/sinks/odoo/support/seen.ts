/** What an Odoo has of our orders, as its own people see it; and what the warehouse does with them. */
import assert from 'node:assert/strict';
import { idIn, textIn, type Json, type Values } from '../../../contract/odoo/client.ts';
import type { OdooWorld } from './world.ts';

/** What Odoo has of an order, by our reference. */
export interface Seen {
  readonly id: number;
  readonly state: string;
  readonly total: number;
  readonly untaxed: number;
  readonly tax: number;
  readonly currency: string;
  /** `[external id after the order's, product, quantity, unit price, delivered]`. */
  readonly lines: readonly (readonly [name: string, product: number, quantity: number, unitPrice: number, delivered: number])[];
}
const orderFields = ['state', 'amount_total', 'amount_untaxed', 'amount_tax', 'currency_id', 'order_line'];
export const ordersIn = async (world: OdooWorld, reference: string): Promise<readonly Seen[]> => {
  const rows = await world.admin.read('sale.order', [['client_order_ref', '=', reference]], orderFields);
  return Promise.all(rows.map(row => seenOf(world, row)));
};
export const orderIn = async (world: OdooWorld, reference: string): Promise<Seen> => {
  const [order, ...others] = await ordersIn(world, reference);
  assert.ok(order !== undefined && others.length === 0, `${reference}: ${others.length + (order ? 1 : 0)} orders in Odoo`);
  return order;
};
const seenOf = async ({ admin }: OdooWorld, row: Values): Promise<Seen> => {
  const id = Number(row['id']);
  const fields = ['product_id', 'product_uom_qty', 'price_unit', 'qty_delivered'];
  const lines = await admin.read('sale.order.line', [['order_id', '=', id]], fields, { order: 'id' });
  const names = (await admin.call('sale.order.line', 'get_external_id', [lines.map(line => Number(line['id']))])) as Readonly<
    Record<string, string>
  >;
  return {
    id,
    state: textIn(row['state']),
    total: Number(row['amount_total']),
    untaxed: Number(row['amount_untaxed']),
    tax: Number(row['amount_tax']),
    currency: textIn((row['currency_id'] as readonly Json[])[1]),
    lines: lines.map(line => [
      names[Number(line['id'])]?.replace(/^onhand\.order_acme_.*?_(?=l|rounding)/, '') ?? '',
      idIn(line['product_id']),
      Number(line['product_uom_qty']),
      Number(line['price_unit']),
      Number(line['qty_delivered']),
    ]),
  };
};
/** Sends that many of each product of an order, the rest into a backorder, as people in the warehouse do. */
export const deliver = async (
  { admin }: OdooWorld,
  order: number,
  quantities: Readonly<Record<number, number>>,
): Promise<void> => {
  const moves = await admin.read(
    'stock.move',
    [
      ['sale_line_id.order_id', '=', order],
      ['state', 'not in', ['done', 'cancel']],
    ],
    ['product_id', 'picking_id'],
  );
  const sent = moves.filter(move => (quantities[idIn(move['product_id'])] ?? 0) > 0);
  for (const move of sent)
    await admin.call('stock.move', 'write', [
      [Number(move['id'])],
      { quantity: quantities[idIn(move['product_id'])] ?? 0, picked: true },
    ]);
  const picking = idIn(sent[0]?.['picking_id']);
  const context = { skip_backorder: true, skip_sms: true };
  assert.equal(await admin.call('stock.picking', 'button_validate', [[picking]], { context }), true);
};
