/** Looks up what a batch of orders needs of Odoo: each kind of record once for the whole batch. */
import { fatal } from '../../runtime/failure.ts';
import type { Found, Known, Lookup } from './contract.ts';
import { idOf, nameOf, search, searchAll, unique, type Ask, type Row } from './target-ask.ts';
import { ordersOf } from './target-orders.ts';
import { partnersOf } from './target-partners.ts';

/** By the text of a field. Of several, one that is not archived; of those, the oldest. */
const knownBy = (rows: readonly Row[], field: string): Readonly<Record<string, Known>> => {
  const known = rows.map(row => ({ key: String(row[field]), id: Number(row['id']), archived: row['active'] === false }));
  const best = known.sort((a, b) => Number(b.archived) - Number(a.archived) || b.id - a.id);
  return Object.fromEntries(best.map(({ key, id, archived }) => [key, { id, archived }]));
};
const idsBy = (rows: readonly Row[], field: string): Readonly<Record<string, number>> =>
  Object.fromEntries(rows.map(row => [String(row[field]), Number(row['id'])]));
/** Nothing is asked for nothing. */
const named = async (
  ask: Ask,
  model: string,
  field: string,
  values: readonly unknown[],
  conditions: readonly unknown[] = [],
): Promise<readonly Row[]> =>
  values.length === 0
    ? []
    : searchAll(ask, model, [[field, 'in', values], ...conditions], field === 'id' ? ['active'] : [field, 'active']);

const companyOf = async (ask: Ask, companyId: number): Promise<string> => {
  const [company] = await search(ask, 'res.company', [['id', '=', companyId]], ['currency_id']);
  if (company === undefined)
    throw fatal(
      'SETTINGS_INVALID',
      `looking for the company ${companyId} in Odoo: there is none, or the user of ODOO_LOGIN does not belong to it; correct odoo.companyId in the company's policy`,
    );
  return nameOf(company['currency_id']);
};
interface Digits {
  readonly quantityDigits: number;
  readonly priceDigits: number | null;
}
/** `digits` is `[16, 2]`, or false where nothing is rounded. */
const digitsOf = async (ask: Ask): Promise<Digits> => {
  const fields = ['product_uom_qty', 'price_unit'];
  const answer = await ask('sale.order.line', 'fields_get', [fields], { attributes: ['digits'] });
  const told = (answer ?? {}) as Readonly<Record<string, { readonly digits?: unknown } | undefined>>;
  const [quantity, price] = fields.map(field => {
    const digits = told[field]?.digits;
    return Array.isArray(digits) && typeof digits[1] === 'number' ? digits[1] : null;
  });
  return { quantityDigits: quantity ?? 3, priceDigits: price ?? null };
};

/** What the whole batch asks of one company, as one answer per lookup. */
const findIn = async (ask: Ask, companyId: number, lookups: readonly Lookup[]): Promise<readonly Found[]> => {
  const of = <T>(pick: (one: Lookup) => readonly T[]): readonly T[] => unique(lookups.flatMap(pick));
  const mine = ['company_id', '=', companyId];
  const orders = await ordersOf(
    ask,
    of(one => [one.order]),
  );
  const partners = await partnersOf(
    ask,
    of(one => (one.partner === null ? [] : [one.partner])),
  );
  const products = await named(
    ask,
    'product.product',
    'id',
    of(one => one.products),
  );
  const services = await named(
    ask,
    'product.product',
    'default_code',
    of(one => one.services),
  );
  const taxes = await named(
    ask,
    'account.tax',
    'name',
    of(one => one.taxes),
    [['type_tax_use', '=', 'sale'], mine],
  );
  const countryCodes = of(one => one.countries);
  const countries = countryCodes.length === 0 ? [] : await search(ask, 'res.country', [['code', 'in', countryCodes]], ['code']);
  const warehouseCodes = of(one => (one.warehouse === null ? [] : [one.warehouse]));
  const warehouses =
    warehouseCodes.length === 0 ? [] : await search(ask, 'stock.warehouse', [['code', 'in', warehouseCodes], mine], ['code']);
  const pricelists = await search(
    ask,
    'product.pricelist',
    [
      ['currency_id.name', 'in', of(one => [one.currency])],
      ['company_id', 'in', [false, companyId]],
    ],
    ['currency_id'],
  );
  const companyCurrency = await companyOf(ask, companyId);
  const shared = {
    products: knownBy(products, 'id'),
    services: knownBy(services, 'default_code'),
    taxes: knownBy(taxes, 'name'),
    countries: idsBy(countries, 'code'),
    companyCurrency,
    ...(await digitsOf(ask)),
  };
  const codes = idsBy(warehouses, 'code');
  return lookups.map(one => {
    const pricelist = pricelists.find(row => nameOf(row['currency_id']) === one.currency);
    return {
      ...shared,
      order: orders.get(one.order) ?? null,
      partner: one.partner === null ? null : (partners.get(one.partner) ?? null),
      warehouse: one.warehouse === null ? null : (codes[one.warehouse] ?? null),
      pricelist: pricelist === undefined ? null : idOf(pricelist['id']),
    };
  });
};
/** One answer per lookup, in order. Throws what Odoo could not answer: it concerns them all. */
export const findAll = async (ask: Ask, lookups: readonly Lookup[]): Promise<readonly Found[]> => {
  const answers = new Map<Lookup, Found>();
  for (const [companyId, mine] of Map.groupBy(lookups, one => one.companyId))
    (await findIn(ask, companyId, mine)).forEach((found, i) => answers.set(mine[i]!, found));
  return lookups.map(one => answers.get(one)!);
};
