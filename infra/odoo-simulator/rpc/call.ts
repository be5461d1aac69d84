/** One call of a model's method: found, checked, run in a transaction that is kept whole or not at all. */
import { checkAccess } from '../access.ts';
import { accessError, attributeError, missingError, notCovered, typeError, userError } from '../errors.ts';
import { isList, type Json, type JsonObject, type Wire } from '../json.ts';
import { isPublic, models } from '../models/index.ts';
import { isPrivate, knowsMethod, knowsModel } from '../names.ts';
import { modelOf, type Env, type Model } from '../orm/model.ts';
import { settle } from '../orm/settle.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import { begin } from '../store/transaction.ts';
import { bind } from './arguments.ts';
import { readContext } from './context.ts';
import { generic } from './methods.ts';

export interface Call {
  readonly uid: number;
  readonly model: string;
  readonly method: string;
  readonly args: readonly Json[];
  readonly kwargs: JsonObject;
}

export interface Outcome {
  readonly result: Wire | undefined;
  readonly changes: ReadonlyMap<string, ReadonlyMap<number, Row | undefined>>;
}

/** Does the method change nothing? Unknown ones count as writing. */
export const isReading = (call: Pick<Call, 'model' | 'method'>): boolean =>
  (Object.hasOwn(generic, call.method) && generic[call.method]?.reads === true) ||
  models.get(call.model)?.methods?.[call.method]?.reads === true;

const findModel = (name: string): Model => {
  if (isPublic(name)) return modelOf({ models }, name);
  throw knowsModel(name) ? notCovered(`the model ${name}`) : userError(`Object ${name} doesn't exist`);
};

const readIds = (json: Json | undefined): readonly number[] => {
  if (typeof json === 'number') return [json];
  if (isList(json) && json.every(id => typeof id === 'number')) return json;
  if (json === false || json === null) return [];
  throw typeError(`the ids of a call must be numbers, found ${JSON.stringify(json ?? null)}`);
};

const checkExist = (env: Env, model: Model, ids: readonly number[]): void => {
  const lost = ids.find(id => !env.tx.get(model.name, id));
  if (lost !== undefined) throw missingError(model.name, lost, env.uid);
};

const runOwn = (env: Env, model: Model, name: string, args: readonly Json[], kwargs: JsonObject): Wire | undefined => {
  const method = model.methods?.[name];
  if (!method) {
    if (knowsMethod(model.name, name)) throw notCovered(`the method ${name} of ${model.name}`);
    throw attributeError(`The method '${model.name}.${name}' does not exist`);
  }
  const ids = method.onModel ? [] : readIds(args[0]);
  const rest = method.onModel ? args : args.slice(1);
  // Like sudo() in Odoo's own look-up: no right on the table is asked for.
  if (!(model.name === 'ir.model.data' && method.reads)) checkAccess(env, model, method.reads ? 'read' : 'write');
  checkExist(env, model, ids);
  return method.run(env, ids, bind({ shown: name, required: method.parameters ?? [], optional: [] }, rest, kwargs));
};

const dispatch = (env: Env, model: Model, call: Call): Wire | undefined => {
  const kwargs = Object.fromEntries(Object.entries(call.kwargs).filter(([name]) => name !== 'context'));
  const common = Object.hasOwn(generic, call.method) ? generic[call.method] : undefined;
  if (!common) return runOwn(env, model, call.method, call.args, kwargs);
  const ids = common.onModel ? [] : readIds(call.args[0]);
  return common.run(env, model, ids, bind(common.signature(model), common.onModel ? call.args : call.args.slice(1), kwargs));
};

/** `startedAt` becomes the write_date of all that the call touches, however long it takes to get to its end. */
export const runCall = (database: Database, call: Call, startedAt: string): Outcome => {
  const model = findModel(call.model);
  if (isPrivate(call.method))
    throw accessError(`Private methods (such as '${call.model}.${call.method}') cannot be called remotely.`);
  const tx = begin(database);
  try {
    const env: Env = { tx, models, uid: call.uid, context: readContext(call.kwargs['context']), now: startedAt };
    const result = dispatch(env, model, call);
    settle(env);
    return { result, changes: tx.changes() };
  } catch (error) {
    tx.rollback();
    throw error;
  }
};
