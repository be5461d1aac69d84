/** What follows from what: for each fact the rules that it calls for, in order. Each rule says nothing when nothing is due. */
import type { Alarm, Event } from '../../runtime/model.ts';
import type { Policy } from '../../schemas/policy.ts';
import { refuseChange } from './change.ts';
import { close, confirm } from './confirm.ts';
import { resolveByPerson } from './exceptions.ts';
import { expire, startHold } from './hold.ts';
import { askLines, nameUnknown } from './lines.ts';
import { acceptMoney, expectPayments } from './money.ts';
import { acceptRefunds, awaitRefund, watchRefunds } from './refund.ts';
import { askStock, settleShortage, watchPromises } from './reserve.ts';
import { acceptReturns, returnStock } from './returns.ts';
import { causeOf, follow, type Rule } from './rule.ts';
import { acceptShipments, awaitShipment, shipStock, watchShipments } from './ship.ts';
import type { In, Out, State } from './state.ts';
import { watchMoney } from './watch.ts';
import { callOff, settleCalledOff, settleClaim } from './withdraw.ts';

/** The way of an order: what may be due after anything that moved it. */
const onward: readonly Rule[] = [
  expectPayments,
  askLines,
  nameUnknown,
  askStock,
  settleShortage,
  confirm,
  startHold,
  acceptMoney,
  acceptShipments,
  acceptReturns,
  acceptRefunds,
  close,
  watchPromises,
  watchMoney,
  settleCalledOff,
  watchShipments,
  watchRefunds,
];

export const decide = (event: Event<In>, state: State, policy: Policy): readonly (Out | Alarm<In>)[] => {
  const cause = causeOf(event, state, policy);
  switch (event.type) {
    case 'OrderPlaced':
    case 'OrderChanged':
    case 'OrderReinstated':
      return follow(cause, [refuseChange, settleClaim, ...onward]);
    case 'OrderCancelled':
    case 'OrderWithdrawRequested':
      return follow(cause, [callOff, ...onward]);
    case 'HoldExpired':
      return follow(cause, [expire, ...onward]);
    case 'ShipmentDispatched':
      return follow(cause, [shipStock, ...onward, awaitShipment]);
    case 'ReturnReceived':
      return follow(cause, [returnStock, ...onward]);
    case 'RefundReported':
    case 'RefundApplied':
      return follow(cause, [...onward, awaitRefund]);
    case 'OrderExceptionResolved':
      return follow(cause, [resolveByPerson]);
    case 'TenderReported':
    case 'LineResolved':
    case 'LineUnknown':
    case 'StockReserved':
    case 'ReservationRefused':
    case 'ReservationRevoked':
    case 'PaymentApplied':
    case 'OrderRetryRequested':
    case 'ShipmentOverdue':
    case 'RefundOverdue':
      return follow(cause, onward);
  }
};
