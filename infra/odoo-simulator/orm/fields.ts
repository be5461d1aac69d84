/** Finding a field by name, also one that is inherited, and what its value is on a record. */
import { notCovered, valueError, type OdooError } from '../errors.ts';
import { knownFields } from '../names.ts';
import { idOf, refOf, textOf, type Row, type Value } from '../store/row.ts';
import { modelOf, ownFields, type Env, type Field, type Model } from './model.ts';
import { sortRows } from './order.ts';

const displayName: Field = { type: 'char', label: 'Display Name', compute: () => null, kind: 'guarded' };

/** undefined when the simulator has no such field. */
export const findField = (env: Pick<Env, 'models'>, model: Model, name: string): Field | undefined => {
  const own = Object.hasOwn(model.fields, name) ? model.fields[name] : undefined;
  if (own) return own.kind === 'hidden' ? undefined : own;
  if (name === 'display_name') return displayName;
  if (Object.hasOwn(ownFields, name)) return ownFields[name];
  return model.inherits && findField(env, modelOf(env, model.inherits.model), name);
};

/** Why a name is refused: either Odoo has it and the simulator not, or Odoo's own words for an unknown field. */
export const unknownField = (model: Model, name: string, odooSays: string): OdooError =>
  knownFields(model.name).has(name) ? notCovered(`the field ${name} of ${model.name}`) : valueError(odooSays);

export const display = (env: Env, modelName: string, id: number): string => {
  const row = env.tx.get(modelName, id);
  return row ? modelOf(env, modelName).display(env, row) : '';
};

export const linesOf = (env: Env, field: Field, id: number): readonly number[] => {
  if (!field.model || !field.inverse) throw new Error(`the field ${field.label} is no one2many`);
  const comodel = modelOf(env, field.model);
  const name = field.model;
  const rows = env.tx.rows(name, field.inverse, id).filter(row => row['active'] !== false);
  return sortRows(env, comodel, rows, comodel.order).map(idOf);
};

/** The value as kept or worked out; a one2many gives its ids. */
export const valueOf = (env: Env, model: Model, row: Row, name: string): Value => {
  if (name === 'display_name') return model.display(env, row);
  const own = Object.hasOwn(model.fields, name) ? model.fields[name] : ownFields[name];
  if (own?.compute) return own.compute(env, row);
  if (own?.type === 'one2many') return linesOf(env, own, idOf(row));
  if (own) return row[name] ?? null;
  const parentId = model.inherits ? refOf(row, model.inherits.through) : null;
  const parent = model.inherits && parentId !== null ? env.tx.get(model.inherits.model, parentId) : undefined;
  if (!model.inherits || !parent) throw new Error(`reading ${model.name}.${name}: there is no such field`);
  return valueOf(env, modelOf(env, model.inherits.model), parent, name);
};

/** A record that must be there, since another one points at it. */
export const rowOf = (env: Env, model: string, id: number | null): Row => {
  const row = id === null ? undefined : env.tx.get(model, id);
  if (!row) throw new Error(`looking for ${model} ${String(id)}: it is gone`);
  return row;
};

/** The record behind a many2one, if any. */
export const behind = (env: Env, model: string, row: Row, field: string): Row | undefined => {
  const id = refOf(row, field);
  return id === null ? undefined : env.tx.get(model, id);
};

export const nameOf = (row: Row | undefined): string => (row ? textOf(row, 'name') : '');
