/** Decisions about the money of one order, for tests of those who book them. A line is net and its tax at nl21 unless named. */
import {
  orderConfirmed,
  paymentAccepted,
  refundAccepted,
  shipmentAccepted,
  type RefundLine,
  type ResolvedLine,
} from '../../schemas/generated/facts.ts';
import { noon } from './money.ts';

export const order = { company: 'acme', shop: 'web', order: 'web:1' } as const;
export const money = (line: string, netMinor: number, taxMinor: number, code = 'nl21'): RefundLine => ({
  line,
  quantityMilli: 1000,
  netMinor,
  taxes: taxMinor === 0 ? [] : [{ code, amountMinor: taxMinor }],
  grossMinor: netMinor + taxMinor,
});
export const grossOf = (lines: readonly RefundLine[]): number => lines.reduce((all, line) => all + line.grossMinor, 0);
const resolved =
  (shipping: readonly string[]) =>
  (line: RefundLine): ResolvedLine => ({
    ...line,
    kind: shipping.includes(line.line) ? 'shipping' : 'goods',
    codes: [],
    description: 'a thing',
    discountMinor: 0,
    taxIncluded: false,
    unitPrice: null,
    components: [],
  });

/** `ship` is the shipping line where there is one. */
export const confirmed = (revision: number, lines: readonly RefundLine[], currency = 'EUR') =>
  orderConfirmed({
    ...order,
    revision,
    placedAt: noon,
    currency,
    customer: 'web:c1',
    sealed: null,
    lines: lines.map(resolved(['ship'])),
    totalMinor: grossOf(lines),
    allocations: [],
    tenders: [],
    authorizedMinor: 0,
    capturedMinor: grossOf(lines),
  });
export const dispatched = (revision: number, lines: readonly RefundLine[], shipment = 'WH/OUT/1', at = noon) =>
  shipmentAccepted({
    ...order,
    revision,
    shipment,
    product: '42',
    location: 'main',
    dispatchedAt: at,
    currency: 'EUR',
    lines,
    final: false,
  });
/** Without an amount: what its lines say. */
export const refundOwed = (revision: number, lines: readonly RefundLine[], amountMinor = grossOf(lines), refund = '726') =>
  refundAccepted({ ...order, revision, refund, currency: 'EUR', amountMinor, lines, refundedAt: noon });
export const paid = (revision: number, capturedMinor: number) =>
  paymentAccepted({
    ...order,
    revision,
    gateway: 'stripe',
    paymentReference: 'pi_1',
    currency: 'EUR',
    capturedMinor,
    refundedMinor: 0,
  });
