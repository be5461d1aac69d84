/** stock.picking as callers see it. */
import { notCovered, userError } from '../errors.ts';
import { behind, nameOf } from '../orm/fields.ts';
import { boolean, char, datetime, html, integer, many2one, one2many, selection } from '../orm/model.ts';
import type { Env, Model } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { assign } from '../stock/assign.ts';
import { confirmMoves, confirmPicking } from '../stock/confirm.ts';
import { cancelMoves, isOpen, movesOf, stateOf, takenBy, unreserve } from '../stock/moves.ts';
import { nextPickingName, pickingDefaults, pickingState } from '../stock/pickings.ts';
import { usageOf } from '../stock/places.ts';
import { validate } from '../stock/validate.ts';
import { isZero } from '../exact.ts';
import { idOf, refOf, textOf, type Row } from '../store/row.ts';
import { rowOf } from '../orm/fields.ts';
import { codes } from './locations.ts';

const PICKING = 'stock.picking';
const stateNow = (env: Env, id: number): string => pickingState(env, rowOf(env, PICKING, id));

const saleOf = (env: Env, row: Row): number | null => {
  const line = movesOf(env, idOf(row))
    .map(move => behind(env, 'sale.order.line', move, 'sale_line_id'))
    .find(found => found !== undefined);
  return line ? refOf(line, 'order_id') : null;
};

const dates = (moves: readonly Row[], field: string): string | null =>
  moves
    .map(move => textOf(move, field))
    .filter(Boolean)
    .sort()[0] ?? null;

/** Confirms what came with a quantity, as Odoo does when moves are given together with their picking. */
const autoConfirm = (env: Env, id: number): void => {
  const moves = movesOf(env, id);
  confirmMoves(env, moves.filter(move => stateOf(move) === 'draft' && !isZero(takenBy(env, idOf(move)))).map(idOf), {
    merge: true,
  });
};

const changeType = (env: Env, ids: readonly number[], given: Row): Row => {
  const typeId = refOf(given, 'picking_type_id');
  if (typeId === null) return given;
  if (ids.some(id => ['done', 'cancel'].includes(stateNow(env, id))))
    throw userError('Changing the operation type of this record is forbidden at this point.');
  const changing = ids.filter(id => refOf(rowOf(env, PICKING, id), 'picking_type_id') !== typeId);
  if (changing.length === 0) return given;
  const type = rowOf(env, 'stock.picking.type', typeId);
  for (const id of changing) patchRow(env, PICKING, id, { name: nextPickingName(env, typeId) });
  return {
    ...given,
    location_id: type['default_location_src_id'] ?? null,
    location_dest_id: type['default_location_dest_id'] ?? null,
  };
};

const writePickings = (env: Env, ids: readonly number[], given: Row, apply: (given: Row) => void): void => {
  if (typeof given['scheduled_date'] === 'string') throw notCovered('writing the scheduled date of a picking');
  const values = changeType(env, ids, given);
  apply(values);
  const passed = ['location_id', 'location_dest_id', 'partner_id'].filter(
    name => values[name] !== undefined && values[name] !== null,
  );
  for (const id of ids) {
    for (const move of movesOf(env, id)) {
      if (usageOf(env, refOf(move, 'location_dest_id')) === 'inventory' || stateOf(move) === 'done') continue;
      const different = passed.filter(name => move[name] !== values[name]);
      if (different.some(name => name !== 'partner_id') && !isZero(takenBy(env, idOf(move))))
        throw notCovered('moving a picking whose moves are reserved to other locations');
      if (different.length > 0)
        patchRow(env, 'stock.move', idOf(move), Object.fromEntries(different.map(name => [name, values[name] ?? null])));
    }
    if (typeof values['date_done'] === 'string' && stateNow(env, id) === 'done') backdate(env, id, values['date_done']);
  }
};

const backdate = (env: Env, id: number, date: string): void => {
  for (const move of movesOf(env, id)) {
    patchRow(env, 'stock.move', idOf(move), { date });
    for (const line of env.tx.by('stock.move.line', 'move_id', idOf(move)) ?? [])
      patchRow(env, 'stock.move.line', line, { date });
  }
};

const openMoves = (env: Env, ids: readonly number[]): readonly number[] =>
  ids.flatMap(id =>
    movesOf(env, id)
      .filter(move => isOpen(move) && stateOf(move) !== 'draft')
      .map(idOf),
  );

export const picking: Model = {
  name: PICKING,
  label: 'Transfer',
  order: 'priority desc, scheduled_date asc, id desc',
  firstId: 3001,
  indexed: ['sale_id', 'backorder_id', 'return_id', 'picking_type_id', 'order_ref'],
  fields: {
    name: char('Reference', { kind: 'guarded' }),
    state: selection(
      'Status',
      [
        ['draft', 'Draft'],
        ['waiting', 'Waiting Another Operation'],
        ['confirmed', 'Waiting'],
        ['assigned', 'Ready'],
        ['done', 'Done'],
        ['cancel', 'Cancelled'],
      ],
      { kind: 'derived' },
    ),
    origin: char('Source Document'),
    note: html('Notes'),
    carrier_tracking_ref: char('Tracking Reference'),
    picking_type_id: many2one('Operation Type', 'stock.picking.type', { required: true }),
    picking_type_code: selection('Type of Operation', codes, {
      compute: (env, row) => behind(env, 'stock.picking.type', row, 'picking_type_id')?.['code'] ?? null,
    }),
    location_id: many2one('Source Location', 'stock.location', { required: true }),
    location_dest_id: many2one('Destination Location', 'stock.location', { required: true }),
    move_ids: one2many('Stock Moves', 'stock.move', 'picking_id'),
    move_line_ids: one2many('Operations', 'stock.move.line', 'picking_id'),
    partner_id: many2one('Contact', 'res.partner'),
    sale_id: many2one('Sales Order', 'sale.order', { kind: 'derived' }),
    scheduled_date: datetime('Scheduled Date'),
    date_done: datetime('Date of Transfer'),
    date_deadline: datetime('Deadline', { kind: 'derived' }),
    backorder_id: many2one('Back Order of', PICKING, { kind: 'guarded' }),
    backorder_ids: one2many('Back Orders', PICKING, 'backorder_id'),
    return_id: many2one('Return of', PICKING),
    return_ids: one2many('Returns', PICKING, 'return_id'),
    return_count: integer('# Returns', { compute: (env, row) => (env.tx.by(PICKING, 'return_id', idOf(row)) ?? []).length }),
    company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
    user_id: many2one('Responsible', 'res.users'),
    priority: selection('Priority', [
      ['0', 'Normal'],
      ['1', 'Urgent'],
    ]),
    move_type: selection('Shipping Policy', [['direct', 'As soon as possible']], { kind: 'guarded' }),
    is_locked: boolean('Is Locked'),
    printed: boolean('Printed', { kind: 'guarded' }),
    order_ref: many2one('Order that the picking belongs to', 'sale.order', { kind: 'hidden' }),
  },
  display: (_env, row) => nameOf(row),
  prepare: pickingDefaults,
  completed: (env, id) => {
    autoConfirm(env, id);
  },
  write: writePickings,
  written: (env, ids, _given, lineFields) => {
    if (lineFields.includes('move_ids')) for (const id of ids) autoConfirm(env, id);
  },
  removing: () => {
    throw notCovered('deleting a picking: cancel it');
  },
  derive: (env, row) => {
    const moves = movesOf(env, idOf(row));
    return {
      state: pickingState(env, row),
      sale_id: saleOf(env, row),
      scheduled_date: dates(moves.filter(isOpen), 'date') ?? textOf(row, 'scheduled_date'),
      date_deadline: dates(moves, 'date_deadline'),
    };
  },
  touches: (env, row) => [['sale.order', refOf(row, 'sale_id') ?? saleOf(env, row)]],
  methods: {
    button_validate: { run: validate },
    action_confirm: {
      run: (env, ids) => {
        for (const id of ids) confirmPicking(env, id);
        return true;
      },
    },
    action_assign: {
      run: (env, ids) => {
        for (const id of ids) if (stateNow(env, id) === 'draft') confirmPicking(env, id);
        const moves = openMoves(env, ids);
        if (moves.length === 0) throw userError('Nothing to check the availability for.');
        assign(env, moves);
        return true;
      },
    },
    do_unreserve: {
      run: (env, ids) => {
        unreserve(
          env,
          ids.flatMap(id => movesOf(env, id).map(idOf)),
        );
        return undefined;
      },
    },
    action_cancel: {
      run: (env, ids) => {
        for (const id of ids) {
          cancelMoves(env, movesOf(env, id).map(idOf));
          patchRow(env, PICKING, id, { is_locked: true, ...(movesOf(env, id).length === 0 ? { state: 'cancel' } : {}) });
        }
        return true;
      },
    },
  },
};
