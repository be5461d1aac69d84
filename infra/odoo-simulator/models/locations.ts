/** Warehouses, their locations and their kinds of transfer. */
import { notCovered } from '../errors.ts';
import { behind, nameOf } from '../orm/fields.ts';
import {
  boolean,
  char,
  integer,
  many2one,
  one2many,
  selection,
  type Choices,
  type Env,
  type Field,
  type Model,
} from '../orm/model.ts';
import { insertRow, patchRow } from '../orm/write.ts';
import { idOf, refOf, textOf, type Row } from '../store/row.ts';
import { theCompany } from './base.ts';

export const usages: Choices = [
  ['supplier', 'Vendor'],
  ['view', 'Virtual'],
  ['internal', 'Internal'],
  ['customer', 'Customer'],
  ['inventory', 'Inventory Loss'],
  ['production', 'Production'],
  ['transit', 'Transit'],
];
export const codes: Choices = [
  ['incoming', 'Receipt'],
  ['outgoing', 'Delivery'],
  ['internal', 'Internal Transfer'],
];

const parentOf = (env: Env, row: Row): Row | undefined => behind(env, 'stock.location', row, 'location_id');

const completeName = (env: Env, row: Row): string => {
  const parent = parentOf(env, row);
  return parent ? `${completeName(env, parent)}/${nameOf(row)}` : nameOf(row);
};

const warehouseAbove = (env: Env, row: Row): number | null => {
  const own = [...env.tx.all('stock.warehouse')].find(warehouse => refOf(warehouse, 'view_location_id') === idOf(row));
  const parent = parentOf(env, row);
  return own ? idOf(own) : parent ? warehouseAbove(env, parent) : null;
};

export const location: Model = {
  name: 'stock.location',
  label: 'Inventory Locations',
  order: 'complete_name, id',
  firstId: 801,
  indexed: ['location_id'],
  fields: {
    name: char('Location Name', { required: true }),
    complete_name: char('Full Location Name', { kind: 'derived' }),
    usage: selection('Location Type', usages, { required: true }),
    location_id: many2one('Parent Location', 'stock.location'),
    child_ids: one2many('Contains', 'stock.location', 'location_id'),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', { compute: warehouseAbove }),
    company_id: many2one('Company', 'res.company'),
    barcode: char('Barcode'),
    active: boolean('Active'),
  },
  display: completeName,
  prepare: (env, given) => {
    const values: Row = { usage: 'internal', active: true, company_id: idOf(theCompany(env)), ...given };
    return { ...values, complete_name: completeName(env, values) };
  },
  write: (_env, _ids, given, apply) => {
    if (['usage', 'location_id', 'name'].some(name => name in given))
      throw notCovered('moving, renaming or changing the use of a location');
    apply(given);
  },
};

const types: Readonly<Record<string, Field>> = {
  name: char('Operation Type', { required: true }),
  code: selection('Type of Operation', codes, { required: true }),
  sequence: integer('Sequence'),
  sequence_code: char('Sequence Prefix', { required: true }),
  warehouse_id: many2one('Warehouse', 'stock.warehouse'),
  default_location_src_id: many2one('Source Location', 'stock.location', { required: true }),
  default_location_dest_id: many2one('Destination Location', 'stock.location', { required: true }),
  return_picking_type_id: many2one('Operation Type for Returns', 'stock.picking.type'),
  create_backorder: selection('Create Backorder', [
    ['ask', 'Ask'],
    ['always', 'Always'],
    ['never', 'Never'],
  ]),
  reservation_method: selection(
    'Reservation Method',
    [
      ['at_confirm', 'At Confirmation'],
      ['manual', 'Manually'],
      ['by_date', 'Before scheduled date'],
    ],
    { kind: 'guarded' },
  ),
  company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
  active: boolean('Active'),
};

export const pickingType: Model = {
  name: 'stock.picking.type',
  label: 'Picking Type',
  order: 'sequence, id',
  firstId: 901,
  fields: types,
  display: (env, row) => `${nameOf(behind(env, 'stock.warehouse', row, 'warehouse_id'))}: ${nameOf(row)}`,
  prepare: () => {
    throw notCovered('a picking type of its own: create a warehouse');
  },
};

/** The places outside of every warehouse. */
export const outside = (env: Env, usage: 'customer' | 'supplier' | 'inventory'): number => {
  const row = [...env.tx.all('stock.location')].find(found => found['usage'] === usage);
  if (!row) throw new Error(`looking for the location of ${usage}: there is none`);
  return idOf(row);
};

const addLocation = (env: Env, values: Row): number =>
  insertRow(env, location, { active: true, company_id: 1, ...values, complete_name: completeName(env, values) });

/** A warehouse brings its locations and kinds of transfer with it. */
const equip = (env: Env, id: number, given: Row): void => {
  const code = textOf(given, 'code');
  const view = addLocation(env, { name: code, usage: 'view' });
  const stock = addLocation(env, { name: 'Stock', usage: 'internal', location_id: view, barcode: `${code}STOCK` });
  const [customers, vendors] = [outside(env, 'customer'), outside(env, 'supplier')];
  const type = (name: string, kind: string, sequenceCode: string, from: number, to: number): number =>
    insertRow(env, pickingType, {
      name,
      code: kind,
      sequence: 0,
      sequence_code: sequenceCode,
      warehouse_id: id,
      default_location_src_id: from,
      default_location_dest_id: to,
      create_backorder: 'ask',
      reservation_method: 'at_confirm',
      company_id: idOf(theCompany(env)),
      active: true,
    });
  const incoming = type('Receipts', 'incoming', 'IN', vendors, stock);
  const outgoing = type('Delivery Orders', 'outgoing', 'OUT', stock, customers);
  const internal = type('Internal Transfers', 'internal', 'INT', stock, stock);
  patchRow(env, 'stock.picking.type', incoming, { return_picking_type_id: outgoing });
  patchRow(env, 'stock.picking.type', outgoing, { return_picking_type_id: incoming });
  patchRow(env, 'stock.warehouse', id, {
    view_location_id: view,
    lot_stock_id: stock,
    in_type_id: incoming,
    out_type_id: outgoing,
    int_type_id: internal,
  });
};

export const warehouse: Model = {
  name: 'stock.warehouse',
  label: 'Warehouse',
  order: 'sequence,id',
  firstId: 701,
  fields: {
    name: char('Warehouse', { required: true }),
    code: char('Short Name', { required: true }),
    sequence: integer('Sequence'),
    company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
    partner_id: many2one('Address', 'res.partner'),
    view_location_id: many2one('View Location', 'stock.location', { kind: 'guarded' }),
    lot_stock_id: many2one('Location Stock', 'stock.location', { kind: 'guarded' }),
    in_type_id: many2one('In Type', 'stock.picking.type', { kind: 'guarded' }),
    out_type_id: many2one('Out Type', 'stock.picking.type', { kind: 'guarded' }),
    int_type_id: many2one('Internal Type', 'stock.picking.type', { kind: 'guarded' }),
    delivery_steps: selection('Outgoing Shipments', [['ship_only', 'Deliver (1 step)']], { kind: 'guarded' }),
    reception_steps: selection('Incoming Shipments', [['one_step', 'Receive and Store (1 step)']], { kind: 'guarded' }),
    active: boolean('Active'),
  },
  display: (_env, row) => nameOf(row),
  prepare: (env, given) => ({
    sequence: 10,
    company_id: idOf(theCompany(env)),
    delivery_steps: 'ship_only',
    reception_steps: 'one_step',
    active: true,
    ...given,
  }),
  created: equip,
  write: (_env, _ids, given, apply) => {
    if ('code' in given || 'active' in given) throw notCovered('renumbering or archiving a warehouse');
    apply(given);
  },
};
