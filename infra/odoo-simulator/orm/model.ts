/** What a model is declared as, and what every piece of code that works on records is handed. */
import type { Json, JsonObject, Wire } from '../json.ts';
import type { Row, Value } from '../store/row.ts';
import type { Transaction } from '../store/transaction.ts';

export type FieldType =
  | 'char'
  | 'text'
  | 'html'
  | 'boolean'
  | 'integer'
  | 'float'
  | 'monetary'
  | 'date'
  | 'datetime'
  | 'selection'
  | 'many2one'
  | 'one2many'
  | 'many2many'
  | 'many2one_reference';

export type Choices = readonly (readonly [string, string])[];

export interface Field {
  readonly type: FieldType;
  /** Odoo's own word for it, as messages show it. */
  readonly label: string;
  readonly required?: boolean;
  /** Decimals kept of a float; absent: as many as were given. */
  readonly digits?: number;
  readonly choices?: Choices;
  /** The model that a relation points to. */
  readonly model?: string;
  /** The many2one of `model` that a one2many is the other side of. */
  readonly inverse?: string;
  /** Not kept: worked out whenever it is read. */
  readonly compute?: (env: Env, row: Row) => Value;
  /**
   * input: callers may write it (default). derived: kept, worked out by the model's `derive` at the end of a call.
   * action: callers may write it and the model's hooks act on it, but it is not kept as given.
   * guarded: kept, but a caller that writes it is refused, since the simulator does not know what else would follow.
   * hidden: kept for the simulator alone; no caller can name it.
   */
  readonly kind?: 'input' | 'derived' | 'action' | 'guarded' | 'hidden';
}

export type Context = JsonObject;

export interface Env {
  readonly tx: Transaction;
  readonly models: ReadonlyMap<string, Model>;
  readonly uid: number;
  readonly context: Context;
  /** Start of the transaction, UTC, with microseconds: what write_date becomes. */
  readonly now: string;
}

/** The arguments of a method after its ids, by name. */
export type Arguments = Readonly<Record<string, Json | undefined>>;

export interface Method {
  /** Names of the positional arguments after the ids, in order. */
  readonly parameters?: readonly string[];
  /** true: called on the model, without ids. */
  readonly onModel?: boolean;
  /** true: changes nothing, so it is not in the journal. */
  readonly reads?: boolean;
  /** undefined stands for Python's None: an answer with neither result nor error. */
  readonly run: (env: Env, ids: readonly number[], args: Arguments) => Wire | undefined;
}

export interface Model {
  readonly name: string;
  /** What messages call it: 'Sales Order'. */
  readonly label: string;
  readonly order: string;
  /** Ids start here, far apart for each model, so that a mixed-up id finds nothing instead of something else. */
  readonly firstId: number;
  readonly fields: Readonly<Record<string, Field>>;
  readonly indexed?: readonly string[];
  readonly display: (env: Env, row: Row) => string;
  /** Fields that are not its own are those of the record behind this many2one. */
  readonly inherits?: { readonly model: string; readonly through: string };
  /** Makes or finds the record itself, instead of adding a row; answers its id. */
  readonly createInstead?: (env: Env, given: Row) => number;
  /** Fills what was not given. */
  readonly prepare?: (env: Env, given: Row) => Row;
  /** After the record is there, its lines not yet. */
  readonly created?: (env: Env, id: number, given: Row) => void;
  /** After its lines are there too. */
  readonly completed?: (env: Env, id: number, given: Row) => void;
  readonly write?: (env: Env, ids: readonly number[], given: Row, apply: (given: Row) => void) => void;
  /** After a write and its lines. */
  readonly written?: (env: Env, ids: readonly number[], given: Row, lineFields: readonly string[]) => void;
  readonly removing?: (env: Env, ids: readonly number[]) => void;
  /** Constraints, after create and write. */
  readonly check?: (env: Env, row: Row) => void;
  /** Values that are kept but follow from others. */
  readonly derive?: (env: Env, row: Row) => Row;
  /** Whose derived values may change with this record's. */
  readonly touches?: (env: Env, row: Row) => readonly (readonly [string, number | null])[];
  readonly methods?: Readonly<Record<string, Method>>;
}

export const modelOf = (env: Pick<Env, 'models'>, name: string): Model => {
  const model = env.models.get(name);
  if (!model) throw new Error(`looking for the model ${name}: it is not declared`);
  return model;
};

type Options = Omit<Field, 'type' | 'label'>;
const of =
  (type: FieldType) =>
  (label: string, options: Options = {}): Field => ({ type, label, ...options });

export const char = of('char');
export const longText = of('text');
export const html = of('html');
export const boolean = of('boolean');
export const integer = of('integer');
export const float = of('float');
export const monetary = of('monetary');
export const date = of('date');
export const datetime = of('datetime');
export const selection = (label: string, choices: Choices, options: Options = {}): Field => ({
  type: 'selection',
  label,
  choices,
  ...options,
});
export const many2one = (label: string, model: string, options: Options = {}): Field => ({
  type: 'many2one',
  label,
  model,
  ...options,
});
export const one2many = (label: string, model: string, inverse: string): Field => ({ type: 'one2many', label, model, inverse });
export const many2many = (label: string, model: string, options: Options = {}): Field => ({
  type: 'many2many',
  label,
  model,
  ...options,
});

/** Fields that every model has. */
export const ownFields: Readonly<Record<string, Field>> = {
  id: integer('ID', { kind: 'guarded' }),
  create_date: datetime('Created on', { kind: 'guarded' }),
  write_date: datetime('Last Updated on', { kind: 'guarded' }),
  create_uid: many2one('Created by', 'res.users', { kind: 'guarded' }),
  write_uid: many2one('Last Updated by', 'res.users', { kind: 'guarded' }),
};
