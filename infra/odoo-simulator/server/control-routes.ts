/** The control object over HTTP, for tests that run in another process. Wrong requests are answered with what was wrong. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { callMessage, isOdooError } from '../errors.ts';
import { isList, isObject, writeWire, type Json, type JsonObject, type Wire } from '../json.ts';
import type { Control, Down } from './control.ts';
import { faultKinds, type Fault, type FaultKind, type Match } from './faults.ts';

const send = (reply: FastifyReply, body: Wire, status = 200): FastifyReply =>
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(writeWire(body));

const parse = (body: unknown): JsonObject => {
  const json =
    body === undefined || body === '' || body === null ? {} : (JSON.parse(typeof body === 'string' ? body : '') as Json);
  if (!isObject(json)) throw new RangeError('the body must be a JSON object');
  return json;
};

const optional = <T extends Json>(body: JsonObject, name: string, type: 'string' | 'number' | 'boolean'): T | undefined => {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type) throw new RangeError(`${name} must be a ${type}`);
  return value as T;
};

const given = <T extends object>(parts: T): T =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as T;

const readMatch = (body: JsonObject): Match =>
  given({
    model: optional<string>(body, 'model', 'string'),
    method: optional<string>(body, 'method', 'string'),
    writing: optional<boolean>(body, 'writing', 'boolean'),
  }) as Match;

/** `{kind, model?, method?, writing?, skip?, times?, ms?, at?, status?}` */
const readFault = (body: JsonObject): Fault => {
  const kind = faultKinds.find((known: FaultKind) => known === body['kind']);
  if (!kind) throw new RangeError(`kind must be one of ${faultKinds.join(', ')}`);
  const at = body['at'];
  if (at !== undefined && at !== 'before' && at !== 'after') throw new RangeError('at must be before or after');
  return given({
    kind,
    match: readMatch(body),
    skip: optional<number>(body, 'skip', 'number'),
    times: optional<number>(body, 'times', 'number'),
    ms: optional<number>(body, 'ms', 'number'),
    status: optional<number>(body, 'status', 'number'),
    at,
  }) as Fault;
};

const readDown = (body: JsonObject): Down => {
  const as = body['as'];
  if (as === 'refuse' || as === 502 || as === 503 || as === 504 || as === 404) return as;
  throw new RangeError('as must be refuse, 502, 503, 504 or 404');
};

type Handler = (control: Control, body: JsonObject, parameter: string) => Wire | Promise<Wire>;

const ok: Wire = { ok: true };

const posts: Readonly<Record<string, Handler>> = {
  '/down': async (control, body) => {
    await control.down(readDown(body));
    return ok;
  },
  '/up': async control => {
    await control.up();
    return ok;
  },
  '/faults': (control, body) => ({ id: control.fail(readFault(body)).id }),
  '/faults/clear': control => {
    control.faults.clear();
    return ok;
  },
  '/faults/:name/release': (control, _body, id) => ({ ok: control.faults.release(Number(id)) }),
  '/journal/clear': control => {
    control.journal.clear();
    return ok;
  },
  '/snapshots/:name': (control, _body, name) => {
    control.snapshot(name);
    return ok;
  },
  '/snapshots/:name/restore': (control, _body, name) => {
    control.restore(name);
    return ok;
  },
  '/clock': (control, body) => {
    const set = optional<number>(body, 'set', 'number');
    const advance = optional<number>(body, 'advance', 'number');
    if (set !== undefined) control.clock.set(set);
    else if (advance !== undefined) control.clock.advance(advance);
    else control.clock.real();
    return { now: control.clock.now() };
  },
  '/quants/:name/split': (control, _body, id) => {
    control.splitQuant(Number(id));
    return ok;
  },
  '/execute': (control, body) => {
    const { model, method, args, kwargs } = body;
    if (typeof model !== 'string' || typeof method !== 'string' || !isList(args))
      throw new RangeError('model, method and args are needed');
    return { result: control.execute(model, method, args, isObject(kwargs) ? kwargs : {}) };
  },
};

const gets: Readonly<Record<string, Handler>> = {
  '': control => ({
    counters: { ...control.journal.counters() },
    faults: control.faults.list() as unknown as Wire,
    now: control.clock.now(),
    snapshots: control.snapshots(),
  }),
  '/journal': (control, query) => control.journal.entries({ after: Number(query['after'] ?? 0) }) as unknown as Wire,
  '/counters': control => ({ ...control.journal.counters(), mark: control.journal.mark() }),
  '/faults': control => control.faults.list() as unknown as Wire,
  '/snapshots': control => control.snapshots(),
};

const guarded = async (reply: FastifyReply, run: () => Wire | Promise<Wire>): Promise<FastifyReply> => {
  try {
    return await send(reply, await run());
  } catch (error) {
    const message = isOdooError(error) ? callMessage(error) : error instanceof Error ? error.message : String(error);
    return send(reply, { error: message }, 400);
  }
};

export const addControlRoutes = (app: FastifyInstance, control: Control): void => {
  for (const [path, handler] of Object.entries(posts))
    app.post(`/_simulator${path}`, (request, reply) =>
      guarded(reply, () => handler(control, parse(request.body), (request.params as { readonly name?: string }).name ?? '')),
    );
  for (const [path, handler] of Object.entries(gets))
    app.get(`/_simulator${path}`, (request, reply) => guarded(reply, () => handler(control, request.query as JsonObject, '')));
};
