/**
 * What a done movement of Odoo's is, the first that fits: caused by us (it clears what we already counted); for an order of ours, out to
 * the customer or back; else a change of on hand. Lines of one picking to or from customers are one movement, any other line is its own.
 */
import type { Report, ShopContext } from '../../runtime/model.ts';
import { movementConfirmed, returnReceived, shipmentDispatched, stockAdjusted } from '../../schemas/generated/facts.ts';
import { correctionOf, phases, type StockFact } from '../tell/stock.ts';
import { readMovementDelivery, type Location, type MoveLine, type Picking } from './contract.ts';
import { mappedLocations, placeIn, type Mapped } from './locations.ts';

/** The beginning of what we write as the origin of pickings, or as the reference of moves, that we make in Odoo. */
export const claimPrefix = 'onhand:';
const claimOf = (picking: Picking | undefined, line: Pick<MoveLine, 'reference'>): string | undefined =>
  [picking?.origin, line.reference].find((words): words is string => words?.startsWith(claimPrefix) === true);

/** The order that the sale order of a picking names, when it is one of ours: `<shop>:<id>` with a shop of this company. */
const orderOf = (picking: Picking | undefined, { shop, policy }: ShopContext): string | undefined => {
  const name = picking?.client_order_ref ?? '';
  const colon = name.indexOf(':');
  const named = name.slice(0, Math.max(colon, 0));
  const isShop = Object.hasOwn(policy.shops, named) && policy.shops[named]?.company === shop.company;
  return isShop && colon < name.length - 1 ? name : undefined;
};
export const isOurs = (picking: Picking | undefined, line: Pick<MoveLine, 'reference'>, context: ShopContext): boolean =>
  claimOf(picking, line) !== undefined || orderOf(picking, context) !== undefined;

export type Side = 'shipment' | 'return' | 'line';
/** Which way, by what Odoo says of the two ends. */
export const sideOf = (line: MoveLine, locations: ReadonlyMap<number, Pick<Location, 'usage'>>): Side => {
  if (line.picking_id === null) return 'line';
  const [source, target] = [locations.get(line.location_id)?.usage, locations.get(line.location_dest_id)?.usage];
  if (target === 'customer' && source !== 'customer') return 'shipment';
  return source === 'customer' && target !== 'customer' ? 'return' : 'line';
};
/** The object that a line is a part of. */
export const objectOf = (line: MoveLine, locations: ReadonlyMap<number, Pick<Location, 'usage'>>): string => {
  const side = sideOf(line, locations);
  return side === 'line' ? `line:${line.id}` : `${side}:${line.picking_id ?? line.id}`;
};

interface Movement {
  readonly object: string;
  readonly side: Side;
  readonly lines: readonly MoveLine[];
  readonly product: string;
  readonly picking: Picking | undefined;
  /** Every location of ours, also those that it does not touch: it may have touched them when it was told before. */
  readonly deltas: ReadonlyMap<Mapped, number>;
  readonly happenedAt: number;
}
const said = (movement: Movement, at: Mapped, deltaMilli: number, context: ShopContext): StockFact => {
  const { object, side, lines, product, picking, happenedAt } = movement;
  const { owner, location } = at;
  const here = { owner, product, location };
  const claim = claimOf(picking, lines[0]!);
  if (claim !== undefined) return movementConfirmed({ ...here, deltaMilli, reference: object, claim, happenedAt });
  const order = orderOf(picking, context);
  if (order !== undefined && picking !== undefined) {
    const { company } = context.shop;
    if (side === 'shipment' && deltaMilli < 0)
      return shipmentDispatched({
        ...{ company, order, shipment: picking.name, ...here },
        quantityMilli: -deltaMilli,
        dispatchedAt: happenedAt,
      });
    if (side === 'return' && deltaMilli > 0)
      return returnReceived({
        ...{ company, order, return: picking.name, ...here },
        quantityMilli: deltaMilli,
        receivedAt: happenedAt,
      });
  }
  const reason = lines[0]!.reference ?? picking?.name ?? 'a movement in Odoo';
  return stockAdjusted({ ...here, deltaMilli, reference: object, reason, happenedAt });
};

const deltasOf = (
  mapped: readonly Mapped[],
  place: (id: number) => Mapped | undefined,
  lines: readonly MoveLine[],
): Map<Mapped, number> => {
  const deltas = new Map(mapped.map(one => [one, 0]));
  const add = (at: Mapped | undefined, deltaMilli: number): void => {
    if (at !== undefined) deltas.set(at, (deltas.get(at) ?? 0) + deltaMilli);
  };
  for (const { location_id, location_dest_id, quantity_product_uom } of lines) {
    add(place(location_id), -quantity_product_uom);
    add(place(location_dest_id), quantity_product_uom);
  }
  return new Map([...deltas].map(([at, deltaMilli]) => [at, deltaMilli === 0 ? 0 : deltaMilli]));
};

const hour = 3_600_000;
/** Of one version a later reading is newer, as far as our clock tells. With another location of ours the same reading says more. */
const rankOf = (mapped: number, readAfterMs: number): number => mapped * hour + Math.min(Math.max(readAfterMs, 0), hour - 1);

export const onMovement = (body: unknown, context: ShopContext): readonly Report<StockFact>[] => {
  const { product, from, readAt, settled, lines, picking, locations } = readMovementDelivery(body, 'Odoo movement');
  const mapped = mappedLocations(context);
  const place = placeIn(mapped, locations);
  const byId = new Map(locations.map(one => [one.id, one]));
  // What was done before the ledger begins is in its baseline, also when it is edited now.
  const counted = lines.filter(line => line.date >= from);
  return [...Map.groupBy(counted, line => objectOf(line, byId))].flatMap(([object, group]) => {
    if (!group.some(line => place(line.location_id) !== undefined || place(line.location_dest_id) !== undefined)) return [];
    const version = Math.max(...group.map(line => line.write_date));
    const movement: Movement = {
      object,
      side: sideOf(group[0]!, byId),
      lines: group,
      product: String(product),
      picking: picking ?? undefined,
      deltas: deltasOf(mapped, place, group),
      happenedAt: Math.max(...group.map(line => line.date)),
    };
    return [
      {
        object,
        version,
        settled,
        rank: rankOf(mapped.length, readAt - version),
        phase: phases.moved(new Map([...movement.deltas].map(([at, deltaMilli]) => [at.location, deltaMilli]))),
        facts: [
          ...[...movement.deltas]
            .filter(([, deltaMilli]) => deltaMilli !== 0)
            .map(([at, deltaMilli]) => said(movement, at, deltaMilli, context)),
          ...corrections(movement, version),
        ],
      },
    ];
  });
};
/** What tell takes when this movement was told before with other quantities: the difference, then. */
const corrections = ({ object, product, deltas }: Movement, version: number): readonly StockFact[] =>
  [...deltas].map(([{ owner, location }, deltaMilli]) =>
    stockAdjusted({
      owner,
      product,
      location,
      deltaMilli,
      reference: correctionOf(object, version),
      reason: 'changed in Odoo after it was done',
      happenedAt: version,
    }),
  );
