/** One condition of a domain, asked of one record. */
import { notCovered, OdooError, valueError } from '../errors.ts';
import { compare, exact, isZero, parseExact } from '../exact.ts';
import { jsonText, isList, pythonText, type Json } from '../json.ts';
import { refOf, type Row, type Value } from '../store/row.ts';
import { secondOf } from '../time.ts';
import { findField, unknownField, valueOf } from './fields.ts';
import { modelOf, type Env, type Field, type Model } from './model.ts';

export interface Leaf {
  readonly path: readonly string[];
  readonly operator: string;
  readonly value: Json;
}

const condition = (leaf: Leaf): string => pythonText([leaf.path.join('.'), leaf.operator, leaf.value], true);

const nothing = (value: Json): boolean => value === false || value === null || value === '';

const asInteger = (value: Json): number => {
  if (typeof value === 'number') return value;
  if (value === true) return 1;
  throw new OdooError(
    'psycopg2.errors.InvalidTextRepresentation',
    `invalid input syntax for type integer: "${jsonText(value)}"\n`,
    'program',
  );
};

const asExact = (value: Json): ReturnType<typeof exact> => {
  const parsed = typeof value === 'string' || typeof value === 'number' ? parseExact(value) : undefined;
  if (!parsed) throw valueError(`could not convert string to float: ${pythonText(value)}`);
  return parsed;
};

const isText = (field: Field): boolean => ['char', 'text', 'html', 'selection'].includes(field.type);

const equals = (field: Field, value: Value, wanted: Json, leaf: Leaf): boolean => {
  if (Array.isArray(value))
    return nothing(wanted) ? value.length === 0 : (value as readonly number[]).includes(asInteger(wanted));
  if (field.type === 'boolean') return (value === true) === !nothing(wanted);
  if (field.type === 'float' || field.type === 'monetary') {
    const number = exact(String(value ?? 0));
    return nothing(wanted) ? isZero(number) : compare(number, asExact(wanted)) === 0;
  }
  if (nothing(wanted)) return value === null || value === '' || (field.type === 'integer' && value === 0);
  if (field.type === 'many2one' && typeof wanted === 'string')
    throw notCovered(`searching a relation by name: ${condition(leaf)}`);
  if (['many2one', 'integer', 'many2one_reference'].includes(field.type)) return value === asInteger(wanted);
  if (field.type === 'datetime' || field.type === 'date')
    return value !== null && secondOf(String(value)) === secondOf(jsonText(wanted));
  return value === jsonText(wanted);
};

const within = (field: Field, value: Value, wanted: Json, leaf: Leaf): boolean => {
  if (!isList(wanted)) throw notCovered(`"in" with something else than a list: ${condition(leaf)}`);
  return wanted.some(item => equals(field, value, item, leaf));
};

const order = (field: Field, value: Value, wanted: Json, leaf: Leaf): number | undefined => {
  if (field.type === 'float' || field.type === 'monetary') return compare(exact(String(value ?? 0)), asExact(wanted));
  if (field.type === 'integer' || field.type === 'many2one_reference') return Number(value ?? 0) - asInteger(wanted);
  if (value === null) return undefined;
  if (field.type === 'datetime' || field.type === 'date') {
    const [a, b] = [secondOf(String(value)), secondOf(jsonText(wanted))];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  throw notCovered(`ordering a ${field.type}: ${condition(leaf)}`);
};

const like = (value: string, pattern: string, caseless: boolean): boolean => {
  const source = [...pattern]
    .map(letter => (letter === '%' ? '.*' : letter === '_' ? '.' : letter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, caseless ? 'isu' : 'su').test(value);
};

const resembles = (field: Field, value: Value, leaf: Leaf): boolean => {
  if (!isText(field)) throw notCovered(`"like" on a ${field.type}: ${condition(leaf)}`);
  const { operator } = leaf;
  const text = nothing(leaf.value) ? '' : jsonText(leaf.value);
  const pattern = operator.startsWith('=') ? text : `%${text}%`;
  return value !== null && like(String(value), pattern, operator.includes('ilike'));
};

const childOf = (env: Env, field: Field, value: Value, leaf: Leaf, model: Model): boolean => {
  const target = field.type === 'many2one' ? field.model : model.name;
  if (target !== 'stock.location') throw notCovered(`child_of on ${model.name}: ${condition(leaf)}`);
  const roots = (isList(leaf.value) ? leaf.value : [leaf.value]).map(asInteger);
  let id: number | null = typeof value === 'number' ? value : null;
  while (id !== null && !roots.includes(id)) id = refOf(env.tx.get('stock.location', id) ?? {}, 'location_id');
  return id !== null;
};

const test = (env: Env, model: Model, field: Field, value: Value, leaf: Leaf): boolean => {
  const { operator, value: wanted } = leaf;
  switch (operator) {
    case '=':
      return isList(wanted) ? within(field, value, wanted, leaf) : equals(field, value, wanted, leaf);
    case '!=':
      return !(isList(wanted) ? within(field, value, wanted, leaf) : equals(field, value, wanted, leaf));
    case 'in':
      return within(field, value, wanted, leaf);
    case 'not in':
      return !within(field, value, wanted, leaf);
    case 'child_of':
      return childOf(env, field, value, leaf, model);
    case 'not like':
    case 'not ilike':
      return !resembles(field, value, leaf);
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const found = order(field, value, wanted, leaf);
      if (found === undefined) return false;
      return operator === '<' ? found < 0 : operator === '<=' ? found <= 0 : operator === '>' ? found > 0 : found >= 0;
    }
    default:
      return resembles(field, value, leaf);
  }
};

/** A value of the field's type, to try a condition on. */
const sample = (field: Field): Value => {
  if (field.type === 'one2many' || field.type === 'many2many') return [1];
  if (['integer', 'many2one', 'many2one_reference'].includes(field.type)) return 1;
  if (field.type === 'datetime' || field.type === 'date') return '2000-01-01';
  return field.type === 'boolean' ? true : field.type === 'float' || field.type === 'monetary' ? '1' : 'x';
};

const fieldAt = (env: Env, model: Model, leaf: Leaf): readonly [Model, Field] => {
  let at = model;
  let found: Field | undefined;
  leaf.path.forEach((name, depth) => {
    found = findField(env, at, name);
    if (!found) throw unknownField(at, name, `Invalid field ${at.name}.${name} in condition ${condition(leaf)}`);
    if (name === 'display_name') throw notCovered(`searching by display_name: ${condition(leaf)}`);
    if (depth === leaf.path.length - 1) return;
    if (!found.model) throw valueError(`Invalid field ${model.name}.${leaf.path.join('.')} in condition ${condition(leaf)}`);
    at = modelOf(env, found.model);
  });
  if (!found) throw new Error('a condition without a field');
  return [at, found];
};

/** Complains of a condition that cannot be asked, whether or not there is a record to ask it of. */
export const checkLeaf = (env: Env, model: Model, leaf: Leaf): void => {
  const [at, field] = fieldAt(env, model, leaf);
  test(env, at, field, sample(field), leaf);
};

export const leafMatches = (env: Env, model: Model, row: Row, leaf: Leaf): boolean => {
  const [name = '', ...rest] = leaf.path;
  const field = findField(env, model, name);
  if (!field) throw new Error(`${model.name}.${name} was not checked`);
  const value = valueOf(env, model, row, name);
  if (rest.length === 0) return test(env, model, field, value, leaf);
  const comodel = modelOf(env, field.model ?? '');
  const ids = Array.isArray(value) ? (value as readonly number[]) : typeof value === 'number' ? [value] : [];
  // Also a "not" is true as soon as one of the records behind the relation says so, and false where there is none.
  return ids.some(id => {
    const related = env.tx.get(comodel.name, id);
    return related !== undefined && leafMatches(env, comodel, related, { ...leaf, path: rest });
  });
};
