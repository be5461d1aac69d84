/** An order's lines in Odoo: products, quantities and unit prices whose product is the channel's amount to the minor unit. */
import { poison } from '../../runtime/failure.ts';
import { decimalText } from '../../schemas/money.ts';
import type { ResolvedLine } from '../../schemas/generated/facts.ts';
import type { OdooPolicy } from '../../schemas/policy.ts';
import type { Found, NewLine } from './contract.ts';

export interface Priced {
  readonly quantityMilli: number;
  /** Minor units of one unit. */
  readonly unitMinor: number;
}
const divided = (amount: number, by: number): number => Math.trunc(amount / by);
/**
 * Splits an amount over a quantity so that quantities × unit prices are the amount exactly. Odoo keeps unit prices in the minor unit, so
 * 3 pieces for 10.00 are two at 3.33 and one at 3.34. Parts of a unit (1.5 kg) may leave a difference, which the total shows.
 */
export const priced = (quantityMilli: number, amountMinor: number): readonly Priced[] => {
  if (quantityMilli % 1000 !== 0) {
    const exact =
      (BigInt(amountMinor) * 2000n + BigInt(Math.sign(amountMinor)) * BigInt(quantityMilli)) / (2n * BigInt(quantityMilli));
    return [{ quantityMilli, unitMinor: Number(exact) }];
  }
  const units = quantityMilli / 1000;
  const base = divided(amountMinor, units);
  const rest = Math.abs(amountMinor - base * units);
  const step = Math.sign(amountMinor);
  const all = [
    { quantityMilli: (units - rest) * 1000, unitMinor: base },
    { quantityMilli: rest * 1000, unitMinor: base + step },
  ];
  return all.filter(one => one.quantityMilli > 0);
};
export const quantityText = (milli: number): string => {
  const text = `${Math.trunc(milli / 1000)}.${String(Math.abs(milli % 1000)).padStart(3, '0')}`;
  return text.replace(/\.?0+$/, '');
};

const productOf = (text: string, line: ResolvedLine): number => {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id <= 0)
    throw poison('ODOO_PRODUCT_UNKNOWN', `planning line ${line.line}: the product ${text} is not an id of Odoo`);
  return id;
};
export const taxNameOf = (code: string, line: ResolvedLine, odoo: OdooPolicy): string => {
  const mapped = Object.hasOwn(odoo.taxes, code) ? odoo.taxes[code] : undefined;
  if (mapped === undefined)
    throw poison(
      'ODOO_TAX_UNKNOWN',
      `planning line ${line.line}: the tax ${code} is not mapped to one of Odoo in the company's policy`,
    );
  return line.taxIncluded ? mapped.included : mapped.excluded;
};
export const serviceOf = (line: ResolvedLine, odoo: OdooPolicy): string | undefined =>
  line.kind === 'goods' ? undefined : line.kind === 'shipping' ? odoo.shippingProduct : odoo.feeProduct;
export const productsOf = (line: ResolvedLine): readonly number[] =>
  line.kind === 'goods' ? line.components.map(component => productOf(component.product, line)) : [];

interface Part {
  readonly product: number;
  readonly quantityMilli: number;
  readonly amountMinor: number;
  readonly suffix: string;
}
/** A kit is one line per component; its money stands on the first. */
const partsOf = (line: ResolvedLine, odoo: OdooPolicy, found: Found): readonly Part[] => {
  const amount = line.taxIncluded ? line.grossMinor : line.netMinor;
  const service = serviceOf(line, odoo);
  if (service !== undefined) {
    const product = found.services[service];
    if (product === undefined)
      throw poison(
        'ODOO_PRODUCT_UNKNOWN',
        `planning line ${line.line}: Odoo has no product with the reference ${service}, which the policy names for ${line.kind}`,
      );
    return [{ product, quantityMilli: 1000, amountMinor: amount, suffix: '' }];
  }
  return line.components.map((component, i) => {
    const product = productOf(component.product, line);
    if (!found.products.includes(product))
      throw poison(
        'ODOO_PRODUCT_UNKNOWN',
        `planning line ${line.line}: Odoo has no product with the id ${product}, or it is archived`,
      );
    return {
      product,
      quantityMilli: component.quantityMilli,
      amountMinor: i === 0 ? amount : 0,
      suffix: i === 0 ? '' : `_c${i}`,
    };
  });
};
/** The lines that an order has in Odoo, with external ids made from the channel's line ids. */
export const linesOf = (
  order: string,
  lines: readonly ResolvedLine[],
  currency: string,
  odoo: OdooPolicy,
  found: Found,
): readonly NewLine[] =>
  lines.flatMap(line => {
    const taxes = line.taxes.map(tax => {
      const name = taxNameOf(tax.code, line, odoo);
      const id = found.taxes[name];
      if (id === undefined)
        throw poison(
          'ODOO_TAX_UNKNOWN',
          `planning line ${line.line}: Odoo has no sales tax named "${name}", which the policy names for ${tax.code}`,
        );
      return id;
    });
    return partsOf(line, odoo, found).flatMap(part =>
      priced(part.quantityMilli, part.amountMinor).map((one, n) => ({
        externalId: `${order}_l${line.line}${part.suffix}${n === 0 ? '' : '_r'}`,
        product: part.product,
        name: line.description === '' ? line.line : line.description,
        quantity: quantityText(one.quantityMilli),
        unitPrice: decimalText(one.unitMinor, currency),
        taxes,
      })),
    );
  });
