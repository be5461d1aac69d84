/** Moves: how much is wanted, how much is taken, and in what state that puts them. */
import { userError } from '../errors.ts';
import { compare, isZero, minus, negate, plus, sign, smaller, total, type Exact } from '../exact.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { addLine, dropLine, linesOfMove, setLine } from './lines.ts';
import { usageOf } from './places.ts';
import { reservable } from './quants.ts';

const MOVE = 'stock.move';

export const moveRow = (env: Env, id: number): Row => rowOf(env, MOVE, id);
export const movesOf = (env: Env, pickingId: number): readonly Row[] => env.tx.rows(MOVE, 'picking_id', pickingId);

export const demandOf = (move: Row): Exact => exactOf(move, 'product_uom_qty');
export const takenBy = (env: Env, moveId: number): Exact =>
  total(linesOfMove(env, moveId).map(line => exactOf(line, 'quantity')));
export const stateOf = (move: Row): string => textOf(move, 'state');
export const isOpen = (move: Row): boolean => stateOf(move) !== 'done' && stateOf(move) !== 'cancel';

export const setState = (env: Env, ids: readonly number[], state: string): void => {
  for (const id of ids) if (stateOf(moveRow(env, id)) !== state) patchRow(env, MOVE, id, { state });
};

/** What the taken quantity says about the state; drafts without any stay drafts. */
export const recomputeState = (env: Env, ids: readonly number[]): void => {
  for (const id of ids) {
    const move = env.tx.get(MOVE, id);
    if (!move || !isOpen(move)) continue;
    const taken = takenBy(env, id);
    if (stateOf(move) === 'draft' && isZero(taken)) continue;
    const enough = compare(taken, demandOf(move)) >= 0;
    setState(env, [id], enough ? 'assigned' : isZero(taken) ? 'confirmed' : 'partially_available');
  }
};

/** Gives back what was reserved, except what was picked. */
export const unreserve = (env: Env, ids: readonly number[]): void => {
  for (const id of ids) {
    const move = moveRow(env, id);
    if (stateOf(move) === 'cancel' || flagOf(move, 'picked')) continue;
    if (stateOf(move) === 'done') {
      if (usageOf(env, refOf(move, 'location_dest_id')) === 'inventory') continue;
      throw userError("You cannot unreserve a stock move that has been set to 'Done'.");
    }
    const lines = linesOfMove(env, id);
    for (const line of lines) if (!flagOf(line, 'picked')) dropLine(env, idOf(line));
    if (!lines.some(line => flagOf(line, 'picked'))) recomputeState(env, [id]);
  }
};

const decrease = (env: Env, id: number, by: Exact): void => {
  let left = by;
  for (const line of [...linesOfMove(env, id)].reverse()) {
    if (isZero(left)) break;
    const held = exactOf(line, 'quantity');
    const part = smaller(held, left);
    if (isZero(part)) continue;
    if (compare(held, part) === 0) dropLine(env, idOf(line));
    else setLine(env, idOf(line), minus(held, part));
    left = minus(left, part);
  }
};

/** Lines take what lies free next to them first, then other places, then more than there is. */
const increase = (env: Env, id: number, wanted: Exact): void => {
  const move = moveRow(env, id);
  const product = refOf(move, 'product_id') ?? 0;
  const from = refOf(move, 'location_id') ?? 0;
  let left = wanted;
  const seen = new Set<number>();
  const planned: (readonly [number, Exact])[] = [];
  for (const line of linesOfMove(env, id)) {
    const held = exactOf(line, 'quantity');
    left = minus(left, smaller(left, held));
    if (sign(left) <= 0) continue;
    const takes = reservable(env, product, refOf(line, 'location_id') ?? 0, left, true);
    for (const take of takes) seen.add(idOf(take.quant));
    const more = total(takes.map(take => take.quantity));
    left = minus(left, more);
    planned.push([idOf(line), plus(held, more)]);
  }
  const others = sign(left) > 0 ? reservable(env, product, from, wanted, false).filter(take => !seen.has(idOf(take.quant))) : [];
  for (const [lineId, quantity] of planned) setLine(env, lineId, quantity);
  for (const take of others) {
    const part = smaller(left, take.quantity);
    if (sign(part) <= 0) break;
    addLine(env, id, part, refOf(take.quant, 'location_id') ?? from);
    left = minus(left, part);
  }
  if (sign(left) > 0) addLine(env, id, left, from);
};

/** Sets the quantity that the move takes: what a person types in as done. */
export const setTaken = (env: Env, id: number, quantity: Exact): void => {
  const difference = minus(quantity, takenBy(env, id));
  if (sign(difference) > 0) increase(env, id, quantity);
  else if (sign(difference) < 0) decrease(env, id, negate(difference));
};

export const setPicked = (env: Env, ids: readonly number[], picked: boolean): void => {
  for (const id of ids) {
    if (flagOf(moveRow(env, id), 'picked') !== picked) patchRow(env, MOVE, id, { picked });
    for (const line of linesOfMove(env, id))
      if (flagOf(line, 'picked') !== picked)
        patchRow(env, 'stock.move.line', idOf(line), {
          picked,
          ...(picked && isOpen(moveRow(env, id)) ? { date: env.now.slice(0, 19) } : {}),
        });
  }
};

export const cancelMoves = (env: Env, ids: readonly number[]): void => {
  const moves = ids.map(id => moveRow(env, id));
  const toInventory = (move: Row): boolean => usageOf(env, refOf(move, 'location_dest_id')) === 'inventory';
  if (moves.some(move => stateOf(move) === 'done' && !toInventory(move)))
    throw userError(
      "You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.",
    );
  const open = moves.filter(isOpen).map(idOf);
  setPicked(env, open, false);
  unreserve(env, open);
  setState(env, open, 'cancel');
};
