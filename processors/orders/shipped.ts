/** What has left, and for which lines: a dispatch names a product, the lines' frozen components say whose it was. */
import type { Component, ResolvedLine, ShipmentDispatched } from '../../schemas/generated/facts.ts';
import type { Part, Shipment, State } from './state.ts';

type Stock = Pick<Component, 'owner' | 'product'>;
export const isSameStock = (one: Stock, other: Stock): boolean => one.owner === other.owner && one.product === other.product;

/** One picking moves a product from a location once. */
export const isSameShipment = (
  one: Pick<Shipment, 'shipment' | 'product' | 'location'>,
  other: Pick<ShipmentDispatched, 'shipment' | 'product' | 'location'>,
): boolean => one.shipment === other.shipment && one.product === other.product && one.location === other.location;

/** What of a product has left for a line. */
export const shippedOf = (state: Pick<State, 'shipments'>, line: string, stock: Stock): number =>
  state.shipments
    .filter(one => isSameStock(one, stock))
    .flatMap(one => one.parts)
    .reduce((sum, part) => sum + (part.line === line ? part.quantityMilli : 0), 0);

/** The lines take what they still want of it, one after another; what is then left over is for none. */
const partsOf = (
  state: Pick<State, 'shipments'>,
  lines: readonly ResolvedLine[],
  stock: Stock,
  quantityMilli: number,
): readonly Part[] => {
  const parts: Part[] = [];
  let left = quantityMilli;
  for (const { line, components } of lines) {
    const wanted = components.find(one => isSameStock(one, stock))?.quantityMilli ?? 0;
    const taken = Math.min(left, Math.max(0, wanted - shippedOf(state, line, stock)));
    if (taken > 0) parts.push({ line, quantityMilli: taken });
    left -= taken;
  }
  return left > 0 ? [...parts, { line: null, quantityMilli: left }] : parts;
};

/** The dispatch as it is kept. */
export const dispatched = (state: State, lines: readonly ResolvedLine[], data: ShipmentDispatched): Shipment => ({
  shipment: data.shipment,
  owner: data.owner,
  product: data.product,
  location: data.location,
  quantityMilli: data.quantityMilli,
  dispatchedAt: data.dispatchedAt,
  parts: partsOf(state, lines, data, data.quantityMilli),
  accepted: false,
  overdue: false,
});

/** What left before its lines were known finds them now; what was accepted stays where it is. */
export const matched = (shipments: readonly Shipment[], lines: readonly ResolvedLine[]): readonly Shipment[] =>
  shipments.reduce<readonly Shipment[]>((all, one) => {
    const loose = one.parts.find(part => part.line === null);
    if (one.accepted || loose === undefined) return all;
    const parts = [...one.parts.filter(part => part !== loose), ...partsOf({ shipments: all }, lines, one, loose.quantityMilli)];
    return all.map(each => (each === one ? { ...one, parts } : each));
  }, shipments);
