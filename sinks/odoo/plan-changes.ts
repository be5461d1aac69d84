/** What of an order that Odoo has differs from what was decided, and what brings it there. */
import { poison } from '../../runtime/failure.ts';
import { decimalOf, decimalText, roundedMinor } from '../../schemas/money.ts';
import type { OrderConfirmed } from '../../schemas/generated/facts.ts';
import type { OdooPolicy } from '../../schemas/policy.ts';
import type { Call, Found, FoundLine, FoundOrder, NewLine } from './contract.ts';
import { quantityText, roundingId, roundingLine } from './plan-lines.ts';
import { orderId } from './plan-names.ts';

/** A locked order is unlocked for its changes and locked again. */
export const onUnlocked = (reference: string, order: FoundOrder, changes: readonly Call[]): readonly Call[] =>
  order.locked && changes.length > 0
    ? [
        { kind: 'change', show: `unlock ${reference}`, do: 'unlock', order: order.id },
        ...changes,
        { kind: 'change', show: `lock ${reference}`, do: 'lock', order: order.id },
      ]
    : changes;

export const lineCall = (
  reference: string,
  line: FoundLine,
  quantity: string,
  unitPrice: string,
  taxes: readonly number[] | null = null,
): Call => ({
  kind: 'change',
  show: `change ${reference}, line ${line.externalId ?? line.id}: ${quantity} at ${unitPrice}${taxes === null ? '' : ', other taxes'}`,
  do: 'line',
  line: line.id,
  quantity,
  unitPrice,
  taxes,
});
/** What was not delivered is taken off. Services went with the first delivery, and lines that people made are theirs: they stay. */
export const takenBack = (reference: string, order: FoundOrder): readonly Call[] =>
  order.lines
    .filter(line => line.externalId !== null && line.counted && line.quantityMilli > line.deliveredMilli)
    .map(line => lineCall(reference, line, quantityText(line.deliveredMilli), line.unitPrice));

/** Odoo keeps them as floats of 64 bits, so what is the same float is the same price. */
const samePrice = (a: string, b: string): boolean => Number(a) === Number(b);
const sameTaxes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every(tax => b.includes(tax));

const changedLine = (reference: string, now: FoundLine, wanted: NewLine): readonly Call[] => {
  if (now.product !== wanted.product)
    throw poison(
      'ODOO_REFUSED',
      `changing ${reference} in Odoo: line ${wanted.externalId} is of product ${now.product} there and of ${wanted.product} here; change it in Odoo, then retry`,
    );
  const taxes = sameTaxes(now.taxes, wanted.taxes) ? null : wanted.taxes;
  const isSame =
    taxes === null &&
    !now.discounted &&
    quantityText(now.quantityMilli) === wanted.quantity &&
    samePrice(now.unitPrice, wanted.unitPrice);
  return isSame ? [] : [lineCall(reference, now, wanted.quantity, wanted.unitPrice, taxes)];
};
/** A line that is wanted no more goes to what was delivered; lines that people made are theirs and stay. */
export const changedLines = (data: OrderConfirmed, order: FoundOrder, wanted: readonly NewLine[]): readonly Call[] => {
  const known = new Map(order.lines.flatMap(line => (line.externalId === null ? [] : [[line.externalId, line] as const])));
  const missing = wanted.filter(line => !known.has(line.externalId));
  const kept = new Set([...wanted.map(line => line.externalId), roundingId(orderId(data))]);
  const dropped = [...known.values()].filter(
    line => !kept.has(line.externalId!) && line.quantityMilli !== (line.counted ? line.deliveredMilli : 0),
  );
  const show = `add ${missing.length} line(s) to ${data.order}`;
  return [
    ...(missing.length === 0 ? [] : [{ kind: 'change', show, do: 'lines', order: order.id, lines: missing } as const]),
    ...wanted.flatMap(line => {
      const now = known.get(line.externalId);
      return now === undefined ? [] : changedLine(data.order, now, line);
    }),
    ...dropped.map(line => lineCall(data.order, line, quantityText(line.counted ? line.deliveredMilli : 0), line.unitPrice)),
  ];
};

/**
 * The taxes that Odoo may come to, in minor units: each tax of each line may have been rounded by the channel and is not, or otherwise,
 * by Odoo. More is not arithmetic but another rate, which a total with its taxes included does not show.
 */
export const taxBounds = (
  data: OrderConfirmed,
  lines: readonly NewLine[],
  odoo: OdooPolicy,
): readonly [least: number, most: number] => {
  const tax = data.lines.reduce((sum, line) => line.taxes.reduce((all, one) => all + one.amountMinor, sum), 0);
  const apart = Math.max(odoo.roundingMinor, Math.ceil(lines.reduce((count, line) => count + line.taxes.length, 0) / 2));
  return [tax - apart, tax + apart];
};
/** Asked once the total is right. */
export const checkTaxes = (data: OrderConfirmed, order: FoundOrder, lines: readonly NewLine[], odoo: OdooPolicy): void => {
  const [least, most] = taxBounds(data, lines, odoo);
  if (order.taxMinor >= least && order.taxMinor <= most) return;
  const text = (minor: number): string => decimalText(minor, data.currency);
  throw poison(
    'ODOO_AMOUNTS_DIFFER',
    `checking ${data.order} in Odoo: its taxes are ${text(order.taxMinor)} there and ${text((least + most) / 2)} ${data.currency} at the channel; compare the rates of the taxes that the policy names`,
  );
};

/** What Odoo's arithmetic leaves between its total and the channel's: labelled as rounding while it is small, else set aside. */
export const roundingOf = (data: OrderConfirmed, order: FoundOrder, found: Found, odoo: OdooPolicy): readonly Call[] => {
  const missing = data.totalMinor - order.totalMinor;
  if (missing === 0) return [];
  const there = order.lines.find(line => line.externalId === roundingId(orderId(data)));
  const labelled =
    there === undefined ? 0 : roundedMinor(decimalOf(there.unitPrice, 'a price of Odoo'), data.currency, 'a price');
  const all = labelled + missing;
  const text = (minor: number): string => decimalText(minor, data.currency);
  if (Math.abs(all) > odoo.roundingMinor)
    throw poison(
      'ODOO_AMOUNTS_DIFFER',
      `checking ${data.order} in Odoo: its total is ${text(order.totalMinor - labelled)} there and ${text(data.totalMinor)} ${data.currency} at the channel; more than ${text(odoo.roundingMinor)} cannot be called rounding`,
    );
  if (there !== undefined) return [lineCall(data.order, there, '1', text(all))];
  const show = `label ${text(all)} ${data.currency} of ${data.order} as rounding`;
  const line = roundingLine(data, orderId(data), all, odoo, found);
  return [{ kind: 'change', show, do: 'lines', order: order.id, lines: [line] }];
};
