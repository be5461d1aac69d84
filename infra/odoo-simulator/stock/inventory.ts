/** Counting: the difference between what was counted and what is there becomes a move. */
import { notCovered, userError, validationError } from '../errors.ts';
import { compare, exactText, isZero, magnitude, minus, sign } from '../exact.ts';
import { hasGroup } from '../access.ts';
import { outside } from '../models/locations.ts';
import { isStorable } from '../models/products.ts';
import { nameOf, rowOf } from '../orm/fields.ts';
import type { Env } from '../orm/model.ts';
import { patchRow } from '../orm/write.ts';
import { exactOf, flagOf, idOf, refOf, textOf, type Row } from '../store/row.ts';
import { assignWaiting } from './assign.ts';
import { doMoves } from './done.ts';
import { addLine } from './lines.ts';
import { moveRow } from './moves.ts';
import { usageOf, warehouseOf } from './places.ts';
import { gather, insertQuant, yearEnd } from './quants.ts';

const QUANT = 'stock.quant';

export const isInventoryMode = (env: Env): boolean => env.context['inventory_mode'] === true && hasGroup(env, 'Inventory / User');

const inventoryMove = (env: Env, quant: Row): number => {
  const difference = minus(exactOf(quant, 'inventory_quantity'), exactOf(quant, 'quantity'));
  const here = refOf(quant, 'location_id') ?? 0;
  const gone = outside(env, 'inventory');
  const [from, to] = sign(difference) > 0 ? [gone, here] : [here, gone];
  const name = env.context['inventory_name'];
  const id = env.tx.insert('stock.move', {
    product_id: refOf(quant, 'product_id'),
    product_uom: 1,
    product_uom_qty: exactText(magnitude(difference)),
    company_id: 1,
    state: 'confirmed',
    location_id: from,
    location_dest_id: to,
    location_final_id: null,
    picking_id: null,
    picking_type_id: null,
    sale_line_id: null,
    order_ref: null,
    origin: null,
    origin_returned_move_id: null,
    to_refund: true,
    partner_id: null,
    warehouse_id: warehouseOf(env, here),
    is_inventory: true,
    inventory_name: typeof name === 'string' ? name : null,
    picked: true,
    date: env.now.slice(0, 19),
    date_deadline: null,
    sequence: 10,
    price_unit: '0',
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
  });
  addLine(env, id, magnitude(difference), from);
  return id;
};

const isOutdated = (quant: Row): boolean =>
  flagOf(quant, 'inventory_quantity_set') &&
  compare(minus(exactOf(quant, 'inventory_quantity'), exactOf(quant, 'inventory_diff_quantity')), exactOf(quant, 'quantity')) !==
    0;

/** Without a count before it this counts zero, as Odoo does. */
export const applyInventory = (env: Env, ids: readonly number[]): void => {
  const quants = ids.map(id => rowOf(env, QUANT, id));
  if (quants.some(isOutdated)) throw notCovered('the question about a count that is outdated');
  const moves = quants.map(quant => inventoryMove(env, quant));
  doMoves(env, moves, false);
  assignWaiting(
    env,
    moves.map(id => moveRow(env, id)),
  );
  for (const id of ids)
    patchRow(env, QUANT, id, {
      inventory_quantity: '0',
      inventory_diff_quantity: '0',
      inventory_quantity_set: false,
      inventory_date: yearEnd(env),
      user_id: null,
    });
};

/** Sets what lies there, in one go. Outside of inventory mode Odoo says yes and does nothing. */
export const countNow = (env: Env, ids: readonly number[], counted: string): void => {
  if (!isInventoryMode(env)) return;
  const differing = ids.filter(id => exactText(exactOf(rowOf(env, QUANT, id), 'quantity')) !== counted);
  for (const id of differing) setCount(env, id, counted);
  applyInventory(env, differing);
};

/** Notes a count that is applied later. */
export const setCount = (env: Env, id: number, counted: string): void => {
  const quant = rowOf(env, QUANT, id);
  const difference = minus(exactOf({ counted }, 'counted'), exactOf(quant, 'quantity'));
  patchRow(env, QUANT, id, {
    inventory_quantity: counted,
    inventory_quantity_set: true,
    inventory_diff_quantity: exactText(difference),
  });
};

const creatable = new Set([
  'product_id',
  'owner_id',
  'inventory_quantity',
  'inventory_quantity_auto_apply',
  'location_id',
  'user_id',
  'inventory_date',
]);

export const checkQuantPlace = (env: Env, productId: number, locationId: number): void => {
  if (!isStorable(env, productId)) throw validationError('Quants cannot be created for consumables or services.');
  if (usageOf(env, locationId) === 'view')
    throw validationError(
      `You cannot take products from or deliver products to a location of type "view" (${nameOf(rowOf(env, 'stock.location', locationId))}).`,
    );
};

/** create() in inventory mode: a count for the product in that place, on the quant that is there. */
export const createCount = (env: Env, given: Row): number => {
  if (Object.keys(given).some(name => !creatable.has(name)))
    throw userError("Quant's creation is restricted, you can't do this operation.");
  const [product, location] = [refOf(given, 'product_id') ?? 0, refOf(given, 'location_id') ?? 0];
  const now = given['inventory_quantity_auto_apply'];
  const counted = textOf(given, now === undefined ? 'inventory_quantity' : 'inventory_quantity_auto_apply');
  const found = gather(env, product, location, true)[0];
  if (!found) checkQuantPlace(env, product, location);
  const id = found ? idOf(found) : insertQuant(env, product, location, {});
  if (now === undefined) {
    setCount(env, id, counted);
    patchRow(env, QUANT, id, { user_id: refOf(given, 'user_id') ?? env.uid, inventory_date: env.now.slice(0, 10) });
  } else if (!isZero(exactOf(given, 'inventory_quantity_auto_apply')) || found) countNow(env, [id], counted);
  return id;
};
