/**
 * Stripe's words: which events are read, and what a PaymentIntent, charge, refund and dispute are in them. The readers take any JSON
 * and throw nothing but poison. https://docs.stripe.com/api/events/types
 */
import { atLeast, fieldOf, flag, orNone, record, text, type Reader } from '../json.ts';

/** All others say nothing of money that these do not say. `charge.refunded` is not among them: its amount is cumulative. */
export const eventTypes = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.succeeded',
  'charge.captured',
  'charge.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  // Before API version 2024-10 a refund's changes came under this name only.
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.funds_withdrawn',
] as const;
export type EventType = (typeof eventTypes)[number];
export const isEventType = (type: string): type is EventType => (eventTypes as readonly string[]).includes(type);

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  /** Epoch ms UTC; Stripe has whole seconds. */
  readonly createdAt: number;
  readonly livemode: boolean;
  readonly object: unknown;
}
const seconds: Reader<number> = (value, path) => {
  const found = atLeast(0)(value, path);
  // Year 5138: beyond it a version would no longer be an exact number.
  return Math.min(found, 99_999_999_999) * 1000;
};
const envelope = record({
  id: text,
  type: text,
  created: seconds,
  livemode: flag,
  data: record({ object: value => value }),
});
export const readEvent = (body: unknown): StripeEvent => {
  const { id, type, created, livemode, data } = envelope(body, 'Stripe event');
  return { id, type, createdAt: created, livemode, object: data.object };
};

/** A reference is an id, or the object itself where it was expanded. */
const reference: Reader<string | null> = orNone((value, path) =>
  typeof value === 'object' && value !== null ? text(fieldOf(value, 'id'), `${path}.id`) : text(value, path),
);
const amount = atLeast(0);
const currency: Reader<string> = (value, path) => text(value, path).toUpperCase();
/** What the shop wrote: names and texts. Others are not read. */
const metadata: Reader<ReadonlyMap<string, string>> = value =>
  new Map(
    typeof value === 'object' && value !== null
      ? Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
      : [],
  );

export interface Charge {
  readonly id: string;
  readonly status: string | null;
  readonly amount: number;
  readonly amount_captured: number | null;
  readonly captured: boolean;
  readonly currency: string;
  readonly payment_intent: string | null;
  readonly metadata: ReadonlyMap<string, string>;
  /** Only where it was expanded; in the currency of the account, which may be another one. */
  readonly balance_transaction: { readonly fee: number; readonly currency: string } | null;
}
const balance: Reader<Charge['balance_transaction']> = (value, path) =>
  typeof value === 'object' && value !== null ? record({ fee: amount, currency })(value, path) : null;
export const readCharge: Reader<Charge> = record<Charge>({
  id: text,
  status: orNone(text),
  amount,
  amount_captured: orNone(amount),
  captured: flag,
  currency,
  payment_intent: reference,
  metadata,
  balance_transaction: balance,
});

export interface Intent {
  readonly id: string;
  readonly amount: number;
  readonly amount_capturable: number;
  readonly amount_received: number;
  readonly currency: string;
  /** The charge that succeeded; older API versions list charges instead. */
  readonly latest_charge: string | null;
  readonly metadata: ReadonlyMap<string, string>;
  readonly last_payment_error: string | null;
}
/** The code that says most: why the bank declined, else Stripe's own. */
const failureCode: Reader<string | null> = value => {
  if (typeof value !== 'object' || value === null) return null;
  const codes = ['decline_code', 'code', 'type'].map(key => fieldOf(value, key));
  return codes.find((code): code is string => typeof code === 'string' && /^[a-z0-9_]{1,64}$/.test(code)) ?? null;
};
const listedCharge = (object: unknown): unknown => {
  const charges = typeof object === 'object' && object !== null ? fieldOf(object, 'charges') : undefined;
  const data = typeof charges === 'object' && charges !== null ? fieldOf(charges, 'data') : undefined;
  const paid = Array.isArray(data)
    ? (data as readonly unknown[]).find(one => typeof one === 'object' && one !== null && fieldOf(one, 'captured') === true)
    : undefined;
  return paid ?? null;
};
const intent = record<Intent>({
  id: text,
  amount,
  amount_capturable: (value, path) => amount(value ?? 0, path),
  amount_received: (value, path) => amount(value ?? 0, path),
  currency,
  latest_charge: reference,
  metadata,
  last_payment_error: failureCode,
});
export const readIntent: Reader<Intent> = (value, path) => {
  const found = intent(value, path);
  return { ...found, latest_charge: found.latest_charge ?? reference(listedCharge(value), `${path}.charges`) };
};

export interface Refund {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string | null;
  readonly charge: string | null;
  readonly payment_intent: string | null;
  readonly metadata: ReadonlyMap<string, string>;
}
const partOfPayment = { id: text, amount, currency, charge: reference, payment_intent: reference, metadata };
export const readRefund: Reader<Refund> = record<Refund>({ ...partOfPayment, status: orNone(text) });

export interface Dispute extends Refund {
  readonly status: string;
}
export const readDispute: Reader<Dispute> = record<Dispute>({ ...partOfPayment, status: text });

/** What an event is about: the payment, or the charge by which the payment must be looked up. */
export type Subject = { readonly payment: string } | { readonly charge: string };
export const subjectOf = (event: StripeEvent): Subject => {
  const path = `${event.type} ${event.id}.data.object`;
  if (event.type.startsWith('payment_intent.')) return { payment: readIntent(event.object, path).id };
  if (/^charge\.[a-z]+$/.test(event.type)) {
    const { id, payment_intent } = readCharge(event.object, path);
    return { payment: payment_intent ?? id };
  }
  const { payment_intent, charge, id } = readRefund(event.object, path);
  if (payment_intent !== null) return { payment: payment_intent };
  // Neither: a refund of a payment outside of Stripe's cards; it is about itself.
  return charge === null ? { payment: id } : { charge };
};
