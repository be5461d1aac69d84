/** Odoo's HTTP side: /jsonrpc with its bodies, and the faults on the way. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { setTimeout as wait } from 'node:timers/promises';
import {
  accessDenied,
  databaseDown,
  isOdooError,
  missingError,
  serializationFailure,
  typeError,
  unknownDatabase,
  valueError,
} from '../errors.ts';
import { isObject, writeWire, type Json, type Wire } from '../json.ts';
import type { Call } from '../rpc/call.ts';
import { errorBody, noDatabase, readParams, resultBody, unsupportedMediaType, version, type Asked } from '../rpc/envelope.ts';
import type { Engine } from './engine.ts';
import type { Fault } from './faults.ts';

/** How the whole server behaves: as it should, or answering every request with a status and a page. */
export interface Availability {
  status: number | undefined;
}

const LARGEST_BODY = 256 * 1024 * 1024;
const html = 'text/html; charset=utf-8';

const credentials = (engine: Engine, method: string, args: readonly Json[]): Wire => {
  if (method === 'version') {
    if (args.length > 0) throw typeError(`exp_version() takes 0 positional arguments but ${String(args.length)} was given`);
    return version;
  }
  const [db, login, secret] = args.map(value => (typeof value === 'string' ? value : ''));
  if (db === undefined || login === undefined || secret === undefined)
    throw typeError(`exp_${method}() missing required positional arguments`);
  if (db !== engine.db) throw unknownDatabase(db);
  return engine.authenticate(login, secret);
};

const toCall = (engine: Engine, asked: Extract<Asked, { service: 'object' }>): Call => {
  if (asked.db !== engine.db) throw unknownDatabase(asked.db);
  const uid = typeof asked.uid === 'number' ? asked.uid : 0;
  if (typeof asked.secret !== 'string' || asked.secret === '') throw accessDenied();
  const known = engine.identify(uid, asked.secret);
  if (known === 'nobody') throw missingError('res.users', uid, uid);
  if (known === 'wrong') throw accessDenied();
  return { uid, model: asked.model, method: asked.method, args: asked.args, kwargs: asked.kwargs };
};

const page = (status: number): string =>
  status === 404
    ? noDatabase
    : `<html>\n<head><title>${String(status)} from the Odoo simulator</title></head>\n<body><h1>${String(status)}</h1></body>\n</html>\n`;

/** load() that met a conflict answers it as a message of its first row. */
const loadConflict: Wire = {
  ids: false,
  messages: [{ rows: { from: 0, to: 0 }, record: 0, type: 'error', message: serializationFailure().message }],
  nextrow: 0,
};

const failBefore = (fault: Fault | undefined): void => {
  if (fault?.kind === 'conflict') throw serializationFailure();
  if (fault?.kind === 'access-denied') throw accessDenied();
  if (fault?.kind === 'database-down') throw databaseDown();
};

/** Lets the request neither be answered nor fail on our side. */
const never = (reply: FastifyReply, drop: boolean): void => {
  reply.hijack();
  if (drop) reply.raw.socket?.destroy();
};

const sendBody = (reply: FastifyReply, body: Wire): FastifyReply =>
  reply.code(200).header('content-type', 'application/json; charset=utf-8').send(writeWire(body));

const answer = (reply: FastifyReply, id: Json, result: Wire | undefined, fault: Fault | undefined): FastifyReply => {
  const body = resultBody(fault?.kind === 'wrong-id' ? `${JSON.stringify(id)} of another request` : id, result);
  if (fault?.kind === 'drop-after' || fault?.kind === 'hang-after') {
    never(reply, fault.kind === 'drop-after');
    return reply;
  }
  if (fault?.kind !== 'truncated') return sendBody(reply, body);
  const text = writeWire(body);
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) });
  reply.raw.write(text.slice(0, Math.floor(text.length / 2)), () => reply.raw.socket?.destroy());
  return reply;
};

const runWithFaults = async (engine: Engine, reply: FastifyReply, id: Json, call: Call): Promise<FastifyReply> => {
  const startedAt = engine.clock.now();
  const met = engine.faults.take(call);
  const fault = met?.fault;
  if (fault?.kind === 'slow') await wait(fault.ms ?? 0);
  if (fault?.kind === 'hold' && fault.at !== 'after') await met?.released;
  if (fault?.kind === 'drop-before' || fault?.kind === 'hang-before') {
    never(reply, fault.kind === 'drop-before');
    return reply;
  }
  if (fault?.kind === 'status')
    return reply
      .code(fault.status ?? 502)
      .type(html)
      .send(page(fault.status ?? 502));
  failBefore(fault);
  if (fault?.kind === 'load-conflict' && call.method === 'load') return sendBody(reply, resultBody(id, loadConflict));
  const result = engine.run(call, 'caller', startedAt);
  if (fault?.kind === 'hold' && fault.at === 'after') await met?.released;
  return answer(reply, id, result, fault);
};

const jsonrpc = async (engine: Engine, reply: FastifyReply, body: Json): Promise<FastifyReply> => {
  if (!isObject(body)) return reply.code(400).type(html).send('Invalid JSON-RPC data');
  const id = body['id'] ?? null;
  try {
    const asked = readParams(body['params']);
    if (asked.service === 'common') return await sendBody(reply, resultBody(id, credentials(engine, asked.method, asked.args)));
    return await runWithFaults(engine, reply, id, toCall(engine, asked));
  } catch (error) {
    if (isOdooError(error)) return sendBody(reply, errorBody(id, error));
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return sendBody(reply, errorBody(id, valueError(`The Odoo simulator broke while answering: ${detail}`)));
  }
};

const route =
  (engine: Engine) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const type = request.headers['content-type']?.split(';')[0]?.trim();
    if (type !== 'application/json' && type !== 'application/json-rpc')
      return reply.code(415).type(html).send(unsupportedMediaType);
    let body: Json;
    try {
      body = JSON.parse(String(request.body)) as Json;
    } catch {
      return reply.code(400).type(html).send('Invalid JSON data');
    }
    return jsonrpc(engine, reply, body);
  };

export const createApp = (engine: Engine, availability: Availability): FastifyInstance => {
  const app = fastify({ bodyLimit: LARGEST_BODY, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', async (request, reply) => {
    if (availability.status === undefined || request.url.startsWith('/_simulator')) return;
    await reply.code(availability.status).type(html).send(page(availability.status));
  });
  app.post('/jsonrpc', route(engine));
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type(html)
      .send(
        `<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The Odoo simulator does not cover ${request.method} ${new URL(request.url, 'http://simulator').pathname.replace(/[<>&]/g, '')}.</p>\n`,
      ),
  );
  return app;
};
