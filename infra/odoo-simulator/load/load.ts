/** load(): upserts rows by external id in one transaction; one bad row and nothing is written, which the messages tell. */
import { checkAccess } from '../access.ts';
import { isOdooError, notCovered, typeError, validationError, type OdooError } from '../errors.ts';
import { jsonText, isList, type Json, type JsonObject, type Wire } from '../json.ts';
import { assignExternalId, findExternalId, splitExternalId } from '../orm/external-ids.ts';
import { modelOf, type Env, type Model } from '../orm/model.ts';
import { createFrom, writeFrom } from '../orm/write.ts';
import { idOf, refOf, textOf } from '../store/row.ts';
import { convertRecord } from './convert.ts';
import { extract, readPath, type Extracted } from './extract.ts';
import type { Flush } from './relations.ts';

interface Pending {
  readonly xmlid: string | undefined;
  readonly databaseId: number | undefined;
  readonly values: JsonObject;
  readonly info: { readonly rows: Extracted['rows']; readonly record: number };
}
type Message = { readonly [key: string]: Wire | undefined };

interface Load {
  readonly env: Env;
  readonly model: Model;
  readonly start: number;
  readonly ids: number[];
  readonly messages: Message[];
  batch: Pending[];
}

const fullName = (xmlid: string): string => splitExternalId(xmlid).join('.');

/** The record that the row means, when it is there already. */
const target = (load: Load, row: Pending): number | undefined => {
  if (row.xmlid === undefined) return row.databaseId;
  const known = findExternalId(load.env, row.xmlid);
  if (!known) return undefined;
  if (textOf(known, 'model') !== load.model.name)
    throw validationError(
      `For external id ${row.xmlid} when trying to create/update a record of model ${load.model.name} found record of different model ${textOf(known, 'model')} (${String(idOf(known))})`,
    );
  const id = refOf(known, 'res_id');
  if (id !== null && load.env.tx.get(load.model.name, id)) return id;
  load.env.tx.remove('ir.model.data', idOf(known));
  return undefined;
};

const createOne = (load: Load, row: Pending): number => {
  const { env, model } = load;
  checkAccess(env, model, 'create');
  const id = createFrom(env, model, row.values);
  if (row.xmlid === undefined) return id;
  if (model.inherits) {
    const parent = refOf(env.tx.get(model.name, id) ?? {}, model.inherits.through);
    if (parent !== null)
      assignExternalId(env, `${row.xmlid}_${model.inherits.model.replaceAll('.', '_')}`, model.inherits.model, parent);
  }
  assignExternalId(env, row.xmlid, model.name, id);
  return id;
};

/** Changes come before creations, as in Odoo. */
const upsert = (load: Load, rows: readonly Pending[]): readonly number[] => {
  const targets = rows.map(row => target(load, row));
  rows.forEach((row, index) => {
    const id = targets[index];
    if (id === undefined) return;
    checkAccess(load.env, load.model, 'write');
    writeFrom(load.env, load.model, [id], row.values);
  });
  const made = new Map<string, number>();
  return rows.map((row, index) => {
    const known = targets[index] ?? (row.xmlid === undefined ? undefined : made.get(row.xmlid));
    if (known !== undefined) {
      if (targets[index] === undefined) writeFrom(load.env, load.model, [known], row.values);
      return known;
    }
    const id = createOne(load, row);
    if (row.xmlid !== undefined) made.set(row.xmlid, id);
    return id;
  });
};

const rowMessage = (row: Pending, error: OdooError): Message => {
  const base = { ...row.info, type: 'error', message: error.message };
  if (error.kind === 'database') return error.field === undefined ? base : { ...base, field: error.field };
  if (error.kind === 'user') return base;
  const [, name = error.odooName] = /^builtins\.(.*)$/.exec(error.odooName) ?? [];
  return {
    ...base,
    message: `Unknown error during import: <class '${name}'>: ${error.message}`,
    moreinfo: 'Resolve other errors first',
  };
};

/** What the simulator does not cover is never a row's message: it refuses the whole call. */
const asRowError = (error: unknown): OdooError => {
  if (!isOdooError(error) || error.odooName === 'builtins.NotImplementedError') throw error;
  return error;
};

const oneByOne = (load: Load, rows: readonly Pending[]): number => {
  let errors = 0;
  for (const row of rows) {
    try {
      load.ids.push(...upsert(load, [row]));
    } catch (error) {
      const odooError = asRowError(error);
      load.env.tx.rollback(load.start);
      load.messages.push(rowMessage(row, odooError));
      errors += 1;
    }
  }
  return errors;
};

const flushBatch = (load: Load): void => {
  const rows = load.batch;
  const [first] = rows;
  if (!first) return;
  load.batch = [];
  const before = load.env.tx.savepoint();
  try {
    load.ids.push(...upsert(load, rows));
  } catch (error) {
    const odooError = asRowError(error);
    load.env.tx.rollback(before);
    const errors = oneByOne(load, rows);
    if (errors === 0 || odooError.kind !== 'user') return;
    const overall = rowMessage(first, odooError);
    if (!load.messages.some(message => JSON.stringify(message) === JSON.stringify(overall))) load.messages.unshift(overall);
  }
};

const flusher =
  (load: Load): Flush =>
  ({ xmlid, model }) => {
    if (xmlid !== undefined ? load.batch.some(row => row.xmlid === xmlid) : model === load.model.name) flushBatch(load);
  };

const databaseId = (load: Load, part: Extracted, record: number): number | undefined => {
  const given = part.record.get('.id');
  if (given === undefined || given === '' || given === false || given === null) return undefined;
  const id = Number(given);
  if (load.env.tx.get(load.model.name, id)) return id;
  load.messages.push({
    rows: part.rows,
    type: 'error',
    record,
    field: '.id',
    message: `Unknown database identifier '${jsonText(given as Json)}'`,
  });
  return undefined;
};

const take = (load: Load, part: Extracted, record: number): void => {
  const info = { rows: part.rows, record };
  const id = databaseId(load, part, record);
  const given = part.record.get('id');
  const values = convertRecord(load.env, load.model, part.record, flusher(load), message => {
    load.messages.push({ ...info, ...message });
  });
  const xmlid = typeof given === 'string' && given !== '' ? fullName(given) : undefined;
  load.batch.push({ xmlid, databaseId: xmlid === undefined ? id : undefined, values, info });
};

const tooMany = 200_000;

export const load = (env: Env, modelName: string, fields: Json | undefined, data: Json | undefined): Wire => {
  const model = modelOf(env, modelName);
  if (!isList(fields) || !isList(data)) throw typeError('load() wants a list of columns and a list of rows');
  if (model.name === 'stock.quant') throw notCovered('load() of stock.quant');
  if (data.length > tooMany) throw notCovered(`load() of ${String(data.length)} rows`);
  const state: Load = { env, model, start: env.tx.savepoint(), ids: [], messages: [], batch: [] };
  const rows = data.map(row => (isList(row) ? row : []));
  extract(
    env,
    model,
    fields.map(name => readPath(jsonText(name))),
    rows,
  ).forEach((part, record) => {
    take(state, part, record);
  });
  flushBatch(state);
  const failed = state.messages.some(message => message['type'] === 'error');
  if (failed) env.tx.rollback(state.start);
  return { ids: failed ? false : state.ids, messages: state.messages, nextrow: 0 };
};
