/** What a caller wrote, made into what is kept; with Odoo's complaints about what cannot be. */
import { constraintError, missingError, notCovered, typeError, valueError } from '../errors.ts';
import { exactText, parseExact, roundDigits } from '../exact.ts';
import { jsonText, isList, isObject, pythonText, type Json, type JsonObject } from '../json.ts';
import type { Row, Value } from '../store/row.ts';
import { dayOf, secondOf } from '../time.ts';
import { findField, unknownField } from './fields.ts';
import { modelOf, type Env, type Field, type Model } from './model.ts';

/** A command on lines: make one, change one, delete one. */
export type LineCommand =
  | { readonly does: 'create'; readonly values: JsonObject }
  | { readonly does: 'update'; readonly id: number; readonly values: JsonObject }
  | { readonly does: 'delete'; readonly id: number };

export interface Input {
  readonly values: Row;
  readonly lines: ReadonlyMap<string, readonly LineCommand[]>;
  /** The external id that a line of load() brought along. */
  readonly externalId: string | undefined;
}

const absent = (value: Json): boolean => value === false || value === null;

const decimal = (field: Field, value: Json): Value => {
  if (absent(value)) return '0';
  if (value === true) return '1';
  const parsed = typeof value === 'string' || typeof value === 'number' ? parseExact(value) : undefined;
  if (!parsed) throw valueError(`could not convert string to float: ${pythonText(value)}`);
  return exactText(field.digits === undefined ? parsed : roundDigits(parsed, field.digits));
};

const whole = (value: Json): Value => {
  if (absent(value)) return 0;
  const number = Number(value);
  if (!Number.isFinite(number)) throw valueError(`invalid literal for int() with base 10: ${pythonText(value)}`);
  return Math.trunc(number);
};

const htmlText = (value: Json): Value => {
  const text = jsonText(value);
  if (/[<&]/.test(text)) throw notCovered('the cleaning of HTML: give plain text');
  return text === '' ? '' : `<p>${text}</p>`;
};

const relation = (env: Env, model: Model, name: string, field: Field, value: Json): Value => {
  if (absent(value)) return null;
  if (typeof value !== 'number')
    throw notCovered(`a relation that is not a number: ${model.name}.${name} = ${pythonText(value)}`);
  const target = field.model ?? '';
  if (env.tx.get(target, value)) return value;
  if (model.name !== 'res.partner') throw missingError(target, value, env.uid);
  throw constraintError(
    `Another model is using the record you are trying to delete.\n\nThe troublemaker is: '${model.label}' (${model.name})\nThanks to the following constraint: '${field.label}' (${name})\nHow about archiving the record instead?`,
  );
};

const relations = (model: Model, name: string, value: Json, current: readonly number[]): Value => {
  if (absent(value)) return [];
  if (!isList(value)) throw notCovered(`${model.name}.${name} = ${pythonText(value)}`);
  let ids = [...current];
  for (const item of value) {
    if (typeof item === 'number') ids = [...ids, item];
    else if (!isList(item)) throw notCovered(`${model.name}.${name} = ${pythonText(value)}`);
    else {
      const [code, id, list] = item;
      if (code === 6 && isList(list ?? null)) ids = (list as readonly Json[]).map(Number);
      else if (code === 5) ids = [];
      else if (code === 4) ids = ids.includes(Number(id)) ? ids : [...ids, Number(id)];
      else if (code === 3) ids = ids.filter(known => known !== id);
      else throw notCovered(`the command ${pythonText(item)} on ${model.name}.${name}`);
    }
  }
  return [...new Set(ids)].sort((a, b) => a - b);
};

const lineCommands = (model: Model, name: string, value: Json): readonly LineCommand[] => {
  if (absent(value)) return [];
  if (!isList(value)) throw notCovered(`${model.name}.${name} = ${pythonText(value)}`);
  return value.flatMap((item): LineCommand[] => {
    const [code, id, values] = isList(item) ? item : [];
    if (code === 0 && isObject(values)) return [{ does: 'create', values }];
    if (code === 1 && typeof id === 'number' && isObject(values)) return [{ does: 'update', id, values }];
    if (code === 2 && typeof id === 'number') return [{ does: 'delete', id }];
    if (code === 4) return [];
    throw notCovered(`the command ${pythonText(item)} on ${model.name}.${name}`);
  });
};

export const convertValue = (env: Env, model: Model, name: string, field: Field, value: Json, current?: Row): Value => {
  switch (field.type) {
    case 'char':
    case 'text':
      return absent(value) ? null : value === true ? 'True' : jsonText(value);
    case 'html':
      return absent(value) ? null : htmlText(value);
    case 'boolean':
      return !absent(value) && value !== 0 && value !== '';
    case 'integer':
    case 'many2one_reference':
      return whole(value);
    case 'float':
    case 'monetary':
      return decimal(field, value);
    case 'date':
      return absent(value) || value === '' ? null : dayOf(jsonText(value));
    case 'datetime':
      return absent(value) || value === '' ? null : secondOf(jsonText(value));
    case 'selection':
      if (absent(value)) return null;
      if (!field.choices?.some(([key]) => key === value))
        throw valueError(`Wrong value for ${model.name}.${name}: ${pythonText(value)}`);
      return jsonText(value);
    case 'many2one':
      return relation(env, model, name, field, value);
    case 'many2many': {
      const ids = relations(model, name, value, (current?.[name] as readonly number[] | undefined) ?? []);
      const lost = (ids as readonly number[]).find(id => !env.tx.get(field.model ?? '', id));
      if (lost !== undefined) throw missingError(field.model ?? '', lost, env.uid);
      return ids;
    }
    case 'one2many':
      throw new Error(`${model.name}.${name} is written through commands`);
  }
};

/** The one company may be named where it is anyway. */
const ONLY_COMPANY = 1;

const guard = (model: Model, name: string, field: Field, value: Json): void => {
  if (field.model === 'res.company' && value === ONLY_COMPANY) return;
  if (field.kind === 'guarded' || field.kind === 'derived' || (field.compute && field.kind !== 'action'))
    throw notCovered(`writing ${model.name}.${name}`);
};

/** Reads the values of a create or write. `current` is the record that is written, for commands on many2many. */
export const readInput = (env: Env, model: Model, json: Json | undefined, current?: Row): Input => {
  if (!isObject(json)) throw typeError(`${pythonText(json)} is not a dictionary of values for ${model.name}`);
  const values: Record<string, Value> = {};
  const lines = new Map<string, readonly LineCommand[]>();
  let externalId: string | undefined;
  for (const [name, value] of Object.entries(json)) {
    if (name === 'id' && typeof value === 'string') {
      externalId = value;
      continue;
    }
    const field = findField(env, model, name);
    if (!field) throw unknownField(model, name, `Invalid field '${name}' in '${model.name}'`);
    if (field.type === 'one2many') lines.set(name, lineCommands(model, name, value));
    else {
      guard(model, name, field, value);
      values[name] = convertValue(env, model, name, field, value, inheritedRow(env, model, name, current));
    }
  }
  return { values, lines, externalId };
};

/** The row that holds the field: the record itself or the one it inherits from. */
const inheritedRow = (env: Env, model: Model, name: string, row: Row | undefined): Row | undefined => {
  if (!row || !model.inherits || Object.hasOwn(model.fields, name)) return row;
  const parentId = row[model.inherits.through];
  return typeof parentId === 'number' ? env.tx.get(modelOf(env, model.inherits.model).name, parentId) : undefined;
};
