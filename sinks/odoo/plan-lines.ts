/** An order's lines in Odoo: products, quantities and unit prices whose product is the channel's amount to the minor unit. */
import { poison } from '../../runtime/failure.ts';
import { decimalText } from '../../schemas/money.ts';
import type { OrderConfirmed, ResolvedLine } from '../../schemas/generated/facts.ts';
import type { OdooPolicy } from '../../schemas/policy.ts';
import type { Found, Known, NewLine } from './contract.ts';

export interface Priced {
  readonly quantityMilli: number;
  /** Minor units of one unit. */
  readonly unitMinor: number;
}
/** `amount` × 1000 / `by`, and what is left; towards zero. In integers of any size. */
const perUnit = (amount: number, by: number): readonly [each: number, rest: bigint] => {
  const milli = BigInt(amount) * 1000n;
  return [Number(milli / BigInt(by)), milli % BigInt(by)];
};
const nearest = (value: bigint, by: bigint): number => {
  const half = (2n * (value < 0n ? -value : value) + by) / (2n * by);
  return Number(value < 0n ? -half : half);
};
/**
 * Splits an amount over a quantity so that quantities × unit prices are the amount, for an Odoo that keeps unit prices in the minor unit:
 * 3 pieces for 10.00 are two at 3.33 and one at 3.34. Of a part of a unit (0.5 kg) at most one minor unit remains, which the total shows.
 */
export const priced = (quantityMilli: number, amountMinor: number): readonly Priced[] => {
  const units = Math.trunc(quantityMilli / 1000);
  const [base, rest] = perUnit(amountMinor, quantityMilli);
  if (units === 0) return [{ quantityMilli, unitMinor: base + nearest(rest, BigInt(quantityMilli)) }];
  const more = Math.min(units, Math.abs(nearest(rest, 1000n)));
  const all = [
    { quantityMilli: quantityMilli - more * 1000, unitMinor: base },
    { quantityMilli: more * 1000, unitMinor: base + Math.sign(amountMinor) },
  ];
  return all.filter(one => one.quantityMilli > 0);
};
/** As many digits as Odoo's floats of 64 bits can tell apart. */
const significant = 17;
/** The price of one unit with all its digits: 3 pieces for 10.00 are at 3.3333333333333333, and come to 10.00. */
export const exactPrice = (quantityMilli: number, amountMinor: number, currency: string): string => {
  const whole = decimalText(amountMinor, currency);
  const places = whole.includes('.') ? whole.length - whole.indexOf('.') - 1 : 0;
  const [over, by] = [BigInt(Math.abs(amountMinor)) * 1000n, BigInt(quantityMilli) * 10n ** BigInt(places)];
  const scale = Math.max(places, significant - String(over / by).length);
  const digits = ((2n * over * 10n ** BigInt(scale) + by) / (2n * by)).toString().padStart(scale + 1, '0');
  const [units, decimals] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale).replace(/0+$/, '')];
  const kept = decimals.padEnd(places, '0');
  return `${amountMinor < 0 ? '-' : ''}${units}${kept === '' ? '' : `.${kept}`}`;
};
export const quantityText = (milli: number): string => {
  const text = `${Math.trunc(milli / 1000)}.${String(Math.abs(milli % 1000)).padStart(3, '0')}`;
  return text.replace(/\.?0+$/, '');
};

const where = (line: ResolvedLine): string => `planning line ${line.line}`;
const productOf = (text: string, line: ResolvedLine): number => {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id <= 0)
    throw poison('ODOO_PRODUCT_UNKNOWN', `${where(line)}: the product ${text} is not an id of Odoo`);
  return id;
};
export const productsOf = (line: ResolvedLine): readonly number[] =>
  line.kind === 'goods' ? line.components.map(component => productOf(component.product, line)) : [];
const serviceOf = (kind: 'shipping' | 'fee', odoo: OdooPolicy): string =>
  kind === 'shipping' ? odoo.shippingProduct : odoo.feeProduct;
/** The fee's is needed for what is called rounding, too. */
export const servicesOf = (lines: readonly ResolvedLine[], odoo: OdooPolicy): readonly string[] =>
  lines.some(line => line.kind === 'shipping') ? [odoo.feeProduct, odoo.shippingProduct] : [odoo.feeProduct];
export const taxNameOf = (code: string, line: ResolvedLine, odoo: OdooPolicy): string => {
  const mapped = Object.hasOwn(odoo.taxes, code) ? odoo.taxes[code] : undefined;
  if (mapped === undefined)
    throw poison('ODOO_TAX_UNKNOWN', `${where(line)}: the tax ${code} is not mapped to one of Odoo in the company's policy`);
  return line.taxIncluded ? mapped.included : mapped.excluded;
};

/** What an order of Odoo has already may be archived by now; what is new must not be. */
const usable = (known: Known | undefined, isThere: boolean): Known | undefined =>
  known?.archived === true && !isThere ? undefined : known;

interface Making {
  readonly order: OrderConfirmed;
  /** External id of the order. */
  readonly externalId: string;
  readonly odoo: OdooPolicy;
  readonly found: Found;
  readonly isThere: (externalId: string) => boolean;
}
interface Part {
  readonly externalId: string;
  readonly product: number;
  readonly quantityMilli: number;
  readonly amountMinor: number;
}
const taxesOf = (line: ResolvedLine, isThere: boolean, { odoo, found }: Making): readonly number[] =>
  line.taxes.map(tax => {
    const name = taxNameOf(tax.code, line, odoo);
    const id = usable(found.taxes[name], isThere)?.id;
    if (id === undefined)
      throw poison(
        'ODOO_TAX_UNKNOWN',
        `${where(line)}: Odoo has no sales tax named "${name}", or it is archived; the policy names it for ${tax.code}`,
      );
    return id;
  });
const serviceIn = (code: string, isThere: boolean, found: Found, why: string): number => {
  const id = usable(found.services[code], isThere)?.id;
  if (id === undefined)
    throw poison(
      'ODOO_PRODUCT_UNKNOWN',
      `${why}: Odoo has no product with the reference ${code}, or it is archived; the policy names it`,
    );
  return id;
};
/** A kit is one line per component; its money stands on the first. */
const partsOf = (line: ResolvedLine, { externalId: order, odoo, found, isThere }: Making): readonly Part[] => {
  const amount = line.taxIncluded ? line.grossMinor : line.netMinor;
  const first = `${order}_l${line.line}`;
  if (line.kind !== 'goods') {
    const product = serviceIn(serviceOf(line.kind, odoo), isThere(first), found, where(line));
    return [{ externalId: first, product, quantityMilli: 1000, amountMinor: amount }];
  }
  const [component] = line.components;
  if (component === undefined || line.components.some(one => one.quantityMilli <= 0))
    throw poison('ODOO_REFUSED', `${where(line)}: it has no quantity of any product`);
  return line.components.map((one, i) => {
    const externalId = i === 0 ? first : `${first}_c${i}`;
    const product = productOf(one.product, line);
    if (usable(found.products[one.product], isThere(externalId)) === undefined)
      throw poison(
        'ODOO_PRODUCT_UNKNOWN',
        `${where(line)}: Odoo has no product with the id ${product}, or it is archived; it was taken for ${line.codes[0] ?? 'the line'}`,
      );
    return { externalId, product, quantityMilli: one.quantityMilli, amountMinor: i === 0 ? amount : 0 };
  });
};
const checkDigits = (milli: number, line: ResolvedLine, digits: number): void => {
  if (digits < 3 && milli % 10 ** (3 - digits) !== 0)
    throw poison(
      'ODOO_REFUSED',
      `${where(line)}: Odoo keeps ${digits} decimals of a quantity, this is ${quantityText(milli)}; raise "Product Unit" under Decimal Accuracy in Odoo, then retry`,
    );
};
const pricesOf = (
  { quantityMilli, amountMinor }: Part,
  { order: { currency }, found }: Making,
): readonly (readonly [quantityMilli: number, unitPrice: string])[] =>
  found.priceDigits === null
    ? [[quantityMilli, exactPrice(quantityMilli, amountMinor, currency)]]
    : priced(quantityMilli, amountMinor).map(one => [one.quantityMilli, decimalText(one.unitMinor, currency)] as const);
/** The lines that an order has in Odoo, with external ids made from the channel's line ids. */
export const linesOf = (making: Making): readonly NewLine[] =>
  making.order.lines.flatMap(line =>
    partsOf(line, making).flatMap(part => {
      checkDigits(part.quantityMilli, line, making.found.quantityDigits);
      return pricesOf(part, making).map(([quantityMilli, unitPrice], n): NewLine => {
        const externalId = n === 0 ? part.externalId : `${part.externalId}_r`;
        return {
          externalId,
          product: part.product,
          name: line.description === '' ? line.line : line.description,
          quantity: quantityText(quantityMilli),
          unitPrice,
          taxes: taxesOf(line, making.isThere(externalId), making),
        };
      });
    }),
  );

export const roundingId = (order: string): string => `${order}_rounding`;
/** A line for what Odoo's arithmetic leaves; without tax, so that it adds just that. */
export const roundingLine = (
  order: OrderConfirmed,
  externalId: string,
  minor: number,
  odoo: OdooPolicy,
  found: Found,
): NewLine => ({
  externalId: roundingId(externalId),
  product: serviceIn(odoo.feeProduct, false, found, `putting the rounding beside ${order.order}`),
  name: 'Rounding',
  quantity: '1',
  unitPrice: decimalText(minor, order.currency),
  taxes: [],
});
