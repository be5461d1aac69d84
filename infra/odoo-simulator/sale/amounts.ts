/**
 * Odoo's tax arithmetic for percentages: taxes in order of sequence, neighbours of one kind (included or not) share their base,
 * included ones are taken out last to first, then the others are added to what remains. All in exact fractions, rounded only where
 * Odoo rounds: per line every amount at once, globally each tax's sum over the document, the base then made to fit.
 */
import { hundred, isZero, minus, one, over, plus, roundTo, times, total, zero, type Exact } from '../exact.ts';

export interface Tax {
  readonly id: number;
  readonly sequence: number;
  readonly percent: Exact;
  readonly included: boolean;
}
export interface AmountLine {
  readonly priceUnit: Exact;
  readonly quantity: Exact;
  /** Percent. */
  readonly discount: Exact;
  readonly taxes: readonly Tax[];
}
export interface Rounding {
  /** The currency's smallest step: 0.01, for JPY 1. */
  readonly step: Exact;
  readonly perLine: boolean;
}

interface TaxAmount {
  readonly tax: Tax;
  readonly amount: Exact;
}
/** A line's amounts as Odoo carries them on: rounded already when rounding is per line. */
export interface RawLine {
  readonly base: Exact;
  readonly taxes: readonly TaxAmount[];
}

const inOrder = (taxes: readonly Tax[]): readonly Tax[] => [...taxes].sort((a, b) => a.sequence - b.sequence || a.id - b.id);

/** Runs of neighbours of one kind, the last run first. */
const batches = (taxes: readonly Tax[]): readonly (readonly Tax[])[] => {
  const found: Tax[][] = [];
  for (const tax of [...inOrder(taxes)].reverse()) {
    const last = found.at(-1);
    if (last && last[0]?.included === tax.included) last.push(tax);
    else found.push([tax]);
  }
  return found;
};

const percentOf = (base: Exact, percent: Exact): Exact => over(times(base, percent), hundred);

const includedAmounts = (raw: Exact, taxes: readonly Tax[], rounding: Rounding): readonly TaxAmount[] => {
  const amounts: TaxAmount[] = [];
  for (const batch of batches(taxes).filter(([first]) => first?.included === true)) {
    const gross = minus(raw, total(amounts.map(({ amount }) => amount)));
    const factor = plus(one, over(total(batch.map(tax => tax.percent)), hundred));
    const net = isZero(factor) ? zero : over(gross, factor);
    for (const tax of batch) amounts.push({ tax, amount: settled(percentOf(net, tax.percent), rounding) });
  }
  return amounts;
};

const settled = (amount: Exact, rounding: Rounding): Exact => (rounding.perLine ? roundTo(amount, rounding.step) : amount);

export const rawLine = (line: AmountLine, rounding: Rounding): RawLine => {
  const price = times(line.priceUnit, minus(one, over(line.discount, hundred)));
  const raw = settled(times(price, line.quantity), rounding);
  const included = includedAmounts(raw, line.taxes, rounding);
  const base = minus(raw, total(included.map(({ amount }) => amount)));
  const excluded = inOrder(line.taxes)
    .filter(tax => !tax.included)
    .map(tax => ({ tax, amount: settled(percentOf(base, tax.percent), rounding) }));
  return { base, taxes: [...included, ...excluded] };
};

export interface LineTotals {
  readonly subtotal: Exact;
  readonly total: Exact;
}

/** What the line alone shows: each amount rounded by itself, so two taxes of a line may miss its price by a step. */
export const lineTotals = (raw: RawLine, { step }: Rounding): LineTotals => {
  const subtotal = roundTo(raw.base, step);
  return { subtotal, total: plus(subtotal, total(raw.taxes.map(({ amount }) => roundTo(amount, step)))) };
};

export interface OrderTotals {
  readonly untaxed: Exact;
  readonly tax: Exact;
  readonly total: Exact;
}

const sumPerTax = (lines: readonly RawLine[], step: Exact): Exact => {
  const sums = new Map<number, Exact>();
  for (const { tax, amount } of lines.flatMap(line => line.taxes)) sums.set(tax.id, plus(sums.get(tax.id) ?? zero, amount));
  return total([...sums.values()].map(sum => roundTo(sum, step)));
};

/** With only included taxes the total is what was asked for and the base gives way; else base and taxes are rounded each for itself. */
export const orderTotals = (lines: readonly RawLine[], { step }: Rounding): OrderTotals => {
  const tax = sumPerTax(lines, step);
  const rounded = total(lines.map(line => roundTo(line.base, step)));
  const rawBase = total(lines.map(line => line.base));
  const rawTotal = plus(rawBase, total(lines.flatMap(line => line.taxes).map(({ amount }) => amount)));
  const excluded = lines.some(line => line.taxes.some(({ tax: { included } }) => !included));
  const target = excluded ? rawBase : rawTotal;
  const fitted = excluded ? roundTo(rawBase, step) : minus(roundTo(rawTotal, step), tax);
  const untaxed = isZero(target) ? rounded : fitted;
  return { untaxed, tax, total: plus(untaxed, tax) };
};
