/** From the placing to the confirmation: what is told to an order and what follows. */
import * as facts from '../../../schemas/generated/facts.ts';
import { alarm } from '../../../runtime/model.ts';
import { holdExpired, holdStarted, type AlarmFact } from '../../../processors/orders/own.ts';
import type { Out } from '../../../processors/orders/state.ts';
import { minute, of, ours, sealed, stockOf } from './words-of.ts';

export const line = (over: Partial<facts.Line> = {}): facts.Line => ({
  line: '1',
  kind: 'goods',
  codes: ['sku:A'],
  description: 'A thing',
  quantityMilli: 1000,
  netMinor: 1000,
  discountMinor: 0,
  taxes: [{ code: 'nl21', amountMinor: 210 }],
  grossMinor: 1210,
  taxIncluded: false,
  unitPrice: '10.00',
  ...over,
});
/** A line of a product of its own. */
export const lineOf = (name: string, product: string, quantityMilli = 1000): facts.Line =>
  line({ line: name, codes: [`sku:${product}`], quantityMilli });
export const shipping = (over: Partial<facts.Line> = {}): facts.Line =>
  line({
    line: 's1',
    kind: 'shipping',
    codes: [],
    description: 'Post',
    netMinor: 500,
    taxes: [{ code: 'nl21', amountMinor: 105 }],
    grossMinor: 605,
    unitPrice: null,
    ...over,
  });
export const tender = (over: Partial<facts.Tender> = {}): facts.Tender => ({
  tender: 'stripe',
  gateway: 'stripe',
  paymentReference: 'pi_1',
  amountMinor: 1210,
  currency: 'EUR',
  reportedPaid: false,
  ...over,
});
/** Nobody states its money beforehand. */
export const cash = tender({ tender: 'cod', gateway: null, paymentReference: null });

const word = (over: Partial<facts.OrderPlaced>): facts.OrderPlaced => {
  const lines = over.lines ?? [line()];
  return {
    ...ours,
    revision: 1,
    placedAt: 5,
    currency: 'EUR',
    customer: 'web:c7',
    sealed,
    lines,
    totalMinor: lines.reduce((sum, one) => sum + one.grossMinor, 0),
    tenders: [tender()],
    awaitsPayment: true,
    ...over,
  };
};
export const placed = (over: Partial<facts.OrderPlaced> = {}) => facts.orderPlaced(word(over));
/** Cash on delivery: nothing is waited for but stock. */
export const placedOnCash = (over: Partial<facts.OrderPlaced> = {}) => placed({ tenders: [cash], awaitsPayment: false, ...over });
export const changed = (over: Partial<facts.OrderPlaced> = {}) => facts.orderChanged(word({ revision: 2, ...over }));
export const changedOnCash = (over: Partial<facts.OrderPlaced> = {}) =>
  changed({ tenders: [cash], awaitsPayment: false, ...over });
export const reinstated = (over: Partial<facts.OrderPlaced> = {}) => facts.orderReinstated(word({ revision: 3, ...over }));
export const cancelled = (reason: facts.OrderCancelled['reason'] = 'customer', revision = 2) =>
  facts.orderCancelled({ ...ours, revision, reason });
export const tendersReported = (tenders: readonly facts.Tender[], revision = 2) =>
  facts.tenderReported({ ...ours, revision, tenders });

export const asked = (name = '1', code = 'sku:A', revision = 1, quantityMilli = 1000) =>
  facts.lineAsked({ ...of, code, line: name, quantityMilli, revision });
export const component = (product: string, quantityMilli = 1000): facts.Component => ({ ...stockOf(product), quantityMilli });
export const resolved = (name = '1', components = [component('A')], revision = 1, code?: string) =>
  facts.lineResolved({ ...of, line: name, code: code ?? `sku:${components[0]?.product ?? 'A'}`, revision, components });
export const unknown = (name = '1', code = 'sku:A', revision = 1) => facts.lineUnknown({ ...of, line: name, code, revision });

export const wish = (name: string, product: string, quantityMilli: number, revision: number, firm = false) =>
  facts.reservationSet({
    ...stockOf(product),
    ...ours,
    line: name,
    component: product,
    revision,
    quantityMilli,
    locations: ['main', 'store'],
    firm,
    mustAccept: false,
  });
export const reserved = (name: string, product: string, quantityMilli: number, revision: number, firm = false) =>
  facts.stockReserved({
    ...of,
    line: name,
    component: product,
    ...stockOf(product),
    revision,
    quantityMilli,
    placements: quantityMilli === 0 ? [] : [{ location: 'main', quantityMilli }],
    firm,
    free: [],
  });
export const refused = (name: string, product: string, askedMilli: number, revision: number, freeMilli = 0) =>
  facts.reservationRefused({
    ...of,
    line: name,
    component: product,
    ...stockOf(product),
    revision,
    askedMilli,
    freeMilli,
    free: [],
  });
export const revoked = (name: string, product: string, quantityMilli: number, revision: number) =>
  facts.reservationRevoked({
    ...of,
    line: name,
    component: product,
    ...stockOf(product),
    revision,
    quantityMilli,
    placements: quantityMilli === 0 ? [] : [{ location: 'main', quantityMilli }],
    by: 'StockAdjusted:till 9',
    free: [],
  });
export const allocation = (name: string, product: string, quantityMilli: number, location = 'main'): facts.Allocation => ({
  line: name,
  component: product,
  ...stockOf(product),
  location,
  quantityMilli,
});

export const paid = (over: Partial<facts.PaymentApplied> = {}) =>
  facts.paymentApplied({
    ...of,
    gateway: 'stripe',
    paymentReference: 'pi_1',
    revision: 1,
    currency: 'EUR',
    authorizedMinor: 0,
    capturedMinor: 1210,
    refundedMinor: 0,
    disputedMinor: 0,
    failed: false,
    ...over,
  });
export const expected = (over: Partial<facts.PaymentExpected> = {}) =>
  facts.paymentExpected({ ...ours, gateway: 'stripe', paymentReference: 'pi_1', amountMinor: 1210, currency: 'EUR', ...over });
export const moneyAccepted = (revision: number, capturedMinor = 1210, refundedMinor = 0) =>
  facts.paymentAccepted({
    ...ours,
    revision,
    gateway: 'stripe',
    paymentReference: 'pi_1',
    currency: 'EUR',
    capturedMinor,
    refundedMinor,
  });

/** What follows from an order that is not covered when it stands at `at`. */
export const holdOf = (
  at: number,
  minutes = 15,
  hold = 1,
  waitsFor = ['stripe', 'payments'],
): readonly (Out | ReturnType<typeof expiry>)[] => [
  holdStarted({ ...of, hold, minutes, until: at + minutes * minute }),
  expiry(at + minutes * minute, hold, waitsFor),
];
const expiry = (at: number, hold: number, waitsFor: readonly string[]) =>
  alarm<AlarmFact>(at, holdExpired({ ...of, hold }), waitsFor);
export const expired = (hold = 1) => holdExpired({ ...of, hold });

export const resolvedLine = (over: facts.Line, components: readonly facts.Component[]): facts.ResolvedLine => ({
  ...over,
  components,
});
export const confirmed = (over: Partial<facts.OrderConfirmed> = {}) =>
  facts.orderConfirmed({
    ...ours,
    revision: 1,
    placedAt: 5,
    currency: 'EUR',
    customer: 'web:c7',
    sealed,
    lines: [resolvedLine(line(), [component('A')])],
    totalMinor: 1210,
    allocations: [allocation('1', 'A', 1000)],
    tenders: [tender()],
    authorizedMinor: 0,
    capturedMinor: 1210,
    ...over,
  });
/** As `confirmed`, of an order of `placedOnCash`. */
export const confirmedOnCash = (over: Partial<facts.OrderConfirmed> = {}) =>
  confirmed({ tenders: [cash], capturedMinor: 0, ...over });
export const withdrawn = (reason: facts.OrderWithdrawn['reason'], over: Partial<facts.OrderWithdrawn> = {}) =>
  facts.orderWithdrawn({ ...ours, revision: 1, reason, wasConfirmed: false, capturedMinor: 0, currency: 'EUR', ...over });
export const short = (action: 'withdraw' | 'person', missing: readonly facts.Component[], over: Partial<facts.OrderShort> = {}) =>
  facts.orderShort({ ...ours, revision: 1, lines: [], action, missing, ...over });
export const closed = (revision: number) => facts.orderClosed({ ...ours, revision });
