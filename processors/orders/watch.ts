/** What a person must see of an order's money: too much, too little, or some that has no order to pay for. */
import { raise, settle, settleAll } from './exceptions.ts';
import { isReportedPaid, keptOf, isCovered, missingOf, paymentKey, totalsIn } from './money.ts';
import type { Cause, Rule } from './rule.ts';
import type { Closed, Confirmed, Out, State, Unplaced, Withdrawn } from './state.ts';

export const minor = (amount: number, currency: string): string => `${amount} ${currency} (minor units)`;

/** A confirmed order: the channel's total against what came. What was called off after a part had left is a person's already. */
const ofConfirmed = (state: Confirmed | Closed, cause: Cause): readonly Out[] => {
  const { currency, totalMinor } = state.order;
  const totals = totalsIn(state.payments, currency);
  const isPartial = state.phase === 'closed' && state.calledOff !== null;
  const over = isPartial ? 0 : totals.capturedMinor - totals.refundedMinor - totalMinor;
  const missing = isPartial ? 0 : missingOf(state, cause.rules);
  return [
    ...(over > 0
      ? raise(state, cause, {
          exception: 'overpaid',
          kind: 'overpaid',
          amountMinor: over,
          nextAction: 'Refund the difference at the gateway.',
          detail: `${minor(totals.capturedMinor - totals.refundedMinor, currency)} were taken and kept for a total of ${totalMinor}`,
        })
      : settle(state, cause, 'overpaid', 'the money agrees with the total')),
    ...(missing > 0
      ? raise(state, cause, {
          exception: 'underpaid',
          kind: 'underpaid',
          amountMinor: missing,
          nextAction: 'Ask the customer for the rest, or withdraw the order before it leaves.',
          detail: `the order is confirmed for ${minor(totalMinor, currency)}, ${missing} of it are neither taken nor authorized`,
        })
      : settle(state, cause, 'underpaid', 'the money agrees with the total')),
  ];
};

/** Money of an order that is not delivered must go back; what came after the withdrawal may be a customer who still wants it. */
const ofWithdrawn = (state: Withdrawn, cause: Cause): readonly Out[] => {
  const { currency } = state.order;
  const kept = keptOf(totalsIn(state.payments, currency));
  const late = kept - state.keptMinor;
  const due = Math.min(kept, state.keptMinor);
  return [
    ...(late > 0
      ? raise(state, cause, {
          exception: 'payment_after_expiry',
          kind: 'payment_after_expiry',
          amountMinor: late,
          nextAction:
            'Ask for stock again (retry the order) if the customer still wants it; else refund the money at the gateway.',
          detail: `${minor(late, currency)} came after the order was withdrawn`,
        })
      : settle(state, cause, 'payment_after_expiry', 'the money went back')),
    ...(due > 0
      ? raise(state, cause, {
          exception: 'refund_due',
          kind: 'refund_due',
          amountMinor: due,
          nextAction: 'Refund or void the money at the gateway.',
          detail: `${minor(due, currency)} are held or taken for an order that is withdrawn`,
        })
      : settle(state, cause, 'refund_due', 'the money went back')),
  ];
};

/** Money for an order that the channel cancelled before we heard of it. */
const ofCancelledUnseen = (state: Unplaced, cause: Cause): readonly Out[] =>
  state.calledOff === null
    ? []
    : state.payments.flatMap(one => {
        const exception = `payment_after_expiry:${paymentKey(one)}`;
        const kept = keptOf(one);
        return kept > 0
          ? raise(state, cause, {
              exception,
              kind: 'payment_after_expiry',
              amountMinor: kept,
              currency: one.currency,
              nextAction: 'Refund the money at the gateway.',
              detail: `${minor(kept, one.currency)} came for an order that was cancelled before it reached us`,
            })
          : settle(state, cause, exception, 'the money went back');
      });

/** The hold time is over, the channel says paid, and no money was seen. */
const ofClaim = (state: Exclude<State, Unplaced>, cause: Cause): readonly Out[] => {
  const isClaimed =
    'deal' in state &&
    !state.deal.confirmed &&
    state.deal.hold.is === 'over' &&
    isReportedPaid(state.order, cause.rules) &&
    !isCovered(state, cause.rules);
  if (!isClaimed) return settle(state, cause, 'payment_unmatched', 'the order is covered, or no longer waits');
  return raise(state, cause, {
    exception: 'payment_unmatched',
    kind: 'payment_unmatched',
    amountMinor: missingOf(state, cause.rules),
    nextAction: 'Find the payment at the gateway and link it to the order, or withdraw the order.',
    detail: 'the channel says that the order is paid; no such money was seen in its hold time',
  });
};

const ofOtherCurrency = (state: Exclude<State, Unplaced>, cause: Cause): readonly Out[] =>
  state.payments
    .filter(one => one.currency !== state.order.currency)
    .flatMap(one => {
      const exception = `payment_unmatched:${paymentKey(one)}`;
      const kept = keptOf(one);
      return kept > 0
        ? raise(state, cause, {
            exception,
            kind: 'payment_unmatched',
            amountMinor: kept,
            currency: one.currency,
            nextAction: 'Refund it at the gateway, or change the currency of the order.',
            detail: `the payment is in ${one.currency}, the order in ${state.order.currency}: it is not counted`,
          })
        : settle(state, cause, exception, 'nothing of it is left');
    });

export const watchMoney: Rule = (state, cause) => {
  if (state.phase === 'unplaced') return ofCancelledUnseen(state, cause);
  return [
    ...(state.phase === 'confirmed' || state.phase === 'closed' ? ofConfirmed(state, cause) : []),
    ...(state.phase === 'withdrawn'
      ? [...settleAll(state, cause, ['overpaid', 'underpaid'], 'the order is withdrawn'), ...ofWithdrawn(state, cause)]
      : settleAll(state, cause, ['payment_after_expiry', 'refund_due'], 'the order stands again')),
    ...ofClaim(state, cause),
    ...ofOtherCurrency(state, cause),
  ];
};
