/**
 * The way to Odoo for its source and its sink: `call(model, method, args, kwargs)`. Today over `/jsonrpc` (Odoo up to 19); JSON-2
 * joins behind the same port. Every error is a failure that says what to do; see `runtime/odoo-errors.ts`.
 */
import { JSONRPCClient, type JSONRPCResponse } from 'json-rpc-2.0';
import { fatal, isFailure, transient, type Failure } from './failure.ts';
import { failureOf, wordsOf, type OdooError } from './odoo-errors.ts';
import { integer, secret, text, url, type SettingValues } from './settings.ts';

export const odooSettings = {
  ODOO_URL: url('Where Odoo answers'),
  ODOO_DB: text("Name of Odoo's database"),
  ODOO_LOGIN: text('Login of the integration user in Odoo'),
  ODOO_API_KEY: secret('API key (or password) of the integration user'),
  ODOO_TIMEOUT_SECONDS: integer('How long one call to Odoo is waited for; Odoo may still finish it', 30, 1),
};
export type OdooSettings = SettingValues<typeof odooSettings>;

export interface CallOptions {
  /** Shorter than the setting: a sink's call must end before its membership can. */
  readonly timeoutMs?: number;
}
export interface OdooRpc {
  /**
   * Answers what the method returned, `null` for a method that returns nothing. Throws a failure; when `mayHaveHappened` says so, the
   * call can have taken effect although no answer came, and must be looked for before it is repeated.
   */
  readonly call: (
    model: string,
    method: string,
    args: readonly unknown[],
    kwargs?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ) => Promise<unknown>;
}

const unanswered = 'OdooUnanswered';
/**
 * Whether the call behind this failure can have taken effect: it was sent, and Odoo commits whatever its client does meanwhile; or its
 * database went away, perhaps during the commit.
 */
export const mayHaveHappened = (error: unknown): boolean =>
  isFailure(error) &&
  error.cause instanceof Error &&
  [unanswered, 'psycopg2.OperationalError', 'psycopg2.InterfaceError'].includes(error.cause.name);
const noAnswer = (doing: string, found: string): Failure => {
  const cause = new Error(found);
  cause.name = unanswered;
  return transient('ODOO_UNREACHABLE', `${doing}: ${found}`, { cause });
};

/** Errors of a connection that was never made: nothing was sent. */
const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];
const codeOf = (error: unknown): string => {
  const { code, errors, cause } = (error ?? {}) as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors)) return codeOf(errors[0]);
  return cause === undefined ? 'no answer' : codeOf(cause);
};

/** What one HTTP exchange was about, and what it ended in when it did not end in a JSON-RPC answer. */
interface Exchange {
  readonly doing: string;
  readonly timeoutMs: number;
  failure?: Failure;
}

/** Odoo's context: `load()` reads date-times in its zone and labels in its language. */
const context = { lang: 'en_US', tz: 'UTC' };

export const odooRpc = (settings: OdooSettings): OdooRpc => {
  const { ODOO_DB: db, ODOO_LOGIN: login, ODOO_API_KEY: key, ODOO_URL: base } = settings;
  const address = `${base}/jsonrpc`;
  const client = new JSONRPCClient<Exchange>(async (request: { readonly id?: unknown }, exchange) => {
    try {
      client.receive(await answerTo(address, request, exchange));
    } catch (error) {
      exchange.failure = isFailure(error)
        ? error
        : fatal('UNKNOWN_ERROR', `${exchange.doing}: ${String(error)}`, { cause: error });
      throw error;
    }
  });
  let requests = 0;
  const ask = async (doing: string, params: object, timeoutMs: number): Promise<unknown> => {
    const exchange: Exchange = { doing, timeoutMs };
    const answer = await client.requestAdvanced({ jsonrpc: '2.0', method: 'call', params, id: ++requests }, exchange);
    if (exchange.failure !== undefined) throw exchange.failure;
    const error = answer.error as { readonly message?: unknown; readonly data?: Partial<OdooError> } | undefined;
    if (error !== undefined)
      throw failureOf(doing, { name: error.data?.name ?? 'unnamed', message: error.data?.message ?? String(error.message) });
    // A method that returns nothing is answered with neither result nor error.
    return (answer.result as unknown) ?? null;
  };

  let uid: Promise<number> | undefined;
  const authenticate = async (timeoutMs: number): Promise<number> => {
    const doing = `logging in to Odoo at ${base}, database ${db}`;
    const found = await ask(doing, { service: 'common', method: 'authenticate', args: [db, login, key, {}] }, timeoutMs);
    if (typeof found !== 'number') throw fatal('ODOO_CREDENTIALS', `${doing}: the login or the key is not accepted`);
    return found;
  };
  const loggedIn = (timeoutMs: number): Promise<number> => {
    uid ??= authenticate(timeoutMs).catch((error: unknown) => {
      uid = undefined;
      throw error;
    });
    return uid;
  };

  const call: OdooRpc['call'] = async (model, method, args, kwargs = {}, options = {}) => {
    const timeoutMs = options.timeoutMs ?? settings.ODOO_TIMEOUT_SECONDS * 1000;
    const doing = `calling Odoo's ${model}.${method}`;
    const id = await loggedIn(timeoutMs).catch((error: unknown) => {
      throw notReached(error);
    });
    const named = { ...kwargs, context: { ...context, ...(kwargs['context'] as object | undefined) } };
    try {
      const args_ = [db, id, key, model, method, args, named];
      return await ask(doing, { service: 'object', method: 'execute_kw', args: args_ }, timeoutMs);
    } catch (error) {
      // A key that was changed, or a user that was made anew: the next call logs in again.
      if (isFailure(error) && error.code === 'ODOO_CREDENTIALS') uid = undefined;
      throw error;
    }
  };
  return { call };
};

/** The login got no answer, so the call itself was not sent. */
const notReached = (error: unknown): unknown =>
  mayHaveHappened(error) && isFailure(error) ? transient(error.code, error.message) : error;

/** One request: the JSON-RPC answer, or a failure. */
const answerTo = async (address: string, request: { readonly id?: unknown }, exchange: Exchange): Promise<JSONRPCResponse> => {
  const { doing, timeoutMs } = exchange;
  let response: Response;
  let body: string;
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      redirect: 'manual',
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
    });
    body = await response.text();
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      throw noAnswer(doing, `no answer from ${address} within ${timeoutMs} ms`);
    const code = codeOf(error);
    if (unsent.includes(code))
      throw transient('ODOO_UNREACHABLE', `${doing}: ${address} does not answer (${code})`, { cause: error });
    throw noAnswer(doing, `the connection to ${address} ended (${code})`);
  }
  if (response.status !== 200) throw statusFailure(doing, address, response, body);
  return readAnswer(doing, address, request.id, body);
};

const statusFailure = (doing: string, address: string, response: Response, body: string): Failure => {
  const { status } = response;
  const found = `${doing}: ${address} answers ${status}`;
  // A proxy's 502 to 504 say nothing of what Odoo did with what it may have been sent.
  if (status >= 500) return noAnswer(doing, `${address} answers ${status}`);
  if (status === 429 || status === 408 || status === 425) {
    const seconds = Number(response.headers.get('retry-after'));
    return transient('ODOO_UNREACHABLE', found, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {});
  }
  // Odoo gives HTML of this status while its database is down or unknown.
  if (status === 404) return transient('ODOO_ANSWER', `${found}: nothing of Odoo is there, or its database is not`);
  if (status === 401 || status === 403) return fatal('ODOO_CREDENTIALS', `${found}: what stands in front of Odoo refuses us`);
  if (status >= 300 && status < 400) return fatal('ODOO_ANSWER', `${found}: a redirect to another address`);
  return fatal('ODOO_ANSWER', `${found}: ${wordsOf(body.startsWith('<') ? 'HTML' : body)}`);
};

/** 200 that is not the answer to what was asked: something else stands there. The call may have been passed on. */
const readAnswer = (doing: string, address: string, id: unknown, body: string): JSONRPCResponse => {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    answer = undefined;
  }
  if (typeof answer !== 'object' || answer === null || (answer as { readonly id?: unknown }).id !== id)
    throw transient('ODOO_ANSWER', `${doing}: ${address} answers 200 with something that is not the JSON-RPC answer to it`, {
      cause: Object.assign(new Error('not a JSON-RPC answer'), { name: unanswered }),
    });
  return answer as JSONRPCResponse;
};
