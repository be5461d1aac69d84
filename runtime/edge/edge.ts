/** The HTTP edge: webhooks in, health and metrics out. What it answers 2xx is durable; it never parses what is not yet verified. */
import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { onClientError, send } from './answer.ts';
import { hookRoutes, type HookOptions } from './hooks.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { refused, unknownPath } from './problem.ts';

export type { EdgeSource } from './receive.ts';
export { defaultLimits, type Limits } from './limits.ts';

export interface EdgeOptions extends HookOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly limits?: Partial<Limits>;
  readonly health: { readonly live: () => boolean; readonly ready: () => boolean };
  /** The text of the metrics, in Prometheus' format; without it there is no `/metrics`. */
  readonly metrics?: () => Promise<string>;
}
export interface Edge {
  readonly port: number;
  /** Takes no more, ends what is under way, and cuts off what is not done in time. */
  readonly close: (withinMs?: number) => Promise<void>;
}

const server = (limits: Limits): FastifyInstance => {
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    // Of silence: longer than the longest wait for an answer.
    connectionTimeout: limits.requestMs + limits.answerMs + 5_000,
    keepAliveTimeout: 5_000,
    http: {
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
