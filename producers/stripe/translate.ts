/**
 * Stripe's events in the trade's words. Ranks decide, not arrival nor Stripe's clock: within an object a later phase has a higher
 * version whenever it comes, so a payment that succeeded stays paid, and a refund that came back stays so.
 *
 * A capture is the charge's, whoever tells it: `charge.succeeded`, `charge.captured` and `payment_intent.succeeded` all report the object
 * `capture:<charge>`, whose version is the amount taken so far. That amount only rises, so each capture is counted once, and in any order.
 */
import { poison } from '../../runtime/failure.ts';
import type { Delivery, Report, ShopContext } from '../../runtime/model.ts';
import {
  authorizationVoided,
  disputeOpened,
  paymentAuthorized,
  paymentCaptured,
  paymentFailed,
  refundFailed,
  refundSucceeded,
} from '../../schemas/generated/facts.ts';
import { phases, type PaymentFact } from '../tell/payments.ts';
import { minorOfStripe } from './amounts.ts';
import { isEventType, readCharge, readDispute, readEvent, readIntent, readRefund, type StripeEvent } from './contract.ts';
import { hintedOrder, optionsOf } from './options.ts';

type Said = Report<PaymentFact>;
interface About {
  readonly event: StripeEvent;
  readonly path: string;
  readonly payment: { readonly company: string; readonly gateway: string; readonly paymentReference: string };
  readonly hint: (metadata: ReadonlyMap<string, string>) => string | null;
}

/** The rank comes first, then Stripe's time. Rank below 100, time below 10^14: exact in a number. */
const versionOf = (rank: number, event: StripeEvent): number => rank * 100_000_000_000_000 + event.createdAt;
/** An event never changes, so what it says of its version is the last of it. */
const report = (object: string, rank: number, event: StripeEvent, phase: string, facts: readonly PaymentFact[]): Said => ({
  object,
  version: versionOf(rank, event),
  settled: true,
  rank,
  phase,
  facts,
});
/** For the rules behind: the order of what the gateway says of one payment. Stripe's second, then the rank within it. */
const orderOf = (event: StripeEvent, rank: number): number => event.createdAt + rank;

const ranks = { attemptFailed: 1, authorized: 2, voided: 3, taken: 4, released: 5 } as const;

const attemptFailed = ({ event, path, payment, hint }: About): readonly Said[] => {
  const { metadata, last_payment_error } = readIntent(event.object, path);
  const fact = paymentFailed({
    ...payment,
    orderHint: hint(metadata),
    reason: last_payment_error ?? 'unknown',
    failedAt: event.createdAt,
    version: orderOf(event, ranks.attemptFailed),
  });
  return [report('payment', ranks.attemptFailed, event, phases.attemptFailed, [fact])];
};

interface Money {
  readonly amount: number;
  readonly currency: string;
  readonly metadata: ReadonlyMap<string, string>;
}
const authorized = ({ event, path, payment, hint }: About, { amount, currency, metadata }: Money): readonly Said[] => {
  const amountMinor = minorOfStripe(amount, currency, `${path}.amount`);
  const fact = paymentAuthorized({
    ...payment,
    orderHint: hint(metadata),
    amountMinor,
    currency,
    authorizedAt: event.createdAt,
    version: orderOf(event, ranks.authorized),
  });
  return [report('payment', ranks.authorized, event, phases.authorized(amountMinor), [fact])];
};

/** The hold on the money ended: without a capture, or with one of a part. */
const ended = ({ event, payment, hint }: About, metadata: ReadonlyMap<string, string>, rank: 3 | 5): readonly Said[] => {
  const version = orderOf(event, rank);
  const fact = authorizationVoided({ ...payment, orderHint: hint(metadata), voidedAt: event.createdAt, version });
  return [report('payment', rank, event, rank === ranks.voided ? phases.voided : phases.released, [fact])];
};

interface Capture extends Money {
  readonly charge: string;
  readonly fee: { readonly fee: number; readonly currency: string } | null;
}
/** Stripe's fee is in the account's currency; one in another currency is left to the settlement, which has the rate. */
const feeOf = ({ fee, currency }: Capture, path: string): number =>
  fee === null || fee.currency !== currency ? 0 : minorOfStripe(fee.fee, currency, `${path}.balance_transaction.fee`);
const captured = (about: About, capture: Capture, whole: boolean): readonly Said[] => {
  const { event, path, payment, hint } = about;
  const { charge, currency, metadata } = capture;
  const amountMinor = minorOfStripe(capture.amount, currency, `${path}.amount`);
  const fact = paymentCaptured({
    ...payment,
    orderHint: hint(metadata),
    capture: charge,
    amountMinor,
    currency,
    feeMinor: feeOf(capture, path),
    capturedAt: event.createdAt,
    version: orderOf(event, ranks.taken),
  });
  const phase = phases.captured(amountMinor);
  return [
    { object: `capture:${charge}`, version: amountMinor, settled: true, rank: ranks.taken, phase, facts: [fact] },
    ...(whole ? [report('payment', ranks.taken, event, phases.taken, [])] : ended(about, metadata, ranks.released)),
  ];
};

const onCharge = (about: About): readonly Said[] => {
  const { event, path } = about;
  const charge = readCharge(event.object, path);
  if (event.type === 'charge.expired') return ended(about, charge.metadata, ranks.voided);
  if (charge.status !== null && charge.status !== 'succeeded') return [];
  const { amount, currency, metadata, balance_transaction: fee } = charge;
  if (!charge.captured) return event.type === 'charge.succeeded' ? authorized(about, { amount, currency, metadata }) : [];
  const taken = charge.amount_captured ?? amount;
  // Of a PaymentIntent more may be captured later; it says itself when that is over. A charge alone is captured once.
  const whole = charge.payment_intent !== null || taken >= amount;
  return taken === 0 ? [] : captured(about, { charge: charge.id, amount: taken, currency, metadata, fee }, whole);
};

const onIntent = (about: About): readonly Said[] => {
  const { event, path } = about;
  const { amount, amount_capturable, amount_received, currency, metadata, latest_charge } = readIntent(event.object, path);
  switch (event.type) {
    case 'payment_intent.payment_failed':
      return attemptFailed(about);
    case 'payment_intent.canceled':
      return ended(about, metadata, ranks.voided);
    case 'payment_intent.amount_capturable_updated':
      // What is held and what was taken of it before are one authorization.
      return amount_capturable === 0
        ? []
        : authorized(about, { amount: amount_capturable + amount_received, currency, metadata });
    default:
      // Succeeded. Without the charge it could not be told apart from what the charge's own event says.
      return latest_charge === null || amount_received === 0
        ? []
        : captured(
            about,
            { charge: latest_charge, amount: amount_received, currency, metadata, fee: null },
            amount_received >= amount,
          );
  }
};

const onRefund = ({ event, path, payment, hint }: About): readonly Said[] => {
  const { id, amount, currency, status, metadata } = readRefund(event.object, path);
  const amountMinor = minorOfStripe(amount, currency, `${path}.amount`);
  const said = { ...payment, orderHint: hint(metadata), refund: id, amountMinor, currency };
  const object = `refund:${id}`;
  if (event.type === 'refund.failed' || status === 'failed' || status === 'canceled') {
    const fact = refundFailed({ ...said, failedAt: event.createdAt, version: orderOf(event, 2) });
    return [report(object, 2, event, phases.refundFailed, [fact])];
  }
  // Pending, or waiting for the customer: no money has moved.
  if (status !== 'succeeded') return [report(object, 0, event, phases.refundPending, [])];
  const fact = refundSucceeded({ ...said, refundedAt: event.createdAt, version: orderOf(event, 1) });
  return [report(object, 1, event, phases.refunded, [fact])];
};

const onDispute = ({ event, path, payment, hint }: About): readonly Said[] => {
  const { id, amount, currency, status, metadata } = readDispute(event.object, path);
  // An inquiry takes no money; when it becomes a dispute, the money's withdrawal says so.
  if (event.type === 'charge.dispute.created' && status.startsWith('warning_'))
    return [report(`dispute:${id}`, 0, event, phases.inquiry, [])];
  const amountMinor = minorOfStripe(amount, currency, `${path}.amount`);
  const said = { ...payment, orderHint: hint(metadata), dispute: id, amountMinor, currency };
  const fact = disputeOpened({ ...said, openedAt: event.createdAt, version: orderOf(event, 1) });
  return [report(`dispute:${id}`, 1, event, phases.disputed, [fact])];
};

export const translate = (delivery: Delivery, { shop }: ShopContext): readonly Said[] => {
  const event = readEvent(delivery.body);
  if (!isEventType(event.type)) return [];
  const options = optionsOf(shop);
  const path = `${event.type} ${event.id}.data.object`;
  if (options.livemode !== null && options.livemode !== event.livemode)
    throw poison(
      'DELIVERY_UNTRANSLATABLE',
      `reading ${path}: livemode is ${event.livemode}, shop ${shop.shop} takes the other only`,
    );
  const payment = { company: delivery.company, gateway: delivery.shop, paymentReference: delivery.aggregate };
  const about: About = { event, path, payment, hint: metadata => hintedOrder(options, metadata) };
  if (event.type.startsWith('payment_intent.')) return onIntent(about);
  if (event.type.includes('dispute')) return onDispute(about);
  return event.type.includes('refund') ? onRefund(about) : onCharge(about);
};
