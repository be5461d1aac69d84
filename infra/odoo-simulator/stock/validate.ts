/** button_validate: the checks before, the question about a backorder, and then the doing. */
import { userError } from '../errors.ts';
import { compare, isZero, total } from '../exact.ts';
import type { Wire } from '../json.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { confirmPicking } from './confirm.ts';
import { donePicking } from './done.ts';
import { linesOfMove } from './lines.ts';
import { demandOf, isOpen, movesOf, setPicked, setTaken, stateOf, takenBy } from './moves.ts';
import { pickingState } from './pickings.ts';
import { usageOf } from './places.ts';

const pickingRow = (env: Env, id: number): Row => rowOf(env, 'stock.picking', id);

const takesNothing = (env: Env, pickingId: number): boolean => {
  const moves = movesOf(env, pickingId).filter(isOpen);
  const picked = moves.some(move => flagOf(move, 'picked'));
  return moves.filter(move => !picked || flagOf(move, 'picked')).every(move => isZero(takenBy(env, idOf(move))));
};

const checkSanity = (env: Env, ids: readonly number[]): void => {
  const empty = ids.filter(id => movesOf(env, id).length === 0);
  if (ids.length > 1) {
    const names = empty.map(id => textOf(pickingRow(env, id), 'name')).join(', ');
    if (empty.length > 0) throw userError(`Transfers ${names}: Please add some items to move.`);
    return;
  }
  if (empty.length > 0)
    throw userError('You can’t validate an empty transfer. Please add some products to move before proceeding.');
  if (ids.some(id => takesNothing(env, id)))
    throw userError(
      "Transfer trouble alert! Validating a zero quantity transfer? You're not moving invisible goods around are you?\nSet some quantities and let's get moving!",
    );
};

/** Nothing picked means: everything reserved is. */
const pickAll = (env: Env, id: number): void => {
  const moves = movesOf(env, id);
  const some = moves.some(move => !isZero(takenBy(env, idOf(move))));
  const picked = moves.some(move => flagOf(move, 'picked') && usageOf(env, refOf(move, 'location_dest_id')) !== 'inventory');
  if (some && !picked) setPicked(env, moves.map(idOf), true);
};

const leavesRest = (env: Env, id: number): boolean => {
  const type = rowOf(env, 'stock.picking.type', refOf(pickingRow(env, id), 'picking_type_id'));
  if (type['create_backorder'] !== 'ask') return false;
  return movesOf(env, id)
    .filter(move => stateOf(move) !== 'cancel')
    .some(move => {
      const demand = demandOf(move);
      if (!isZero(demand) && !flagOf(move, 'picked')) return true;
      const picked = total(
        linesOfMove(env, idOf(move))
          .filter(line => flagOf(line, 'picked'))
          .map(line => exactOf(line, 'quantity')),
      );
      return compare(picked, demand) < 0;
    });
};

/** The id of the form that asks about backorders; in a real Odoo it differs from database to database. */
const BACKORDER_VIEW = 937;

const question = (env: Env, asked: readonly number[], all: readonly number[]): Wire => ({
  name: 'Create Backorder?',
  type: 'ir.actions.act_window',
  view_mode: 'form',
  res_model: 'stock.backorder.confirmation',
  views: [[BACKORDER_VIEW, 'form']],
  view_id: BACKORDER_VIEW,
  target: 'new',
  context: {
    ...env.context,
    button_validate_picking_ids: all,
    default_show_transfers: all.length > 1,
    default_pick_ids: asked.map(id => [4, id]),
  },
});

const withoutBackorder = (env: Env): ReadonlySet<number> => {
  const ids = env.context['picking_ids_not_to_backorder'];
  return new Set(Array.isArray(ids) ? (ids as readonly number[]) : []);
};

export const validate = (env: Env, given: readonly number[]): Wire => {
  const ids = given.filter(id => pickingState(env, pickingRow(env, id)) !== 'done');
  for (const id of ids) {
    if (pickingState(env, pickingRow(env, id)) !== 'draft') continue;
    confirmPicking(env, id);
    for (const move of movesOf(env, id))
      if (isZero(takenBy(env, idOf(move))) && !isZero(demandOf(move))) setTaken(env, idOf(move), demandOf(move));
  }
  if (env.context['skip_sanity_check'] !== true) checkSanity(env, ids);
  for (const id of ids) pickAll(env, id);
  if (env.context['skip_backorder'] !== true) {
    const asked = ids.filter(id => leavesRest(env, id));
    if (asked.length > 0) return question(env, asked, ids);
  }
  const refused = withoutBackorder(env);
  for (const id of ids) {
    const type = rowOf(env, 'stock.picking.type', refOf(pickingRow(env, id), 'picking_type_id'));
    const never = type['create_backorder'] === 'never' || (refused.has(id) && type['create_backorder'] !== 'always');
    donePicking(env, id, never);
  }
  return true;
};
