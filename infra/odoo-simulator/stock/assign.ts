/** Reserving stock for moves, as far as it goes. */
import { compare, isZero, minus, plus, sign, type Exact } from '../exact.ts';
import type { Env } from '../orm/model.ts';
import { exactOf, flagOf, idOf, refOf, type Row } from '../store/row.ts';
import { addLine, linesOfMove, setLine } from './lines.ts';
import { demandOf, moveRow, setState, stateOf, takenBy } from './moves.ts';
import { needsNoReservation } from './places.ts';
import { reservable } from './quants.ts';

const waiting = new Set(['confirmed', 'waiting', 'partially_available']);

const takeFrom = (env: Env, move: Row, place: number, quantity: Exact): void => {
  const line = linesOfMove(env, idOf(move)).find(row => refOf(row, 'location_id') === place && !flagOf(row, 'picked'));
  if (line) setLine(env, idOf(line), plus(exactOf(line, 'quantity'), quantity));
  else addLine(env, idOf(move), quantity, place);
};

const reserve = (env: Env, move: Row, missing: Exact): Exact => {
  const from = refOf(move, 'location_id') ?? 0;
  const takes = reservable(env, refOf(move, 'product_id') ?? 0, from, missing, false);
  const places = Map.groupBy(takes, take => refOf(take.quant, 'location_id') ?? from);
  let taken: Exact = minus(missing, missing);
  for (const [place, parts] of places) {
    const quantity = parts.map(part => part.quantity).reduce(plus);
    takeFrom(env, move, place, quantity);
    taken = plus(taken, quantity);
  }
  return taken;
};

/** What needs no reservation gets its lines when all reservations are made, as in Odoo, so that ids come in the same order. */
interface Later {
  readonly id: number;
  readonly missing: Exact;
}

const assignOne = (env: Env, id: number, later: Later[]): string | undefined => {
  const move = moveRow(env, id);
  const missing = minus(demandOf(move), takenBy(env, id));
  if (sign(missing) <= 0) return 'assigned';
  if (needsNoReservation(env, move)) {
    later.push({ id, missing });
    return 'assigned';
  }
  const taken = reserve(env, move, missing);
  if (isZero(taken)) return undefined;
  return compare(taken, missing) === 0 ? 'assigned' : 'partially_available';
};

export const assign = (env: Env, ids: readonly number[]): void => {
  const later: Later[] = [];
  const states = new Map<number, string>();
  for (const id of ids) {
    const move = env.tx.get('stock.move', id);
    if (!move || flagOf(move, 'picked') || !waiting.has(stateOf(move))) continue;
    const state = assignOne(env, id, later);
    if (state !== undefined) states.set(id, state);
  }
  for (const { id, missing } of later) takeFrom(env, moveRow(env, id), refOf(moveRow(env, id), 'location_id') ?? 0, missing);
  for (const [id, state] of states) setState(env, [id], state);
};

/** Goods have come in: whoever waits for them in that place gets them, oldest wish first. */
export const assignWaiting = (env: Env, arrived: readonly Row[]): void => {
  const places = new Set(arrived.map(move => `${String(move['product_id'])}/${String(move['location_dest_id'])}`));
  const products = [...new Set(arrived.map(move => refOf(move, 'product_id')))];
  const moves = products
    .flatMap(product => env.tx.rows('stock.move', 'product_id', product))
    .filter(move => ['confirmed', 'partially_available'].includes(stateOf(move)))
    .filter(move => places.has(`${String(move['product_id'])}/${String(move['location_id'])}`))
    .sort((a, b) => (String(a['date']) < String(b['date']) ? -1 : String(a['date']) > String(b['date']) ? 1 : idOf(a) - idOf(b)));
  assign(env, moves.map(idOf));
};
