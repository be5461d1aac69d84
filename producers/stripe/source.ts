/** Where Stripe's events come in: signed webhooks, and a poll of `/v1/events` that finds what a webhook lost. */
import { readJson } from '../../runtime/edge/json.ts';
import { fatal, isFailure, poison, transient } from '../../runtime/failure.ts';
import type { RawDelivery, Source, SourceContext } from '../../runtime/model.ts';
import { integer, secretsOfEveryShop, url } from '../../runtime/settings.ts';
import { fieldOf } from '../json.ts';
import { eventTypes, isEventType, readCharge, readEvent, subjectOf, type StripeEvent, type Subject } from './contract.ts';
import { optionsOf } from './options.ts';
import { stripeApi, type Api } from './source-api.ts';
import { authentic } from './source-signature.ts';

export const settings = {
  STRIPE_WEBHOOK_SECRETS: secretsOfEveryShop('Signing secrets of the webhook endpoints, by shop'),
  STRIPE_API_KEYS: secretsOfEveryShop('Restricted API keys that may read charges and events, by shop'),
  STRIPE_URL: url("Where Stripe's API answers", 'https://api.stripe.com'),
  STRIPE_POLL_SECONDS: integer('How often missed events are looked for', 60, 1),
  STRIPE_OVERLAP_SECONDS: integer('How far before the newest event that was seen the poll begins', 600, 1),
  STRIPE_FIRST_HOURS: integer('How far back the very first poll looks; Stripe keeps events for 30 days', 24),
};
type Context = SourceContext<typeof settings>;

const timeoutMs = 10_000;
const encoder = new TextEncoder();

const wanted = (context: Context, name: 'STRIPE_WEBHOOK_SECRETS' | 'STRIPE_API_KEYS'): readonly string[] => {
  const found = context.settings[name].get(context.shop.shop) ?? [];
  if (found.length > 0) return found;
  throw fatal('SETTINGS_INVALID', `starting shop ${context.shop.shop}: ${name} has nothing for it; add ${context.shop.shop}=…`);
};

const malformed = (shop: string, what: string): Error =>
  poison('BODY_MALFORMED', `receiving a Stripe webhook for shop ${shop}: ${what}`);
/** An event, when the body is one. */
const eventIn = (bytes: Uint8Array, shop: string): StripeEvent => {
  const body = readJson(bytes, `a Stripe webhook for shop ${shop}`);
  try {
    return readEvent(body);
  } catch (error) {
    throw isFailure(error) ? malformed(shop, error.message) : error;
  }
};

/** The payment that an event is about; of a refund or dispute that names only its charge, that charge is asked. */
const paymentOf = async (event: StripeEvent, api: Api): Promise<string> => {
  const subject = subjectIn(event);
  if ('payment' in subject) return subject.payment;
  const { charge } = subject;
  if (!/^[A-Za-z0-9_]{1,255}$/.test(charge)) return charge;
  const found = await api.get(`/v1/charges/${charge}`);
  if (found === undefined)
    throw transient(
      'CHANNEL_REFUSED',
      `reading Stripe charge ${charge} of event ${event.id}: the account of the API key has none`,
    );
  return readCharge(found, `charge ${charge}`).payment_intent ?? charge;
};
/** What cannot be read is stored all the same, so that it is set aside with its reason where it can be seen. */
const subjectIn = (event: StripeEvent): Subject => {
  try {
    return subjectOf(event);
  } catch (error) {
    if (isFailure(error) && error.kind === 'poison') return { payment: event.id };
    throw error;
  }
};

const isOfOtherMode = (event: StripeEvent, context: Context): boolean => {
  const { livemode } = optionsOf(context.shop);
  return livemode !== null && livemode !== event.livemode;
};
export const source = (context: Context): Source => {
  const { shop, settings: set } = context;
  const secrets = wanted(context, 'STRIPE_WEBHOOK_SECRETS');
  const api = stripeApi(set.STRIPE_URL, wanted(context, 'STRIPE_API_KEYS'), timeoutMs);
  return {
    webhook: async ({ headers, bytes, now }) => {
      authentic(headers['stripe-signature'], bytes, secrets, now, shop.shop);
      const event = eventIn(bytes, shop.shop);
      if (isOfOtherMode(event, context))
        throw malformed(shop.shop, `event ${event.id} has livemode ${String(event.livemode)}, the shop takes the other only`);
      if (!isEventType(event.type)) return { deliveries: [], status: 200 };
      const aggregate = await paymentOf(event, api);
      return { deliveries: [{ shop: shop.shop, aggregate, via: 'webhook', about: event.type, bytes }], status: 200 };
    },
    poll: missed(context, api),
    pollEveryMs: set.STRIPE_POLL_SECONDS * 1000,
  };
};

interface Listed {
  readonly id: string;
  /** Undefined: it is not what Stripe documents. It is stored all the same, to be set aside where it can be seen. */
  readonly event: StripeEvent | undefined;
  readonly bytes: Uint8Array;
}
const listed = (one: unknown): Listed => {
  const id = typeof one === 'object' && one !== null ? fieldOf(one, 'id') : undefined;
  const known = { id: typeof id === 'string' && id !== '' ? id : 'unreadable', bytes: encoder.encode(JSON.stringify(one)) };
  try {
    return { ...known, event: readEvent(one) };
  } catch (error) {
    if (isFailure(error) && error.kind === 'poison') return { ...known, event: undefined };
    throw error;
  }
};
/** Newest first, 100 at a time. */
const pageOf = async (
  api: Api,
  fromSeconds: number,
  after: string | undefined,
): Promise<readonly [readonly Listed[], boolean]> => {
  const answer = await api.get('/v1/events', [
    ['limit', '100'],
    ['created[gte]', String(fromSeconds)],
    ...eventTypes.map(type => ['types[]', type] as const),
    ...(after === undefined ? [] : [['starting_after', after] as const]),
  ]);
  const data = typeof answer === 'object' && answer !== null ? fieldOf(answer, 'data') : undefined;
  if (!Array.isArray(data))
    throw transient(
      'CHANNEL_UNREACHABLE',
      'reading Stripe /v1/events: the answer is not a list; perhaps something else stands there',
    );
  return [data.map(listed), fieldOf(answer as object, 'has_more') === true];
};

/**
 * One look for what was missed, from the newest event that was seen, with overlap: events can become visible late. The cursor moves when
 * all pages are stored; what is stored twice is told once. What this process stored lately is not stored again at each look.
 */
const missed = (context: Context, api: Api): (() => Promise<number>) => {
  const { intake, clock, settings: set } = context;
  const stored = new Map<string, number>();
  const store = async (fresh: readonly Listed[]): Promise<void> => {
    const deliveries: RawDelivery[] = [];
    for (const { id, event, bytes } of fresh) {
      if (event !== undefined) refuseOtherMode(event, context);
      const about = event?.type ?? 'unreadable';
      const aggregate = event === undefined ? id : await paymentOf(event, api);
      deliveries.push({ shop: context.shop.shop, aggregate, via: 'poll', about, bytes });
    }
    if (deliveries.length > 0) await intake.deliver(deliveries);
  };
  return async () => {
    const kept = secondsOf(await intake.cursor('events'));
    const from = (kept ?? Math.floor(clock.now() / 1000) - set.STRIPE_FIRST_HOURS * 3600) - set.STRIPE_OVERLAP_SECONDS;
    for (const [id, created] of stored) if (created < from) stored.delete(id);
    let after: string | undefined;
    let newest = kept ?? 0;
    let count = 0;
    for (let more = true; more;) {
      const [page, isMore] = await pageOf(api, Math.max(0, from), after);
      const fresh = page.filter(({ id, event }) => !stored.has(id) && (event === undefined || isEventType(event.type)));
      await store(fresh);
      for (const { id, event } of fresh) stored.set(id, (event?.createdAt ?? 0) / 1000);
      newest = Math.max(newest, ...page.map(({ event }) => (event?.createdAt ?? 0) / 1000));
      count += fresh.length;
      after = page.at(-1)?.id;
      more = isMore && page.length > 0;
    }
    if (newest > (kept ?? 0)) await intake.keepCursor('events', String(newest));
    return count;
  };
};
const secondsOf = (cursor: string | undefined): number | undefined =>
  cursor !== undefined && /^\d{1,11}$/.test(cursor) ? Number(cursor) : undefined;
const refuseOtherMode = (event: StripeEvent, context: Context): void => {
  if (!isOfOtherMode(event, context)) return;
  const found = `the API key reads events of livemode ${String(event.livemode)}, the shop takes the other only`;
  throw fatal('SETTINGS_INVALID', `polling Stripe for shop ${context.shop.shop}: ${found}`);
};
