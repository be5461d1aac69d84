/** Creating, changing and deleting records, with the hooks of their models. */
import { constraintError, missingError } from '../errors.ts';
import type { Json } from '../json.ts';
import { idOf, refOf, type Row, type Value } from '../store/row.ts';
import { readInput, type Input, type LineCommand } from './convert.ts';
import { assignExternalId, dropExternalIds } from './external-ids.ts';
import { linesOf } from './fields.ts';
import { modelOf, ownFields, type Env, type Field, type Model } from './model.ts';
import { checkReferences } from './references.ts';

const kept = (field: Field | undefined): boolean =>
  field !== undefined && field.type !== 'one2many' && !field.compute && field.kind !== 'action';

const keptOf = (model: Model, values: Row): Row =>
  Object.fromEntries(Object.entries(values).filter(([name]) => kept(model.fields[name] ?? ownFields[name])));

const checkRequired = (model: Model, row: Row, names: readonly string[]): void => {
  for (const name of names) {
    const field = model.fields[name];
    if (!field?.required || field.compute || field.type === 'one2many') continue;
    if (row[name] === null || row[name] === undefined || row[name] === '')
      throw constraintError(
        `Missing required value for the field '${field.label}' (${name}).\nModel: '${model.label}' (${model.name})\n- create/update: a mandatory field is not set\n- delete: another model requires the record being deleted, you can archive it instead\n`,
        name,
      );
  }
};

const blank = (field: Field): Value => {
  if (field.type === 'boolean') return false;
  if (field.type === 'float' || field.type === 'monetary') return '0';
  if (field.type === 'integer') return 0;
  return field.type === 'many2many' ? [] : null;
};

const blankRow = (model: Model): Row =>
  Object.fromEntries(
    Object.entries(model.fields)
      .filter(([, field]) => kept(field))
      .map(([name, field]) => [name, blank(field)]),
  );

const own = (model: Model, values: Row): Row =>
  model.inherits ? Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(model.fields, name))) : values;
const inherited = (model: Model, values: Row): Row =>
  model.inherits ? Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(model.fields, name))) : {};

/** Puts a record of kept values; only for the simulator's own records, a caller's go through `createFrom`. */
export const insertRow = (env: Env, model: Model, values: Row): number =>
  env.tx.insert(model.name, {
    ...blankRow(model),
    ...keptOf(model, values),
    create_date: env.now,
    write_date: env.now,
    create_uid: env.uid,
    write_uid: env.uid,
  });

/** Changes kept values; moves write_date as every write of Odoo does, whether or not a value differs. */
export const patchRow = (env: Env, modelName: string, id: number, patch: Row): void => {
  const row = env.tx.get(modelName, id);
  if (!row) throw missingError(modelName, id, env.uid);
  env.tx.replace(modelName, id, { ...row, ...patch, write_date: env.now, write_uid: env.uid });
};

const runLines = (env: Env, model: Model, id: number, lines: Input['lines']): void => {
  for (const [name, commands] of lines) {
    const field = model.fields[name];
    if (!field?.model || !field.inverse) throw new Error(`${model.name}.${name} is no one2many`);
    for (const command of commands) runLine(env, modelOf(env, field.model), field.inverse, id, command);
  }
};

const runLine = (env: Env, comodel: Model, inverse: string, id: number, command: LineCommand): void => {
  if (command.does === 'create') createFrom(env, comodel, { ...command.values, [inverse]: id });
  else if (command.does === 'update') writeFrom(env, comodel, [command.id], command.values);
  else removeRecords(env, comodel, [command.id]);
};

const create = (env: Env, model: Model, input: Input): number => {
  if (model.createInstead) return model.createInstead(env, input.values);
  let given = input.values;
  if (model.inherits && refOf(given, model.inherits.through) === null) {
    const parent = create(env, modelOf(env, model.inherits.model), {
      values: { ...inherited(model, given), variant_less: true },
      lines: new Map(),
      externalId: undefined,
    });
    given = { ...own(model, given), [model.inherits.through]: parent };
  }
  const values = model.prepare ? model.prepare(env, given) : given;
  checkRequired(model, values, Object.keys(model.fields));
  const id = insertRow(env, model, values);
  model.created?.(env, id, values);
  runLines(env, model, id, input.lines);
  model.completed?.(env, id, values);
  const row = env.tx.get(model.name, id);
  if (row) model.check?.(env, row);
  if (input.externalId !== undefined) assignExternalId(env, input.externalId, model.name, id);
  return id;
};

export const createFrom = (env: Env, model: Model, json: Json | undefined): number =>
  create(env, model, readInput(env, model, json));

const applyTo =
  (env: Env, model: Model, ids: readonly number[]) =>
  (given: Row): void => {
    for (const id of ids) {
      patchRow(env, model.name, id, keptOf(model, own(model, given)));
      const row = env.tx.get(model.name, id);
      if (row) checkRequired(model, row, Object.keys(given));
      const parentId = model.inherits && row ? refOf(row, model.inherits.through) : null;
      if (model.inherits && parentId !== null)
        writeValues(env, modelOf(env, model.inherits.model), [parentId], inherited(model, given));
    }
  };

const existing = (env: Env, model: Model, ids: readonly number[]): void => {
  const lost = ids.find(id => !env.tx.get(model.name, id));
  if (lost !== undefined) throw missingError(model.name, lost, env.uid);
};

const writeValues = (env: Env, model: Model, ids: readonly number[], given: Row): void => {
  if (Object.keys(given).length === 0) return;
  const apply = applyTo(env, model, ids);
  if (model.write) model.write(env, ids, given, apply);
  else apply(given);
};

/** Writes what a caller gave. Values are read anew for each record, since commands on many2many start from its own. */
export const writeFrom = (env: Env, model: Model, ids: readonly number[], json: Json | undefined): void => {
  existing(env, model, ids);
  const many = ids.length > 1 && Object.values(json ?? {}).some(value => Array.isArray(value));
  for (const group of many ? ids.map(id => [id]) : [ids]) {
    const input = readInput(env, model, json, env.tx.get(model.name, group[0] ?? 0));
    writeValues(env, model, group, input.values);
    for (const id of group) runLines(env, model, id, input.lines);
    model.written?.(env, group, input.values, [...input.lines.keys()]);
    for (const id of group) {
      const row = env.tx.get(model.name, id);
      if (row) model.check?.(env, row);
    }
  }
};

/** Deletes records, their lines and their external ids; refuses while others need them. */
export const removeRecords = (env: Env, model: Model, ids: readonly number[]): void => {
  existing(env, model, ids);
  model.removing?.(env, ids);
  for (const id of ids) {
    const row = env.tx.get(model.name, id);
    if (!row) continue;
    for (const field of Object.values(model.fields))
      if (field.type === 'one2many' && field.model && ownsLines(model, field))
        removeRecords(env, modelOf(env, field.model), linesOf(env, field, id));
    checkReferences(env, model, id);
    env.tx.remove(model.name, idOf(row));
    dropExternalIds(env, model.name, id);
  }
};

/** Lines that go with their document. */
const ownsLines = (model: Model, field: Field): boolean =>
  (model.name === 'sale.order' && field.model === 'sale.order.line') ||
  (model.name === 'stock.move' && field.model === 'stock.move.line');
