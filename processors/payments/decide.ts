/** What follows from a fact of one payment: totals for its order, each refund once, and what a person must see of the rest. */
import type { Event, Fact } from '../../runtime/model.ts';
import {
  exceptionRaised,
  exceptionResolved,
  paymentApplied,
  refundApplied,
  type ExceptionRaised,
  type PaymentExpected,
} from '../../schemas/generated/facts.ts';
import type { Policy } from '../../schemas/policy.ts';
import { destinationOf, nothing, totalsOf, type Destination } from './order.ts';
import { evolve, moneyIn, type In, type Out, type State, type Totals } from './state.ts';

interface Payment {
  readonly company: string;
  readonly gateway: string;
  readonly paymentReference: string;
}

export const decide = (event: Event<In>, state: State, policy: Policy): readonly Out[] => {
  const now = evolve(state, event);
  const { company, gateway, paymentReference } = event.data;
  const payment = { company, gateway, paymentReference };
  const destination = destinationOf(now, payment, policy);
  return [
    ...applied(now, payment, destination, policy),
    ...refunds(event, now, destination),
    ...otherCurrency(event, state, now),
    ...conflict(event, state),
    ...conflictsSettled(event, now),
    ...unmatched(event, now, destination),
  ];
};

const isSame = (one: Totals, other: Totals): boolean =>
  one.authorizedMinor === other.authorizedMinor &&
  one.capturedMinor === other.capturedMinor &&
  one.refundedMinor === other.refundedMinor &&
  one.disputedMinor === other.disputedMinor &&
  one.failed === other.failed;

/** Totals are absolute, so money moves from one order to another by telling the first that it is 0. */
const applied = (now: State, payment: Payment, destination: Destination, policy: Policy): readonly Out[] => {
  const last = now.applied;
  const order = 'order' in destination ? destination.order : null;
  const currency = now.currency ?? expectedCurrency(now, order) ?? companyCurrency(payment.company, policy);
  const told: { readonly order: string; readonly totals: Totals }[] = [];
  if (last !== null && last.order !== order && !isSame(last, nothing)) told.push({ order: last.order, totals: nothing });
  const before = last !== null && last.order === order ? last : nothing;
  const totals = totalsOf(now);
  if (order !== null && !isSame(before, totals)) told.push({ order, totals });
  return told.map((one, index) =>
    paymentApplied({ ...payment, order: one.order, revision: now.revision + 1 + index, currency, ...one.totals }),
  );
};
const expectedCurrency = (now: State, order: string | null): string | undefined =>
  now.expected.find(one => one.order === order)?.currency;
/** A failed attempt without an amount has no currency of its own; XXX is ISO 4217's word for none. */
const companyCurrency = (company: string, policy: Policy): string =>
  Object.hasOwn(policy.companies, company) ? (policy.companies[company]?.currency ?? 'XXX') : 'XXX';

/** Each once per order. One that moves cannot be taken back from the order that was told of it: a person corrects it there. */
const refunds = ({ at, data }: Event<In>, now: State, destination: Destination): readonly Out[] => {
  if (!('order' in destination) || now.currency === null) return [];
  const { order } = destination;
  const { currency } = now;
  const { company, gateway, paymentReference } = data;
  return now.refunds
    .filter(refund => !refund.failed && refund.appliedTo !== order)
    .flatMap(({ id, amountMinor, refundedAt, appliedTo }): readonly Out[] => [
      refundApplied({ company, gateway, paymentReference, order, refund: id, amountMinor, currency, refundedAt }),
      ...(appliedTo === null
        ? []
        : [
            raise(data, at, {
              exception: `refund_unmatched:${id}`,
              kind: 'refund_unmatched',
              amountMinor,
              currency,
              nextAction: `Take the refund back from order ${appliedTo} by hand.`,
              detail: `refund ${id} was counted for order ${appliedTo}, its payment is for order ${order}`,
            }),
          ]),
    ]);
};

const otherCurrency = (event: Event<In>, state: State, now: State): readonly Out[] => {
  const money = moneyIn(event);
  if (money === undefined || now.foreign.length === state.foreign.length) return [];
  const { what, amountMinor, currency } = money;
  return [
    raise(event.data, event.at, {
      exception: `payment_unmatched:${what}`,
      kind: 'payment_unmatched',
      amountMinor,
      currency,
      nextAction: 'Refund it at the gateway, or apply it by hand.',
      detail: `${what} is in ${currency}, the payment is in ${state.currency ?? 'none'}: it is not counted`,
    }),
  ];
};

/** The first expectation, or a person's word, stands. */
const conflict = (event: Event<In>, state: State): readonly Out[] => {
  if (event.type !== 'PaymentExpected') return [];
  const { order, amountMinor, currency }: PaymentExpected = event.data;
  const owner = state.linked ?? state.expected[0]?.order ?? order;
  if (owner === order || state.expected.some(one => one.order === order)) return [];
  return [
    raise(event.data, event.at, {
      exception: `payment_unmatched:order ${order}`,
      kind: 'payment_unmatched',
      amountMinor,
      currency,
      nextAction: 'Link the payment to the order that it is for.',
      detail: `order ${order} expects this payment, which is for order ${owner}`,
    }),
  ];
};
const conflictsSettled = (event: Event<In>, now: State): readonly Out[] =>
  event.type !== 'PaymentLinked'
    ? []
    : now.open
        .filter(one => one.exception.startsWith('payment_unmatched:order '))
        .map(one => resolve(event.data, one.exception, `linked to ${event.data.order} by ${event.data.actor}`));

/** Money at stake that is for no order; said again when it changes, resolved when it has an order or nothing is left of it. */
const unmatched = (event: Event<In>, now: State, destination: Destination): readonly Out[] => {
  const exception = 'payment_unmatched';
  const open = now.open.find(one => one.exception === exception);
  const { authorizedMinor, capturedMinor, refundedMinor, disputedMinor } = totalsOf(now);
  const stake = authorizedMinor + capturedMinor - refundedMinor;
  const { currency } = now;
  if ('order' in destination || stake === 0 || currency === null)
    return open === undefined
      ? []
      : [resolve(event.data, exception, 'order' in destination ? by(event, destination.order) : 'nothing of it is left')];
  const figures = `authorized ${authorizedMinor}, captured ${capturedMinor}, refunded ${refundedMinor}, disputed ${disputedMinor}`;
  const detail = `${destination.none}; ${figures} (minor units of ${currency})`;
  if (open?.detail === detail) return [];
  return [
    raise(event.data, open?.raisedAt ?? event.at, {
      exception,
      kind: 'payment_unmatched',
      amountMinor: Math.abs(stake),
      currency,
      nextAction: 'Link the payment to its order, or refund it at the gateway.',
      detail,
    }),
  ];
};
const by = (event: Event<In>, order: string): string => {
  if (event.type === 'PaymentLinked') return `linked to ${order} by ${event.data.actor}`;
  return event.type === 'PaymentExpected' ? `order ${order} expects it` : `the gateway names order ${order}`;
};

type What = Omit<ExceptionRaised, 'company' | 'subject' | 'raisedAt'>;
const subjectOf = ({ gateway, paymentReference }: Payment): string => `payment:${gateway}:${paymentReference}`;
const raise = (payment: Payment, raisedAt: number, what: What): Fact<'ExceptionRaised', ExceptionRaised> =>
  exceptionRaised({ company: payment.company, subject: subjectOf(payment), raisedAt, ...what });
const resolve = (payment: Payment, exception: string, by: string): Out =>
  exceptionResolved({ company: payment.company, subject: subjectOf(payment), exception, by });
