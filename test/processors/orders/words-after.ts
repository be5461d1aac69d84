/** After the confirmation: dispatches, refunds, returns, and what people do and see. */
import * as facts from '../../../schemas/generated/facts.ts';
import { alarm } from '../../../runtime/model.ts';
import { refundOverdue, shipmentOverdue, type AlarmFact } from '../../../processors/orders/own.ts';
import { company, early, of, order, ours, stockOf } from './words-of.ts';

export const dispatched = (product: string, quantityMilli: number, over: Partial<facts.ShipmentDispatched> = {}) =>
  facts.shipmentDispatched({
    ...of,
    shipment: 'OUT/1',
    ...stockOf(product),
    location: 'main',
    quantityMilli,
    dispatchedAt: 40,
    ...over,
  });
export const left = (name: string | null, product: string, quantityMilli: number, over: Partial<facts.StockShipped> = {}) =>
  facts.stockShipped({
    ...stockOf(product),
    ...of,
    line: name,
    shipment: 'OUT/1',
    location: 'main',
    quantityMilli,
    dispatchedAt: 40,
    ...over,
  });
export const share = (name: string, quantityMilli: number, netMinor: number, taxMinor: number): facts.RefundLine => ({
  line: name,
  quantityMilli,
  netMinor,
  taxes: taxMinor === 0 ? [] : [{ code: 'nl21', amountMinor: taxMinor }],
  grossMinor: netMinor + taxMinor,
});
export const shipmentAccepted = (
  revision: number,
  lines: readonly facts.RefundLine[],
  over: Partial<facts.ShipmentAccepted> = {},
) =>
  facts.shipmentAccepted({
    ...ours,
    revision,
    shipment: 'OUT/1',
    product: 'A',
    location: 'main',
    dispatchedAt: 40,
    currency: 'EUR',
    lines,
    final: true,
    ...over,
  });
export const shipmentAlarm = (at: number, product: string, waitsFor = ['stripe', 'woocommerce', 'payments']) =>
  alarm<AlarmFact>(at + early, overdueShipment(product), waitsFor);
export const overdueShipment = (product: string) => shipmentOverdue({ ...of, shipment: 'OUT/1', product, location: 'main' });

export const refundTold = (over: Partial<facts.RefundReported> = {}) =>
  facts.refundReported({
    ...ours,
    refund: '726',
    revision: 1,
    currency: 'EUR',
    amountMinor: 121,
    lines: [share('1', 0, 100, 21)],
    gateway: 'stripe',
    gatewayRefund: null,
    movesMoney: true,
    refundedAt: 60,
    ...over,
  });
export const refundPaid = (over: Partial<facts.RefundApplied> = {}) =>
  facts.refundApplied({
    ...of,
    gateway: 'stripe',
    paymentReference: 'pi_1',
    refund: 're_1',
    amountMinor: 121,
    currency: 'EUR',
    refundedAt: 61,
    ...over,
  });
export const refundAccepted = (revision: number, over: Partial<facts.RefundAccepted> = {}) =>
  facts.refundAccepted({
    ...ours,
    revision,
    refund: '726',
    currency: 'EUR',
    amountMinor: 121,
    lines: [share('1', 0, 100, 21)],
    refundedAt: 60,
    ...over,
  });
export const overdueRefund = (refund: string) => refundOverdue({ ...of, refund });
export const refundAlarm = (at: number, refund: string, waitsFor = ['stripe', 'payments']) =>
  alarm<AlarmFact>(at + early, overdueRefund(refund), waitsFor);

export const cameBack = (product: string, quantityMilli: number) =>
  facts.returnReceived({ ...of, return: 'IN/9', ...stockOf(product), location: 'main', quantityMilli, receivedAt: 70 });
export const toStock = (product: string, quantityMilli: number) =>
  facts.stockReturned({ ...stockOf(product), ...of, return: 'IN/9', location: 'main', quantityMilli, receivedAt: 70 });
export const returnAccepted = (revision: number, product: string, quantityMilli: number) =>
  facts.returnAccepted({
    ...ours,
    revision,
    return: 'IN/9',
    ...stockOf(product),
    location: 'main',
    quantityMilli,
    receivedAt: 70,
  });

const bySomeone = { ...of, actor: 'ann', reason: 'the customer called' };
export const withdrawRequested = facts.orderWithdrawRequested(bySomeone);
export const retryRequested = facts.orderRetryRequested(bySomeone);
export const resolvedByPerson = (exception: string) => facts.orderExceptionResolved({ ...bySomeone, exception });
type Raised = Pick<facts.ExceptionRaised, 'exception' | 'kind' | 'nextAction' | 'detail'> & Partial<facts.ExceptionRaised>;
export const raised = (over: Raised) =>
  facts.exceptionRaised({
    company,
    subject: `order:${order}`,
    raisedAt: 0,
    amountMinor: null,
    currency: over.amountMinor == null ? null : 'EUR',
    ...over,
  });
export const settled = (exception: string, by: string) =>
  facts.exceptionResolved({ company, subject: `order:${order}`, exception, by });
