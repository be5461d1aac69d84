import { orders } from '../../../processors/orders/index.ts';
import { isCovered, isReportedPaid } from '../../../processors/orders/money.ts';
import { type In, type State } from '../../../processors/orders/state.ts';

import type { Policy } from '../../../schemas/policy.ts';

import { processorLaws } from '../../laws/processors.ts';
import { policy } from '../../support/policy.ts';
import { histories } from './history.ts';

const absolute = ({ type, data }: In): { readonly subject: string; readonly revision: number } | undefined => {
  switch (type) {
    case 'OrderPlaced':
    case 'OrderChanged':
    case 'OrderCancelled':
    case 'OrderReinstated':
      return { subject: 'order', revision: data.revision };
    case 'TenderReported':
      return { subject: 'tenders', revision: data.revision };
    case 'LineResolved':
      return { subject: `resolved ${data.line}`, revision: data.revision };
    case 'LineUnknown':
      return { subject: `unknown ${data.line} ${data.code}`, revision: data.revision };
    case 'StockReserved':
    case 'ReservationRefused':
      return { subject: `wish ${data.line} ${data.product}`, revision: data.revision };
    case 'PaymentApplied':
      return { subject: `payment ${data.paymentReference}`, revision: data.revision };
    case 'RefundReported':
      return { subject: `refund ${data.refund}`, revision: data.revision };
    case 'RefundApplied':
      return { subject: `gateway refund ${data.refund}`, revision: 0 };
    case 'ShipmentDispatched':
      return { subject: `shipment ${data.shipment} ${data.product} ${data.location}`, revision: 0 };
    case 'ReturnReceived':
      return { subject: `return ${data.product}`, revision: 0 };
    case 'HoldExpired':
      return { subject: 'hold', revision: data.hold };
    // A second one may be meant: stock takes back more, a person asks again.
    case 'ReservationRevoked':
    case 'OrderWithdrawRequested':
    case 'OrderRetryRequested':
    case 'OrderExceptionResolved':
    case 'ShipmentOverdue':
    case 'RefundOverdue':
      return undefined;
  }
};

/** What no history may lead to. */
const wrong = (state: State, { companies }: Policy): string | undefined => {
  const rules = companies.acme!;
  if ('wishes' in state) {
    const ids = state.wishes.map(one => `${one.line} ${one.product}`);
    if (new Set(ids).size !== ids.length) return 'a wish is kept twice';
  }
  if ('deal' in state && !state.deal.confirmed && !isCovered(state, rules)) {
    const { hold } = state.deal;
    if (hold.is === 'none') return 'not covered and no hold time';
    if (hold.is === 'over' && !isReportedPaid(state.order, rules)) return 'its hold time is over and it is not withdrawn';
  }
  if (state.phase === 'reserved' && (state.deal.confirmed || isCovered(state, rules))) return 'reserved, covered, not confirmed';
  if (state.phase === 'confirmed' || state.phase === 'closed') {
    if (state.shipments.some(one => !one.accepted)) return 'confirmed, and a dispatch is kept back';
    const kept = state.payments.find(
      one => (one.accepted?.capturedMinor ?? 0) !== one.capturedMinor || (one.accepted?.refundedMinor ?? 0) !== one.refundedMinor,
    );
    if (kept !== undefined) return `confirmed, and money of ${kept.paymentReference} is kept back`;
  }
  if (state.phase === 'unplaced' && state.revision >= 0 && state.calledOff === null) return 'told of and not placed';
  return undefined;
};

processorLaws(orders, histories(policy), policy, { absolute, allowed: wrong });
