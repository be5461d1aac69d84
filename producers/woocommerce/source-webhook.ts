/** One webhook request of a shop: verified over the raw bytes, then read just far enough to know which order it is about. */
import { Buffer } from 'node:buffer';
import { poison, isFailure } from '../../runtime/failure.ts';
import type { Logger, RawDelivery, Received, Request } from '../../runtime/model.ts';
import { withoutCardsIn } from '../../runtime/edge/cards.ts';
import { readJson } from '../../runtime/edge/json.ts';
import type { Api } from './source-api.ts';
import { isSigned } from './source-signature.ts';

/** Text that customers and clerks type, in which card numbers turn up. */
export const typedFields = ['customer_note', 'reason'] as const;
const encode = (value: unknown): Uint8Array => withoutCardsIn(Buffer.from(JSON.stringify(value)), typedFields);

/** What is stored of an order that we asked for. */
export const polledOrder = (
  shop: string,
  order: unknown,
  id: number,
  asOf: number,
  refunds: readonly unknown[],
): RawDelivery => ({
  shop,
  aggregate: String(id),
  via: 'poll',
  about: 'order',
  bytes: encode({ asOf, order, refunds }),
});

const nothing: Received = { deliveries: [], status: 200 };
/** Sent unsigned when a webhook is made; the shop keeps the webhook only when it hears exactly 200. */
const isPing = ({ headers, bytes }: Request): boolean =>
  headers['x-wc-webhook-signature'] === undefined &&
  bytes.length < 40 &&
  /^webhook_id=\d+$/.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));

const objectOf = (value: unknown, what: string): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw poison('BODY_MALFORMED', `reading ${what}: it is not an object`);
  return value as Readonly<Record<string, unknown>>;
};

export interface WebhookOptions {
  readonly shop: string;
  readonly keys: readonly string[];
  /** To make sure of a deletion; undefined when the shop cannot be asked. */
  readonly api: Api | undefined;
  readonly log: Logger;
}

/**
 * A deletion carries no more than an id, as it would for a product; what it is of stands in a header that is not signed. So the shop
 * is asked: when the order is still there, that is what is stored. A shop that does not answer is believed.
 */
const deletion = async (id: number, raw: RawDelivery, { shop, api, log }: WebhookOptions): Promise<RawDelivery> => {
  try {
    if (api === undefined) return raw;
    const { body, asOf } = await api.get(`/orders/${id}`);
    const order = body as { readonly status?: unknown } | null | undefined;
    const isGone = order === undefined || order?.status === 'trash';
    return isGone ? { ...raw, via: 'poll', bytes: encode({ id, asOf }) } : polledOrder(shop, order, id, asOf, []);
  } catch (error) {
    if (!isFailure(error)) throw error;
    log.warn({ shop, code: error.code }, 'the shop told a deletion and could not be asked whether it is so');
    return raw;
  }
};

export const webhookOf =
  (options: WebhookOptions) =>
  async (request: Request): Promise<Received> => {
    const { shop, keys, log } = options;
    const what = `a webhook of the shop ${shop}`;
    if (isPing(request)) return nothing;
    if (!isSigned(request.bytes, request.headers['x-wc-webhook-signature'], keys))
      throw poison('SIGNATURE_MISMATCH', `reading ${what}: its signature is not by an active secret of the shop`);
    const body = objectOf(readJson(request.bytes, what), what);
    const resource = request.headers['x-wc-webhook-resource'];
    if (resource !== undefined && resource !== 'order') return nothing;
    const { id } = body;
    if (id === undefined && typeof body.code === 'string') {
      // The webhook's user may not see the order: the shop signs and sends its own error instead. The poll brings the order.
      log.warn({ shop }, 'the shop sent an error in place of an order: may the user of the webhook read orders?');
      return nothing;
    }
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
      throw poison('BODY_MALFORMED', `reading ${what}: it has no id that can be kept exactly (is its API version WP REST v3?)`);
    const raw: RawDelivery = {
      shop,
      aggregate: String(id),
      via: 'webhook',
      about: 'order',
      bytes: withoutCardsIn(request.bytes, typedFields),
    };
    const isDeletion = Object.keys(body).length === 1;
    const stored = isDeletion ? await deletion(id, { ...raw, about: 'order.deleted' }, options) : raw;
    return { deliveries: [stored], status: 200 };
  };
