/** What each fact makes of an order. Each concern folds its own facts; then the order goes on to where that leads. */
import * as change from './change.ts';
import { foldConfirmed } from './confirm.ts';
import * as exceptions from './exceptions.ts';
import * as hold from './hold.ts';
import * as lines from './lines.ts';
import * as money from './money.ts';
import * as refund from './refund.ts';
import * as reserve from './reserve.ts';
import * as returns from './returns.ts';
import * as ship from './ship.ts';
import type { In, Out, State } from './state.ts';
import * as wishes from './wishes.ts';
import * as withdraw from './withdraw.ts';

export const evolve = (state: State, fact: In | Out): State => wishes.advance(fold(state, fact));

const fold = (state: State, fact: In | Out): State => {
  switch (fact.type) {
    case 'OrderPlaced':
    case 'OrderChanged':
    case 'OrderReinstated':
      return change.foldTold(state, fact);
    case 'OrderCancelled':
      return withdraw.foldCancelled(state, fact.data);
    case 'TenderReported':
      return change.foldTenders(state, fact.data);
    case 'OrderWithdrawRequested':
      return withdraw.foldWithdrawRequested(state);
    case 'OrderRetryRequested':
      return change.foldRevived(reserve.foldRetried(state));
    case 'OrderExceptionResolved':
      return exceptions.foldByPerson(state, fact.data);
    case 'LineResolved':
      return lines.foldResolved(state, fact.data);
    case 'LineUnknown':
      return lines.foldUnknown(state, fact.data);
    case 'StockReserved':
      return wishes.foldReserved(state, fact.data);
    case 'ReservationRefused':
      return wishes.foldRefused(state, fact.data);
    case 'ReservationRevoked':
      return wishes.foldRevoked(state, fact.data);
    case 'PaymentApplied':
      return money.foldApplied(state, fact.data);
    case 'RefundApplied':
      return refund.foldApplied(state, fact.data);
    case 'RefundReported':
      return refund.foldReported(state, fact.data);
    case 'ShipmentDispatched':
      return ship.foldDispatched(state, fact.data);
    case 'ReturnReceived':
      return returns.foldReceived(state, fact.data);
    case 'HoldExpired':
      return hold.foldExpired(state, fact.data);
    case 'ShipmentOverdue':
      return ship.foldOverdue(state, fact.data);
    case 'RefundOverdue':
      return refund.foldOverdue(state, fact.data);
    case 'HoldStarted':
    case 'LineAsked':
    case 'ReservationSet':
    case 'StockShipped':
    case 'StockReturned':
    case 'PaymentExpected':
    case 'ExceptionRaised':
    case 'ExceptionResolved':
      return said(state, fact);
    case 'OrderConfirmed':
    case 'OrderShort':
    case 'OrderWithdrawn':
    case 'OrderClosed':
    case 'PaymentAccepted':
    case 'ShipmentAccepted':
    case 'ReturnAccepted':
    case 'RefundAccepted':
      return decided({ ...state, numbers: { ...state.numbers, decision: fact.data.revision } }, fact);
  }
};

type Decided = Extract<Out, { readonly data: { readonly shop: string } }>;
type Decision = Exclude<Decided, { readonly type: 'ReservationSet' | 'PaymentExpected' }>;
/** What was said to other units or noted: so that it is said once. */
const said = (state: State, fact: Exclude<Out, Decision>): State => {
  switch (fact.type) {
    case 'HoldStarted':
      return hold.foldStarted(state, fact.data);
    case 'LineAsked':
      return lines.foldAsked(state, fact.data.line, fact.data.revision);
    case 'ReservationSet':
      return wishes.foldSet(state, fact.data);
    case 'PaymentExpected':
      return { ...state, expected: [...state.expected, money.paymentKey(fact.data)] };
    case 'ExceptionRaised':
      return exceptions.foldRaised(state, fact.data);
    case 'ExceptionResolved':
      return exceptions.foldResolved(state, fact.data.exception);
    // The dispatch and the return themselves are kept.
    case 'StockShipped':
    case 'StockReturned':
      return state;
  }
};
const decided = (state: State, fact: Decision): State => {
  switch (fact.type) {
    case 'OrderConfirmed':
      return foldConfirmed(state);
    case 'OrderShort':
      return reserve.foldShort(state);
    case 'OrderWithdrawn':
      return withdraw.foldWithdrawn(state);
    case 'OrderClosed':
      return withdraw.foldClosed(state);
    case 'PaymentAccepted':
      return money.foldAccepted(state, fact.data);
    case 'ShipmentAccepted':
      return ship.foldAccepted(state, fact.data);
    case 'ReturnAccepted':
      return returns.foldAccepted(state, fact.data);
    case 'RefundAccepted':
      return refund.foldAccepted(state, fact.data);
  }
};
