/** load(), second step: a record of cells becomes values to create or write, with messages for the cells that cannot. */
import { notCovered } from '../errors.ts';
import type { Json, JsonObject, Wire } from '../json.ts';
import { findField } from '../orm/fields.ts';
import { modelOf, type Env, type Field, type Model } from '../orm/model.ts';
import { CellError, convertCell, type CellWarning, type Converted } from './cells.ts';
import type { RawRecord } from './extract.ts';
import { findReference, referenceColumn, type Flush } from './relations.ts';

export interface CellMessage {
  readonly type: 'error' | 'warning';
  readonly field: string;
  readonly message: string;
  readonly field_name: string;
  readonly moreinfo?: Wire;
}
type Log = (message: CellMessage) => void;

const filled = (value: Json | readonly RawRecord[]): boolean =>
  !(value === null || value === false || value === '' || value === 0 || (Array.isArray(value) && value.length === 0));

const isReference = (name: string): boolean => name === '' || name === 'id' || name === '.id';

const pieces = (value: Json | readonly RawRecord[] | undefined): readonly Json[] =>
  typeof value === 'string' ? value.split(',') : [(value ?? false) as Json];

const toOne = (env: Env, field: Field, records: readonly RawRecord[], flush: Flush): Converted => {
  const [record] = records;
  if (!record) return { value: false };
  const column = referenceColumn(record);
  return { value: findReference(env, field, column, record.get(column) as Json, flush) ?? false };
};

const toMany = (env: Env, field: Field, records: readonly RawRecord[], flush: Flush): Converted => {
  const [record] = records;
  if (!record) return { value: false };
  const column = referenceColumn(record);
  const ids = pieces(record.get(column)).map(piece => findReference(env, field, column, piece, flush));
  return { value: [[6, 0, ids.filter(id => id !== null)]] };
};

/** A line's own complaint becomes the document's, under "Order Lines/Product". */
const raise = (label: string, message: CellMessage): never => {
  throw new CellError(message.message.replace(`'${label}'`, `'%field%/${label}'`), message.moreinfo);
};

const line = (env: Env, field: Field, record: RawRecord, flush: Flush, warnings: CellWarning[]): Json => {
  const comodel = modelOf(env, field.model ?? '');
  const references = new Map([...record].filter(([name]) => isReference(name)));
  const values: Record<string, Json> = {
    ...convertRecord(env, comodel, record, flush, message => {
      if (message.type === 'error') raise(message.field_name, message);
      warnings.push(message);
    }),
  };
  if (references.size === 0) return [0, 0, values];
  const column = referenceColumn(references);
  const reference = references.get(column) as Json;
  try {
    const id = findReference(env, { ...field, type: 'many2one' }, column, reference, flush);
    if (id !== null) return [1, id, values];
  } catch (error) {
    if (!(error instanceof CellError) || column !== 'id') throw error;
    values['id'] = reference;
  }
  return [0, 0, values];
};

const toLines = (env: Env, field: Field, records: readonly RawRecord[], flush: Flush): Converted => {
  const [first] = records;
  if (records.length === 1 && first && [...first.keys()].every(isReference))
    throw notCovered('lines that are only references in load()');
  const warnings: CellWarning[] = [];
  return { value: records.map(record => line(env, field, record, flush, warnings)), warnings };
};

const convert = (env: Env, field: Field, value: Json | readonly RawRecord[], flush: Flush): Converted => {
  if (field.type === 'many2one') return toOne(env, field, value as readonly RawRecord[], flush);
  if (field.type === 'many2many') return toMany(env, field, value as readonly RawRecord[], flush);
  if (field.type === 'one2many') return toLines(env, field, value as readonly RawRecord[], flush);
  return convertCell(env, field, value as Json);
};

const say = (type: 'error' | 'warning', name: string, field: Field, text: string, moreinfo: Wire | undefined): CellMessage => ({
  type,
  field: name,
  message: text.replace('%field%', field.label),
  ...(moreinfo === undefined ? {} : { moreinfo }),
  field_name: field.label,
});

export const convertRecord = (env: Env, model: Model, record: RawRecord, flush: Flush, log: Log): JsonObject => {
  const values: Record<string, Json> = {};
  for (const [name, value] of record) {
    const field = isReference(name) ? undefined : findField(env, model, name);
    if (!field) continue;
    if (!filled(value)) {
      values[name] = false;
      continue;
    }
    try {
      const converted = convert(env, field, value, flush);
      values[name] = converted.value;
      for (const warning of converted.warnings ?? []) log(say('warning', name, field, warning.message, warning.moreinfo));
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      log(say('error', name, field, error.message, error.moreinfo));
    }
  }
  return values;
};
