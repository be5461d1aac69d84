/** Withdrawing: by the hold time, for want of stock, by the channel, by a person. What has left stays sold. */
import { orderClosed, orderWithdrawn, type OrderCancelled, type OrderWithdrawn } from '../../schemas/generated/facts.ts';
import { releaseAll } from './ask.ts';
import { raise, settle, settleAll } from './exceptions.ts';
import { isCovered, keptOf, totalsIn } from './money.ts';
import { toClosed, toWithdrawn } from './phases.ts';
import type { Cause, Rule } from './rule.ts';
import { isConfirmed, isHolding, type Closed, type Holding, type Out, type State, type Withdrawn } from './state.ts';
import { wantedBy } from './wishes.ts';

/** All wishes 0, and the word to systems. */
export const withdraw = (state: Holding, cause: Cause, reason: OrderWithdrawn['reason']): readonly Out[] => {
  const { company, order } = cause;
  const { shop, currency } = state.order;
  const { capturedMinor, refundedMinor } = totalsIn(state.payments, currency);
  return [
    ...releaseAll(state, cause),
    orderWithdrawn({
      company,
      shop,
      order,
      revision: state.numbers.decision + 1,
      reason,
      wasConfirmed: isConfirmed(state),
      capturedMinor: capturedMinor - refundedMinor,
      currency,
    }),
    ...settleAll(state, cause, ['short', 'promise_broken'], 'the order is withdrawn'),
  ];
};

export const foldCancelled = (state: State, { revision }: OrderCancelled): State =>
  revision > state.revision || (revision === state.revision && state.calledOff !== 'channel')
    ? { ...state, revision, calledOff: 'channel' }
    : state;
export const foldWithdrawRequested = (state: State): State =>
  isHolding(state) && state.calledOff === null ? { ...state, calledOff: 'person' } : state;
export const foldWithdrawn = (state: State): State =>
  state.phase === 'unplaced' || state.phase === 'withdrawn'
    ? state
    : toWithdrawn(state, keptOf(totalsIn(state.payments, state.order.currency)));
export const foldClosed = (state: State): State => {
  if (state.phase === 'unplaced') return state;
  return state.phase === 'withdrawn' ? { ...state, closed: true } : toClosed(state);
};

const failedClaim = 'payment_unmatched:failed';
/** Nothing left: withdrawn. A part left: the rest is released and a person sees it. All left: a person sees it. */
export const callOff: Rule = (state, cause) => {
  const { event, rules } = cause;
  if (!isHolding(state) && state.phase !== 'closed') return [];
  const isFailure = event.type === 'OrderCancelled' && event.data.reason === 'payment_failed';
  // The gateway authors the money: a shop that calls a paid order failed is only heard (a late webhook of an earlier attempt).
  if (isFailure && isCovered(state, rules) && keptOf(totalsIn(state.payments, state.order.currency)) > 0)
    return raise(state, cause, {
      exception: failedClaim,
      kind: 'payment_unmatched',
      amountMinor: keptOf(totalsIn(state.payments, state.order.currency)),
      nextAction: 'Set the order right at the channel; or refund the money, then cancel the order.',
      detail: 'the channel says that the payment failed, the gateway says that it is held or taken: the order stands',
    });
  const hasLeft = state.shipments.length > 0;
  if (isHolding(state) && (!hasLeft || !isConfirmed(state)))
    return withdraw(state, cause, isFailure ? 'payment_failed' : state.phase === 'short' ? 'short' : 'cancelled');
  if (isHolding(state)) return [...closeRest(state, cause), ...calledOffLate(state, cause)];
  return isPaidBack(state) ? [] : calledOffLate(state, cause);
};
/** Channels call an order off that was delivered whole and refunded whole: of that nobody needs to hear. */
const isPaidBack = (state: Closed): boolean => {
  const totals = totalsIn(state.payments, state.order.currency);
  return totals.capturedMinor > 0 && keptOf(totals) <= 0 && wantedBy(state.lines, state).length === 0;
};
const lateOf = ({ revision }: State): string => `changed_after_shipment:${revision}:off`;
export const settleCalledOff: Rule = (state, cause) =>
  state.phase === 'closed' && isPaidBack(state) ? settle(state, cause, lateOf(state), 'the money went back') : [];
const closeRest = (state: Holding, cause: Cause): readonly Out[] => [
  ...releaseAll(state, cause),
  closedOf(state, cause),
  ...settleAll(state, cause, ['short', 'promise_broken'], 'the rest of the order is called off'),
];
const calledOffLate = (state: Holding | Closed, cause: Cause): readonly Out[] =>
  raise(state, cause, {
    exception: lateOf(state),
    kind: 'changed_after_shipment',
    amountMinor: state.order.totalMinor,
    nextAction: 'Agree on a return with the customer, or reinstate the order at the channel.',
    detail:
      state.phase === 'closed'
        ? 'the order was called off after all of it had left'
        : 'the order was called off after a part had left; the rest is released',
  });

export const closedOf = (state: Exclude<State, { phase: 'unplaced' }>, { company, order }: Cause): Out =>
  orderClosed({ company, shop: state.order.shop, order, revision: state.numbers.decision + 1 });

/** The channel calls it failed no longer. */
export const settleClaim: Rule = (state, cause) =>
  state.calledOff === 'channel' ? [] : settle(state, cause, failedClaim, 'the channel has set the order right');

/** Withdrawn and its money gone: nothing more is expected. */
export const isSettled = (state: Withdrawn): boolean => keptOf(totalsIn(state.payments, state.order.currency)) === 0;
