/** External ids: rows of ir.model.data, unique by module and name. */
import { constraintError } from '../errors.ts';
import { idOf, refOf, textOf, type Row } from '../store/row.ts';
import type { Env } from './model.ts';

const MODEL = 'ir.model.data';

export const splitExternalId = (xmlid: string): readonly [string, string] => {
  const dot = xmlid.indexOf('.');
  return dot < 0 ? ['__import__', xmlid] : [xmlid.slice(0, dot), xmlid.slice(dot + 1)];
};

export const findExternalId = (env: Env, xmlid: string): Row | undefined => {
  const [module, name] = splitExternalId(xmlid);
  return env.tx.rows(MODEL, 'name', name).find(row => textOf(row, 'module') === module);
};

export const externalIdsOf = (env: Env, model: string, id: number): readonly Row[] =>
  env.tx.rows(MODEL, 'res_id', id).filter(row => textOf(row, 'model') === model);

/** What PostgreSQL's checks on the table say; `id` is the row being checked. */
export const checkExternalId = (env: Env, row: Row): void => {
  const [module, name] = [textOf(row, 'module'), textOf(row, 'name')];
  if (/\s/.test(name)) {
    const [at, resId] = [textOf(row, 'create_date'), String(refOf(row, 'res_id') ?? 0)];
    throw constraintError(
      `new row for relation "ir_model_data" violates check constraint "ir_model_data_name_nospaces"\nDETAIL:  Failing row contains (${String(idOf(row))}, null, ${at}, ${at}, null, ${resId}, f, ${name}, ${module}, ${textOf(row, 'model')}).\n`,
    );
  }
  const twin = (env.tx.by(MODEL, 'name', name) ?? []).find(
    id => id !== idOf(row) && textOf(env.tx.get(MODEL, id) ?? {}, 'module') === module,
  );
  if (twin !== undefined)
    throw constraintError(
      `duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"\nDETAIL:  Key (module, name)=(${module}, ${name}) already exists.\n`,
    );
};

export const assignExternalId = (env: Env, xmlid: string, model: string, resId: number): void => {
  const [module, name] = splitExternalId(xmlid);
  const id = env.tx.insert(MODEL, {
    module,
    name,
    model,
    res_id: resId,
    noupdate: false,
    create_date: env.now,
    write_date: env.now,
    create_uid: null,
    write_uid: null,
  });
  const row = env.tx.get(MODEL, id);
  if (row) checkExternalId(env, row);
};

export const dropExternalIds = (env: Env, model: string, id: number): void => {
  for (const row of externalIdsOf(env, model, id)) env.tx.remove(MODEL, idOf(row));
};
