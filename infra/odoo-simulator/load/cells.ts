/** load(), second step: a cell's text becomes a value. A cell that cannot is told as a message of its row. */
import { attributeError, notCovered } from '../errors.ts';
import { parseExact } from '../exact.ts';
import { jsonText, type Json, type Wire } from '../json.ts';
import type { Env, Field } from '../orm/model.ts';
import { isMoment, toUtc } from '../time.ts';

/** A complaint about a cell; `%field%` in the message stands for the column's name. */
export class CellError extends Error {
  readonly moreinfo: Wire | undefined;
  constructor(message: string, moreinfo?: Wire) {
    super(message);
    this.name = 'CellError';
    this.moreinfo = moreinfo;
  }
}

export interface CellWarning {
  readonly message: string;
  readonly moreinfo?: Wire;
}
export interface Converted {
  readonly value: Json;
  readonly warnings?: readonly CellWarning[];
}

const pythonType = (value: Json): string =>
  value === true || value === false ? 'bool' : typeof value === 'number' ? (Number.isInteger(value) ? 'int' : 'float') : 'list';

/** Odoo lowers the text of flags, choices and external ids without asking what it was given. */
export const lowered = (value: Json): string => {
  if (typeof value === 'string') return value.toLowerCase();
  throw attributeError(`'${pythonType(value)}' object has no attribute 'lower'`);
};

const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const trues = new Set(['1', 'true', 'yes']);
const falses = new Set(['', '0', 'false', 'no']);

export const cellIsTrue = (value: Json): boolean => !falses.has(lowered(value));

const flag = (value: Json): Converted => {
  const text = lowered(value);
  if (trues.has(text)) return { value: true };
  if (falses.has(text)) return { value: false };
  const message = `Unknown value '${shown(value)}' for boolean field '%field%'`;
  return { value: true, warnings: [{ message, moreinfo: "Use '1' for yes and '0' for no" }] };
};

const choice = (field: Field, value: Json): Converted => {
  const text = lowered(value);
  const found = field.choices?.find(([key, label]) => key.toLowerCase() === text || label.toLowerCase() === text);
  if (found) return { value: found[0] };
  throw new CellError(
    `Value '${shown(value)}' not found in selection field '%field%'`,
    (field.choices ?? []).map(([, label]) => label),
  );
};

const decimal = (value: Json): Converted => {
  if (typeof value === 'number') return { value };
  if (typeof value === 'string' && parseExact(value)) return { value };
  throw new CellError(`'${shown(value)}' does not seem to be a number for field '%field%'`);
};

const whole = (value: Json): Converted => {
  const text = typeof value === 'number' ? Math.trunc(value) : value;
  if (/^\s*[+-]?\d+\s*$/.test(jsonText(text))) return { value: Number(text) };
  throw new CellError(`'${shown(value)}' does not seem to be an integer for field '%field%'`);
};

const day = (value: Json): Converted => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(jsonText(value)) && !Number.isNaN(Date.parse(jsonText(value)))) return { value };
  throw new CellError(`'${shown(value)}' does not seem to be a valid date for field '%field%'`, "Use the format '2012-12-31'");
};

const moment = (env: Env, value: Json): Converted => {
  if (typeof value !== 'string' || !isMoment(value))
    throw new CellError(
      `'${shown(value)}' does not seem to be a valid datetime for field '%field%'`,
      "Use the format '2012-12-31 23:59:59'",
    );
  const zone = env.context['tz'];
  const utc = toUtc(value, typeof zone === 'string' && zone !== '' ? zone : 'UTC');
  if (utc === undefined) throw notCovered(`the time zone ${jsonText(zone)}`);
  return { value: utc };
};

/** A cell of anything but a relation. Empty cells do not come here: they are `false`. */
export const convertCell = (env: Env, field: Field, value: Json): Converted => {
  switch (field.type) {
    case 'boolean':
      return flag(value);
    case 'selection':
      return choice(field, value);
    case 'float':
    case 'monetary':
      return decimal(value);
    case 'integer':
    case 'many2one_reference':
      return whole(value);
    case 'date':
      return day(value);
    case 'datetime':
      return moment(env, value);
    default:
      return { value };
  }
};
