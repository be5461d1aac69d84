/** A dispatch's share of a line's money: by quantity, exact to the minor unit and per tax code, as the last one carries the rest. */
import type { RefundLine, ResolvedLine, Tax } from '../../schemas/generated/facts.ts';
import { shippedOf } from './shipped.ts';
import type { Given, Shipment } from './state.ts';

/** What of an amount is due when `done` of `total` has left; all of it where nothing of the line can leave. Never a float. */
const due = (amount: number, done: number, total: number): number =>
  total === 0 ? amount : Number((BigInt(amount) * BigInt(done)) / BigInt(total));

const taxOf = (taxes: readonly Tax[], code: string): number =>
  taxes.reduce((sum, one) => sum + (one.code === code ? one.amountMinor : 0), 0);
const codesOf = (...all: readonly (readonly Tax[])[]): readonly string[] => [...new Set(all.flat().map(one => one.code))];

/** The share that follows from all that has left so far, less what was given before: so rounding never adds up. */
const shareOf = (line: ResolvedLine, shipments: readonly Shipment[], given: Given | undefined): RefundLine => {
  const total = line.components.reduce((sum, one) => sum + one.quantityMilli, 0);
  const done = line.components.reduce((sum, one) => sum + shippedOf({ shipments }, line.line, one), 0);
  const taxes = codesOf(line.taxes, given?.taxes ?? [])
    .map(code => ({ code, amountMinor: due(taxOf(line.taxes, code), done, total) - taxOf(given?.taxes ?? [], code) }))
    .filter(one => one.amountMinor !== 0);
  const netMinor = due(line.netMinor, done, total) - (given?.netMinor ?? 0);
  return {
    line: line.line,
    quantityMilli: due(line.quantityMilli, done, total) - (given?.quantityMilli ?? 0),
    netMinor,
    taxes,
    grossMinor: taxes.reduce((sum, one) => sum + one.amountMinor, netMinor),
  };
};

/** The shares that go with the last of these dispatches; a line without components (shipping, a fee, a service) goes with the first. */
export const sharesOf = (
  lines: readonly ResolvedLine[],
  shipments: readonly Shipment[],
  given: readonly Given[],
): readonly RefundLine[] =>
  lines
    .map(line =>
      shareOf(
        line,
        shipments,
        given.find(one => one.line === line.line),
      ),
    )
    .filter(one => one.quantityMilli !== 0 || one.netMinor !== 0 || one.taxes.length > 0);

export const givenWith = (given: readonly Given[], shares: readonly RefundLine[]): readonly Given[] =>
  shares.reduce((all, share) => {
    const before = all.find(one => one.line === share.line) ?? { line: share.line, quantityMilli: 0, netMinor: 0, taxes: [] };
    const after: Given = {
      line: share.line,
      quantityMilli: before.quantityMilli + share.quantityMilli,
      netMinor: before.netMinor + share.netMinor,
      taxes: codesOf(before.taxes, share.taxes).map(code => ({
        code,
        amountMinor: taxOf(before.taxes, code) + taxOf(share.taxes, code),
      })),
    };
    return all.includes(before) ? all.map(one => (one === before ? after : one)) : [...all, after];
  }, given);
