/** sale.order.line: price, taxes and quantity of one position, and what was delivered of it. */
import { notCovered, userError } from '../errors.ts';
import { compare, roundTo } from '../exact.ts';
import { display, nameOf, rowOf } from '../orm/fields.ts';
import { boolean, char, float, integer, longText, many2many, many2one, monetary, one2many, selection } from '../orm/model.ts';
import type { Choices, Env, Model } from '../orm/model.ts';
import { isCounted, lineValues, ofProduct, orderOf, productOf, roundingOf } from '../sale/line-values.ts';
import { deliveredOf, movesOfLine, procure } from '../sale/procure.ts';
import { exactOf, flagOf, idOf, idsOf, refOf, textOf, type Row, type Value } from '../store/row.ts';
import { customerMark } from './partner.ts';

const LINE = 'sale.order.line';
export const invoiceStates: Choices = [
  ['upselling', 'Upselling Opportunity'],
  ['invoiced', 'Fully Invoiced'],
  ['to invoice', 'To Invoice'],
  ['no', 'Nothing to Invoice'],
];
export const orderStates: Choices = [
  ['draft', 'Quotation'],
  ['sent', 'Quotation Sent'],
  ['sale', 'Sales Order'],
  ['cancel', 'Cancelled'],
];

const ofOrder =
  (name: string) =>
  (env: Env, line: Row): Value =>
    orderOf(env, line)[name] ?? null;

/** The price that Odoo would ask: the product's own, since pricelist rules are not covered. */
const listPrice = (env: Env, line: Row): Value => (productOf(env, line) ? ofProduct(env, line, 'list_price') : '0');

const prepare = (env: Env, given: Row): Row => {
  const product = productOf(env, given);
  const price = given['price_unit'] ?? listPrice(env, given);
  return {
    sequence: 10,
    product_uom_qty: '1',
    product_uom_id: product ? 1 : null,
    name: product ? display(env, 'product.product', idOf(product)) : null,
    tax_ids: product ? idsOf({ taxes: ofProduct(env, given, 'taxes_id') }, 'taxes') : [],
    discount: '0',
    qty_delivered: '0',
    customer_lead: '0',
    ...given,
    price_unit: price,
    technical_price_unit: price,
  };
};

/**
 * Odoo's trap: a price that came with the line is not "set by hand" until it is changed once, so writing the quantity alone, even
 * the same one, puts the list price in its place. Whoever writes a quantity must write the price with it.
 */
const repriced = (env: Env, line: Row, given: Row): Row => {
  const written = ['product_uom_qty', 'product_id', 'product_uom_id'].some(name => name in given);
  if (!written || 'price_unit' in given) return given;
  const step = roundingOf(env, orderOf(env, line)).step;
  const byHand = compare(roundTo(exactOf(line, 'technical_price_unit'), step), roundTo(exactOf(line, 'price_unit'), step)) !== 0;
  if (byHand) return given;
  const price = listPrice(env, { ...line, ...given });
  return { ...given, price_unit: price, technical_price_unit: price };
};

const protectedFields = ['product_id', 'name', 'price_unit', 'product_uom_id', 'product_uom_qty', 'tax_ids', 'discount'];

const refuseLocked = (env: Env, lines: readonly Row[], given: Row): void => {
  const touched = protectedFields.filter(name => name in given);
  if (touched.length === 0 || !lines.some(line => flagOf(orderOf(env, line), 'locked'))) return;
  const labels = touched.map(name => orderLine.fields[name]?.label ?? name).sort();
  throw userError(`It is forbidden to modify the following fields in a locked order:\n${labels.join('\n')}`);
};

const refuseBelowDelivered = (env: Env, lines: readonly Row[], given: Row): void => {
  const wanted = exactOf(given, 'product_uom_qty');
  const lowered = lines.filter(
    line =>
      textOf(orderOf(env, line), 'state') === 'sale' &&
      compare(exactOf(line, 'product_uom_qty'), wanted) !== 0 &&
      isCounted(env, line),
  );
  if (lowered.some(line => compare(wanted, deliveredOf(env, line)) < 0))
    throw userError(
      'The ordered quantity of a sale order line cannot be decreased below the amount already delivered. Instead, create a return in your inventory.',
    );
};

const write = (env: Env, ids: readonly number[], given: Row, apply: (given: Row) => void): void => {
  const lines = ids.map(id => rowOf(env, LINE, id));
  if ('order_id' in given && lines.some(line => line['order_id'] !== given['order_id']))
    throw notCovered('moving a line to another order');
  if (
    lines.some(
      line => 'product_id' in given && line['product_id'] !== given['product_id'] && movesOfLine(env, idOf(line)).length > 0,
    )
  )
    throw userError('You cannot modify the product of this order line.');
  if ('product_uom_qty' in given) refuseBelowDelivered(env, lines, given);
  refuseLocked(env, lines, given);
  if (lines.length === 1 && lines[0]) apply(repriced(env, lines[0], given));
  else
    for (const line of lines)
      orderLine.write?.(env, [idOf(line)], given, values => {
        patchLine(env, line, values);
      });
  if (lines.length === 1 && 'product_uom_qty' in given) procure(env, ids);
};

const patchLine = (env: Env, line: Row, values: Row): void => {
  env.tx.replace(LINE, idOf(line), { ...line, ...values, write_date: env.now, write_uid: env.uid });
};

const lineName = (env: Env, row: Row): string => {
  const order = orderOf(env, row);
  const product = productOf(env, row);
  const parts = textOf(row, 'name').split('\n');
  const shown = product ? display(env, 'product.product', idOf(product)) : (parts[0] ?? '');
  const text = product && textOf(row, 'name') !== shown ? (parts[1] ?? shown) : shown;
  return `${nameOf(order)} - ${text} ${customerMark(env, refOf(order, 'partner_id'))}`;
};

const quantity = { digits: 2 } as const;

export const orderLine: Model = {
  name: LINE,
  label: 'Sales Order Line',
  order: 'order_id, sequence, id',
  firstId: 20001,
  indexed: ['order_id', 'product_id'],
  fields: {
    order_id: many2one('Order Reference', 'sale.order', { required: true }),
    sequence: integer('Sequence'),
    product_id: many2one('Product', 'product.product'),
    product_template_id: many2one('Product Template', 'product.template', {
      compute: (env, row) => refOf(productOf(env, row) ?? {}, 'product_tmpl_id'),
    }),
    name: longText('Description', { required: true }),
    product_uom_qty: float('Quantity', { ...quantity, required: true }),
    product_uom_id: many2one('Unit', 'uom.uom'),
    price_unit: float('Unit Price', { required: true }),
    technical_price_unit: float('Technical Price Unit', { kind: 'guarded' }),
    discount: float('Discount (%)', quantity),
    tax_ids: many2many('Taxes', 'account.tax'),
    price_subtotal: monetary('Subtotal', { kind: 'derived' }),
    price_tax: float('Total Tax', { kind: 'derived' }),
    price_total: monetary('Total', { kind: 'derived' }),
    price_reduce_taxexcl: monetary('Price Reduce Tax excl', { kind: 'derived' }),
    price_reduce_taxinc: monetary('Price Reduce Tax incl', { kind: 'derived' }),
    qty_delivered: float('Delivery Quantity', { ...quantity, kind: 'derived' }),
    qty_invoiced: float('Invoiced Quantity', { compute: () => '0' }),
    qty_to_invoice: float('Quantity To Invoice', { kind: 'derived' }),
    qty_delivered_method: selection(
      'Method to update delivered qty',
      [
        ['manual', 'Manual'],
        ['stock_move', 'Stock Moves'],
      ],
      { compute: (env, row) => (isCounted(env, row) ? 'stock_move' : 'manual') },
    ),
    invoice_status: selection('Invoice Status', invoiceStates, { kind: 'derived' }),
    state: selection('Order Status', orderStates, { kind: 'derived' }),
    currency_id: many2one('Currency', 'res.currency', { compute: ofOrder('currency_id') }),
    company_id: many2one('Company', 'res.company', { compute: ofOrder('company_id') }),
    order_partner_id: many2one('Customer', 'res.partner', { compute: ofOrder('partner_id') }),
    salesman_id: many2one('Salesperson', 'res.users', { compute: ofOrder('user_id') }),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', { compute: ofOrder('warehouse_id') }),
    move_ids: one2many('Stock Moves', 'stock.move', 'sale_line_id'),
    customer_lead: float('Lead Time', { kind: 'guarded' }),
    display_type: char('Display Type', { compute: () => null }),
    is_delivery: boolean('Is a Delivery'),
    is_downpayment: boolean('Is a down payment', { compute: () => false }),
  },
  display: lineName,
  prepare,
  completed: (env, id) => {
    procure(env, [id]);
  },
  write,
  removing: (env, ids) => {
    if (ids.some(id => textOf(orderOf(env, rowOf(env, LINE, id)), 'state') === 'sale'))
      throw userError(
        "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced or delivered).\n                Set the quantity to 0 instead.",
      );
  },
  derive: lineValues,
  touches: (_env, row) => [['sale.order', refOf(row, 'order_id')]],
};
