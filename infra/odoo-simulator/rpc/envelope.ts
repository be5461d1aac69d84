/** JSON-RPC around the calls: what a request asks for, and the bodies that Odoo answers with. */
import { exception, keyError, notCovered, type OdooError, callMessage, typeError, valueError } from '../errors.ts';
import { jsonText, isList, isObject, type Json, type JsonObject, type Wire } from '../json.ts';

export type Asked =
  | { readonly service: 'common'; readonly method: string; readonly args: readonly Json[] }
  | {
      readonly service: 'object';
      readonly db: string;
      readonly uid: Json;
      readonly secret: Json;
      readonly model: string;
      readonly method: string;
      readonly args: readonly Json[];
      readonly kwargs: JsonObject;
    };

const WITHOUT_ARGS = 5;

const readObject = (method: string, args: readonly Json[]): Asked => {
  if (args.length < WITHOUT_ARGS)
    throw valueError(`not enough values to unpack (expected at least 5, got ${String(args.length)})`);
  const [db, uid = false, secret = false, model, name, ...rest] = args;
  if (method !== 'execute_kw' && method !== 'execute') throw keyError(`'Method not found: ${method}'`);
  const positional = method === 'execute' ? rest : rest[0];
  const kwargs = method === 'execute' ? {} : (rest[1] ?? {});
  if (positional === undefined) throw valueError('not enough values to unpack (expected 2, got 0)');
  if (!isList(positional)) throw typeError('the arguments of execute_kw must be a list');
  if (!isObject(kwargs)) throw typeError('the named arguments of execute_kw must be a dictionary');
  return {
    service: 'object',
    db: jsonText(db),
    uid,
    secret,
    model: jsonText(model),
    method: jsonText(name),
    args: positional,
    kwargs,
  };
};

/** What the `params` ask for; throws what Odoo would answer when they ask for nothing it knows. */
export const readParams = (params: Json | undefined): Asked => {
  const given = isObject(params) ? params : {};
  const missing = ['service', 'method', 'args'].filter(name => given[name] === undefined);
  if (missing.length > 0) {
    const names = missing.map(name => `'${name}'`);
    const list =
      names.length === 1
        ? (names[0] ?? '')
        : `${names.slice(0, -1).join(', ')}${names.length > 2 ? ',' : ''} and ${names.at(-1) ?? ''}`;
    throw typeError(
      `JSONRPC.jsonrpc() missing ${String(missing.length)} required positional argument${missing.length > 1 ? 's' : ''}: ${list}`,
    );
  }
  const { service, method, args } = given;
  const list = isList(args) ? args : [];
  if (service === 'common') {
    if (!['version', 'authenticate', 'login'].includes(jsonText(method)))
      throw jsonText(method) === 'about' ? notCovered('common.about') : exception(`Method not found: ${jsonText(method)}`);
    return { service, method: jsonText(method), args: list };
  }
  if (service === 'object') return readObject(jsonText(method), list);
  throw service === 'db' ? notCovered('the service db') : keyError(jsonText(service));
};

const shortName = (name: string): string => name.replace(/^builtins\./, '');

export const errorBody = (id: Json, error: OdooError): Wire => {
  const message = callMessage(error);
  return {
    jsonrpc: '2.0',
    id: id as Wire,
    error: {
      code: 0,
      message: 'Odoo Server Error',
      data: {
        name: error.odooName,
        message,
        arguments: [message],
        context: {},
        debug: `Traceback (most recent call last):\n  (shortened by the Odoo simulator)\n${shortName(error.odooName)}: ${message}\n`,
      },
    },
  };
};

/** A method that answers None has no `result` at all. */
export const resultBody = (id: Json, result: Wire | undefined): Wire => ({ jsonrpc: '2.0', id: id as Wire, result });

export const version: Wire = {
  server_version: '19.0',
  server_version_info: [19, 0, 0, 'final', 0, ''],
  server_serie: '19.0',
  protocol_version: 1,
};

export const unsupportedMediaType = `<!doctype html>
<html lang=en>
<title>415 Unsupported Media Type</title>
<h1>Unsupported Media Type</h1>
<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/jsonrpc&#39; is type=&#39;jsonrpc&#39;.<br><br>Please verify the Content-Type request header and try again.</p>
`;

/** What JSON-2 and every page answer while PostgreSQL is down or the database is unknown. */
export const noDatabase = `<!DOCTYPE html>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>
<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>

<!-- Alternatively, use the X-Odoo-Database header. -->
`;
