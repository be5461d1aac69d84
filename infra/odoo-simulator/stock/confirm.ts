/** Confirming moves: they get a picking, equal ones become one, negative ones shrink others or turn into a return. */
import { compare, exactText, magnitude, plus, sign, zero, type Exact } from '../exact.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { assign } from './assign.ts';
import { linesOfMove } from './lines.ts';
import {
  cancelMoves,
  demandOf,
  isOpen,
  moveRow,
  movesOf,
  recomputeState,
  setState,
  stateOf,
  takenBy,
  unreserve,
} from './moves.ts';
import { findPicking, newPicking } from './pickings.ts';
import { usageOf } from './places.ts';

const MOVE = 'stock.move';

/** Writes the wanted quantity. Less than is reserved gives all of it back; only goods from a vendor are taken again at once. */
export const setDemand = (env: Env, id: number, demand: Exact, keepReserved = false): void => {
  const move = moveRow(env, id);
  const state = stateOf(move);
  const receipt = usageOf(env, refOf(move, 'location_id')) === 'supplier';
  const active = state !== 'draft' && isOpen(move);
  const tooMuch = !keepReserved && active && compare(takenBy(env, id), demand) > 0;
  if (tooMuch) unreserve(env, [id]);
  else if (!keepReserved && state === 'assigned') setState(env, [id], 'partially_available');
  patchRow(env, MOVE, id, { product_uom_qty: exactText(demand) });
  if (keepReserved) return;
  if (receipt && (tooMuch || state === 'partially_available' || state === 'assigned')) assign(env, [id]);
  else if (!tooMuch) recomputeState(env, [id]);
};

/** Moves that agree in all of this are one. */
const sameness = [
  'product_id',
  'location_id',
  'location_dest_id',
  'location_final_id',
  'origin_returned_move_id',
  'date_deadline',
  'sale_line_id',
  'restrict_partner_id',
];
const key = (move: Row): string => JSON.stringify(sameness.map(name => move[name] ?? null));

const removeMove = (env: Env, id: number): void => {
  cancelMoves(env, [id]);
  env.tx.remove(MOVE, id);
};

const joinEqual = (env: Env, group: readonly Row[]): number => {
  const [first, ...rest] = group.map(idOf);
  if (first === undefined) throw new Error('joining no moves');
  if (rest.length === 0) return first;
  for (const id of rest)
    for (const line of linesOfMove(env, id)) patchRow(env, 'stock.move.line', idOf(line), { move_id: first });
  const dates = group.map(move => textOf(move, 'date')).sort();
  patchRow(env, MOVE, first, { date: dates[0] ?? env.now.slice(0, 19) });
  setDemand(env, first, group.map(demandOf).reduce(plus, zero));
  for (const id of rest) removeMove(env, id);
  return first;
};

/** Takes a negative move off the positive ones that it agrees with; answers whether it is used up. */
const absorb = (
  env: Env,
  negativeId: number,
  positives: readonly number[],
  touched: Set<number>,
  emptied: Set<number>,
): boolean => {
  for (const id of positives) {
    const negative = moveRow(env, negativeId);
    const [have, owed] = [demandOf(moveRow(env, id)), magnitude(demandOf(negative))];
    if (compare(have, owed) >= 0) {
      setDemand(env, id, plus(have, demandOf(negative)));
      touched.add(id);
      if (compare(have, owed) === 0) emptied.add(id);
      return true;
    }
    patchRow(env, MOVE, negativeId, { product_uom_qty: exactText(plus(demandOf(negative), have)) });
    setDemand(env, id, zero);
    emptied.add(id);
  }
  return false;
};

/** Answers the moves that are left of those given, with those that they were merged into. */
const merge = (env: Env, ids: readonly number[]): readonly number[] => {
  const pickings = [...new Set(ids.flatMap(id => refOf(moveRow(env, id), 'picking_id') ?? []))];
  const negatives = ids.filter(id => sign(demandOf(moveRow(env, id))) < 0);
  for (const id of negatives) patchRow(env, MOVE, id, { picking_id: null });
  const touched = new Set<number>();
  const emptied = new Set<number>();
  const keepers = new Map<string, number[]>();
  for (const picking of pickings) {
    const open = movesOf(env, picking).filter(move => isOpen(move) && stateOf(move) !== 'draft');
    for (const [name, group] of Map.groupBy(open, key)) {
      const keeper = joinEqual(env, group);
      if (group.length > 1) touched.add(keeper);
      keepers.set(name, [...(keepers.get(name) ?? []), keeper]);
    }
  }
  for (const id of negatives) {
    const used = absorb(env, id, keepers.get(key(moveRow(env, id))) ?? [], touched, emptied);
    if (used) env.tx.remove(MOVE, id);
  }
  cancelMoves(
    env,
    [...emptied].filter(id => !flagOf(moveRow(env, id), 'picked')),
  );
  return [...new Set([...ids, ...touched])].filter(id => env.tx.get(MOVE, id));
};

const pickingKey = (move: Row): string =>
  JSON.stringify(
    [
      'order_ref',
      'location_id',
      'location_dest_id',
      'picking_type_id',
      ...(move['order_ref'] === null ? ['partner_id'] : []),
    ].map(name => move[name] ?? null),
  );

/** An open picking of the same order and way, else a new one. Negative moves never open one. */
const givePicking = (env: Env, ids: readonly number[]): void => {
  for (const group of Map.groupBy(
    ids.map(id => moveRow(env, id)),
    pickingKey,
  ).values()) {
    const [first] = group;
    if (!first) continue;
    const found = findPicking(env, first);
    const moves = found === undefined ? group.filter(move => sign(demandOf(move)) >= 0) : group;
    if (moves.length === 0) continue;
    const picking =
      found ??
      newPicking(env, {
        origin: first['origin'] ?? null,
        partner_id: first['partner_id'] ?? null,
        picking_type_id: first['picking_type_id'] ?? null,
        location_id: first['location_id'] ?? null,
        location_dest_id: first['location_dest_id'] ?? null,
        order_ref: first['order_ref'] ?? null,
      });
    for (const move of moves) {
      patchRow(env, MOVE, idOf(move), { picking_id: picking });
      for (const line of linesOfMove(env, idOf(move))) patchRow(env, 'stock.move.line', idOf(line), { picking_id: picking });
    }
  }
};

/** What cannot be taken off an open delivery comes back: a move the other way, in a picking of the type for returns. */
const turnAround = (env: Env, id: number): void => {
  const move = moveRow(env, id);
  const type = rowOf(env, 'stock.picking.type', refOf(move, 'picking_type_id'));
  patchRow(env, MOVE, id, {
    location_id: move['location_dest_id'] ?? null,
    location_dest_id: move['location_id'] ?? null,
    location_final_id: move['location_id'] ?? null,
    product_uom_qty: exactText(magnitude(demandOf(move))),
    picking_type_id: refOf(type, 'return_picking_type_id') ?? idOf(type),
  });
};

export const confirmMoves = (env: Env, ids: readonly number[], options: { readonly merge: boolean }): void => {
  const drafts = ids.filter(id => stateOf(moveRow(env, id)) === 'draft');
  setState(env, drafts, 'confirmed');
  givePicking(
    env,
    drafts.filter(id => {
      const move = moveRow(env, id);
      return refOf(move, 'picking_id') === null && refOf(move, 'picking_type_id') !== null;
    }),
  );
  const moves = options.merge ? merge(env, ids) : ids;
  const negatives = moves.filter(id => sign(demandOf(moveRow(env, id))) < 0);
  for (const id of negatives) turnAround(env, id);
  givePicking(env, negatives);
  assign(
    env,
    moves.filter(id => ['confirmed', 'partially_available'].includes(stateOf(moveRow(env, id)))),
  );
};

export const confirmPicking = (env: Env, pickingId: number): void => {
  confirmMoves(
    env,
    movesOf(env, pickingId)
      .filter(move => stateOf(move) === 'draft')
      .map(idOf),
    { merge: true },
  );
};
