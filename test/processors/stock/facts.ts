/** Facts of one product for stock's tests: say what matters, the rest is filled in. Quantities in thousandths, times in ms. */
import {
  exceptionRaised,
  externalHoldSet,
  holdReleased,
  movementConfirmed,
  reservationSet,
  stockAdjusted,
  stockBaselineSet,
  stockCounted,
  stockLevelSeen,
  stockReturned,
  stockShipped,
  type AvailabilityComputed,
  type ExternalHoldSet,
  type HoldReleased,
  type MovementConfirmed,
  type Placement,
  type ReservationSet,
  type StockAdjusted,
  type StockBaselineSet,
  type StockCounted,
  type StockLevelSeen,
  type StockReserved,
  type StockReturned,
  type StockShipped,
} from '../../../schemas/generated/facts.ts';

export const goods = { owner: 'acme', product: '42' };
const main = { ...goods, location: 'main' };
/** The line `1` of an order of the shop that the order's id begins with. */
export const line = (order: string) => ({
  company: 'acme',
  order: order.includes(':') ? order : `web:${order}`,
  line: '1',
  component: '42',
});
type Order<T> = Partial<T> & { readonly order: string };
const shopOf = (order: string): string => line(order).order.split(':')[0]!;

export const wish = (data: Order<ReservationSet>) =>
  reservationSet({
    ...goods,
    ...line(data.order),
    shop: shopOf(data.order),
    revision: 1,
    quantityMilli: 1000,
    locations: ['main', 'store'],
    firm: false,
    mustAccept: false,
    ...data,
    ...(data.order.includes(':') ? {} : { order: `web:${data.order}` }),
  });
export const baseline = (data: Partial<StockBaselineSet> = {}) =>
  stockBaselineSet({ ...main, quantityMilli: 1000, takenAt: 0, source: 'odoo', ...data });
export const adjusted = (data: Partial<StockAdjusted> = {}) =>
  stockAdjusted({ ...main, deltaMilli: -1000, reference: 'move:1', reason: 'till', happenedAt: 10, ...data });
export const confirmed = (data: Partial<MovementConfirmed> = {}) =>
  movementConfirmed({ ...main, deltaMilli: -1000, reference: 'move:1', claim: 'WH/OUT/1', happenedAt: 10, ...data });
export const counted = (data: Partial<StockCounted> = {}) =>
  stockCounted({ ...main, countedMilli: 1000, countedAt: 10, reference: 'count:1', ...data });
export const level = (data: Partial<StockLevelSeen> = {}) =>
  stockLevelSeen({ ...main, quantityMilli: 1000, seenAt: 20, ...data });
export const outside = (data: Partial<ExternalHoldSet> = {}) =>
  externalHoldSet({ ...main, reference: 'demand:1', revision: 1, quantityMilli: 1000, ...data });
export const shipped = (data: Order<StockShipped>) => {
  const { company, order, line: of } = line(data.order);
  const rest = { shipment: 'WH/OUT/1', quantityMilli: 1000, dispatchedAt: 10 };
  return stockShipped({ ...main, company, line: of, ...rest, ...data, order });
};
export const returned = (data: Order<StockReturned>) => {
  const { company, order } = line(data.order);
  return stockReturned({ ...main, company, return: 'WH/IN/1', quantityMilli: 1000, receivedAt: 10, ...data, order });
};
export const released = (data: Order<HoldReleased>) =>
  holdReleased({ ...goods, actor: 'ann', reason: 'stuck', ...data, ...line(data.order) });

export const places = (quantities: Readonly<Record<string, number>>): readonly Placement[] =>
  Object.entries(quantities).map(([location, quantityMilli]) => ({ location, quantityMilli }));
type Short = { readonly onHand: number; readonly held?: number; readonly external?: number; readonly safety?: number };
/** The table's row, from what differs from 0 per location. */
export const row = (
  locations: Readonly<Record<string, Short>>,
  shops: AvailabilityComputed['shops'] = [],
): AvailabilityComputed => ({
  ...goods,
  locations: Object.entries(locations).map(([location, { onHand, held = 0, external = 0, safety = 0 }]) => ({
    location,
    onHandMilli: onHand,
    heldMilli: held,
    externalMilli: external,
    safetyMilli: safety,
    availableMilli: onHand - held - external - safety,
  })),
  shops,
});
/** The answer to a wish of line `1`, held as `placements` and with `free` left. */
export const answer = (
  data: Order<Omit<StockReserved, 'placements' | 'free'>>,
  placements: Readonly<Record<string, number>>,
  free: Readonly<Record<string, number>>,
): StockReserved => ({
  ...goods,
  revision: 1,
  firm: false,
  quantityMilli: Object.values(placements).reduce((sum, one) => sum + one, 0),
  ...data,
  ...line(data.order),
  ...(data.line === undefined ? {} : { line: data.line }),
  placements: places(placements),
  free: places(free),
});
/** A refusal of line `1`, without its numbers. */
export const refusal = (order: string, revision = 1) => ({ ...goods, ...line(order), revision });
/** A person is told that more is promised at a location than is there. */
export const broken = (location: string, missingMilli: number, raisedAt = 0) =>
  exceptionRaised({
    company: 'acme',
    subject: 'product:42',
    exception: `promise_broken:${location}`,
    kind: 'promise_broken',
    raisedAt,
    amountMinor: null,
    currency: null,
    nextAction: 'find, move or buy the goods, or withdraw an order',
    detail: `at ${location} ${missingMilli} thousandths more of product 42 (owner acme) are promised than are there`,
  });
