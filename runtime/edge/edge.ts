/** The HTTP edge: webhooks in, health and metrics out. What it answers 2xx is durable; it never parses what is not yet verified. */
import { STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isFailure, type Failure } from '../failure.ts';
import type { Clock, Logger } from '../model.ts';
import { auditOf } from './audit.ts';
import { defaultLimits, type Limits } from './limits.ts';
import {
  busy,
  headersTooLarge,
  mediaType,
  problemBody,
  problemOf,
  refused,
  timeout,
  tooLarge,
  unavailable,
  unknownPath,
  type Problem,
} from './problem.ts';
import { pretend, receive, type EdgeSource } from './receive.ts';
import { slotsOf, type Slot } from './slots.ts';

export type { EdgeSource } from './receive.ts';
export { defaultLimits, type Limits } from './limits.ts';

export interface EdgeOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** None for a listener that only serves health and metrics. */
  readonly sources: readonly EdgeSource[];
  readonly limits?: Partial<Limits>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly health: { readonly live: () => boolean; readonly ready: () => boolean };
  /** The text of the metrics, in Prometheus' format; without it there is no `/metrics`. */
  readonly metrics?: () => Promise<string>;
  /** Counts webhook requests by how they were answered; unknown shops are all `unknown`. */
  readonly deliveries?: {
    readonly inc: (labels: { readonly shop: string; readonly via: 'webhook'; readonly outcome: string }) => void;
  };
}
export interface Edge {
  readonly port: number;
  /** Takes no more, ends what is under way, and cuts off what is not done in time. */
  readonly close: (withinMs?: number) => Promise<void>;
}

const nobody = { channel: 'unknown', shop: 'unknown' } as const;

const send = (reply: FastifyReply, problem: Problem): FastifyReply => {
  if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
  // Whose request was not read to its end must not leave the rest for the next one.
  if ([408, 413, 415, 429].includes(problem.status)) void reply.header('connection', 'close');
  return reply.code(problem.status).type('application/problem+json').send(problemBody(problem));
};
const problemOfAny = (error: FastifyError | Error): Problem => {
  const { code, statusCode } = error as Partial<FastifyError>;
  if (isFailure(error)) return problemOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return mediaType;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? refused : problemOf(error);
};
/** What never became a request: headers too large, too slow, not HTTP. */
const onClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const problem =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? timeout : error.code === 'HPE_HEADER_OVERFLOW' ? headersTooLarge : refused;
  const body = problemBody(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nconnection: close\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
};

const server = (limits: Limits): FastifyInstance => {
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    // Of silence: longer than the longest wait for an answer.
    connectionTimeout: limits.requestMs + limits.answerMs + 5_000,
    keepAliveTimeout: 5_000,
    http: {
      requestTimeout: limits.requestMs,
      headersTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(limits.requestMs / 4)),
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: onClientError,
    frameworkErrors: (_error, _request, reply) => void send(reply as FastifyReply, refused),
  });
  app.server.maxConnections = limits.connections;
  app.removeAllContentTypeParsers();
  for (const type of ['application/json', 'application/x-www-form-urlencoded'])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
  app.setNotFoundHandler((_request, reply) => send(reply, unknownPath));
  app.addHook('onSend', (_request, reply, payload, done) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    done(null, payload);
  });
  return app;
};

const healthRoutes = (app: FastifyInstance, { health, metrics }: EdgeOptions): void => {
  const say = (reply: FastifyReply, good: boolean): FastifyReply =>
    reply.code(good ? 200 : 503).send({ status: good ? 'ok' : 'not ok' });
  app.get('/livez', (_request, reply) => say(reply, health.live()));
  app.get('/readyz', (_request, reply) => say(reply, health.ready()));
  if (metrics !== undefined)
    app.get('/metrics', async (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()));
};

const headersOf = (request: FastifyRequest): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
/** `gone`: the caller did not wait for an answer. */
const outcomeOf = (reply: FastifyReply): string => (reply.raw.writableFinished ? String(reply.statusCode) : 'gone');
type Hook = FastifyRequest<{ Params: { channel: string; shop: string } }>;

/** Webhooks. `isClosing` refuses what comes over connections that are still open. */
const hookRoutes = (
  app: FastifyInstance,
  options: EdgeOptions,
  limits: Limits,
  isClosing: () => boolean,
): { readonly flush: () => void } => {
  const { clock, log, deliveries } = options;
  const sources = new Map(options.sources.map(source => [`${source.channel}/${source.shop}`, source]));
  const slots = slotsOf(limits.inFlightPerShop);
  const slotOf = new WeakMap<object, Slot>();
  const audit = auditOf(log, clock);
  const sourceOf = ({ params }: Hook): EdgeSource | undefined => sources.get(`${params.channel}/${params.shop}`);
  const refuse = (request: Hook, reply: FastifyReply, problem: Problem, failure?: Failure): FastifyReply => {
    const { channel, shop } = sourceOf(request) ?? nobody;
    const why = failure === undefined ? { code: problem.code } : { code: failure.code, reason: failure.message };
    audit.refused({ channel, shop, status: problem.status, ...why });
    return send(reply, problem);
  };
  void app.register((hooks, _options, done) => {
    hooks.addHook('onRequest', (request, reply, next) => {
      const hook = request as Hook;
      const { channel, shop } = sourceOf(hook) ?? nobody;
      reply.raw.once('close', () => deliveries?.inc({ shop, via: 'webhook', outcome: outcomeOf(reply) }));
      if (isClosing()) return void refuse(hook, reply.header('connection', 'close'), unavailable());
      if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return void refuse(hook, reply, mediaType);
      const slot = slots.take(`${channel}/${shop}`);
      if (slot === undefined) return void refuse(hook, reply, busy);
      slotOf.set(request, slot);
      reply.raw.once('close', slot.leave);
      next();
    });
    hooks.setErrorHandler((error: FastifyError | Error, request, reply) => {
      const problem = problemOfAny(error);
      if (problem.status >= 500 && !isFailure(error))
        log.error({ error: error.name }, 'a webhook met an error that no rule classifies');
      return refuse(request as Hook, reply, problem, isFailure(error) ? error : undefined);
    });
    hooks.post('/hooks/:channel/:shop', async (request, reply) => {
      const bytes = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const source = sourceOf(request as Hook);
      const slot = slotOf.get(request);
      if (source === undefined || slot === undefined) {
        pretend(bytes);
        return refuse(request as Hook, reply, unknownPath);
      }
      const { status } = await receive(
        source,
        { headers: headersOf(request), bytes, now: clock.now() },
        slot,
        clock,
        limits.answerMs,
      );
      return reply.code(status).send();
    });
    done();
  });
  return audit;
};

export const startEdge = async (options: EdgeOptions): Promise<Edge> => {
  const limits = { ...defaultLimits, ...options.limits };
  const app = server(limits);
  let closing = false;
  healthRoutes(app, options);
  const audit = hookRoutes(app, options, limits, () => closing);
  await app.listen({ host: options.host, port: options.port });
  return {
    port: (app.server.address() as AddressInfo).port,
    close: async (withinMs = 8_000) => {
      closing = true;
      const timer = setTimeout(() => app.server.closeAllConnections(), withinMs);
      try {
        await app.close();
      } finally {
        clearTimeout(timer);
        audit.flush();
      }
    },
  };
};
