/** What follows from an order line's price, quantity, discount, taxes and deliveries. */
import { compare, exactText, isZero, minus, over, roundTo, zero, type Exact } from '../exact.ts';
import { stepOf, theCompany } from '../models/base.ts';
import { taxOf } from '../models/tax.ts';
import { behind, rowOf, valueOf } from '../orm/fields.ts';
import { modelOf, type Env } from '../orm/model.ts';
import { exactOf, idsOf, refOf, textOf, type Row, type Value } from '../store/row.ts';
import { lineTotals, rawLine, type RawLine, type Rounding } from './amounts.ts';
import { deliveredOf } from './procure.ts';

export const orderOf = (env: Env, line: Row): Row => rowOf(env, 'sale.order', refOf(line, 'order_id'));
export const productOf = (env: Env, line: Row): Row | undefined => behind(env, 'product.product', line, 'product_id');
export const ofProduct = (env: Env, line: Row, name: string): Value => {
  const product = productOf(env, line);
  return product ? valueOf(env, modelOf(env, 'product.product'), product, name) : null;
};
export const roundingOf = (env: Env, order: Row): Rounding => ({
  step: stepOf(rowOf(env, 'res.currency', refOf(order, 'currency_id'))),
  perLine: textOf(theCompany(env), 'tax_calculation_rounding_method') === 'round_per_line',
});

export const rawOf = (env: Env, line: Row, rounding: Rounding): RawLine =>
  rawLine(
    {
      priceUnit: exactOf(line, 'price_unit'),
      quantity: exactOf(line, 'product_uom_qty'),
      discount: exactOf(line, 'discount'),
      taxes: idsOf(line, 'tax_ids').map(id => taxOf(env, id)),
    },
    rounding,
  );

export const isCounted = (env: Env, line: Row): boolean => ofProduct(env, line, 'type') === 'consu';
const delivered = (env: Env, line: Row): Exact =>
  isCounted(env, line) ? deliveredOf(env, line) : exactOf(line, 'qty_delivered');

const toInvoice = (env: Env, line: Row): Exact => {
  if (textOf(orderOf(env, line), 'state') !== 'sale') return zero;
  return ofProduct(env, line, 'invoice_policy') === 'delivery' ? delivered(env, line) : exactOf(line, 'product_uom_qty');
};

const invoiceStatus = (env: Env, line: Row): string => {
  if (textOf(orderOf(env, line), 'state') !== 'sale') return 'no';
  if (!isZero(toInvoice(env, line))) return 'to invoice';
  const wanted = exactOf(line, 'product_uom_qty');
  if (
    ofProduct(env, line, 'invoice_policy') === 'order' &&
    compare(wanted, zero) >= 0 &&
    compare(delivered(env, line), wanted) > 0
  )
    return 'upselling';
  return compare(zero, wanted) >= 0 ? 'invoiced' : 'no';
};

export const lineValues = (env: Env, line: Row): Row => {
  const order = orderOf(env, line);
  const rounding = roundingOf(env, order);
  const { subtotal, total } = lineTotals(rawOf(env, line, rounding), rounding);
  const quantity = exactOf(line, 'product_uom_qty');
  const each = (amount: Exact): string => (isZero(quantity) ? '0' : exactText(roundTo(over(amount, quantity), rounding.step)));
  return {
    price_subtotal: exactText(subtotal),
    price_total: exactText(total),
    price_tax: exactText(minus(total, subtotal)),
    price_reduce_taxexcl: each(subtotal),
    price_reduce_taxinc: each(total),
    qty_delivered: exactText(delivered(env, line)),
    qty_to_invoice: exactText(toInvoice(env, line)),
    invoice_status: invoiceStatus(env, line),
    state: textOf(order, 'state'),
  };
};
