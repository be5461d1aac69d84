/** Amounts as outsiders write them, in the minor unit of their currency: exact decimals, never a float. Pure; every channel uses it. */
import { poison } from '../runtime/failure.ts';

/** ISO 4217: digits after the point, by currency. Funds, metals and test codes have none here: they are not prices. */
const exponents: ReadonlyMap<string, number> = new Map(
  (
    [
      [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
      [
        2,
        'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP ' +
          'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR ' +
          'KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN ' +
          'PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD ' +
          'TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
      ],
      [3, 'BHD IQD JOD KWD LYD OMR TND'],
      [4, 'CLF UYW'],
    ] as const
  ).flatMap(([digits, codes]) => codes.split(' ').map(code => [code, digits] as const)),
);

/** How many digits a currency has after the point. `what` names whose currency it is, for the message. */
export const exponentOf = (currency: string, what: string): number => {
  const digits = exponents.get(currency);
  if (digits === undefined)
    throw poison('AMOUNT_INVALID', `reading ${what}: ${JSON.stringify(currency.slice(0, 10))} is not a currency of ISO 4217`);
  return digits;
};
export const isCurrency = (currency: string): boolean => exponents.has(currency);

/** An exact decimal: `units` / 10^`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}
// PHP writes small floats as 1.0E-5, so an exponent is read; it is bounded so that no text can ask for a huge number.
const pattern = /^([+-]?)(\d{1,18})(?:\.(\d{0,18}))?(?:[eE]([+-]?\d{1,2}))?$/;
const power = (exponent: number): bigint => 10n ** BigInt(exponent);

/** Reads `12.345`; poison AMOUNT_INVALID names `what` and what was found. */
export const decimalOf = (text: string, what: string): Decimal => {
  const [, sign, whole, fraction = '', exponent = '0'] = pattern.exec(text) ?? [];
  if (whole === undefined)
    throw poison('AMOUNT_INVALID', `reading ${what}: ${JSON.stringify(text.slice(0, 40))} is not a decimal number`);
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { units: digits * power(-scale), scale: 0 } : { units: digits, scale };
};
export const sumOf = (decimals: readonly Decimal[]): Decimal => {
  const scale = Math.max(0, ...decimals.map(one => one.scale));
  return { units: decimals.reduce((sum, one) => sum + one.units * power(scale - one.scale), 0n), scale };
};
export const negated = ({ units, scale }: Decimal): Decimal => ({ units: -units, scale });
export const isZero = ({ units }: Decimal): boolean => units === 0n;
export const isNegative = ({ units }: Decimal): boolean => units < 0n;

const safe = (minor: bigint, what: string): number => {
  const value = Number(minor);
  if (!Number.isSafeInteger(value)) throw poison('AMOUNT_INVALID', `reading ${what}: the amount is too large`);
  return value;
};
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
/** `value` / `by`, rounded half away from zero, as channels and tax offices do. */
const divided = (value: bigint, by: bigint): bigint => {
  const rounded = (2n * magnitude(value) + by) / (2n * by);
  return value < 0n ? -rounded : rounded;
};

/** Thousandths or any other fixed number of digits; undefined when the value has more. */
export const exactly = ({ units, scale }: Decimal, digits: number): bigint | undefined => {
  if (scale <= digits) return units * power(digits - scale);
  const by = power(scale - digits);
  return units % by === 0n ? units / by : undefined;
};
const shown = ({ units, scale }: Decimal): string => {
  const digits = magnitude(units)
    .toString()
    .padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
};

/** An amount that must exist in its currency: 25.990 EUR is 2599, 25.99 JPY is poison AMOUNT_INVALID. */
export const exactMinor = (amount: Decimal, currency: string, what: string): number => {
  const minor = exactly(amount, exponentOf(currency, what));
  if (minor === undefined)
    throw poison('AMOUNT_INVALID', `reading ${what}: ${shown(amount)} ${currency} does not exist in the currency's minor unit`);
  return safe(minor, what);
};
export const minorOf = (text: string, currency: string, what: string): number =>
  exactMinor(decimalOf(text, what), currency, what);
/** An amount that the channel computed with more digits than the currency has, rounded half away from zero. */
export const roundedMinor = ({ units, scale }: Decimal, currency: string, what: string): number => {
  const digits = exponentOf(currency, what);
  return safe(scale <= digits ? units * power(digits - scale) : divided(units, power(scale - digits)), what);
};
/** The text of an amount, for those who must be told in decimals: 2599 EUR is `25.99`. */
export const decimalText = (minor: number, currency: string): string =>
  shown({ units: BigInt(minor), scale: exponentOf(currency, 'an amount to be written') });

/**
 * Rounds figures to the minor unit so that they add up to `totalMinor`, or gives undefined when they cannot be meant to.
 * Each is rounded half away from zero; what then lacks goes, one unit each, to those whose rounding lost most, ties to the larger,
 * then to the earlier; a figure of 0 stays 0. The figures and the total may each have been rounded once before they reached us,
 * so they may differ by half a unit for each of them, and not by more.
 */
export const apportioned = (
  totalMinor: number,
  figures: readonly Decimal[],
  currency: string,
  what: string,
): readonly number[] | undefined => {
  const digits = exponentOf(currency, what);
  const scale = Math.max(digits, ...figures.map(one => one.scale));
  const unit = power(scale - digits);
  const exact = figures.map(one => one.units * power(scale - one.scale));
  const rounded = exact.map(value => divided(value, unit));
  const total = BigInt(totalMinor);
  const movable = exact.flatMap((value, at) => (value === 0n ? [] : [at]));
  const apart = magnitude(total * unit - exact.reduce((sum, value) => sum + value, 0n));
  const gap = total - rounded.reduce((sum, value) => sum + value, 0n);
  if (gap !== 0n && 2n * apart > BigInt(movable.length + 1) * unit) return undefined;
  const step = gap < 0n ? -1n : 1n;
  const lost = (at: number): bigint => step * (exact[at]! - rounded[at]! * unit);
  const order = movable.sort(
    (a, b) =>
      Number(lost(b) > lost(a)) - Number(lost(b) < lost(a)) ||
      Number(magnitude(exact[b]!) > magnitude(exact[a]!)) - Number(magnitude(exact[b]!) < magnitude(exact[a]!)) ||
      a - b,
  );
  const chosen = new Set(order.slice(0, Number(magnitude(gap))));
  if (BigInt(chosen.size) !== magnitude(gap)) return undefined;
  return rounded.map((value, at) => safe(chosen.has(at) ? value + step : value, what));
};
