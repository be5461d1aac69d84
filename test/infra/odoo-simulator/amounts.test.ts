/** The tax arithmetic, held to amounts that a real Odoo computed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compare, exact, exactText, plus, roundTo, total, type Exact } from '../../../infra/odoo-simulator/exact.ts';
import {
  lineTotals,
  orderTotals,
  rawLine,
  type RawLine,
  type Rounding,
  type Tax,
} from '../../../infra/odoo-simulator/sale/amounts.ts';

/** The taxes of the real Odoo in the order in which they were made, with their sequence. */
const known: readonly (readonly [string, number])[] = [
  ['i21', 1],
  ['i9', 2],
  ['i6', 1],
  ['i5.5', 3],
  ['i0', 1],
  ['e21', 1],
  ['e9', 2],
  ['e6', 1],
  ['e5.5', 3],
  ['e0', 1],
  ['e2.25', 2],
  ['i12.75', 4],
];
const tax = (code: string): Tax => {
  const id = known.findIndex(([name]) => name === code);
  assert.notEqual(id, -1, code);
  return { id, sequence: known[id]?.[1] ?? 0, percent: exact(code.slice(1)), included: code.startsWith('i') };
};

interface RecordedLine {
  readonly raw: RawLine;
  readonly amounts: readonly string[];
}
interface RecordedOrder {
  readonly text: string;
  readonly rounding: Rounding;
  readonly lines: readonly RecordedLine[];
  readonly amounts: readonly string[];
}

const readLine = (text: string, rounding: Rounding): RecordedLine => {
  const [given = '', amounts = ''] = text.split(' = ');
  const [price = '', quantity = '', discount = '', ...codes] = given.trim().split(' ');
  const line = { priceUnit: exact(price), quantity: exact(quantity), discount: exact(discount), taxes: codes.map(tax) };
  return { raw: rawLine(line, rounding), amounts: amounts.trim().split(' ') };
};

const readOrder = (text: string): RecordedOrder => {
  const [left = '', right = ''] = text.split(' => ');
  const [mode = '', ...lines] = left.split(' | ');
  const [step = '', way = ''] = mode.split(' ');
  const rounding = { step: exact(step), perLine: way === 'per-line' };
  return { text, rounding, lines: lines.map(line => readLine(line, rounding)), amounts: right.split(' ') };
};

const recorded = readFileSync(new URL('./amounts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(text => text !== '' && !text.startsWith('#'))
  .map(readOrder);

const texts = (amounts: readonly Exact[]): readonly string[] => amounts.map(exactText);
const plain = (amounts: readonly string[]): readonly string[] => amounts.map(amount => exactText(exact(amount)));

describe("the Odoo simulator's amounts", () => {
  it('are those of a real Odoo, for 220 orders in both ways of rounding and three currencies', () => {
    assert.equal(recorded.length, 220);
    for (const { text, rounding, lines, amounts } of recorded) {
      const {
        untaxed,
        tax: taxes,
        total: sum,
      } = orderTotals(
        lines.map(({ raw }) => raw),
        rounding,
      );
      assert.deepEqual(texts([untaxed, taxes, sum]), plain(amounts), text);
    }
  });

  it('are those of a real Odoo for each of their lines', () => {
    for (const { text, rounding, lines } of recorded)
      for (const { raw, amounts } of lines) {
        const { subtotal, total: sum } = lineTotals(raw, rounding);
        assert.deepEqual(texts([subtotal, sum]), plain(amounts), text);
      }
  });

  it('keep the asked price when all taxes are included', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 });
    const included = fc.subarray(known.map(([code]) => code).filter(code => code.startsWith('i')));
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, included), { minLength: 1, maxLength: 6 }), fc.boolean(), (lines, perLine) => {
        const rounding = { step: exact('0.01'), perLine };
        const price = (amount: number): Exact =>
          exact(`${String(Math.floor(amount / 100))}.${String(amount % 100).padStart(2, '0')}`);
        const raws = lines.map(([amount, codes]) =>
          rawLine({ priceUnit: price(amount), quantity: exact(1), discount: exact(0), taxes: codes.map(tax) }, rounding),
        );
        const asked = total(lines.map(([amount]) => price(amount)));
        assert.equal(compare(orderTotals(raws, rounding).total, asked), 0);
      }),
    );
  });
});

describe('exact numbers', () => {
  const decimals = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9 })).map(([digits, scale]) => {
    const text = String(Math.abs(digits)).padStart(scale + 1, '0');
    const point = text.length - scale;
    return `${digits < 0 ? '-' : ''}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ''}`;
  });

  it('are written as they were read', () => {
    fc.assert(
      fc.property(decimals, text => {
        assert.equal(compare(exact(exactText(exact(text))), exact(text)), 0);
      }),
    );
    assert.deepEqual(
      ['1e-7', '2.50', '-0', '36'].map(text => exactText(exact(text))),
      ['0.0000001', '2.5', '0', '36'],
    );
  });

  it('round half away from zero, also where a binary float would not', () => {
    const cent = exact('0.01');
    const rounded = (text: string): string => exactText(roundTo(exact(text), cent));
    assert.deepEqual(['2.675', '1.005', '-2.675', '0.004', '-0.005', '1.115'].map(rounded), [
      '2.68',
      '1.01',
      '-2.68',
      '0',
      '-0.01',
      '1.12',
    ]);
    assert.equal(exactText(roundTo(exact('333.5'), exact('1'))), '334');
  });

  it('round to within half a step, to a multiple of it', () => {
    fc.assert(
      fc.property(decimals, text => {
        const value = exact(text);
        const rounded = roundTo(value, exact('0.01'));
        assert.match(exactText(rounded), /^-?\d+(\.\d{1,2})?$/);
        const low = plus(rounded, exact('-0.005'));
        const high = plus(rounded, exact('0.005'));
        assert.ok(compare(low, value) <= 0 && compare(value, high) <= 0);
      }),
    );
  });
});
