/** Pickings: their number, their state, finding the open one of an order. */
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { isZero } from '../exact.ts';
import { idOf, refOf, textOf, type Row } from '../store/row.ts';
import { demandOf, movesOf, stateOf } from './moves.ts';
import { isEndless, usageOf } from './places.ts';

const PICKING = 'stock.picking';

/** WH/OUT/00001 */
export const nextPickingName = (env: Env, typeId: number): string => {
  const type = rowOf(env, 'stock.picking.type', typeId);
  const warehouse = rowOf(env, 'stock.warehouse', refOf(type, 'warehouse_id'));
  const prefix = `${textOf(warehouse, 'code')}/${textOf(type, 'sequence_code')}/`;
  return prefix + String(env.tx.next(prefix)).padStart(5, '0');
};

export const pickingDefaults = (env: Env, given: Row): Row => {
  const typeId = refOf(given, 'picking_type_id');
  const type = typeId === null ? undefined : rowOf(env, 'stock.picking.type', typeId);
  return {
    name: typeId === null ? null : nextPickingName(env, typeId),
    location_id: type ? refOf(type, 'default_location_src_id') : null,
    location_dest_id: type ? refOf(type, 'default_location_dest_id') : null,
    company_id: 1,
    move_type: 'direct',
    priority: '0',
    is_locked: true,
    printed: false,
    order_ref: null,
    scheduled_date: env.now.slice(0, 19),
    user_id: env.uid,
    ...given,
  };
};

/** A picking that Odoo makes by itself. */
export const newPicking = (env: Env, given: Row): number =>
  env.tx.insert(PICKING, {
    date_done: null,
    note: null,
    backorder_id: null,
    return_id: null,
    carrier_tracking_ref: null,
    ...pickingDefaults(env, { user_id: null, ...given }),
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
  });

const importance: Readonly<Record<string, number>> = { assigned: 4, waiting: 3, partially_available: 2, confirmed: 1 };

/** The state that stands for all of a picking's open moves, when goods may leave as soon as some are there. */
const leading = (moves: readonly Row[]): string => {
  const todo = moves
    .filter(move => !['cancel', 'done'].includes(stateOf(move)) && !(stateOf(move) === 'assigned' && isZero(demandOf(move))))
    .sort(
      (a, b) =>
        (importance[stateOf(a)] ?? 0) - (importance[stateOf(b)] ?? 0) ||
        Number(a['product_uom_qty']) - Number(b['product_uom_qty']),
    );
  const [first] = todo;
  const last = todo.at(-1);
  if (!first || !last) return 'assigned';
  if (stateOf(first) !== 'assigned' && todo.some(move => ['assigned', 'partially_available'].includes(stateOf(move))))
    return 'assigned';
  if (stateOf(last) === 'confirmed' && isZero(demandOf(last))) return 'assigned';
  return stateOf(last) === 'partially_available' ? 'assigned' : stateOf(last);
};

export const pickingState = (env: Env, picking: Row): string => {
  const moves = movesOf(env, idOf(picking));
  if (moves.length === 0) return textOf(picking, 'state') === 'cancel' ? 'cancel' : 'draft';
  if (moves.some(move => stateOf(move) === 'draft')) return 'draft';
  if (moves.every(move => stateOf(move) === 'cancel')) return 'cancel';
  if (moves.every(move => ['cancel', 'done'].includes(stateOf(move)))) {
    const scrapped = moves.every(
      move => stateOf(move) !== 'done' || usageOf(env, refOf(move, 'location_dest_id')) === 'inventory',
    );
    const dropped = moves.some(
      move => stateOf(move) === 'cancel' && usageOf(env, refOf(move, 'location_dest_id')) !== 'inventory',
    );
    return scrapped && dropped ? 'cancel' : 'done';
  }
  return isEndless(env, refOf(picking, 'location_id')) ? 'assigned' : leading(moves);
};

const open = new Set(['draft', 'confirmed', 'waiting', 'partially_available', 'assigned']);

/** The open picking that the move may join: of the same order (without one: of the same partner), way and type. */
export const findPicking = (env: Env, move: Row): number | undefined => {
  const typeId = refOf(move, 'picking_type_id');
  const orderRef = refOf(move, 'order_ref');
  const near = orderRef === null ? env.tx.rows(PICKING, 'picking_type_id', typeId) : env.tx.rows(PICKING, 'order_ref', orderRef);
  const own = near
    .filter(
      picking =>
        refOf(picking, 'picking_type_id') === typeId &&
        picking['order_ref'] === move['order_ref'] &&
        picking['location_id'] === move['location_id'] &&
        picking['location_dest_id'] === move['location_dest_id'] &&
        (move['order_ref'] !== null || move['partner_id'] === null || picking['partner_id'] === move['partner_id']) &&
        open.has(pickingState(env, picking)),
    )
    .sort((a, b) => {
      const [left, right] = [textOf(a, 'scheduled_date'), textOf(b, 'scheduled_date')];
      return left < right ? -1 : left > right ? 1 : idOf(b) - idOf(a);
    });
  return own[0] && idOf(own[0]);
};
