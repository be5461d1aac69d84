/** Doing moves: goods change place, what is left over goes to a backorder. */
import { notCovered } from '../errors.ts';
import { compare, exactText, isZero, minus, sign, type Exact } from '../exact.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { flagOf, idOf, refOf, type Row } from '../store/row.ts';
import { assign, assignWaiting } from './assign.ts';
import { confirmMoves, setDemand } from './confirm.ts';
import { doLines, dropLine, linesOfMove } from './lines.ts';
import { cancelMoves, demandOf, isOpen, moveRow, movesOf, recomputeState, setPicked, stateOf, takenBy } from './moves.ts';
import { newPicking } from './pickings.ts';
import { usageOf } from './places.ts';

const MOVE = 'stock.move';

/** Values that the rest of a split move keeps. */
const kept = [
  'product_id',
  'product_uom',
  'picking_id',
  'picking_type_id',
  'location_id',
  'location_dest_id',
  'location_final_id',
  'sale_line_id',
  'order_ref',
  'origin',
  'date',
  'date_deadline',
  'origin_returned_move_id',
  'to_refund',
  'warehouse_id',
  'partner_id',
  'company_id',
  'sequence',
  'price_unit',
];

const split = (env: Env, move: Row, rest: Exact): number => {
  const id = env.tx.insert(MOVE, {
    ...Object.fromEntries(kept.map(name => [name, move[name] ?? null])),
    product_uom_qty: exactText(rest),
    state: 'draft',
    picked: false,
    is_inventory: false,
    inventory_name: null,
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
  });
  setDemand(env, idOf(move), minus(demandOf(move), rest), true);
  recomputeState(env, [idOf(move)]);
  return id;
};

const splitRests = (env: Env, ids: readonly number[]): void => {
  const rests = ids.flatMap(id => {
    const move = moveRow(env, id);
    const rest = minus(demandOf(move), takenBy(env, id));
    return sign(rest) > 0 ? [split(env, move, rest)] : [];
  });
  confirmMoves(env, rests, { merge: false });
};

/** What is not done of the picking moves to a new one behind it. */
const makeBackorder = (env: Env, pickingId: number): void => {
  const rest = movesOf(env, pickingId).filter(isOpen).map(idOf);
  recomputeState(env, rest);
  if (rest.length === 0) return;
  const picking = rowOf(env, 'stock.picking', pickingId);
  const copied = [
    'origin',
    'partner_id',
    'picking_type_id',
    'location_id',
    'location_dest_id',
    'order_ref',
    'note',
    'scheduled_date',
  ];
  const backorder = newPicking(env, {
    ...Object.fromEntries(copied.map(name => [name, picking[name] ?? null])),
    backorder_id: pickingId,
  });
  for (const id of rest) {
    patchRow(env, MOVE, id, { picking_id: backorder });
    for (const line of linesOfMove(env, id)) patchRow(env, 'stock.move.line', idOf(line), { picking_id: backorder });
  }
  setPicked(env, rest, false);
  assign(env, rest);
};

const refuseStrangers = (env: Env, moves: readonly Row[]): void => {
  const strange = moves.find(move => {
    const picking = env.tx.get('stock.picking', refOf(move, 'picking_id') ?? 0);
    const leaves = usageOf(env, refOf(move, 'location_dest_id')) === 'customer';
    return picking?.['order_ref'] != null && refOf(move, 'sale_line_id') === null && leaves;
  });
  if (strange) throw notCovered('delivering with an order what is none of its lines (Odoo adds a line to the order)');
};

/** Answers the moves that were done. */
export const doMoves = (env: Env, ids: readonly number[], cancelRest: boolean): readonly number[] => {
  confirmMoves(
    env,
    ids.filter(id => stateOf(moveRow(env, id)) === 'draft'),
    { merge: false },
  );
  const open = ids.filter(id => isOpen(moveRow(env, id)));
  for (const id of open) {
    const move = moveRow(env, id);
    if (flagOf(move, 'is_inventory')) continue;
    if (flagOf(move, 'picked')) for (const line of linesOfMove(env, id)) if (!flagOf(line, 'picked')) dropLine(env, idOf(line));
    const nothing = sign(takenBy(env, id)) <= 0 || !flagOf(move, 'picked');
    if (nothing && (isZero(demandOf(move)) || cancelRest)) cancelMoves(env, [id]);
  }
  const todo = open.filter(id => {
    const move = moveRow(env, id);
    return isOpen(move) && flagOf(move, 'picked') && (flagOf(move, 'is_inventory') || sign(takenBy(env, id)) > 0);
  });
  refuseStrangers(
    env,
    todo.map(id => moveRow(env, id)),
  );
  if (!cancelRest)
    splitRests(
      env,
      todo.filter(id => compare(takenBy(env, id), demandOf(moveRow(env, id))) < 0),
    );
  doLines(
    env,
    todo.flatMap(id => linesOfMove(env, id).map(idOf)).sort((a, b) => a - b),
  );
  for (const id of todo) patchRow(env, MOVE, id, { state: 'done', date: env.now.slice(0, 19) });
  const pickings = [...new Set(todo.flatMap(id => refOf(moveRow(env, id), 'picking_id') ?? []))];
  if (!cancelRest) for (const picking of pickings) makeBackorder(env, picking);
  return todo;
};

export const donePicking = (env: Env, pickingId: number, cancelRest: boolean): void => {
  doMoves(env, movesOf(env, pickingId).filter(isOpen).map(idOf), cancelRest);
  patchRow(env, 'stock.picking', pickingId, { date_done: env.now.slice(0, 19), priority: '0' });
  const picking = rowOf(env, 'stock.picking', pickingId);
  const type = rowOf(env, 'stock.picking.type', refOf(picking, 'picking_type_id'));
  if (type['code'] === 'outgoing') return;
  assignWaiting(
    env,
    movesOf(env, pickingId).filter(move => stateOf(move) === 'done'),
  );
};
