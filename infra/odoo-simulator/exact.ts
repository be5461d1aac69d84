/** Exact arithmetic for money, quantities and percentages: fractions of big integers, so nothing is rounded unless a rule says so. */

/** `n / d` in lowest terms, `d` > 0. */
export interface Exact {
  readonly n: bigint;
  readonly d: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

const fraction = (n: bigint, d: bigint): Exact => {
  if (d === 0n) throw new RangeError('a fraction with a denominator of zero');
  const sign = d < 0n ? -1n : 1n;
  const divisor = gcd(n, d) || 1n;
  return { n: (sign * n) / divisor, d: (sign * d) / divisor };
};

export const zero: Exact = { n: 0n, d: 1n };
export const one: Exact = { n: 1n, d: 1n };
export const hundred: Exact = { n: 100n, d: 1n };

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Reads `19.99`, `1e-7` and JSON numbers (as their shortest text, which is what Python prints too); undefined when it is no number. */
export const parseExact = (input: string | number): Exact | undefined => {
  const match = pattern.exec(String(input).trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', fractionDigits = '', exponent = '0'] = match;
  if (whole === '' && fractionDigits === '') return undefined;
  const digits = BigInt(whole + fractionDigits || '0') * (sign === '-' ? -1n : 1n);
  const scale = Number(exponent) - fractionDigits.length;
  return scale >= 0 ? fraction(digits * 10n ** BigInt(scale), 1n) : fraction(digits, 10n ** BigInt(-scale));
};

export const exact = (input: string | number): Exact => {
  const parsed = parseExact(input);
  if (!parsed) throw new TypeError(`reading a number: found ${JSON.stringify(input)}`);
  return parsed;
};

export const plus = (a: Exact, b: Exact): Exact => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const minus = (a: Exact, b: Exact): Exact => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
export const times = (a: Exact, b: Exact): Exact => fraction(a.n * b.n, a.d * b.d);
export const over = (a: Exact, b: Exact): Exact => fraction(a.n * b.d, a.d * b.n);
export const negate = (a: Exact): Exact => ({ n: -a.n, d: a.d });
export const compare = (a: Exact, b: Exact): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
export const sign = (a: Exact): number => (a.n < 0n ? -1 : a.n > 0n ? 1 : 0);
export const isZero = (a: Exact): boolean => a.n === 0n;
export const magnitude = (a: Exact): Exact => (a.n < 0n ? negate(a) : a);
export const smaller = (a: Exact, b: Exact): Exact => (compare(a, b) <= 0 ? a : b);
export const larger = (a: Exact, b: Exact): Exact => (compare(a, b) >= 0 ? a : b);
export const total = (values: readonly Exact[]): Exact => values.reduce(plus, zero);

/**
 * The nearest multiple of `step`, ties away from zero: what Odoo's `float_round` (HALF-UP) means to do. Odoo adds an epsilon of
 * 2^(log2|x| − 50) before rounding, so that a binary float that stands for a tie (2.675) is treated as one; exact input needs none.
 */
export const roundTo = (value: Exact, step: Exact): Exact => {
  const steps = over(magnitude(value), step);
  const rounded = (2n * steps.n + steps.d) / (2n * steps.d);
  const result = times({ n: rounded, d: 1n }, step);
  return sign(value) < 0 ? negate(result) : result;
};

export const roundDigits = (value: Exact, digits: number): Exact => roundTo(value, { n: 1n, d: 10n ** BigInt(digits) });

/** Longest decimal kept of a value that never ends (a third); sixteen digits are what a double holds. */
const LONGEST = 16;

/** The decimal text: `36`, `19.99`, `-0.5`. */
export const exactText = (value: Exact): string => {
  const scale = 10n ** BigInt(LONGEST);
  const rounded = (magnitude(value).n * scale * 2n + value.d) / (value.d * 2n);
  const digits = rounded.toString().padStart(LONGEST + 1, '0');
  const whole = digits.slice(0, -LONGEST);
  const rest = digits.slice(-LONGEST).replace(/0+$/, '');
  const text = rest === '' ? whole : `${whole}.${rest}`;
  return sign(value) < 0 && rounded !== 0n ? `-${text}` : text;
};
