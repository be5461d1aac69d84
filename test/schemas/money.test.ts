import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apportioned, decimalOf, decimalText, exactly, minorOf, roundedMinor, type Decimal } from '../../schemas/money.ts';
import { isFailure } from '../../runtime/failure.ts';

const refused = (act: () => unknown, part: string): void =>
  assert.throws(
    act,
    error => isFailure(error) && error.kind === 'poison' && error.code === 'AMOUNT_INVALID' && error.message.includes(part),
  );
const decimals = (...texts: readonly string[]): readonly Decimal[] => texts.map(text => decimalOf(text, 'a test'));
const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });

describe('money', () => {
  it('reads an amount in the minor unit of its currency, for currencies without, with two, three and four digits', () => {
    for (const [text, currency, minor] of [
      ['29.35', 'EUR', 2935],
      ['-0.01', 'EUR', -1],
      ['1500', 'JPY', 1500],
      ['1500.00', 'JPY', 1500],
      ['25.990', 'EUR', 2599],
      ['1.234', 'KWD', 1234],
      ['1.2345', 'CLF', 12345],
      ['0.1', 'USD', 10],
      ['-0', 'EUR', 0],
    ] as const)
      assert.equal(minorOf(text, currency, 'a test'), minor, `${text} ${currency}`);
  });

  it('refuses an amount that its currency cannot express, and says which amount of what', () => {
    refused(() => minorOf('25.99', 'JPY', 'order 7 total'), 'reading order 7 total: 25.99 JPY does not exist');
    refused(() => minorOf('0.005', 'EUR', 'x'), '0.005 EUR');
  });

  it('refuses what is no decimal number, no currency, or too large to count exactly', () => {
    for (const text of ['', ' 1', '1,00', '1.0.0', 'NaN', 'Infinity', '0x10', '1e999', '--1', '٣'])
      refused(() => minorOf(text, 'EUR', 'x'), 'is not a decimal number');
    for (const currency of ['', 'eur', 'EURO', 'XXX', 'constructor', '__proto__'])
      refused(() => minorOf('1', currency, 'x'), 'is not a currency');
    refused(() => minorOf('99999999999999.99', 'EUR', 'x'), 'too large');
  });

  it('rounds half away from zero where the channel computed with more digits', () => {
    for (const [text, minor] of [
      ['0.005', 1],
      ['-0.005', -1],
      ['0.00499999', 0],
      ['1.2E-5', 0],
      ['1.735537', 174],
      ['2.5', 250],
    ] as const)
      assert.equal(roundedMinor(decimalOf(text, 'x'), 'EUR', 'x'), minor, text);
  });

  it('gives thousandths only when there are no more digits', () => {
    assert.equal(exactly(decimalOf('1.5', 'x'), 3), 1500n);
    assert.equal(exactly(decimalOf('1.5000', 'x'), 3), 1500n);
    assert.equal(exactly(decimalOf('1.5001', 'x'), 3), undefined);
  });

  it('writes and reads the same amount', () =>
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'), (minor, currency) => {
        assert.equal(minorOf(decimalText(minor, currency), currency, 'x'), minor);
      }),
    ));
});

describe('apportioned', () => {
  it('gives the unit that rounding lost to the figure that lost most', () => {
    assert.deepEqual(apportioned(1000, decimals('3.333', '3.334', '3.333'), 'EUR', 'x'), [333, 334, 333]);
    assert.deepEqual(apportioned(100, decimals('0.331', '0.334', '0.334'), 'EUR', 'x'), [33, 34, 33]);
  });
  it('takes the unit that rounding won from the figure that won most', () =>
    assert.deepEqual(apportioned(10, decimals('0.035', '0.036', '0.029'), 'EUR', 'x'), [3, 4, 3]));
  it('gives ties to the larger figure, then to the earlier, and nothing to a figure of 0', () => {
    assert.deepEqual(apportioned(2479, decimals('0.00', '8.26', '8.26', '8.26'), 'EUR', 'x'), [0, 827, 826, 826]);
    assert.deepEqual(apportioned(1001, decimals('1.00', '9.00'), 'EUR', 'x'), [100, 901]);
  });
  it('refuses a total that rounding cannot explain', () => {
    assert.equal(apportioned(2935, decimals('6.00', '12.00', '10.00'), 'EUR', 'x'), undefined);
    assert.equal(apportioned(403, decimals('1.00', '1.00', '1.00', '1.00'), 'EUR', 'x'), undefined);
    assert.equal(apportioned(1, [], 'EUR', 'x'), undefined);
    assert.equal(apportioned(1, decimals('0.00'), 'EUR', 'x'), undefined);
    assert.equal(apportioned(102, decimals('1.00'), 'EUR', 'x'), undefined);
  });
  it('adds up to the total, moving no figure by more than a unit and a half, whatever the figures', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, fc.integer({ min: 0, max: 9999 })), { maxLength: 12 }), cents, (parts, drift) => {
        const figures = parts.map(([whole, part]): Decimal => ({ units: BigInt(whole) * 10_000n + BigInt(part), scale: 6 }));
        const sum = figures.reduce((total, one) => total + Number(one.units), 0) / 10_000;
        const total = Math.round(sum) + (drift % 4);
        const shares = apportioned(total, figures, 'EUR', 'x');
        if (Math.abs(total - sum) <= 0.5 && figures.length > 0 && figures.some(one => one.units !== 0n)) assert.ok(shares);
        if (shares === undefined) return;
        assert.equal(
          shares.reduce((a, b) => a + b, 0),
          total,
        );
        shares.forEach((share, at) => assert.ok(Math.abs(share - Number(figures[at]!.units) / 10_000) <= 1.5));
      }),
    ));
});
