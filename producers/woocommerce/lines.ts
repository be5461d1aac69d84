/**
 * The money of an order's lines. WooCommerce shows a line's net rounded to the shop's decimals and its tax unrounded, per rate, and
 * rounds the order's sums by itself; so the parts seldom add up as they stand. The rule:
 *
 * 1. Per rate, the tax of goods and fees adds up to the order's tax line of that rate (`tax_total`), of shipping to its
 *    `shipping_tax_total`: each rounded half away from zero, and what then lacks, unit by unit, where rounding lost most. A rate
 *    whose tax line does not say what its lines say by more than rounding (or that has none) is rounded line by line.
 * 2. The nets, in the same way, so that net and tax of all lines are `total` to the minor unit.
 * 3. What rounding cannot explain is poison: nobody's guess decides where money went.
 */
import { poison } from '../../runtime/failure.ts';
import type { Line } from '../../schemas/generated/facts.ts';
import {
  apportioned,
  exactMinor,
  exactly,
  isNegative,
  isZero,
  negated,
  roundedMinor,
  sumOf,
  type Decimal,
} from '../../schemas/money.ts';
import { metaText, type GoodsLine, type LineTax, type TaxLine, type WooOrder } from './contract.ts';
import { decoded } from './entities.ts';
import type { Options } from './options.ts';

/** Shops count in pieces or, where they say so, in thousandths; a 32-bit counter that overflowed is no quantity. */
export const quantityOf = (quantity: Decimal, options: Options, what: string): number => {
  const milli = exactly(quantity, options.decimalQuantities ? 3 : 0);
  const scaled = milli === undefined ? undefined : options.decimalQuantities ? milli : milli * 1000n;
  if (scaled === undefined || scaled < 0n || scaled >= 2n ** 31n * 1000n)
    throw poison(
      'DELIVERY_UNTRANSLATABLE',
      `reading ${what}: the quantity is negative, beyond 2^31 or has more decimals than the shop sells in (options.decimalQuantities)`,
    );
  return Number(scaled);
};

/** Our code of a rate; the message names the rate and where to map it. */
export const taxCode = (rate: string, options: Options, what: string): string => {
  const code = options.taxes.get(rate);
  if (code === undefined)
    throw poison(
      'DELIVERY_UNTRANSLATABLE',
      `reading ${what}: tax rate ${JSON.stringify(rate.slice(0, 20))} is not mapped; add it to options.taxes of the shop`,
    );
  return code;
};
/** Codes with their amounts, those of one code as one. */
export const byCode = (taxes: readonly { readonly code: string; readonly amountMinor: number }[]): Line['taxes'] => {
  const sums = new Map<string, number>();
  for (const { code, amountMinor } of taxes) sums.set(code, (sums.get(code) ?? 0) + amountMinor);
  return [...sums].map(([code, amountMinor]) => ({ code, amountMinor }));
};

type Part = Pick<Line, 'line' | 'kind' | 'codes' | 'description' | 'quantityMilli' | 'unitPrice'> & {
  readonly net: Decimal;
  readonly before: Decimal;
  readonly taxes: readonly LineTax[];
};

const barcode = ({ global_unique_id, meta_data }: GoodsLine): string | undefined =>
  [global_unique_id, metaText(meta_data, '_global_unique_id'), metaText(meta_data, '_barcode'), metaText(meta_data, '_ean')]
    .map(text => text?.trim())
    .find(text => text !== undefined && /^\d{8,14}$/.test(text));
/** In the order in which the catalogue is asked. */
const codesOf = (shop: string, line: GoodsLine, what: string): readonly string[] => {
  const listing = line.variation_id === 0 ? line.product_id : line.variation_id;
  const ean = barcode(line);
  const codes = [
    ...(listing === 0 ? [] : [`listing:${shop}:${listing}`]),
    ...(line.sku.trim() === '' ? [] : [`sku:${line.sku.trim()}`]),
    ...(ean === undefined ? [] : [`barcode:${ean}`]),
  ];
  if (codes.length === 0)
    throw poison(
      'DELIVERY_UNTRANSLATABLE',
      `reading ${what}: it names no product: no id, no SKU, no barcode (deleted in the shop?)`,
    );
  return codes;
};

const parts = (order: WooOrder, shop: string, options: Options): readonly Part[] => {
  const positive = (amount: Decimal, what: string): Decimal => {
    if (isNegative(amount)) throw poison('AMOUNT_INVALID', `reading ${what}: only a fee may be negative`);
    return amount;
  };
  const of = (id: number): string => `order ${order.id} line ${id}`;
  // A line of nothing for nothing is what an edit in the shop leaves behind.
  const goods = order.line_items
    .filter(line => !(isZero(line.quantity) && isZero(line.total)))
    .map((line): Part => ({
      line: String(line.id),
      kind: 'goods',
      codes: codesOf(shop, line, of(line.id)),
      description: decoded(line.name),
      quantityMilli: quantityOf(line.quantity, options, of(line.id)),
      unitPrice: line.price === '' ? null : line.price,
      net: positive(line.total, of(line.id)),
      before: line.subtotal,
      taxes: line.taxes,
    }));
  const one = (kind: 'shipping' | 'fee', line: WooOrder['fee_lines'][number]): Part => ({
    line: String(line.id),
    kind,
    codes: [],
    description: decoded(line.name),
    quantityMilli: 1000,
    unitPrice: null,
    net: kind === 'fee' ? line.total : positive(line.total, of(line.id)),
    before: line.total,
    taxes: line.taxes,
  });
  return [
    ...goods,
    ...order.shipping_lines.map(line => one('shipping', { ...line, name: line.method_title })),
    ...order.fee_lines.map(line => one('fee', line)),
  ];
};

interface Figure {
  readonly part: number;
  readonly rate: string;
  readonly exact: Decimal;
}
/** The figures of one rate, in minor units. */
const taxesOf = (figures: readonly Figure[], target: Decimal | undefined, currency: string, what: string): readonly number[] => {
  const exact = figures.map(one => one.exact);
  const total = target === undefined ? undefined : roundedMinor(target, currency, what);
  return (
    (total === undefined ? undefined : apportioned(total, exact, currency, what)) ??
    exact.map(one => roundedMinor(one, currency, what))
  );
};
/** Rule 1: tax per part and rate, in minor units, in the order in which the parts name their rates. */
const allTaxes = (
  order: WooOrder,
  all: readonly Part[],
  what: string,
): readonly (readonly { rate: string; minor: number }[])[] => {
  const figures = all.flatMap((part, at) =>
    part.taxes.flatMap(({ id, total }): readonly Figure[] => (total === undefined ? [] : [{ part: at, rate: id, exact: total }])),
  );
  const lineOf = new Map<string, TaxLine>(order.tax_lines.map(line => [line.rate_id, line]));
  const isShipping = (figure: Figure): boolean => all[figure.part]?.kind === 'shipping';
  const minor = new Map<Figure, number>();
  for (const rate of new Set(figures.map(one => one.rate)))
    for (const shipping of [false, true]) {
      const group = figures.filter(one => one.rate === rate && isShipping(one) === shipping);
      const target = shipping ? lineOf.get(rate)?.shipping_tax_total : lineOf.get(rate)?.tax_total;
      taxesOf(group, target, order.currency, what).forEach((amount, at) => minor.set(group[at]!, amount));
    }
  return all.map((_, at) => figures.filter(one => one.part === at).map(one => ({ rate: one.rate, minor: minor.get(one) ?? 0 })));
};

/** All lines of an order, adding up to its total to the minor unit. */
export const linesOf = (order: WooOrder, shop: string, options: Options): readonly Line[] => {
  const what = `order ${order.id}`;
  const all = parts(order, shop, options);
  const twice = all.find((part, at) => all.findIndex(other => other.line === part.line) !== at);
  if (twice !== undefined) throw poison('DELIVERY_UNTRANSLATABLE', `reading ${what}: it has two lines of the id ${twice.line}`);
  const total = exactMinor(order.total, order.currency, `${what} total`);
  const taxes = allTaxes(order, all, what);
  const taxMinor = taxes.flat().reduce((sum, one) => sum + one.minor, 0);
  const nets = apportioned(
    total - taxMinor,
    all.map(part => part.net),
    order.currency,
    what,
  );
  if (nets === undefined)
    throw poison(
      'AMOUNT_INVALID',
      `reading ${what}: its lines (net ${roundedMinor(sumOf(all.map(part => part.net)), order.currency, what)}, tax ${taxMinor}) ` +
        `do not add up to its total ${total}, in minor units of ${order.currency}; the shop may recalculate the order`,
    );
  return all.map(({ net, before, taxes: _, ...part }, at): Line => {
    const off = sumOf([before, negated(net)]);
    const coded = byCode(
      taxes[at]!.map(one => ({ code: taxCode(one.rate, options, `${what} line ${part.line}`), amountMinor: one.minor })),
    );
    return {
      ...part,
      netMinor: nets[at]!,
      discountMinor: isNegative(off) ? 0 : roundedMinor(off, order.currency, what),
      taxes: coded,
      grossMinor: coded.reduce((sum, one) => sum + one.amountMinor, nets[at]!),
      taxIncluded: order.prices_include_tax,
    };
  });
};
