/** Searching and reading, and how values look in an answer. */
import { notCovered, typeError } from '../errors.ts';
import { jsonText, isList, wireFloat, type Json, type Wire } from '../json.ts';
import { idOf, textOf, type Row, type Value } from '../store/row.ts';
import { domainMatches, mentions, readDomain, required, type Domain } from './domain.ts';
import { display, findField, unknownField, valueOf } from './fields.ts';
import type { Env, Field, Model } from './model.ts';
import { sortRows } from './order.ts';

export interface Window {
  readonly offset: number;
  readonly limit: number | undefined;
  readonly order: string | undefined;
}

const hidden = (env: Env, model: Model, domain: Domain): boolean =>
  findField(env, model, 'active') !== undefined && env.context['active_test'] !== false && !mentions(domain, 'active');

/** Can an index answer for it? What is of another type is left to the full look, which complains as Odoo does. */
const isKey = (field: Field | undefined, value: Json): value is string | number =>
  typeof value === (field?.type === 'char' ? 'string' : 'number') && value !== '';

/** Ids that an index gives for one of the conditions that must hold; undefined: look at every record. */
const candidates = (env: Env, model: Model, domain: Domain): readonly number[] | undefined => {
  for (const leaf of required(domain)) {
    const [name = '', ...rest] = leaf.path;
    if (rest.length > 0 || !(leaf.operator === '=' || leaf.operator === 'in')) continue;
    const wanted = leaf.operator === 'in' && isList(leaf.value) ? leaf.value : [leaf.value];
    const field = findField(env, model, name);
    if (wanted.length === 0 || !wanted.every(value => isKey(field, value))) continue;
    if (name === 'id') return [...new Set(wanted.filter(id => typeof id === 'number'))];
    const found = wanted.map(value => env.tx.by(model.name, name, value));
    if (found.every(ids => ids !== undefined)) return [...new Set(found.flat())];
  }
  return undefined;
};

export const searchRows = (env: Env, model: Model, json: Json | undefined, window: Window): readonly Row[] => {
  const domain = readDomain(env, model, json);
  const ids = candidates(env, model, domain);
  const rows = ids ? ids.map(id => env.tx.get(model.name, id)).filter(row => row !== undefined) : [...env.tx.all(model.name)];
  const archived = hidden(env, model, domain);
  const found = rows.filter(
    row => domainMatches(env, model, domain, row) && !(archived && valueOf(env, model, row, 'active') !== true),
  );
  const sorted = sortRows(env, model, found, window.order ?? model.order);
  // Odoo takes a limit of 0 for "no limit".
  return sorted.slice(window.offset, window.limit ? window.offset + window.limit : undefined);
};

const relationWire = (env: Env, field: Field, value: Value, named: boolean): Wire => {
  if (typeof value !== 'number') return false;
  return named ? [value, display(env, field.model ?? '', value)] : value;
};

export const toWire = (env: Env, field: Field, value: Value, named: boolean): Wire => {
  switch (field.type) {
    case 'boolean':
      return value === true;
    case 'integer':
    case 'many2one_reference':
      return typeof value === 'number' ? value : 0;
    case 'float':
    case 'monetary':
      return wireFloat(String(value ?? '0'));
    case 'many2one':
      return relationWire(env, field, value, named);
    case 'one2many':
    case 'many2many':
      return Array.isArray(value) ? (value as readonly number[]) : [];
    case 'datetime':
      return typeof value === 'string' ? value.slice(0, 19) : false;
    default:
      return typeof value === 'string' ? value : false;
  }
};

const fieldNames = (env: Env, model: Model, json: Json | undefined): readonly string[] => {
  if (json === undefined || json === null || json === false || (isList(json) && json.length === 0))
    throw notCovered(`reading ${model.name} without a list of fields`);
  if (!isList(json)) throw typeError(`the fields of ${model.name} are to be a list`);
  return json.map(name => {
    const text = jsonText(name);
    if (!findField(env, model, text)) throw unknownField(model, text, `Invalid field '${text}' on '${model.name}'`);
    return text;
  });
};

export const readRows = (env: Env, model: Model, rows: readonly Row[], fields: Json | undefined, named: boolean): Wire => {
  const names = fieldNames(env, model, fields).filter(name => name !== 'id');
  return rows.map(row => {
    const answer: Record<string, Wire> = { id: idOf(row) };
    for (const name of names) {
      const field = findField(env, model, name);
      if (field) answer[name] = toWire(env, field, valueOf(env, model, row, name), named);
    }
    return answer;
  });
};

export const describeFields = (env: Env, model: Model, fields: Json | undefined, attributes: Json | undefined): Wire => {
  if (!isList(fields) || fields.length === 0) throw notCovered(`fields_get of ${model.name} without a list of fields`);
  const wanted = isList(attributes)
    ? new Set(attributes.map(String))
    : new Set(['string', 'type', 'required', 'selection', 'relation']);
  const answer: Record<string, Wire> = {};
  for (const item of fields) {
    const name = jsonText(item);
    const field = findField(env, model, name);
    if (!field) {
      const refusal = unknownField(model, name, '');
      if (refusal.message !== '') throw refusal;
      continue;
    }
    const all: Readonly<Record<string, Wire | undefined>> = {
      string: field.label,
      type: field.type,
      required: field.required === true,
      store: !field.compute,
      selection: field.choices,
      relation: field.model,
      relation_field: field.inverse,
      digits: field.type === 'float' && field.digits !== undefined ? [16, field.digits] : undefined,
      name,
    };
    const foreign = [...wanted].find(attribute => !(attribute in all));
    if (foreign !== undefined) throw notCovered(`the attribute ${foreign} of fields_get`);
    answer[name] = Object.fromEntries(Object.entries(all).filter(([key, value]) => wanted.has(key) && value !== undefined));
  }
  return answer;
};

/** `[id]` for every row, for methods that answer ids. */
export const idsWire = (rows: readonly Row[]): Wire => rows.map(idOf);

export const externalName = (row: Row): string => `${textOf(row, 'module')}.${textOf(row, 'name')}`;
