/** stock.quant as callers see it. */
import { notCovered, userError } from '../errors.ts';
import { exactText, minus } from '../exact.ts';
import { boolean, date, datetime, float, many2one, type Env, type Model } from '../orm/model.ts';
import { applyInventory, countNow, createCount, isInventoryMode, setCount, checkQuantPlace } from '../stock/inventory.ts';
import { warehouseOf } from '../stock/places.ts';
import { dropEmptyQuants, mendReservations, mergeQuants } from '../stock/quants.ts';
import { exactOf, refOf, textOf, type Row } from '../store/row.ts';
import { hasGroup } from '../access.ts';
import type { Wire } from '../json.ts';

const quantity = { digits: 2 } as const;

const inventoryAction = (env: Env): Wire => ({
  name: 'Physical Inventory',
  view_mode: 'list',
  res_model: 'stock.quant',
  type: 'ir.actions.act_window',
  context: {
    ...env.context,
    ...(hasGroup(env, 'Inventory / User') ? { inventory_mode: true } : {}),
    no_at_date: true,
    ...(hasGroup(env, 'Inventory / Administrator') ? {} : { search_default_my_count: true }),
  },
  domain: [['location_id.usage', 'in', ['internal', 'transit']]],
  // The id of the view differs from database to database; the help text of a real Odoo is left out.
  views: [[980, 'list']],
});

const writable = new Set([
  'inventory_quantity',
  'inventory_quantity_auto_apply',
  'quantity',
  'user_id',
  'inventory_date',
  'inventory_quantity_set',
]);
const fixed = new Set(['product_id', 'location_id', 'lot_id', 'package_id', 'owner_id']);

const writeQuants = (env: Env, ids: readonly number[], given: Row, apply: (given: Row) => void): void => {
  const names = Object.keys(given);
  if (isInventoryMode(env) && names.some(name => fixed.has(name)))
    throw userError("Quant's editing is restricted, you can't do this operation.");
  const foreign = names.find(name => !writable.has(name));
  if (foreign !== undefined) throw notCovered(`writing stock.quant.${foreign}`);
  const { inventory_quantity_auto_apply: now, inventory_quantity: later, ...rest } = given;
  if (Object.keys(rest).length > 0) apply(rest);
  if (later !== undefined) for (const id of ids) setCount(env, id, String(later));
  if (now !== undefined) countNow(env, ids, String(now));
};

export const quant: Model = {
  name: 'stock.quant',
  label: 'Quants',
  order: 'id',
  firstId: 2001,
  indexed: ['product_id'],
  fields: {
    product_id: many2one('Product', 'product.product', { required: true }),
    location_id: many2one('Location', 'stock.location', { required: true }),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', {
      compute: (env, row) => warehouseOf(env, refOf(row, 'location_id')),
    }),
    company_id: many2one('Company', 'res.company', { kind: 'guarded' }),
    quantity: float('Quantity', quantity),
    reserved_quantity: float('Reserved Quantity', { ...quantity, kind: 'guarded' }),
    available_quantity: float('Available Quantity', {
      compute: (_env, row) => exactText(minus(exactOf(row, 'quantity'), exactOf(row, 'reserved_quantity'))),
    }),
    inventory_quantity: float('Counted', quantity),
    inventory_quantity_auto_apply: float('Inventoried Quantity', {
      ...quantity,
      kind: 'action',
      compute: (_env, row) => textOf(row, 'quantity') || '0',
    }),
    inventory_diff_quantity: float('Difference', { ...quantity, kind: 'guarded' }),
    inventory_quantity_set: boolean('Inventory Quantity Set'),
    inventory_date: date('Scheduled'),
    in_date: datetime('Incoming Date', { kind: 'guarded' }),
    user_id: many2one('Assigned To', 'res.users'),
    lot_id: many2one('Lot/Serial Number', 'res.users', { compute: () => null }),
    package_id: many2one('Package', 'res.users', { compute: () => null }),
    owner_id: many2one('Owner', 'res.partner', { compute: () => null }),
    product_uom_id: many2one('Unit', 'uom.uom', { compute: () => 1 }),
    is_outdated: boolean('Quantity has been moved since last count', {
      compute: (_env, row) =>
        row['inventory_quantity_set'] === true &&
        exactText(minus(exactOf(row, 'inventory_quantity'), exactOf(row, 'inventory_diff_quantity'))) !==
          exactText(exactOf(row, 'quantity')),
    }),
  },
  display: () => {
    throw notCovered('the display name of stock.quant');
  },
  /** A count takes the quant that is there, so creating one may answer a known id. */
  createInstead: (env, given) => {
    if (isInventoryMode(env) && ('inventory_quantity' in given || 'inventory_quantity_auto_apply' in given))
      return createCount(env, given);
    throw notCovered('creating a stock.quant outside of a count (context inventory_mode)');
  },
  check: (env, row) => {
    checkQuantPlace(env, refOf(row, 'product_id') ?? 0, refOf(row, 'location_id') ?? 0);
  },
  write: writeQuants,
  removing: () => {
    throw notCovered('deleting quants: count zero');
  },
  methods: {
    action_apply_inventory: {
      run: (env, ids) => {
        applyInventory(env, ids);
        return undefined;
      },
    },
    action_view_inventory: {
      onModel: true,
      run: env => {
        mergeQuants(env);
        mendReservations(env);
        dropEmptyQuants(env);
        return inventoryAction(env);
      },
    },
  },
};
