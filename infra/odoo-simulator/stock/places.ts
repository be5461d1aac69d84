/** Questions about locations. */
import { isStorable } from '../models/products.ts';
import { refOf, textOf, type Row } from '../store/row.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';

export const usageOf = (env: Env, locationId: number | null): string =>
  locationId === null ? '' : textOf(env.tx.get('stock.location', locationId) ?? {}, 'usage');

/** Places that give and take without end: nothing is reserved there. */
const endless = new Set(['supplier', 'customer', 'inventory', 'production']);
export const isEndless = (env: Env, locationId: number | null): boolean => endless.has(usageOf(env, locationId));

export const isUnder = (env: Env, locationId: number | null, rootId: number): boolean => {
  for (let id = locationId; id !== null; id = refOf(env.tx.get('stock.location', id) ?? {}, 'location_id'))
    if (id === rootId) return true;
  return false;
};

/** Is nothing reserved for this move, because of where it starts or of what it moves? */
export const needsNoReservation = (env: Env, move: Row, from = refOf(move, 'location_id')): boolean =>
  isEndless(env, from) || !isStorable(env, refOf(move, 'product_id') ?? 0);

export const warehouseOf = (env: Env, locationId: number | null): number | null => {
  for (const row of env.tx.all('stock.warehouse'))
    if (isUnder(env, locationId, refOf(row, 'view_location_id') ?? -1)) return refOf(row, 'id');
  return null;
};

export const stockOf = (env: Env, warehouseId: number): number =>
  refOf(rowOf(env, 'stock.warehouse', warehouseId), 'lot_stock_id') ?? 0;
