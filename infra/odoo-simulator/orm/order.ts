/** Sorting as PostgreSQL does for Odoo: by an `order` text, empty values last (first when descending), relations by their own order. */
import { userError, valueError } from '../errors.ts';
import { compare, exact } from '../exact.ts';
import { idOf, refOf, type Row, type Value } from '../store/row.ts';
import { findField, unknownField, valueOf } from './fields.ts';
import { modelOf, type Env, type Field, type Model } from './model.ts';

interface Term {
  readonly name: string;
  readonly field: Field;
  readonly descending: boolean;
}

const wholeOrder = /^(\s*[a-z_][a-z0-9_]*(\s+(asc|desc))?\s*(,|$))+$/i;

const parse = (env: Env, model: Model, order: string): readonly Term[] => {
  if (!wholeOrder.test(order))
    throw userError(
      `Invalid "order" specified (${order}). A valid "order" specification is a comma-separated list of valid field names (optionally followed by asc/desc for the direction)`,
    );
  return order.split(',').map(part => {
    const [name = '', direction = 'asc'] = part.trim().split(/\s+/);
    const field = findField(env, model, name);
    if (!field) throw unknownField(model, name, `Invalid field '${name}' on model '${model.name}'`);
    if (field.compute && field.kind !== 'derived')
      throw valueError(`Cannot convert ${model.name}.${name} to SQL because it is not stored`);
    return { name, field, descending: direction.toLowerCase() === 'desc' };
  });
};

const empty = (value: Value): boolean => value === null;

const compareValues = (field: Field, a: Value, b: Value): number => {
  if (field.type === 'float' || field.type === 'monetary') return compare(exact(String(a)), exact(String(b)));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
};

/** How deep relations are followed while sorting; Odoo's orders need two. */
const DEEPEST = 3;

const compareBy = (env: Env, model: Model, terms: readonly Term[], a: Row, b: Row, depth: number): number => {
  for (const { name, field, descending } of terms) {
    const left = valueOf(env, model, a, name);
    const right = valueOf(env, model, b, name);
    if (left === right) continue;
    const sign = descending ? -1 : 1;
    if (empty(left) || empty(right)) return empty(left) ? sign : -sign;
    const order =
      field.type === 'many2one'
        ? compareRelated(env, field, Number(left), Number(right), depth)
        : compareValues(field, left, right);
    if (order !== 0) return sign * order;
  }
  return 0;
};

const compareRelated = (env: Env, field: Field, a: number, b: number, depth: number): number => {
  const model = modelOf(env, field.model ?? '');
  const left = env.tx.get(model.name, a);
  const right = env.tx.get(model.name, b);
  if (!left || !right || depth >= DEEPEST) return a - b;
  return compareBy(env, model, parse(env, model, model.order), left, right, depth + 1);
};

export const sortRows = (env: Env, model: Model, rows: readonly Row[], order: string): readonly Row[] => {
  if (order === 'id') return [...rows].sort((a, b) => idOf(a) - idOf(b));
  const terms = parse(env, model, order);
  return [...rows].sort((a, b) => compareBy(env, model, terms, a, b, 0) || (refOf(a, 'id') ?? 0) - (refOf(b, 'id') ?? 0));
};
