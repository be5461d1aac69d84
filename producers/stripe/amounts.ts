/** Stripe's amounts in the minor unit of ISO 4217: they are whole numbers, but not of the same unit for every currency. */
import { exactMinor } from '../../schemas/money.ts';

/**
 * Digits that Stripe's amounts have after the point; 2 for all others. ISK and UGX have none in ISO 4217, but Stripe keeps two of them,
 * always 00 (500 is 5 ISK); MGA has two in ISO 4217 and none at Stripe. HUF and TWD are whole in payouts only, their charges have two.
 * Three-digit amounts end in 0. https://docs.stripe.com/currencies#zero-decimal, #three-decimal, #special-cases
 */
const digits: ReadonlyMap<string, number> = new Map(
  (
    [
      [0, 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'],
      [3, 'BHD JOD KWD OMR TND'],
    ] as const
  ).flatMap(([count, codes]) => codes.split(' ').map(code => [code, count] as const)),
);

/** `currency` upper case. Poison AMOUNT_INVALID when the amount has no minor unit: 550 of ISK would be 5.50. */
export const minorOfStripe = (amount: number, currency: string, what: string): number =>
  exactMinor({ units: BigInt(amount), scale: digits.get(currency) ?? 2 }, currency, what);
