/** Raw calls to an Odoo, real or simulated, as plain as they travel. */
import assert from 'node:assert/strict';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Values = Readonly<Record<string, Json>>;

export interface Connection {
  readonly url: string;
  readonly db: string;
  /** A user who may sell, move stock, create contacts, products and taxes, and has Access Rights. */
  readonly login: string;
  readonly apiKey: string;
}

export interface OdooError {
  readonly name: string;
  readonly message: string;
}
/** Exactly one of them; neither for a method that answers nothing. */
export interface Answer {
  readonly result?: Json;
  readonly error?: OdooError;
}

export interface Client {
  readonly connection: Connection;
  readonly uid: number;
  /** The answer, whatever it is. */
  readonly ask: (model: string, method: string, args: readonly Json[], kwargs?: Values) => Promise<Answer>;
  /** The result; an error fails the test. */
  readonly call: (model: string, method: string, args: readonly Json[], kwargs?: Values) => Promise<Json>;
  readonly load: (
    model: string,
    fields: readonly string[],
    rows: readonly (readonly Json[])[],
    context?: Values,
  ) => Promise<LoadAnswer>;
  readonly read: (model: string, domain: readonly Json[], fields: readonly string[], more?: Values) => Promise<readonly Values[]>;
  readonly one: (model: string, domain: readonly Json[], fields: readonly string[], more?: Values) => Promise<Values>;
}

export interface LoadAnswer {
  readonly ids: readonly number[] | false;
  readonly messages: readonly {
    readonly message: string;
    readonly type: string;
    readonly field?: string;
    readonly record?: number;
  }[];
  readonly nextrow: number;
}

interface Body {
  readonly id: Json;
  readonly result?: Json;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: OdooError & { readonly arguments: readonly Json[] };
  };
}

export const post = (url: string, body: string, contentType = 'application/json'): Promise<Response> =>
  fetch(`${url}/jsonrpc`, { method: 'POST', body, headers: { 'content-type': contentType } });

export const rpc = async (url: string, params: Values): Promise<Answer> => {
  const response = await post(url, JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 7, params }));
  assert.equal(response.status, 200);
  const body = (await response.json()) as Body;
  assert.equal(body.id, 7);
  if (!body.error) return 'result' in body ? { result: body.result ?? null } : {};
  const { name, message, arguments: given } = body.error.data;
  assert.deepEqual([body.error.code, body.error.message, given], [0, 'Odoo Server Error', [message]]);
  return { error: { name, message } };
};

export const connect = async (connection: Connection): Promise<Client> => {
  const { url, db, login, apiKey } = connection;
  const { result: uid } = await rpc(url, { service: 'common', method: 'authenticate', args: [db, login, apiKey, {}] });
  assert.equal(typeof uid, 'number', `logging in to ${url} as ${login}`);
  const ask: Client['ask'] = (model, method, args, kwargs = {}) =>
    rpc(url, { service: 'object', method: 'execute_kw', args: [db, uid ?? 0, apiKey, model, method, args, kwargs] });
  const call: Client['call'] = async (model, method, args, kwargs) => {
    const { result, error } = await ask(model, method, args, kwargs);
    assert.equal(error, undefined, `${model}.${method}`);
    return result ?? null;
  };
  const read: Client['read'] = async (model, domain, fields, more = {}) =>
    (await call(model, 'search_read', [domain], { fields, ...more })) as unknown as readonly Values[];
  return {
    connection,
    uid: Number(uid),
    ask,
    call,
    read,
    load: async (model, fields, rows, context) =>
      (await call(model, 'load', [fields, rows], context ? { context } : {})) as unknown as LoadAnswer,
    one: async (model, domain, fields, more) => {
      const found = await read(model, domain, fields, more);
      assert.equal(found.length, 1, `${model} where ${JSON.stringify(domain)}`);
      return found[0] ?? {};
    },
  };
};

/** `load` that must succeed; answers its ids. */
export const loaded = async (
  client: Client,
  model: string,
  fields: readonly string[],
  rows: readonly (readonly Json[])[],
  context?: Values,
): Promise<readonly number[]> => {
  const { ids, messages } = await client.load(model, fields, rows, context);
  assert.deepEqual(messages, []);
  assert.notEqual(ids, false);
  return ids === false ? [] : ids;
};

export const first = (ids: readonly number[]): number => {
  const [id] = ids;
  assert.ok(id !== undefined);
  return id;
};

/** The id of `[id, name]`. */
export const idIn = (value: Json | undefined): number => {
  assert.ok(Array.isArray(value) && typeof value[0] === 'number', `a relation, found ${JSON.stringify(value)}`);
  return value[0];
};

/** A value that must be text. */
export const textIn = (value: Json | undefined): string => {
  assert.equal(typeof value, 'string', `a text, found ${JSON.stringify(value)}`);
  return value as string;
};
