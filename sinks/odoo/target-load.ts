/** New customers, orders and lines, by `load()`: whole or not at all, and each once, since external ids are unique. */
import { loadFailure } from '../../runtime/odoo-errors.ts';
import { claim, type NewLine, type NewOrder, type NewPartner } from './contract.ts';
import type { Ask } from './target-ask.ts';

type Cells = readonly string[];
const named = (externalId: string): string => `${claim}.${externalId}`;

const load = async (ask: Ask, model: string, columns: Cells, rows: readonly Cells[]): Promise<void> => {
  const failure = loadFailure(`loading ${model} into Odoo`, await ask(model, 'load', [columns, rows]));
  if (failure !== undefined) throw failure;
};
/** Columns that no row fills are left out: an empty cell would take a default away. */
const loadFilled = (ask: Ask, model: string, columns: Cells, rows: readonly Cells[], always: Cells): Promise<void> => {
  const kept = columns.flatMap((column, i) => (always.includes(column) || rows.some(row => row[i] !== '') ? [i] : []));
  return load(
    ask,
    model,
    kept.map(i => columns[i]!),
    rows.map(row => kept.map(i => row[i]!)),
  );
};

const references = ['parent_id/id'];
/** Several orders of one customer bring it along each: it is loaded once. */
export const loadPartners = (ask: Ask, partners: readonly NewPartner[]): Promise<void> => {
  const each = [...new Map(partners.map(one => [one.externalId, one])).values()];
  const columns = ['id', ...new Set(each.flatMap(one => Object.keys(one.values)))];
  const cell = (one: NewPartner, column: string): string => {
    if (column === 'id') return named(one.externalId);
    const value = one.values[column] ?? '';
    return references.includes(column) && value !== '' ? named(value) : value;
  };
  return load(
    ask,
    'res.partner',
    columns,
    each.map(one => columns.map(column => cell(one, column))),
  );
};

/** Discount 0 is said: else a pricelist with visible discounts would put its own there. */
const lineColumns = ['id', 'product_id/.id', 'name', 'product_uom_qty', 'price_unit', 'discount', 'tax_ids/.id'];
const lineCells = (line: NewLine): Cells => [
  named(line.externalId),
  String(line.product),
  line.name,
  line.quantity,
  line.unitPrice,
  '0',
  line.taxes.join(','),
];
const orderColumns = [
  'id',
  'client_order_ref',
  'origin',
  'partner_id/id',
  'partner_shipping_id/id',
  'date_order',
  'company_id/.id',
  'warehouse_id/.id',
  'pricelist_id/.id',
];
const idText = (id: number | null): string => (id === null ? '' : String(id));
const orderRows = (order: NewOrder): readonly Cells[] => {
  const head = [
    named(order.externalId),
    order.reference,
    order.origin,
    named(order.partner),
    named(order.delivery),
    order.date,
    String(order.companyId),
    idText(order.warehouse),
    idText(order.pricelist),
  ];
  const blank = head.map(() => '');
  return order.lines.map((line, i) => [...(i === 0 ? head : blank), ...lineCells(line)]);
};
/** An empty tax cell means no tax; without the column Odoo would take the product's own. */
export const loadOrders = (ask: Ask, orders: readonly NewOrder[]): Promise<void> => {
  const columns = [...orderColumns, ...lineColumns.map(column => `order_line/${column}`)];
  return loadFilled(ask, 'sale.order', columns, orders.flatMap(orderRows), ['id', 'order_line/id', 'order_line/tax_ids/.id']);
};
export const loadLines = (ask: Ask, order: number, lines: readonly NewLine[]): Promise<void> =>
  load(
    ask,
    'sale.order.line',
    ['order_id/.id', ...lineColumns],
    lines.map(line => [String(order), ...lineCells(line)]),
  );
