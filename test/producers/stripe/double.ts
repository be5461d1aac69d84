/** Stripe's API as far as the source asks it: charges by id, and events newest first in pages, over HTTP. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Readonly<Record<string, unknown>>;
export interface StripeDouble {
  readonly url: string;
  readonly charges: Map<string, Fields>;
  /** In the order in which they came to be. */
  readonly events: Fields[];
  /** What was asked, as `GET /v1/charges/ch_1`. */
  readonly asked: string[];
  /** Keys that are accepted. */
  readonly keys: Set<string>;
  /** Answers instead of Stripe, once per entry. */
  readonly instead: ((response: ServerResponse) => void)[];
  readonly close: () => Promise<void>;
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const error = (response: ServerResponse, status: number, code: string): void => {
  json(response, status, { error: { code, type: 'invalid_request_error', message: 'No such thing: sk_test_secret' } });
};

const listEvents = (response: ServerResponse, all: readonly Fields[], query: URLSearchParams): void => {
  const types = query.getAll('types[]');
  if (types.length === 0 || types.length > 20) return error(response, 400, 'parameter_invalid');
  const wanted = all
    .filter(one => Number(one['created']) >= Number(query.get('created[gte]')) && types.includes(String(one['type'])))
    .toReversed();
  const after = query.get('starting_after');
  const from = after === null ? 0 : wanted.findIndex(one => one['id'] === after) + 1;
  const limit = Number(query.get('limit'));
  const data = wanted.slice(from, from + limit);
  json(response, 200, { object: 'list', url: '/v1/events', has_more: from + limit < wanted.length, data });
};

export const startStripeDouble = async (): Promise<StripeDouble> => {
  const [charges, events, asked, keys, instead] = [new Map<string, Fields>(), [], [], new Set(['rk_test_1']), []] as [
    StripeDouble['charges'],
    StripeDouble['events'],
    StripeDouble['asked'],
    StripeDouble['keys'],
    StripeDouble['instead'],
  ];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stripe.test');
    asked.push(`${request.method ?? ''} ${pathname}`);
    const other = instead.shift();
    if (other !== undefined) return other(response);
    if (!keys.has((request.headers.authorization ?? '').replace('Bearer ', ''))) return error(response, 401, 'api_key_expired');
    if (pathname === '/v1/events') return listEvents(response, events, searchParams);
    const found = charges.get(pathname.replace('/v1/charges/', ''));
    return found === undefined ? error(response, 404, 'resource_missing') : json(response, 200, found);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charges,
    events,
    asked,
    keys,
    instead,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
