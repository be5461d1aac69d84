/** Looks up what a batch of orders needs of Odoo: each kind of record once for the whole batch. */
import { fatal } from '../../runtime/failure.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { decimalOf, decimalText, roundedMinor } from '../../schemas/money.ts';
import { claim, type Found, type FoundLine, type FoundOrder, type Lookup, type OrderState } from './contract.ts';

type Row = Readonly<Record<string, unknown>>;
export type Ask = (
  model: string,
  method: string,
  args: readonly unknown[],
  kwargs?: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

export const askOf =
  (rpc: OdooRpc, timeoutMs: number): Ask =>
  (model, method, args, kwargs = {}) =>
    rpc.call(model, method, args, kwargs, { timeoutMs });
const rowsOf = (model: string, answer: unknown): readonly Row[] => {
  if (!Array.isArray(answer)) throw fatal('ODOO_ANSWER', `reading ${model} of Odoo: the answer is not a list`);
  return answer as readonly Row[];
};
export const search = async (
  ask: Ask,
  model: string,
  domain: readonly unknown[],
  fields: readonly string[],
  context: Row = {},
): Promise<readonly Row[]> => rowsOf(model, await ask(model, 'search_read', [domain], { fields, context }));
/** A many2one as `[id, name]`, or false. */
const idOf = (value: unknown): number => (Array.isArray(value) ? Number(value[0]) : Number(value));
const nameOf = (value: unknown): string => (Array.isArray(value) ? String(value[1]) : '');
/** Odoo's floats, as shortest decimal text, in thousandths. */
const milliOf = (value: unknown): number => Math.round(Number(value) * 1000);
const minor = (value: unknown, currency: string): number =>
  roundedMinor(decimalOf(String(value), 'an amount of Odoo'), currency, 'an amount of Odoo');
const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** Record ids by our external id's name. */
export const claimed = async (ask: Ask, model: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  if (names.length === 0) return new Map();
  const rows = await search(
    ask,
    'ir.model.data',
    [
      ['module', '=', claim],
      ['model', '=', model],
      ['name', 'in', unique(names)],
    ],
    ['name', 'res_id'],
  );
  return new Map(rows.map(row => [String(row['name']), Number(row['res_id'])]));
};
const linesOf = async (
  ask: Ask,
  orders: readonly number[],
  currencies: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<number, readonly FoundLine[]>> => {
  const rows = await search(
    ask,
    'sale.order.line',
    [['order_id', 'in', orders]],
    ['order_id', 'product_id', 'product_uom_qty', 'qty_delivered', 'price_unit', 'tax_ids'],
  );
  const data = await search(
    ask,
    'ir.model.data',
    [
      ['module', '=', claim],
      ['model', '=', 'sale.order.line'],
      ['res_id', 'in', rows.map(row => row['id'])],
    ],
    ['name', 'res_id'],
  );
  const names = new Map(data.map(row => [Number(row['res_id']), String(row['name'])]));
  const byOrder = new Map<number, FoundLine[]>();
  for (const row of rows) {
    const order = idOf(row['order_id']);
    const currency = currencies.get(order)!;
    const line: FoundLine = {
      id: Number(row['id']),
      externalId: names.get(Number(row['id'])) ?? null,
      product: idOf(row['product_id']),
      quantityMilli: milliOf(row['product_uom_qty']),
      deliveredMilli: milliOf(row['qty_delivered']),
      unitPrice: decimalText(minor(row['price_unit'], currency), currency),
      taxes: (row['tax_ids'] as readonly number[]).map(Number),
    };
    byOrder.set(order, [...(byOrder.get(order) ?? []), line]);
  }
  return byOrder;
};
const ordersOf = async (ask: Ask, ids: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, FoundOrder>> => {
  if (ids.size === 0) return new Map();
  const rows = await search(
    ask,
    'sale.order',
    [['id', 'in', [...ids.values()]]],
    ['state', 'locked', 'delivery_status', 'amount_total', 'currency_id'],
    { active_test: false },
  );
  const byId = new Map(rows.map(row => [Number(row['id']), row]));
  const lines = await linesOf(ask, [...byId.keys()], new Map(rows.map(row => [Number(row['id']), nameOf(row['currency_id'])])));
  return new Map(
    [...ids].flatMap(([name, id]) => {
      const row = byId.get(id);
      if (row === undefined) return [];
      const currency = nameOf(row['currency_id']);
      const found: FoundOrder = {
        id,
        state: row['state'] as OrderState,
        locked: row['locked'] === true,
        delivered: row['delivery_status'] === 'full' || row['delivery_status'] === 'partial',
        totalMinor: minor(row['amount_total'], currency),
        currency,
        lines: lines.get(id) ?? [],
      };
      return [[name, found] as const];
    }),
  );
};
const byName = (rows: readonly Row[], field: string): Readonly<Record<string, number>> =>
  Object.fromEntries(rows.map(row => [String(row[field]), Number(row['id'])]));

/** What the whole batch asks of one company, as one answer per lookup. */
const findIn = async (ask: Ask, companyId: number, lookups: readonly Lookup[]): Promise<readonly Found[]> => {
  const within = { context: { allowed_company_ids: [companyId] } }.context;
  const of = <T>(pick: (one: Lookup) => readonly T[]): readonly T[] => unique(lookups.flatMap(pick));
  const ids = await claimed(
    ask,
    'sale.order',
    of(one => [one.order]),
  );
  const orders = await ordersOf(ask, ids);
  const partners = await claimed(
    ask,
    'res.partner',
    of(one => (one.partner === '' ? [] : [one.partner])),
  );
  const [productIds, services, taxes, warehouses, currencies] = [
    of(one => one.products),
    of(one => one.services),
    of(one => one.taxes),
    of(one => (one.warehouse === null ? [] : [one.warehouse])),
    of(one => [one.currency]),
  ];
  const products = productIds.length === 0 ? [] : await search(ask, 'product.product', [['id', 'in', productIds]], ['id']);
  const coded =
    services.length === 0 ? [] : await search(ask, 'product.product', [['default_code', 'in', services]], ['default_code']);
  const named =
    taxes.length === 0
      ? []
      : await search(
          ask,
          'account.tax',
          [
            ['name', 'in', taxes],
            ['type_tax_use', '=', 'sale'],
            ['company_id', '=', companyId],
          ],
          ['name'],
        );
  const stored =
    warehouses.length === 0
      ? []
      : await search(
          ask,
          'stock.warehouse',
          [
            ['code', 'in', warehouses],
            ['company_id', '=', companyId],
          ],
          ['code'],
        );
  const [company] = await search(ask, 'res.company', [['id', '=', companyId]], ['currency_id'], within);
  if (company === undefined)
    throw fatal(
      'ODOO_VERSION',
      `looking for the company ${companyId} in Odoo: it has none, or the user may not see it; correct odoo.companyId in the policy`,
    );
  const pricelists = await search(ask, 'product.pricelist', [['currency_id.name', 'in', currencies]], ['currency_id']);
  const [codes, taxIds, warehouseIds] = [byName(coded, 'default_code'), byName(named, 'name'), byName(stored, 'code')];
  return lookups.map(one => ({
    order: orders.get(one.order) ?? null,
    partner: partners.get(one.partner) ?? null,
    products: products.map(row => Number(row['id'])),
    services: codes,
    taxes: taxIds,
    warehouse: one.warehouse === null ? null : (warehouseIds[one.warehouse] ?? null),
    pricelist: Number(pricelists.find(row => nameOf(row['currency_id']) === one.currency)?.['id'] ?? 0) || null,
    companyCurrency: nameOf(company['currency_id']),
  }));
};
/** One answer per lookup, in order. Throws what Odoo could not answer: it concerns them all. */
export const findAll = async (ask: Ask, lookups: readonly Lookup[]): Promise<readonly Found[]> => {
  const answers = new Map<Lookup, Found>();
  for (const companyId of unique(lookups.map(one => one.companyId))) {
    const mine = lookups.filter(one => one.companyId === companyId);
    (await findIn(ask, companyId, mine)).forEach((found, i) => answers.set(mine[i]!, found));
  }
  return lookups.map(one => answers.get(one)!);
};
