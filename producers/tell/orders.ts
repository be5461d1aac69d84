/** What follows from a report about an order, its payment or a refund: shared by all channels that take orders. */
import { poison } from '../../runtime/failure.ts';
import type { Report, Tell, Told } from '../../runtime/model.ts';
import {
  orderCancelled,
  orderChanged,
  orderPlaced,
  orderReinstated,
  tenderReported,
  type FactsOn,
  type OrderCancelled,
  type OrderPlaced,
  type Tender,
} from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

/** What producers of orders say. */
export type OrderFact =
  | FactsOn<typeof topics.orders>
  | Extract<FactsOn<typeof topics.payments>, { readonly type: 'PaymentCaptured' | 'RefundSucceeded' }>;

/**
 * The phases that producers of orders report, each an object of its own with its own told:
 * `open` and `cancelled`: the order. An order that is to be forgotten (a draft) is not reported at all.
 * `captured`: money that the channel itself is the authority for. `refunded`: one refund.
 */
export type OrderPhase = 'open' | 'cancelled' | 'captured' | 'refunded';

/** What may be said of an order that is wanted. */
export const wanted = (order: OrderPlaced): readonly OrderFact[] => [
  orderPlaced(order),
  orderChanged(order),
  orderReinstated(order),
];
/** What may be said of an order that is not wanted any more; the references that its payments go by are told first. */
export const unwanted = (order: OrderCancelled, tenders: readonly Tender[]): readonly OrderFact[] => [
  ...(tenders.some(one => one.gateway !== null && one.paymentReference !== null)
    ? [tenderReported({ company: order.company, shop: order.shop, order: order.order, revision: order.revision, tenders })]
    : []),
  orderCancelled(order),
];

const chosen: Readonly<Record<OrderPhase, (told: Told | undefined) => readonly OrderFact['type'][]>> = {
  open: told => [told === undefined ? 'OrderPlaced' : told.phase === 'cancelled' ? 'OrderReinstated' : 'OrderChanged'],
  // An order that was never told needs no cancelling; one that is cancelled already may still name a payment that comes late.
  cancelled: told =>
    told === undefined ? [] : told.phase === 'cancelled' ? ['TenderReported'] : ['TenderReported', 'OrderCancelled'],
  // Money is captured once: that an order was edited afterwards does not take it again.
  captured: told => (told === undefined ? ['PaymentCaptured'] : []),
  refunded: () => ['RefundReported', 'RefundSucceeded'],
};

export const tellOrders: Tell<OrderFact> = (report: Report<OrderFact>, told: Told | undefined) => {
  if (!Object.hasOwn(chosen, report.phase))
    throw poison('DELIVERY_UNTRANSLATABLE', `telling ${report.object}: its phase ${report.phase} is none of an order`);
  const types = chosen[report.phase as OrderPhase](told);
  return report.facts.filter(fact => types.includes(fact.type));
};
