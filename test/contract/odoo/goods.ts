/** Goods of a test's own, and pickings that move them. */
import assert from 'node:assert/strict';
import { first, loaded, type Json } from './client.ts';
import { count, type World } from './world.ts';

export const moveFields = [
  'id',
  'picking_type_id/.id',
  'location_id/.id',
  'location_dest_id/.id',
  'origin',
  'move_ids/id',
  'move_ids/product_id/id',
  'move_ids/product_uom_qty',
  'move_ids/quantity',
  'move_ids/picked',
  'move_ids/location_id/.id',
  'move_ids/location_dest_id/.id',
];

export interface Goods {
  readonly id: number;
  readonly external: string;
  /** The external id after the prefix of the run. */
  readonly suffix: string;
  readonly sku: string;
  readonly quant: number;
}

let made = 0;

/** A new product with that much in stock. */
export const newGoods = async (world: World, quantity: number): Promise<Goods> => {
  const { odoo, prefix, run } = world;
  const suffix = `P${String((made += 1))}`;
  const row = [`${prefix}${suffix}`, suffix, `${run}-${suffix}`, 'True', 'Goods'];
  const id = first(await loaded(odoo, 'product.product', ['id', 'name', 'default_code', 'is_storable', 'type'], [row]));
  const quant = quantity === 0 ? 0 : await count(world, id, quantity);
  return { id, external: `${prefix}${suffix}`, suffix, sku: `${run}-${suffix}`, quant };
};

export const moveRows = (
  world: World,
  name: string,
  external: string,
  quantity: number,
  from: number,
  to: number,
): readonly (readonly Json[])[] => {
  const { prefix, internal } = world;
  const head = [`${prefix}${name}`, internal, from, to, `evt:${name}`];
  return [[...head, `${prefix}${name}_1`, external, quantity, quantity, 'True', from, to]];
};

/** Loads and validates a picking; answers its id. */
export const shift = async (
  world: World,
  name: string,
  external: string,
  quantity: number,
  from: number,
  to: number,
): Promise<number> => {
  const id = first(await loaded(world.odoo, 'stock.picking', moveFields, moveRows(world, name, external, quantity, from, to)));
  assert.equal(await world.odoo.call('stock.picking', 'button_validate', [[id]]), true);
  return id;
};

/** `[quantity, reserved, available]` of each quant inside the company. */
export const quantsOf = async (world: World, product: number): Promise<readonly Json[]> => {
  const inside = [
    ['product_id', '=', product],
    ['location_id.usage', '=', 'internal'],
  ];
  const rows = await world.odoo.read('stock.quant', inside, ['quantity', 'reserved_quantity', 'available_quantity'], {
    order: 'id',
  });
  return rows.map(row => [row['quantity'] ?? null, row['reserved_quantity'] ?? null, row['available_quantity'] ?? null]);
};
