/** At the end of a call: works out the kept values that follow from others, for every record that may have moved. */
import type { Row, Value } from '../store/row.ts';
import { modelOf, type Env } from './model.ts';
import { patchRow } from './write.ts';

/** A record's derived values rest on those of the models before it. */
const sequence = [
  'res.partner',
  'stock.move.line',
  'stock.move',
  'stock.picking',
  'sale.order.line',
  'sale.order',
  'product.template',
  'product.product',
];

type Touched = Map<string, Set<number>>;

const add = (touched: Touched, model: string, id: number | null): boolean => {
  if (id === null) return false;
  const ids = touched.get(model) ?? new Set<number>();
  touched.set(model, ids);
  if (ids.has(id)) return false;
  ids.add(id);
  return true;
};

const spread = (env: Env, touched: Touched, model: string, row: Row): void => {
  for (const [other, id] of modelOf(env, model).touches?.(env, row) ?? []) {
    if (!add(touched, other, id) || id === null) continue;
    const next = env.tx.get(other, id);
    if (next) spread(env, touched, other, next);
  }
};

const same = (a: Value | undefined, b: Value): boolean =>
  a === b || (a === undefined && b === null) || (Array.isArray(a) && Array.isArray(b) && JSON.stringify(a) === JSON.stringify(b));

const settleOne = (env: Env, modelName: string, id: number): void => {
  const model = modelOf(env, modelName);
  const row = env.tx.get(modelName, id);
  if (!row || !model.derive) return;
  const wanted = model.derive(env, row);
  const patch = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(row[name], value)));
  if (Object.keys(patch).length > 0) patchRow(env, modelName, id, patch);
};

/** `gone` are records that the call deleted, as they were: their parents follow too. */
export const settle = (env: Env): void => {
  const touched: Touched = new Map();
  for (const [model, rows] of env.tx.changes()) {
    for (const [id, row] of rows) {
      add(touched, model, id);
      if (row) spread(env, touched, model, row);
    }
  }
  for (const name of sequence) for (const id of [...(touched.get(name) ?? [])].sort((a, b) => a - b)) settleOne(env, name, id);
};
