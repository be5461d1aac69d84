/** Makes and changes orders in Odoo. New records go by `load()` with external ids, many in one call; what that refuses is tried one by one. */
import { isFailure } from '../../runtime/failure.ts';
import { loadFailure } from '../../runtime/odoo-errors.ts';
import { mayHaveHappened } from '../../runtime/odoo-rpc.ts';
import type { Answer } from '../../runtime/model.ts';
import { decimalOf, isZero, negated, sumOf } from '../../schemas/money.ts';
import { claim, type Call, type NewLine, type NewOrder, type NewPartner } from './contract.ts';
import { claimed, type Ask } from './target-find.ts';

type Of<D extends Call['do']> = Extract<Call, { readonly do: D }>;
const named = (externalId: string): string => `${claim}.${externalId}`;

const lineColumns = ['id', 'product_id/.id', 'name', 'product_uom_qty', 'price_unit', 'tax_ids/.id'];
const lineCells = (line: NewLine): readonly string[] => [
  named(line.externalId),
  String(line.product),
  line.name,
  line.quantity,
  line.unitPrice,
  line.taxes.join(','),
];
const orderColumns = [
  'id',
  'client_order_ref',
  'origin',
  'partner_id/id',
  'date_order',
  'company_id/.id',
  'warehouse_id/.id',
  'pricelist_id/.id',
];
const orderRows = (order: NewOrder): readonly (readonly string[])[] => {
  const head = [
    named(order.externalId),
    order.reference,
    order.origin,
    named(order.partner),
    order.date,
    String(order.companyId),
    order.warehouse === null ? '' : String(order.warehouse),
    order.pricelist === null ? '' : String(order.pricelist),
  ];
  return order.lines.map((line, i) => [...(i === 0 ? head : head.map(() => '')), ...lineCells(line)]);
};
/** Columns that no row fills are left out: an empty cell would take a default away. */
const filled = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  always: readonly string[],
): readonly [readonly string[], readonly (readonly string[])[]] => {
  const kept = columns.flatMap((column, i) => (always.includes(column) || rows.some(row => row[i] !== '') ? [i] : []));
  return [kept.map(i => columns[i]!), rows.map(row => kept.map(i => row[i]!))];
};
const load = async (ask: Ask, model: string, columns: readonly string[], rows: readonly (readonly string[])[]): Promise<void> => {
  const answer = await ask(model, 'load', [columns, rows]);
  const failure = loadFailure(`loading ${model} into Odoo`, answer);
  if (failure !== undefined) throw failure;
};
const loadPartners = async (ask: Ask, partners: readonly NewPartner[]): Promise<void> => {
  const columns = ['id', ...new Set(partners.flatMap(one => Object.keys(one.values)))];
  const unique = new Map(partners.map(one => [one.externalId, one]));
  await load(
    ask,
    'res.partner',
    columns,
    [...unique.values()].map(one => [named(one.externalId), ...columns.slice(1).map(field => one.values[field] ?? '')]),
  );
};
const loadOrders = async (ask: Ask, orders: readonly NewOrder[]): Promise<void> => {
  const columns = [...orderColumns, ...lineColumns.map(column => `order_line/${column}`)];
  const [kept, rows] = filled(columns, orders.flatMap(orderRows), ['id', 'order_line/id', 'order_line/tax_ids/.id']);
  await load(ask, 'sale.order', kept, rows);
};
/** An empty tax cell means no tax; without the column Odoo would take the product's own. */
const loadLines = (ask: Ask, order: number, lines: readonly NewLine[]): Promise<void> =>
  load(
    ask,
    'sale.order.line',
    ['order_id/.id', ...lineColumns],
    lines.map(line => [String(order), ...lineCells(line)]),
  );

const sameAmount = (a: unknown, b: string): boolean =>
  isZero(sumOf([decimalOf(String(a), 'a total of Odoo'), negated(decimalOf(b, 'a total'))]));
/** Confirms those that are quotations with the expected total; leaves the others for the next look. */
const confirm = async (ask: Ask, calls: readonly Of<'confirm'>[]): Promise<void> => {
  const names = calls.flatMap(one => (typeof one.order === 'string' ? [one.order] : []));
  const ids = await claimed(ask, 'sale.order', names);
  const wanted = calls.flatMap(one => {
    const id = typeof one.order === 'number' ? one.order : ids.get(one.order);
    return id === undefined ? [] : [{ id, total: one.total }];
  });
  const rows = (await ask('sale.order', 'read', [wanted.map(one => one.id), ['state', 'amount_total']])) as readonly {
    readonly id: number;
    readonly state: string;
    readonly amount_total: number;
  }[];
  const ready = wanted.filter(one =>
    rows.some(
      row => row.id === one.id && (row.state === 'draft' || row.state === 'sent') && sameAmount(row.amount_total, one.total),
    ),
  );
  if (ready.length > 0) await ask('sale.order', 'action_confirm', [ready.map(one => one.id)]);
};

type Item = { outcome: Answer<undefined> };
const failed = (error: unknown): Answer<undefined> => {
  if (mayHaveHappened(error)) return { is: 'unknown', error: error as Error };
  return { is: 'failure', failure: error instanceof Error ? error : new Error(String(error)) };
};
/** A failure that concerns everything sent to Odoo, not a single record. */
const ofTarget = (error: unknown): boolean => isFailure(error) && error.kind !== 'poison' && error.code !== 'ODOO_CONFLICT';

/** Runs work for many at once; when that is refused for what it says, each alone, so that one bad record blames no other. */
const together = async <T>(all: readonly (readonly [Item, T])[], run: (batch: readonly T[]) => Promise<void>): Promise<void> => {
  const open = all.filter(([item]) => item.outcome.is === 'done');
  if (open.length === 0) return;
  try {
    await run(open.map(([, one]) => one));
  } catch (error) {
    if (open.length === 1 || mayHaveHappened(error) || ofTarget(error)) {
      for (const [item] of open) item.outcome = failed(error);
      return;
    }
    for (const one of open) await together([one], run);
  }
};
/** One answer per item, in order. The calls of an item run in order, those of the same kind together for the batch. */
export const applyAll = async (ask: Ask, calls: readonly (readonly Call[])[]): Promise<readonly Answer<undefined>[]> => {
  const items: Item[] = calls.map(() => ({ outcome: { is: 'done', value: undefined } }));
  const of = <D extends Call['do']>(what: D): readonly (readonly [Item, Of<D>])[] =>
    calls.flatMap((mine, i) => mine.filter((call): call is Of<D> => call.do === what).map(call => [items[i]!, call] as const));
  await together(of('partner'), batch =>
    loadPartners(
      ask,
      batch.map(one => one.partner),
    ),
  );
  await together(of('order'), batch =>
    loadOrders(
      ask,
      batch.map(one => one.order),
    ),
  );
  await together(of('unlock'), async batch => {
    await ask('sale.order', 'action_unlock', [batch.map(one => one.order)]);
  });
  for (const one of of('lines')) await together([one], ([call]) => loadLines(ask, call!.order, call!.lines));
  for (const one of of('line'))
    await together([one], async ([call]) => {
      await ask('sale.order.line', 'write', [[call!.line], call!.values]);
    });
  await together(of('confirm'), batch => confirm(ask, batch));
  await together(of('cancel'), async batch => {
    await ask('sale.order', 'action_cancel', [batch.map(one => one.order)]);
  });
  return items.map(item => item.outcome);
};
