/** stock.move and stock.move.line as callers see them. */
import { notCovered, userError } from '../errors.ts';
import { exact, exactText } from '../exact.ts';
import { behind, display, nameOf } from '../orm/fields.ts';
import { boolean, char, datetime, float, integer, many2one, one2many, selection } from '../orm/model.ts';
import type { Choices, Env, Field, Model } from '../orm/model.ts';
import { setDemand } from '../stock/confirm.ts';
import { demandOf, setPicked, setTaken, stateOf, takenBy } from '../stock/moves.ts';
import { usageOf, warehouseOf } from '../stock/places.ts';
import { flagOf, idOf, refOf, textOf, type Row, type Value } from '../store/row.ts';
import { isZero } from '../exact.ts';
import { codes, usages } from './locations.ts';

export const moveStates: Choices = [
  ['draft', 'New'],
  ['waiting', 'Waiting Another Move'],
  ['confirmed', 'Waiting'],
  ['partially_available', 'Partially Available'],
  ['assigned', 'Available'],
  ['done', 'Done'],
  ['cancel', 'Cancelled'],
];

const quantity = { digits: 2 } as const;

const usage = (label: string, place: string): Field =>
  selection(label, usages, { compute: (env, row) => usageOf(env, refOf(row, place)) || null });

const ofMove =
  (name: string) =>
  (env: Env, line: Row): Value =>
    behind(env, 'stock.move', line, 'move_id')?.[name] ?? null;

const pickingCode = (env: Env, row: Row): Value => {
  const picking = behind(env, 'stock.picking', row, 'picking_id') ?? row;
  return behind(env, 'stock.picking.type', picking, 'picking_type_id')?.['code'] ?? null;
};

const reference = (env: Env, move: Row): string | null => {
  if (!flagOf(move, 'is_inventory')) return nameOf(behind(env, 'stock.picking', move, 'picking_id')) || null;
  if (textOf(move, 'inventory_name') !== '') return textOf(move, 'inventory_name');
  const words = isZero(takenBy(env, idOf(move))) ? 'Product Quantity Confirmed' : 'Product Quantity Updated';
  const user = refOf(move, 'create_uid');
  return user === null ? words : `${words} (${display(env, 'res.users', user)})`;
};

const moveName = (env: Env, move: Row): string => {
  const origin = textOf(behind(env, 'stock.picking', move, 'picking_id') ?? {}, 'origin');
  const code = textOf(behind(env, 'product.product', move, 'product_id') ?? {}, 'default_code');
  const place = (field: string): string => nameOf(behind(env, 'stock.location', move, field));
  return `${origin && `${origin}/`}${code && `${code}: `}${place('location_id')}>${place('location_dest_id')}`;
};

const prepareMove = (env: Env, given: Row): Row => {
  const picking = behind(env, 'stock.picking', given, 'picking_id');
  if (!picking) throw notCovered('a stock.move without a picking');
  const from = refOf(given, 'location_id') ?? refOf(picking, 'location_id');
  return {
    product_uom_qty: '0',
    product_uom: 1,
    company_id: 1,
    sequence: 10,
    price_unit: '0',
    to_refund: true,
    state: 'draft',
    date: textOf(picking, 'scheduled_date') || env.now.slice(0, 19),
    location_dest_id: refOf(picking, 'location_dest_id'),
    picking_type_id: refOf(picking, 'picking_type_id'),
    partner_id: refOf(picking, 'partner_id'),
    order_ref: refOf(picking, 'order_ref'),
    warehouse_id: warehouseOf(env, from) ?? warehouseOf(env, refOf(picking, 'location_dest_id')),
    ...given,
    location_id: from,
  };
};

const writeMoves = (env: Env, ids: readonly number[], given: Row, apply: (given: Row) => void): void => {
  const { quantity: taken, picked, product_uom_qty: demand, ...rest } = given;
  const moves = ids.map(id => env.tx.get('stock.move', id) ?? {});
  if (taken !== undefined && moves.some(move => stateOf(move) === 'cancel'))
    throw userError('You cannot change a cancelled stock move, create a new line instead.');
  const differs = (name: string): boolean => moves.some(move => rest[name] !== undefined && rest[name] !== move[name]);
  const moved = ['product_id', 'location_id', 'location_dest_id', 'picking_id', 'sale_line_id'].find(differs);
  if (moved !== undefined) throw notCovered(`changing stock.move.${moved}`);
  if (moves.some(move => stateOf(move) === 'done') && (taken !== undefined || demand !== undefined))
    throw notCovered('changing a move that is done');
  apply(rest);
  if (demand !== undefined) for (const id of ids) setDemand(env, id, exact(String(demand)));
  if (taken !== undefined) for (const id of ids) setTaken(env, id, exact(String(taken)));
  if (picked !== undefined) setPicked(env, ids, picked === true);
};

export const move: Model = {
  name: 'stock.move',
  label: 'Stock Move',
  order: 'sequence, id',
  firstId: 4001,
  indexed: ['product_id', 'picking_id', 'sale_line_id', 'origin_returned_move_id'],
  fields: {
    product_id: many2one('Product', 'product.product', { required: true }),
    product_uom_qty: float('Demand', quantity),
    product_qty: float('Real Quantity', { kind: 'derived' }),
    product_uom: many2one('Unit', 'uom.uom', { required: true }),
    quantity: float('Quantity', { ...quantity, kind: 'action', compute: (env, row) => exactText(takenBy(env, idOf(row))) }),
    picked: boolean('Picked'),
    state: selection('Status', moveStates, { kind: 'guarded' }),
    picking_id: many2one('Transfer', 'stock.picking'),
    picking_type_id: many2one('Operation Type', 'stock.picking.type'),
    picking_code: selection('Type of Operation', codes, { compute: pickingCode }),
    location_id: many2one('Source Location', 'stock.location', { required: true }),
    location_dest_id: many2one('Intermediate Location', 'stock.location', { required: true }),
    location_final_id: many2one('Final Location', 'stock.location', { kind: 'guarded' }),
    location_usage: usage('Source Location Type', 'location_id'),
    location_dest_usage: usage('Destination Location Type', 'location_dest_id'),
    sale_line_id: many2one('Sale Line', 'sale.order.line'),
    origin: char('Source Document'),
    reference: char('Reference', { kind: 'derived' }),
    date: datetime('Date Scheduled', { required: true }),
    date_deadline: datetime('Deadline', { kind: 'guarded' }),
    is_inventory: boolean('Inventory', { kind: 'guarded' }),
    inventory_name: char('Inventory Name', { kind: 'guarded' }),
    origin_returned_move_id: many2one('Origin return move', 'stock.move'),
    returned_move_ids: one2many('All returned moves', 'stock.move', 'origin_returned_move_id'),
    to_refund: boolean('Update quantities on SO/PO'),
    move_line_ids: one2many('Move Line', 'stock.move.line', 'move_id'),
    company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', { kind: 'guarded' }),
    partner_id: many2one('Destination Address ', 'res.partner'),
    sequence: integer('Sequence'),
    price_unit: float('Price Unit'),
    order_ref: many2one('Order that the move belongs to', 'sale.order', { kind: 'hidden' }),
  },
  display: moveName,
  prepare: prepareMove,
  created: (env, id, given) => {
    const { quantity: taken, picked } = given;
    if (taken !== undefined) setTaken(env, id, exact(String(taken)));
    if (picked === true) setPicked(env, [id], true);
  },
  write: writeMoves,
  removing: (env, ids) => {
    if (ids.some(id => !['draft', 'cancel'].includes(stateOf(env.tx.get('stock.move', id) ?? {}))))
      throw notCovered('deleting a move that is not draft');
  },
  derive: (env, row) => ({
    reference: reference(env, row),
    product_qty: exactText(demandOf(row)),
    taken: exactText(takenBy(env, idOf(row))),
  }),
  touches: (env, row) => [
    ['stock.picking', refOf(row, 'picking_id')],
    ['sale.order.line', refOf(row, 'sale_line_id')],
    ...(env.tx.by('stock.move.line', 'move_id', idOf(row)) ?? []).map(id => ['stock.move.line', id] as const),
  ],
};

export const moveLine: Model = {
  name: 'stock.move.line',
  label: 'Product Moves (Stock Move Line)',
  order: 'id',
  firstId: 6001,
  indexed: ['move_id', 'product_id', 'picking_id'],
  fields: {
    move_id: many2one('Stock Operation', 'stock.move'),
    picking_id: many2one('Transfer', 'stock.picking'),
    product_id: many2one('Product', 'product.product'),
    product_uom_id: many2one('Unit', 'uom.uom', { required: true }),
    quantity: float('Quantity', quantity),
    // Products are counted in one unit here, so the line's quantity is the product's.
    quantity_product_uom: float('Quantity in Product UoM', { ...quantity, compute: (_env, row) => row['quantity'] ?? '0' }),
    picked: boolean('Picked'),
    location_id: many2one('From', 'stock.location', { required: true }),
    location_dest_id: many2one('To', 'stock.location', { required: true }),
    location_usage: usage('Source Location Type', 'location_id'),
    location_dest_usage: usage('Destination Location Type', 'location_dest_id'),
    state: selection('Status', moveStates, { kind: 'derived' }),
    date: datetime('Date', { required: true }),
    reference: char('Reference', { compute: ofMove('reference') }),
    origin: char('Source', { compute: ofMove('origin') }),
    is_inventory: boolean('Inventory', { compute: ofMove('is_inventory') }),
    company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
    picking_code: selection('Type of Operation', codes, { compute: pickingCode }),
    lot_id: many2one('Lot/Serial Number', 'res.users', { compute: () => null }),
    package_id: many2one('Source Package', 'res.users', { compute: () => null }),
    result_package_id: many2one('Destination Package', 'res.users', { compute: () => null }),
    owner_id: many2one('From Owner', 'res.partner', { compute: () => null }),
  },
  display: (env, row) => display(env, 'product.product', refOf(row, 'product_id') ?? 0),
  createInstead: () => {
    throw notCovered('creating move lines: write the quantity of the move');
  },
  write: () => {
    throw notCovered('writing move lines: write the quantity of the move');
  },
  removing: () => {
    throw notCovered('deleting move lines: write the quantity of the move');
  },
  derive: (env, row) => ({ state: stateOf(behind(env, 'stock.move', row, 'move_id') ?? {}) || null }),
  touches: (_env, row) => [['stock.move', refOf(row, 'move_id')]],
};
