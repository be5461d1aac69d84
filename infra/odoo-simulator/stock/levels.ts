/** A product's figures over places: on hand, reserved, what is to come and to go. The places come from the context. */
import { notCovered } from '../errors.ts';
import { plus, zero, type Exact } from '../exact.ts';
import type { Env } from '../orm/model.ts';
import { exactOf, refOf, textOf, type Row } from '../store/row.ts';
import { rowOf } from '../orm/fields.ts';
import { isUnder } from './places.ts';

export interface StockLevel {
  readonly onHand: Exact;
  readonly reserved: Exact;
  readonly incoming: Exact;
  readonly outgoing: Exact;
}

/** `location` or `warehouse_id` of the context, else every warehouse. */
const roots = (env: Env): readonly number[] => {
  const { location, warehouse_id: warehouse } = env.context;
  if (typeof location === 'number') return [location];
  if (typeof warehouse === 'number') return [refOf(rowOf(env, 'stock.warehouse', warehouse), 'view_location_id') ?? 0];
  if (location !== undefined || warehouse !== undefined)
    throw notCovered('a location or warehouse_id in the context that is no number');
  return [...env.tx.all('stock.warehouse')].map(row => refOf(row, 'view_location_id') ?? 0);
};

const open = new Set(['waiting', 'confirmed', 'assigned', 'partially_available']);

export const stockLevel = (env: Env, productId: number): StockLevel => {
  const within = roots(env);
  const inside = (row: Row, field: string): boolean => within.some(root => isUnder(env, refOf(row, field), root));
  const rows = (model: string): readonly Row[] => env.tx.rows(model, 'product_id', productId);
  let level: StockLevel = { onHand: zero, reserved: zero, incoming: zero, outgoing: zero };
  for (const quant of rows('stock.quant').filter(row => inside(row, 'location_id')))
    level = {
      ...level,
      onHand: plus(level.onHand, exactOf(quant, 'quantity')),
      reserved: plus(level.reserved, exactOf(quant, 'reserved_quantity')),
    };
  for (const move of rows('stock.move').filter(row => open.has(textOf(row, 'state')))) {
    const quantity = exactOf(move, 'product_uom_qty');
    const [from, to] = [inside(move, 'location_id'), inside(move, 'location_dest_id')];
    if (to && !from) level = { ...level, incoming: plus(level.incoming, quantity) };
    if (from && !to) level = { ...level, outgoing: plus(level.outgoing, quantity) };
  }
  return level;
};
