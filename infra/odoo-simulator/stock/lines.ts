/** Move lines: what a move takes from which place. While open they reserve; when done they have moved. */
import { notCovered, userError } from '../errors.ts';
import { compare, exactText, isZero, minus, negate, sign, type Exact } from '../exact.ts';
import { rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { isStorable } from '../models/products.ts';
import { assign } from './assign.ts';
import { moveRow, recomputeState } from './moves.ts';
import { needsNoReservation } from './places.ts';
import { changeQuant } from './quants.ts';

const LINE = 'stock.move.line';

export const linesOfMove = (env: Env, moveId: number): readonly Row[] => env.tx.rows(LINE, 'move_id', moveId);

const productOf = (row: Row): number => refOf(row, 'product_id') ?? 0;

/** Adds a line to a move; what it takes is reserved at once. */
export const addLine = (env: Env, moveId: number, quantity: Exact, from: number): number => {
  const move = moveRow(env, moveId);
  const id = env.tx.insert(LINE, {
    move_id: moveId,
    picking_id: refOf(move, 'picking_id'),
    product_id: productOf(move),
    product_uom_id: refOf(move, 'product_uom'),
    location_id: from,
    location_dest_id: refOf(move, 'location_dest_id'),
    quantity: exactText(quantity),
    picked: flagOf(move, 'picked'),
    date: env.now.slice(0, 19),
    company_id: refOf(move, 'company_id'),
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
  });
  if (!isZero(quantity) && !needsNoReservation(env, move)) {
    changeQuant(env, productOf(move), from, { reserved: quantity });
    recomputeState(env, [moveId]);
  }
  return id;
};

export const setLine = (env: Env, lineId: number, quantity: Exact): void => {
  const line = rowOf(env, LINE, lineId);
  const moveId = refOf(line, 'move_id') ?? 0;
  const move = moveRow(env, moveId);
  if (textOf(move, 'state') === 'done') throw notCovered('changing a move line that is done');
  if (sign(quantity) < 0) throw userError('Reserving a negative quantity is not allowed.');
  const from = refOf(line, 'location_id') ?? 0;
  if (!needsNoReservation(env, move, from)) {
    const before = exactOf(line, 'quantity');
    if (!isZero(before)) changeQuant(env, productOf(line), from, { reserved: negate(before) });
    if (!isZero(quantity)) changeQuant(env, productOf(line), from, { reserved: quantity });
  }
  const grown = flagOf(line, 'picked') && compare(exactOf(line, 'quantity'), quantity) < 0;
  patchRow(env, LINE, lineId, { quantity: exactText(quantity), ...(grown ? { date: env.now.slice(0, 19) } : {}) });
  // What is not counted, or not changed, leaves the move in the state that it had, as in Odoo.
  const changed = compare(exactOf(line, 'quantity'), quantity) !== 0;
  if (changed && isStorable(env, productOf(line))) recomputeState(env, [moveId]);
};

export const dropLine = (env: Env, lineId: number): void => {
  const line = rowOf(env, LINE, lineId);
  const moveId = refOf(line, 'move_id') ?? 0;
  const move = moveRow(env, moveId);
  const [quantity, from] = [exactOf(line, 'quantity'), refOf(line, 'location_id') ?? 0];
  if (!isZero(quantity) && !needsNoReservation(env, move, from))
    changeQuant(env, productOf(line), from, { reserved: negate(quantity) });
  env.tx.remove(LINE, lineId);
  recomputeState(env, [moveId]);
};

const shift = (env: Env, line: Row, moved: Exact): Exact | undefined => {
  const [from, to] = [refOf(line, 'location_id') ?? 0, refOf(line, 'location_dest_id') ?? 0];
  const move = moveRow(env, refOf(line, 'move_id') ?? 0);
  if (!isStorable(env, productOf(line)) || isZero(moved)) return undefined;
  if (!needsNoReservation(env, move, from)) changeQuant(env, productOf(line), from, { reserved: negate(moved) });
  const { free, inDate } = changeQuant(env, productOf(line), from, { quantity: negate(moved) });
  changeQuant(env, productOf(line), to, { quantity: moved, inDate });
  return free;
};

/** Moves the goods of the lines. What others had reserved of goods that are gone now is taken from them. */
export const doLines = (env: Env, lineIds: readonly number[]): void => {
  const done: number[] = [];
  for (const id of lineIds) {
    const line = rowOf(env, LINE, id);
    const quantity = exactOf(line, 'quantity');
    const inventory = flagOf(moveRow(env, refOf(line, 'move_id') ?? 0), 'is_inventory');
    if (sign(quantity) < 0) throw userError('No negative quantities allowed');
    if (isZero(quantity) && !inventory) {
      dropLine(env, id);
      continue;
    }
    const free = shift(env, line, quantity);
    if (free && sign(free) < 0) freeReservation(env, line, negate(free), [...done, id]);
    done.push(id);
    patchRow(env, LINE, id, { date: env.now.slice(0, 19) });
  }
};

const scheduled = (env: Env, line: Row): string => {
  const picking = env.tx.get('stock.picking', refOf(line, 'picking_id') ?? 0);
  return textOf(picking ?? {}, 'scheduled_date') || textOf(moveRow(env, refOf(line, 'move_id') ?? 0), 'date');
};

/** The own picking's lines first, then those that are wanted last, the youngest first. */
const byVictim =
  (env: Env, by: Row) =>
  (a: Row, b: Row): number => {
    const own = (row: Row): number => (refOf(row, 'picking_id') === refOf(by, 'picking_id') ? 0 : 1);
    if (own(a) !== own(b)) return own(a) - own(b);
    const [left, right] = [scheduled(env, a), scheduled(env, b)];
    return left > right ? -1 : left < right ? 1 : idOf(b) - idOf(a);
  };

const freeReservation = (env: Env, by: Row, missing: Exact, ignore: readonly number[]): void => {
  const from = refOf(by, 'location_id') ?? 0;
  if (needsNoReservation(env, moveRow(env, refOf(by, 'move_id') ?? 0), from)) return;
  const candidates = env.tx
    .rows(LINE, 'product_id', productOf(by))
    .filter(row => {
      const state = textOf(moveRow(env, refOf(row, 'move_id') ?? 0), 'state');
      const open = state !== 'done' && state !== 'cancel';
      return (
        open &&
        refOf(row, 'location_id') === from &&
        sign(exactOf(row, 'quantity')) > 0 &&
        !flagOf(row, 'picked') &&
        !ignore.includes(idOf(row))
      );
    })
    .sort(byVictim(env, by));
  let left = missing;
  const again = new Set<number>();
  for (const row of candidates) {
    if (sign(left) <= 0) break;
    again.add(refOf(row, 'move_id') ?? 0);
    const held = exactOf(row, 'quantity');
    if (compare(held, left) <= 0) {
      left = minus(left, held);
      dropLine(env, idOf(row));
    } else {
      setLine(env, idOf(row), minus(held, left));
      break;
    }
  }
  assign(env, [...again]);
};
