/** All models of the simulator. */
import type { Model } from '../orm/model.ts';
import type { TableShape } from '../store/database.ts';
import { company, country, currency, group, unit } from './base.ts';
import { location, pickingType, warehouse } from './locations.ts';
import { move, moveLine } from './moves.ts';
import { order } from './orders.ts';
import { orderLine } from './order-lines.ts';
import { partner } from './partner.ts';
import { picking } from './pickings.ts';
import { product, template } from './products.ts';
import { quant } from './quants.ts';
import { pricelist, tax } from './tax.ts';
import { externalIds, secrets, users } from './users.ts';

const list: readonly Model[] = [
  country,
  currency,
  company,
  unit,
  group,
  partner,
  users,
  secrets,
  externalIds,
  tax,
  pricelist,
  template,
  product,
  location,
  pickingType,
  warehouse,
  quant,
  picking,
  move,
  moveLine,
  order,
  orderLine,
];

export const models: ReadonlyMap<string, Model> = new Map(list.map(model => [model.name, model]));

/** Models that a caller can name: those of Odoo. */
export const isPublic = (name: string): boolean => models.has(name) && name !== secrets.name;

/** Lookups along a one2many need the index on its many2one. */
const inverses = (name: string): readonly string[] =>
  list.flatMap(model =>
    Object.values(model.fields).flatMap(field =>
      field.type === 'one2many' && field.model === name && field.inverse ? [field.inverse] : [],
    ),
  );

export const shapes: readonly TableShape[] = list.map(model => ({
  name: model.name,
  firstId: model.firstId,
  indexed: [...new Set([...(model.indexed ?? []), ...inverses(model.name)])],
}));
