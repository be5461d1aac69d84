/** The webhooks' routes: a place for the request, its body, its source, its answer. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { isFailure, type Failure } from '../failure.ts';
import type { Clock, Logger } from '../model.ts';
import { problemOfAny, send } from './answer.ts';
import { auditOf, type Audit } from './audit.ts';
import type { Limits } from './limits.ts';
import { busy, mediaType, unavailable, unknownPath, type Problem } from './problem.ts';
import { pretend, receive, type EdgeSource } from './receive.ts';
import { slotsOf, type Slot, type Slots } from './slots.ts';

export interface HookOptions {
  /** None for a listener that only serves health and metrics. */
  readonly sources: readonly EdgeSource[];
  readonly clock: Clock;
  readonly log: Logger;
  /** Counts webhook requests by how they were answered; unknown shops are all `unknown`. */
  readonly deliveries?: {
    readonly inc: (labels: { readonly shop: string; readonly via: 'webhook'; readonly outcome: string }) => void;
  };
}
interface Context extends HookOptions {
  readonly limits: Limits;
  /** Refuses what comes over connections that are still open. */
  readonly isClosing: () => boolean;
  readonly sourceOf: (request: FastifyRequest) => EdgeSource | undefined;
  readonly audit: Audit;
  readonly slots: Slots;
  readonly slotOf: WeakMap<FastifyRequest, Slot>;
}
const nobody = { channel: 'unknown', shop: 'unknown' } as const;

const contextOf = (options: HookOptions, limits: Limits, isClosing: () => boolean): Context => {
  const sources = new Map(options.sources.map(source => [`${source.channel}/${source.shop}`, source]));
  return {
    ...options,
    limits,
    isClosing,
    sourceOf: request => {
      const { channel, shop } = request.params as { readonly channel: string; readonly shop: string };
      return sources.get(`${channel}/${shop}`);
    },
    audit: auditOf(options.log, options.clock),
    slots: slotsOf(limits.inFlightPerShop),
    slotOf: new WeakMap(),
  };
};
const refuse = (
  { sourceOf, audit }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  failure?: Failure,
): FastifyReply => {
  const { channel, shop } = sourceOf(request) ?? nobody;
  const why = failure === undefined ? { code: problem.code } : { code: failure.code, reason: failure.message };
  audit.refused({ channel, shop, status: problem.status, ...why });
  return send(reply, problem);
};

/** `gone`: the caller did not wait for an answer. */
const outcomeOf = (reply: FastifyReply): string => (reply.raw.writableFinished ? String(reply.statusCode) : 'gone');
/** Before the body is read: what is refused here costs no memory. */
const admit = (context: Context, request: FastifyRequest, reply: FastifyReply, next: HookHandlerDoneFunction): void => {
  const { channel, shop } = context.sourceOf(request) ?? nobody;
  const no = (problem: Problem): void => void refuse(context, request, reply, problem);
  reply.raw.once('close', () => context.deliveries?.inc({ shop, via: 'webhook', outcome: outcomeOf(reply) }));
  if (context.isClosing()) {
    void reply.header('connection', 'close');
    return no(unavailable());
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return no(mediaType);
  const slot = context.slots.take(`${channel}/${shop}`);
  if (slot === undefined) return no(busy);
  context.slotOf.set(request, slot);
  reply.raw.once('close', slot.leave);
  next();
};

const headersOf = (request: FastifyRequest): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
const take = async (context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const { clock, limits } = context;
  const bytes = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  const source = context.sourceOf(request);
  const slot = context.slotOf.get(request);
  if (source === undefined || slot === undefined) {
    pretend(bytes);
    return refuse(context, request, reply, unknownPath);
  }
  const given = { headers: headersOf(request), bytes, now: clock.now() };
  const { status } = await receive(source, given, slot, clock, limits.answerMs);
  return reply.code(status).send();
};

export const hookRoutes = (
  app: FastifyInstance,
  options: HookOptions,
  limits: Limits,
  isClosing: () => boolean,
): { readonly flush: () => void } => {
  const context = contextOf(options, limits, isClosing);
  void app.register((hooks, _options, done) => {
    hooks.addHook('onRequest', (request, reply, next) => admit(context, request, reply, next));
    hooks.setErrorHandler((error: FastifyError | Error, request, reply) => {
      const problem = problemOfAny(error);
      if (problem.status >= 500 && !isFailure(error))
        options.log.error({ error: error.name }, 'a webhook met an error that no rule classifies');
      return refuse(context, request, reply, problem, isFailure(error) ? error : undefined);
    });
    hooks.post('/hooks/:channel/:shop', (request, reply) => take(context, request, reply));
    done();
  });
  return context.audit;
};
