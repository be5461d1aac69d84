/** Odoo's rows in the trade's words: codes, the baseline, movements, demand that is not ours, and levels as evidence. */
import { poison } from '../../runtime/failure.ts';
import type { Delivery, Report, ShopContext } from '../../runtime/model.ts';
import { codeDefined, codeWithdrawn, externalHoldSet, stockBaselineSet, stockLevelSeen } from '../../schemas/generated/facts.ts';
import { phases, type StockFact } from '../tell/stock.ts';
import {
  readBaselineDelivery,
  readHoldsDelivery,
  readLevelDelivery,
  readProductDelivery,
  type Location,
  type Quant,
} from './contract.ts';
import { mappedLocations, ownerOf, placeIn, type Mapped } from './locations.ts';
import { isOurs, onMovement } from './movement.ts';
import { reserver } from './reserver.ts';

type Said = Report<StockFact>;

/**
 * A code that another product has too names nothing: the wrong goods would be sent. The version is the time of reading, since whether a
 * code is shared changes without the product. A definition outranks a withdrawal of the same reading: the code went from one to the other.
 */
const onProduct = (body: unknown, context: ShopContext): readonly Said[] => {
  const { readAt, gone, shared, product } = readProductDelivery(body, 'Odoo product');
  const owner = ownerOf(mappedLocations(context), context);
  const { company } = context.shop;
  const usable = product.active && product.is_storable && !gone;
  return (['sku', 'barcode'] as const).map(kind => {
    const word = kind === 'sku' ? product.default_code : product.barcode;
    const code = usable && word !== null && !shared[kind] ? `${kind}:${word}` : undefined;
    const components = [{ owner, product: String(product.id), quantityMilli: 1000 }];
    return {
      object: `code:${kind}`,
      version: readAt,
      settled: true,
      rank: 0,
      phase: phases.code(code),
      facts: [
        codeWithdrawn({ company, code: code ?? `${kind}:`, revision: 2 * readAt }),
        ...(code === undefined ? [] : [codeDefined({ company, code, revision: 2 * readAt + 1, components })]),
      ],
    };
  });
};

const summed = (mapped: readonly Mapped[], locations: readonly Location[], quants: readonly Quant[]): Map<Mapped, number> => {
  const place = placeIn(mapped, locations);
  const sums = new Map(mapped.map(one => [one, 0]));
  for (const { location_id, quantity } of quants) {
    const at = place(location_id);
    if (at !== undefined) sums.set(at, (sums.get(at) ?? 0) + quantity);
  }
  return sums;
};

/** The stock at `from` is what is there now, less what was done since: the same whenever it is computed. */
const onBaseline = (body: unknown, context: ShopContext): readonly Said[] => {
  const { product, from, quants, lines, locations } = readBaselineDelivery(body, 'Odoo baseline');
  const mapped = mappedLocations(context);
  const place = placeIn(mapped, locations);
  const sums = summed(mapped, locations, quants);
  for (const line of lines.filter(one => one.date >= from)) {
    const [source, target] = [place(line.location_id), place(line.location_dest_id)];
    if (source !== undefined) sums.set(source, (sums.get(source) ?? 0) + line.quantity_product_uom);
    if (target !== undefined) sums.set(target, (sums.get(target) ?? 0) - line.quantity_product_uom);
  }
  return [...sums].map(([{ location, owner }, quantityMilli]) => ({
    object: `baseline@${location}`,
    version: from,
    settled: true,
    rank: 0,
    phase: phases.baseline,
    facts: [
      stockBaselineSet({
        owner,
        product: String(product),
        location,
        quantityMilli: quantityMilli === 0 ? 0 : quantityMilli,
        // Up to, not including: what happens at `from` is a movement.
        takenAt: Math.max(0, from - 1),
        source: `odoo:${context.shop.shop}`,
      }),
    ],
  }));
};

const onHolds = (body: unknown, context: ShopContext): readonly Said[] => {
  const { product, readAt, lines, gone, pickings, locations } = readHoldsDelivery(body, 'Odoo reservations');
  const place = placeIn(mappedLocations(context), locations);
  const byId = new Map(pickings.map(one => [one.id, one]));
  const holds = new Map<string, { readonly reference: string; readonly at: Mapped; quantityMilli: number }>();
  const hold = (reference: string, at: Mapped | undefined, quantityMilli: number): void => {
    if (at === undefined) return;
    const key = `${reference}@${at.location}`;
    holds.set(key, { reference, at, quantityMilli: (holds.get(key)?.quantityMilli ?? 0) + quantityMilli });
  };
  for (const { reference, location_id } of gone) hold(reference, place(location_id), 0);
  for (const line of lines) {
    const at = place(line.location_id);
    // What stays in the same location of ours is no demand on it; what is for our own order we hold ourselves.
    const picking = line.picking_id === null ? undefined : byId.get(line.picking_id);
    const isDemand = at !== place(line.location_dest_id) && !isOurs(picking, line, context);
    if (isDemand) hold(reserver(line), at, line.quantity_product_uom);
  }
  return [...holds].map(([key, { reference, at, quantityMilli }]) => ({
    object: `hold:${key}`,
    version: readAt,
    settled: true,
    rank: 0,
    phase: phases.hold(quantityMilli),
    facts: [
      externalHoldSet({
        owner: at.owner,
        product: String(product),
        location: at.location,
        reference,
        revision: readAt,
        quantityMilli,
      }),
    ],
  }));
};

const onLevel = (body: unknown, context: ShopContext): readonly Said[] => {
  const { product, readAt, quants, locations } = readLevelDelivery(body, 'Odoo level');
  return [...summed(mappedLocations(context), locations, quants)].map(([{ location, owner }, quantityMilli]) => ({
    object: `level@${location}`,
    version: readAt,
    settled: true,
    rank: 0,
    phase: phases.level,
    facts: [stockLevelSeen({ owner, product: String(product), location, quantityMilli, seenAt: readAt })],
  }));
};

export const translate = (delivery: Delivery, context: ShopContext): readonly Said[] => {
  const { about, body } = delivery;
  switch (about) {
    case 'product':
      return onProduct(body, context);
    case 'baseline':
      return onBaseline(body, context);
    case 'movement':
      return onMovement(body, context);
    case 'holds':
      return onHolds(body, context);
    case 'level':
      return onLevel(body, context);
    default:
      throw poison('DELIVERY_UNTRANSLATABLE', `reading a delivery about ${about}: Odoo's source makes none`);
  }
};
