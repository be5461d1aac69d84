/** Confirmed lines ask for goods: the difference between what is wanted and what moves already bring becomes a move. */
import { compare, exactText, isZero, minus, plus, zero, type Exact } from '../exact.ts';
import { confirmMoves, confirmPicking } from '../stock/confirm.ts';
import { demandOf, stateOf, takenBy } from '../stock/moves.ts';
import { pickingState } from '../stock/pickings.ts';
import { stockOf, usageOf } from '../stock/places.ts';
import { outside } from '../models/locations.ts';
import { behind, rowOf, valueOf } from '../orm/fields.ts';
import { modelOf, type Env } from '../orm/model.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';

export const movesOfLine = (env: Env, lineId: number): readonly Row[] => env.tx.rows('stock.move', 'sale_line_id', lineId);

const goesOut = (env: Env, move: Row): boolean =>
  usageOf(env, refOf(move, 'location_dest_id')) === 'customer' &&
  (refOf(move, 'origin_returned_move_id') === null || flagOf(move, 'to_refund'));
const comesBack = (env: Env, move: Row): boolean =>
  flagOf(move, 'to_refund') && usageOf(env, refOf(move, 'location_id')) === 'customer';

const live = (env: Env, line: Row): readonly Row[] =>
  movesOfLine(env, idOf(line)).filter(
    move =>
      stateOf(move) !== 'cancel' &&
      move['product_id'] === line['product_id'] &&
      usageOf(env, refOf(move, 'location_dest_id')) !== 'inventory',
  );

const net = (env: Env, moves: readonly Row[], quantity: (move: Row) => Exact): Exact =>
  moves.reduce((sum, move) => {
    if (goesOut(env, move)) return plus(sum, quantity(move));
    return comesBack(env, move) ? minus(sum, quantity(move)) : sum;
  }, zero);

/** Sent minus returned. */
export const deliveredOf = (env: Env, line: Row): Exact =>
  net(
    env,
    live(env, line).filter(move => stateOf(move) === 'done'),
    move => takenBy(env, idOf(move)),
  );

const procured = (env: Env, line: Row): Exact =>
  net(env, live(env, line), move => (stateOf(move) === 'done' ? takenBy(env, idOf(move)) : demandOf(move)));

const isGoods = (env: Env, line: Row): boolean => {
  const product = behind(env, 'product.product', line, 'product_id');
  return product !== undefined && valueOf(env, modelOf(env, 'product.product'), product, 'type') === 'consu';
};

const addMove = (env: Env, order: Row, line: Row, quantity: Exact): number => {
  const warehouseId = refOf(order, 'warehouse_id') ?? 0;
  const due = textOf(order, 'commitment_date') || textOf(order, 'date_order');
  return env.tx.insert('stock.move', {
    product_id: refOf(line, 'product_id'),
    product_uom: refOf(line, 'product_uom_id'),
    product_uom_qty: exactText(quantity),
    location_id: stockOf(env, warehouseId),
    location_dest_id: outside(env, 'customer'),
    location_final_id: outside(env, 'customer'),
    picking_type_id: refOf(rowOf(env, 'stock.warehouse', warehouseId), 'out_type_id'),
    picking_id: null,
    warehouse_id: warehouseId,
    partner_id: refOf(order, 'partner_shipping_id'),
    sale_line_id: idOf(line),
    order_ref: idOf(order),
    origin: textOf(order, 'name'),
    origin_returned_move_id: null,
    to_refund: true,
    date: due,
    date_deadline: due,
    company_id: 1,
    sequence: refOf(line, 'sequence') ?? 10,
    price_unit: '0',
    state: 'draft',
    picked: false,
    is_inventory: false,
    inventory_name: null,
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
  });
};

/** What is missing is asked for, what is too much is taken back; services and locked orders stay as they are. */
export const procure = (env: Env, lineIds: readonly number[]): void => {
  const moves: number[] = [];
  const orders = new Set<number>();
  for (const id of lineIds) {
    const line = rowOf(env, 'sale.order.line', id);
    const order = rowOf(env, 'sale.order', refOf(line, 'order_id'));
    if (textOf(order, 'state') !== 'sale' || flagOf(order, 'locked') || !isGoods(env, line)) continue;
    orders.add(idOf(order));
    const missing = minus(exactOf(line, 'product_uom_qty'), procured(env, line));
    if (!isZero(missing)) moves.push(addMove(env, order, line, missing));
  }
  const negativesFirst = [...moves].sort((a, b) => compareDemand(env, a, b));
  confirmMoves(env, negativesFirst, { merge: true });
  for (const order of orders)
    for (const picking of env.tx.rows('stock.picking', 'order_ref', order))
      if (pickingState(env, picking) === 'draft') confirmPicking(env, idOf(picking));
};

const compareDemand = (env: Env, a: number, b: number): number => {
  const negative = (id: number): number => (compare(exactOf(rowOf(env, 'stock.move', id), 'product_uom_qty'), zero) < 0 ? 0 : 1);
  return negative(a) - negative(b) || a - b;
};
