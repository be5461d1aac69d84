/** sale.order: from quotation to confirmed, delivered, cancelled. */
import { notCovered, userError } from '../errors.ts';
import { exactText, isZero } from '../exact.ts';
import { behind, nameOf, rowOf } from '../orm/fields.ts';
import { boolean, char, datetime, float, html, integer, many2one, monetary, one2many, selection } from '../orm/model.ts';
import type { Env, Method, Model } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { orderTotals } from '../sale/amounts.ts';
import { procure } from '../sale/procure.ts';
import { cancelMoves, movesOf } from '../stock/moves.ts';
import { pickingState } from '../stock/pickings.ts';
import { usageOf } from '../stock/places.ts';
import { sortRows } from '../orm/order.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { theCompany } from './base.ts';
import { invoiceStates, orderLine, orderStates } from './order-lines.ts';
import { rawOf, roundingOf } from '../sale/line-values.ts';
import { addressOf } from './partner.ts';

const ORDER = 'sale.order';

const lineRows = (env: Env, id: number): readonly Row[] => env.tx.rows('sale.order.line', 'order_id', id);

const pickingsOf = (env: Env, id: number): readonly Row[] => env.tx.rows('stock.picking', 'sale_id', id);

const currencyOf = (env: Env, order: Row): number | null =>
  refOf(behind(env, 'product.pricelist', order, 'pricelist_id') ?? theCompany(env), 'currency_id');

const amounts = (env: Env, order: Row): Row => {
  const rounding = roundingOf(env, { ...order, currency_id: currencyOf(env, order) });
  const lines = sortRows(env, orderLine, lineRows(env, idOf(order)), 'sequence, id');
  const { untaxed, tax, total } = orderTotals(
    lines.map(line => rawOf(env, line, rounding)),
    rounding,
  );
  return { amount_untaxed: exactText(untaxed), amount_tax: exactText(tax), amount_total: exactText(total) };
};

const invoiceStatus = (env: Env, order: Row): string => {
  if (textOf(order, 'state') !== 'sale') return 'no';
  const states = lineRows(env, idOf(order)).map(line => textOf(line, 'invoice_status'));
  if (states.includes('to invoice')) return 'to invoice';
  if (states.length === 0) return 'no';
  if (states.every(state => state === 'invoiced')) return 'invoiced';
  return states.every(state => state === 'invoiced' || state === 'upselling') ? 'upselling' : 'no';
};

const deliveryStatus = (env: Env, order: Row): string | null => {
  const states = pickingsOf(env, idOf(order)).map(picking => pickingState(env, picking));
  if (states.every(state => state === 'cancel')) return null;
  if (states.every(state => state === 'done' || state === 'cancel')) return 'full';
  if (!states.includes('done')) return 'pending';
  return lineRows(env, idOf(order)).some(line => !isZero(exactOf(line, 'qty_delivered'))) ? 'partial' : 'started';
};

const firstDelivery = (env: Env, order: Row): string | null =>
  pickingsOf(env, idOf(order))
    .filter(row => pickingState(env, row) === 'done' && usageOf(env, refOf(row, 'location_dest_id')) === 'customer')
    .map(row => textOf(row, 'date_done'))
    .filter(Boolean)
    .sort()[0] ?? null;

const defaultPricelist = (env: Env): number | null => {
  const [first] = [...env.tx.all('product.pricelist')]
    .filter(row => flagOf(row, 'active'))
    .sort((a, b) => (refOf(a, 'sequence') ?? 0) - (refOf(b, 'sequence') ?? 0) || idOf(a) - idOf(b));
  return first ? idOf(first) : null;
};

const firstWarehouse = (env: Env): number | null => [...env.tx.all('stock.warehouse')].map(idOf)[0] ?? null;

const prepare = (env: Env, given: Row): Row => {
  const partner = refOf(given, 'partner_id');
  return {
    name: given['name'] ?? `S${String(env.tx.next(ORDER)).padStart(5, '0')}`,
    state: 'draft',
    date_order: env.now.slice(0, 19),
    partner_invoice_id: partner === null ? null : addressOf(env, partner, 'invoice'),
    partner_shipping_id: partner === null ? null : addressOf(env, partner, 'delivery'),
    warehouse_id: firstWarehouse(env),
    pricelist_id: defaultPricelist(env),
    company_id: 1,
    user_id: env.uid,
    picking_policy: 'direct',
    locked: false,
    ...given,
  };
};

const write = (env: Env, ids: readonly number[], given: Row, apply: (given: Row) => void): void => {
  const orders = ids.map(id => rowOf(env, ORDER, id));
  if ('pricelist_id' in given && orders.some(order => textOf(order, 'state') === 'sale'))
    throw userError('You cannot change the pricelist of a confirmed order !');
  if ('commitment_date' in given) throw notCovered('a promised delivery date (commitment_date) after the order is made');
  const newPartner = orders.some(order => 'partner_id' in given && order['partner_id'] !== given['partner_id']);
  if (newPartner && orders.some(order => textOf(order, 'state') !== 'draft'))
    throw notCovered('another customer on a confirmed order');
  const partner = refOf(given, 'partner_id');
  const addresses: Row =
    newPartner && partner !== null
      ? { partner_invoice_id: addressOf(env, partner, 'invoice'), partner_shipping_id: addressOf(env, partner, 'delivery') }
      : {};
  apply({ ...addresses, ...given });
};

const confirm = (env: Env, ids: readonly number[]): void => {
  for (const id of ids) {
    const order = rowOf(env, ORDER, id);
    if (!['draft', 'sent'].includes(textOf(order, 'state')))
      throw userError('Some orders are not in a state requiring confirmation.');
    if (lineRows(env, id).some(line => refOf(line, 'product_id') === null))
      throw userError('Some order lines are missing a product, you need to correct them before going further.');
  }
  for (const id of ids) patchRow(env, ORDER, id, { state: 'sale', date_order: env.now.slice(0, 19) });
  procure(
    env,
    ids.flatMap(id => sortRows(env, orderLine, lineRows(env, id), 'sequence, id').map(idOf)),
  );
};

const cancel = (env: Env, ids: readonly number[]): void => {
  if (ids.some(id => flagOf(rowOf(env, ORDER, id), 'locked')))
    throw userError('You cannot cancel a locked order. Please unlock it first.');
  for (const id of ids) {
    for (const picking of pickingsOf(env, id).filter(row => pickingState(env, row) !== 'done')) {
      cancelMoves(env, movesOf(env, idOf(picking)).map(idOf));
      patchRow(env, 'stock.picking', idOf(picking), { is_locked: true });
    }
    patchRow(env, ORDER, id, { state: 'cancel' });
  }
};

/** true, or nothing at all where Odoo's method returns None. */
const action = (run: (env: Env, ids: readonly number[]) => void, answer: true | undefined): Method => ({
  run: (env, ids) => {
    run(env, ids);
    return answer;
  },
});

const setLocked =
  (locked: boolean) =>
  (env: Env, ids: readonly number[]): void => {
    for (const id of ids) patchRow(env, ORDER, id, { locked });
  };

export const order: Model = {
  name: ORDER,
  label: 'Sales Order',
  order: 'date_order desc, id desc',
  firstId: 10001,
  indexed: ['client_order_ref', 'name', 'partner_id'],
  fields: {
    name: char('Order Reference', { required: true }),
    state: selection('Status', orderStates, { kind: 'guarded' }),
    client_order_ref: char('Customer Reference'),
    origin: char('Source Document'),
    reference: char('Payment Ref.'),
    note: html('Terms and conditions'),
    partner_id: many2one('Customer', 'res.partner', { required: true }),
    partner_invoice_id: many2one('Invoice Address', 'res.partner', { required: true }),
    partner_shipping_id: many2one('Delivery Address', 'res.partner', { required: true }),
    date_order: datetime('Order Date', { required: true }),
    commitment_date: datetime('Delivery Date'),
    warehouse_id: many2one('Warehouse', 'stock.warehouse'),
    pricelist_id: many2one('Pricelist', 'product.pricelist'),
    currency_id: many2one('Currency', 'res.currency', { kind: 'derived' }),
    currency_rate: float('Currency Rate', { compute: () => '1' }),
    company_id: many2one('Company', 'res.company'),
    user_id: many2one('Salesperson', 'res.users'),
    picking_policy: selection('Shipping Policy', [['direct', 'As soon as possible']], { kind: 'guarded' }),
    locked: boolean('Locked', { kind: 'guarded' }),
    order_line: one2many('Order Lines', 'sale.order.line', 'order_id'),
    picking_ids: one2many('Transfers', 'stock.picking', 'sale_id'),
    delivery_count: integer('Delivery Orders', { compute: (env, row) => pickingsOf(env, idOf(row)).length }),
    amount_untaxed: monetary('Untaxed Amount', { kind: 'derived' }),
    amount_tax: monetary('Taxes', { kind: 'derived' }),
    amount_total: monetary('Total', { kind: 'derived' }),
    invoice_status: selection('Invoice Status', invoiceStates, { kind: 'derived' }),
    delivery_status: selection(
      'Delivery Status',
      [
        ['pending', 'Not Delivered'],
        ['started', 'Started'],
        ['partial', 'Partially Delivered'],
        ['full', 'Fully Delivered'],
      ],
      { kind: 'derived' },
    ),
    effective_date: datetime('Effective Date', { kind: 'derived' }),
  },
  display: (_env, row) => nameOf(row),
  prepare,
  created: (env, id) => {
    patchRow(env, ORDER, id, { currency_id: currencyOf(env, rowOf(env, ORDER, id)) });
  },
  write,
  written: (env, ids) => {
    for (const id of ids) patchRow(env, ORDER, id, { currency_id: currencyOf(env, rowOf(env, ORDER, id)) });
  },
  removing: (env, ids) => {
    if (ids.some(id => !['draft', 'cancel'].includes(textOf(rowOf(env, ORDER, id), 'state'))))
      throw userError('You can not delete a sent quotation or a confirmed sales order. You must first cancel it.');
    if (ids.some(id => pickingsOf(env, id).length > 0)) throw notCovered('deleting an order that had deliveries');
  },
  derive: (env, row) => ({
    currency_id: currencyOf(env, row),
    ...amounts(env, row),
    invoice_status: invoiceStatus(env, row),
    delivery_status: deliveryStatus(env, row),
    effective_date: firstDelivery(env, row),
  }),
  touches: (env, row) => (env.tx.by('sale.order.line', 'order_id', idOf(row)) ?? []).map(id => ['sale.order.line', id] as const),
  methods: {
    action_confirm: action(confirm, true),
    action_cancel: action(cancel, true),
    action_draft: action((env, ids) => {
      for (const id of ids)
        if (['cancel', 'sent'].includes(textOf(rowOf(env, ORDER, id), 'state'))) patchRow(env, ORDER, id, { state: 'draft' });
    }, true),
    action_lock: action(setLocked(true), undefined),
    action_unlock: action(setLocked(false), undefined),
  },
};
