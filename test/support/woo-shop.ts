/** A WooCommerce shop for tests: REST lists with their paging and headers over real HTTP, and whatever goes wrong there. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from './woocommerce.ts';

export interface WooShop {
  readonly url: string;
  readonly orders: Json[];
  readonly refunds: Map<number, readonly unknown[]>;
  readonly webhooks: Json[];
  /** Paths with their queries, as asked. */
  readonly asked: string[];
  /** Epoch ms of the shop's clock; NaN: it gives no Date. */
  now: number;
  /** Answers in place of the shop when it returns true. */
  before: (path: string, response: ServerResponse) => boolean;
  readonly close: () => Promise<void>;
}
export const shopKey = 'ck_test:cs_test';

const sliceOf = (rows: readonly unknown[], query: URLSearchParams): readonly unknown[] => {
  const size = Number(query.get('per_page') ?? 10);
  const page = Number(query.get('page') ?? 1);
  return rows.slice((page - 1) * size, page * size);
};
/** `modified_after` leaves its own second out, as WordPress does. */
const changedAfter = (orders: readonly Json[], query: URLSearchParams): readonly Json[] =>
  orders
    .filter(order => String(order.date_modified_gmt) > (query.get('modified_after') ?? ''))
    .sort((a, b) => Number(a.id) - Number(b.id));

export const startWooShop = async (): Promise<WooShop> => {
  const state = {
    orders: [] as Json[],
    refunds: new Map<number, readonly unknown[]>(),
    webhooks: [] as Json[],
    asked: [] as string[],
    now: Date.now(),
    before: (): boolean => false,
  };
  const reply = (
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): void => {
    response.sendDate = false;
    if (!Number.isNaN(shop.now)) response.setHeader('date', new Date(shop.now).toUTCString());
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const list = (response: ServerResponse, rows: readonly unknown[], query: URLSearchParams): void => {
    const pages = Math.ceil(rows.length / Number(query.get('per_page') ?? 10));
    reply(response, 200, sliceOf(rows, query), { 'x-wp-total': String(rows.length), 'x-wp-totalpages': String(pages) });
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
    const path = pathname.replace('/shop/wp-json/wc/v3', '');
    shop.asked.push(`${path}?${searchParams.toString()}`);
    if (shop.before(path, response)) return;
    if (request.headers.authorization !== `Basic ${Buffer.from(shopKey).toString('base64')}`)
      return reply(response, 401, { code: 'no' });
    const refund = /^\/orders\/(\d+)\/refunds$/.exec(path);
    const order = /^\/orders\/(\d+)$/.exec(path);
    if (refund !== null) return list(response, shop.refunds.get(Number(refund[1])) ?? [], searchParams);
    if (order !== null) {
      const found = shop.orders.find(one => one.id === Number(order[1]));
      return found === undefined
        ? reply(response, 404, { code: 'woocommerce_rest_shop_order_invalid_id' })
        : reply(response, 200, found);
    }
    if (path === '/orders') return list(response, changedAfter(shop.orders, searchParams), searchParams);
    if (path === '/webhooks') return list(response, shop.webhooks, searchParams);
    reply(response, 404, { code: 'rest_no_route' });
  };
  const server = createServer(handle);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const shop: WooShop = Object.assign(state, {
    // In a folder of its host, and with a slash at the end, as shops have it.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return shop;
};
