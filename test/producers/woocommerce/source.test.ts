import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure, transient } from '../../../runtime/failure.ts';
import type { Delivery, RawDelivery, Request, Source } from '../../../runtime/model.ts';
import { realClock } from '../../../runtime/clock.ts';
import { woocommerce } from '../../../producers/woocommerce/index.ts';
import { playDeliveries } from '../../laws/producers.ts';
import { eventually, loggerInto, post, startTestEdge, stopTestEdges, type Logged } from '../../support/edge.ts';
import { policy } from '../../support/policy.ts';
import { delivery, fixture, gmtAt, msAt, wooOrder, type Json } from '../../support/woocommerce.ts';
import { shopKey, startWooShop, type WooShop } from '../../support/woo-shop.ts';

const secret = 'test-secret-one';
const sign = (body: string | Uint8Array, key = secret): string => createHmac('sha256', key).update(body).digest('base64');

interface Given {
  readonly secrets?: readonly string[];
  readonly shop?: WooShop;
  readonly keys?: readonly string[];
  readonly options?: Json;
  readonly cursor?: string;
  readonly timeoutSeconds?: number;
  /** How long the shop takes over each answer, by our clock. */
  readonly elapsedMs?: number;
  readonly deliver?: (all: readonly RawDelivery[]) => Promise<void>;
}
const sourceOf = (given: Given = {}) => {
  const { secrets = [secret], shop, keys = [shopKey], options = { since: '2026-10-05T10:00:00Z' }, cursor, deliver } = given;
  let elapsed = 0;
  const stored: RawDelivery[] = [];
  const logged: Logged[] = [];
  const events: string[] = [];
  let kept = cursor;
  const source: Source = woocommerce.source({
    shop: { ...policy.shops.web!, url: shop?.url ?? null, options },
    settings: {
      WOO_WEBHOOK_SECRETS: new Map([
        ['web', secrets],
        ['outlet', ['secret-of-another-shop']],
      ]),
      WOO_API_KEYS: new Map([['web', keys]]),
      WOO_POLL_SECONDS: 60,
      WOO_OVERLAP_SECONDS: 300,
      WOO_TIMEOUT_SECONDS: given.timeoutSeconds ?? 20,
    },
    intake: {
      deliver: async all => {
        await deliver?.(all);
        stored.push(...all);
        events.push(`${all.length} stored`);
      },
      cursor: () => Promise.resolve(kept),
      keepCursor: (_name, value) => {
        kept = value;
        events.push('cursor');
        return Promise.resolve();
      },
    },
    clock: { ...realClock, now: () => msAt(3_600), monotonic: () => (elapsed += given.elapsedMs ?? 0) },
    log: loggerInto(logged),
  });
  return { source, stored, logged, events, cursor: () => kept };
};
const requestOf = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Request => ({
  headers: { 'x-wc-webhook-resource': 'order', 'x-wc-webhook-signature': sign(body), ...headers },
  bytes: Buffer.from(body),
  now: msAt(60),
});
const hook = (source: Source, request: Request) => source.webhook!(request);
const fails = (promise: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(promise, error => isFailure(error) && error.code === code);
const bodyOf = ({ bytes }: RawDelivery): Json => JSON.parse(Buffer.from(bytes).toString()) as Json;
const asDelivery = (raw: RawDelivery): Delivery => delivery(bodyOf(raw), { ...raw, receivedAt: msAt(60) });

describe('woocommerce webhooks', () => {
  it('takes the signature that WooCommerce makes: base64 of HMAC-SHA256 over the bytes', async () => {
    // Computed once with node:crypto over the fixture as it stands in the repository.
    const bytes = readFileSync(join(import.meta.dirname, '../../fixtures/woocommerce/order-deleted.json'));
    const signature = 'lRsGxZAVwBM2aorbhH6SUVaTmYrJsFe5FS68tlADOY0=';
    const { source } = sourceOf({ secrets: ['woo-test-secret'] });
    const { deliveries } = await hook(source, requestOf(bytes, { 'x-wc-webhook-signature': signature }));
    assert.deepEqual(
      deliveries.map(one => [one.aggregate, one.about, one.via]),
      [['1001', 'order.deleted', 'webhook']],
    );
  });

  it('stores the order as it was sent, byte for byte, under its id', async () => {
    const body = `${JSON.stringify(wooOrder('two-rates'), null, 1)}\n`;
    const { source, stored } = sourceOf();
    const received = await hook(source, requestOf(body));
    assert.equal(received.status, 200);
    assert.equal(Buffer.from(received.deliveries[0]!.bytes).toString(), body);
    assert.deepEqual(
      { ...received.deliveries[0]!, bytes: 0 },
      { shop: 'web', aggregate: '1001', via: 'webhook', about: 'order', bytes: 0 },
    );
    assert.deepEqual(stored, []);
  });

  it('takes a signature by any active secret of the shop, and by none of another', async () => {
    const body = JSON.stringify(wooOrder('two-rates'));
    const { source } = sourceOf({ secrets: ['old', 'new'] });
    for (const key of ['old', 'new']) await hook(source, requestOf(body, { 'x-wc-webhook-signature': sign(body, key) }));
    const foreign = requestOf(body, { 'x-wc-webhook-signature': sign(body, 'secret-of-another-shop') });
    await fails(hook(source, foreign), 'SIGNATURE_MISMATCH');
  });

  it('takes a secret as WordPress keeps it, with HTML entities, and as it is meant', async () => {
    const body = '{"id":1}';
    const meant = `a&b<c>"d'e`;
    for (const given of [meant, 'a&amp;b&lt;c&gt;&quot;d&#039;e', 'a&#038;b&#x3C;c&#62;&#34;d&#x27;e']) {
      const { source } = sourceOf({ secrets: [given] });
      const { deliveries } = await hook(source, requestOf(body, { 'x-wc-webhook-signature': sign(body, meant) }));
      assert.equal(deliveries.length, 1, given);
    }
  });

  it('refuses no signature, a wrong one, one of other bytes, one that was sent twice, and a very long one', async () => {
    const order = wooOrder('two-rates');
    const body = JSON.stringify(order);
    const right = sign(body);
    const { source } = sourceOf();
    const { 'x-wc-webhook-signature': _, ...unsigned } = requestOf(body).headers;
    await fails(hook(source, { ...requestOf(body), headers: unsigned }), 'SIGNATURE_MISMATCH');
    for (const signature of [
      '',
      right.slice(0, -1),
      `${right} `,
      `${right}, ${right}`,
      right.toLowerCase(),
      'é'.repeat(44),
      'A'.repeat(10_000),
    ])
      await fails(hook(source, requestOf(body, { 'x-wc-webhook-signature': signature })), 'SIGNATURE_MISMATCH');
    // Differing in one place only: the first, and the last before the padding.
    const other = (at: number): string => right.slice(0, at) + (right[at] === 'A' ? 'B' : 'A') + right.slice(at + 1);
    for (const at of [0, 20, 41]) {
      const request = requestOf(body, { 'x-wc-webhook-signature': other(at) });
      await fails(hook(source, request), 'SIGNATURE_MISMATCH');
    }
    const rewritten = JSON.stringify(order, null, 2);
    await fails(hook(source, requestOf(rewritten, { 'x-wc-webhook-signature': right })), 'SIGNATURE_MISMATCH');
  });

  it('refuses everything where no secret of the shop is known', async () => {
    const { source, logged } = sourceOf({ secrets: [] });
    for (const key of ['', 'no secret of this shop is known'])
      await fails(
        hook(source, requestOf('{"id":1}', { 'x-wc-webhook-signature': sign('{"id":1}', key || 'x') })),
        'SIGNATURE_MISMATCH',
      );
    assert.ok(logged.some(entry => entry.level === 'warn' && entry.message.includes('WOO_WEBHOOK_SECRETS')));
  });

  it('answers the unsigned ping with 200 and stores nothing, and takes nothing else unsigned', async () => {
    const { source } = sourceOf();
    const ping = (body: string): Request => ({ headers: {}, bytes: Buffer.from(body), now: 0 });
    assert.deepEqual(await hook(source, ping('webhook_id=17')), { deliveries: [], status: 200 });
    for (const body of ['webhook_id=', 'webhook_id=1&order=2', 'webhook_id=1\n', `webhook_id=${'1'.repeat(40)}`, '{"id":1}'])
      await fails(hook(source, ping(body)), 'SIGNATURE_MISMATCH');
  });

  it('ignores other resources with 200', async () => {
    const { source } = sourceOf();
    for (const resource of ['product', 'customer', 'coupon', 'subscription', 'action'])
      assert.deepEqual((await hook(source, requestOf('{"id":5}', { 'x-wc-webhook-resource': resource }))).deliveries, []);
  });

  it('refuses signed bodies that are not JSON, no object, or have no id that can be kept exactly', async () => {
    const { source } = sourceOf();
    for (const body of [
      '',
      '[]',
      'null',
      '{',
      '{"id":9007199254740993,"status":"x"}',
      '{"id":"1"}',
      '{"id":1.5}',
      '{"id":-1}',
      '{}',
      '{"order":{"id":1}}',
    ])
      await fails(hook(source, requestOf(body)), 'BODY_MALFORMED');
  });

  it("answers 200 to the shop's own error in place of an order, and says so: the poll brings the order", async () => {
    const { source, logged } = sourceOf();
    const { deliveries } = await hook(
      source,
      requestOf('{"code":"woocommerce_rest_cannot_view","message":"no","data":{"status":401}}'),
    );
    assert.deepEqual(deliveries, []);
    assert.ok(logged.some(entry => entry.level === 'warn' && entry.message.includes('error in place of an order')));
  });

  it('takes card numbers out of what people typed, and leaves all other bytes as they came', async () => {
    const body = JSON.stringify(
      wooOrder('two-rates', { customer_note: 'card 4242 4242 4242 4242, "thanks" é', number: '4242424242424242' }),
    );
    const { deliveries } = await hook(sourceOf().source, requestOf(body));
    assert.equal(Buffer.from(deliveries[0]!.bytes).toString(), body.replace('4242 4242 4242 4242', '[card number removed]'));
  });
});

describe('woocommerce deletions', () => {
  let shop: WooShop;
  beforeEach(async () => {
    shop = await startWooShop();
    shop.now = msAt(120);
  });
  afterEach(() => shop.close());
  const deleted = (source: Source) => hook(source, requestOf('{"id":1001}'));

  it('are told as of the shop’s clock when the shop has no such order any more, or only in its trash', async () => {
    const { source } = sourceOf({ shop });
    for (const orders of [[], [wooOrder('two-rates', { status: 'trash' })]]) {
      shop.orders.splice(0, 1, ...orders);
      const [one] = (await deleted(source)).deliveries;
      assert.equal(one?.about, 'order.deleted');
      const at = woocommerce.translate(asDelivery(one), { shop: policy.shops.web!, policy, hash: text => text })[0]?.version ?? 0;
      assert.equal(at, msAt(120));
    }
  });

  it('are not believed when the order is still there: a body of only an id may be of a product', async () => {
    shop.orders.push(wooOrder('two-rates'));
    const { source } = sourceOf({ shop });
    const [one] = (await deleted(source)).deliveries;
    assert.deepEqual([one?.about, one?.via, one?.aggregate], ['order', 'poll', '1001']);
    assert.deepEqual(
      playDeliveries(woocommerce, [asDelivery(one!)], policy).facts.map(fact => fact.type),
      ['OrderPlaced'],
    );
  });

  it('are believed when the shop cannot be asked', async () => {
    shop.before = (_path, response) => {
      response.writeHead(500).end();
      return true;
    };
    const asked = sourceOf({ shop });
    const [one] = (await deleted(asked.source)).deliveries;
    assert.deepEqual([one?.about, one?.via], ['order.deleted', 'webhook']);
    assert.ok(asked.logged.some(entry => entry.level === 'warn' && entry.fields.code === 'CHANNEL_UNREACHABLE'));
    const [other] = (await deleted(sourceOf().source)).deliveries;
    assert.equal(other?.about, 'order.deleted');
  });
});

describe('woocommerce polls', () => {
  let shop: WooShop;
  beforeEach(async () => {
    shop = await startWooShop();
    shop.now = msAt(600);
    shop.webhooks.push(...(fixture('webhooks') as readonly Json[]));
  });
  afterEach(() => shop.close());
  const orderAt = (id: number, second: number, with_: Json = {}): Json =>
    wooOrder('two-rates', { id, date_modified_gmt: gmtAt(second), ...with_ });
  const ids = (stored: readonly RawDelivery[]): readonly number[] => stored.map(one => Number(one.aggregate));

  it('begin where the company file says, by GMT, then where the last one began by the shop’s clock, with overlap', async () => {
    const { source, cursor } = sourceOf({ shop, options: { since: '2026-10-05T09:00:00Z' } });
    await source.poll!();
    assert.match(shop.asked[0]!, /modified_after=2026-10-05T09%3A00%3A00&dates_are_gmt=true&status=any/);
    assert.equal(cursor(), '2026-10-05T10:10:00.000Z');
    shop.asked.length = 0;
    await source.poll!();
    assert.match(shop.asked[0]!, /modified_after=2026-10-05T10%3A05%3A00&/);
  });

  it('bring an order that no webhook told, once (scenario 4)', async () => {
    shop.orders.push(orderAt(1, 500), orderAt(2, 510));
    const { source, stored } = sourceOf({ shop });
    assert.equal(await source.poll!(), 2);
    assert.equal(await source.poll!(), 2);
    const { facts } = playDeliveries(woocommerce, stored.map(asDelivery), policy);
    assert.deepEqual(
      facts.map(fact => fact.type),
      ['OrderPlaced', 'OrderPlaced'],
    );
  });

  it('bring an order between two windows, which the shop wrote late with an earlier time (scenario 5)', async () => {
    const { source, stored } = sourceOf({ shop });
    await source.poll!();
    shop.now = msAt(660);
    shop.orders.push(orderAt(3, 599));
    await source.poll!();
    assert.deepEqual(ids(stored), [3]);
  });

  it('read every page to one past the end, in the order of ids', async () => {
    for (let id = 250; id > 0; id--) shop.orders.push(orderAt(id, 500));
    const { source, stored } = sourceOf({ shop });
    assert.equal(await source.poll!(), 250);
    assert.deepEqual(
      ids(stored),
      Array.from({ length: 250 }, (_, at) => at + 1),
    );
    const pages = shop.asked.filter(one => one.startsWith('/orders?')).map(one => /[?&]page=(\d+)/.exec(one)?.[1]);
    assert.deepEqual(pages, ['1', '2', '3', '4']);
    assert.ok(shop.asked[0]!.includes('per_page=100&orderby=id&order=asc'));
  });

  it('do not take a page without rows for the end: rows that the key may not read are left out of theirs', async () => {
    for (let id = 1; id <= 201; id++) shop.orders.push(orderAt(id, 500));
    let pages = 0;
    shop.before = (path, response) => {
      if (path !== '/orders' || ++pages !== 2) return false;
      response.writeHead(200, { 'x-wp-total': '201', 'x-wp-totalpages': '3' }).end('[]');
      return true;
    };
    const { source, stored } = sourceOf({ shop });
    await source.poll!();
    assert.deepEqual([stored.length, ids(stored).at(-1)], [101, 201]);
  });

  it('lose nothing when orders are added while pages are read, nor when one leaves the list', async () => {
    for (const change of ['added', 'removed'] as const) {
      shop.orders.length = 0;
      for (let id = 2; id <= 205; id++) shop.orders.push(orderAt(id, 500));
      let pages = 0;
      shop.before = path => {
        if (path === '/orders' && ++pages === 2) {
          if (change === 'added') shop.orders.push(orderAt(1, 590));
          else shop.orders.splice(0, 10);
        }
        return false;
      };
      const { source, stored, events } = sourceOf({ shop });
      await source.poll!();
      const seen = new Set(ids(stored));
      for (const order of shop.orders)
        if (order.id !== 1) assert.ok(seen.has(Number(order.id)), `${change}: order ${String(order.id)}`);
      assert.equal(events.at(-1), 'cursor', change);
    }
  });

  it('do not move the cursor when the list never stands still', async () => {
    for (let id = 1; id <= 2_000; id++) shop.orders.push(orderAt(id, 500));
    shop.before = path => {
      if (path === '/orders') shop.orders.splice(0, 20);
      return false;
    };
    const { source, events, logged } = sourceOf({ shop });
    await source.poll!();
    assert.ok(!events.includes('cursor'));
    assert.ok(logged.some(entry => entry.message.includes('left the list')));
  });

  it('move the cursor only after the deliveries are durable', async () => {
    shop.orders.push(orderAt(1, 500));
    const well = sourceOf({ shop });
    await well.source.poll!();
    assert.deepEqual(well.events, ['1 stored', 'cursor']);
    const ill = sourceOf({ shop, deliver: () => Promise.reject(transient('KAFKA_UNREACHABLE', 'no broker')) });
    await fails(ill.source.poll!(), 'KAFKA_UNREACHABLE');
    assert.deepEqual([ill.events, ill.cursor()], [[], undefined]);
  });

  it('never move the cursor back, nor beyond our own clock, nor without the shop’s clock', async () => {
    for (const [kept, now, expected] of [
      ['2026-10-05T10:30:00.000Z', msAt(600), '2026-10-05T10:30:00.000Z'],
      ['2026-10-05T10:30:00.000Z', msAt(400 * 86_400), '2026-10-05T11:00:00.000Z'],
      ['2026-10-05T10:30:00.000Z', NaN, '2026-10-05T10:30:00.000Z'],
    ] as const) {
      shop.now = now;
      const { source, cursor } = sourceOf({ shop, cursor: kept });
      await source.poll!();
      assert.equal(cursor(), expected);
    }
  });

  it('fetch the refunds of orders that have some, and of no others', async () => {
    shop.orders.push(orderAt(1001, 500, { refunds: [{ id: 1101, reason: '', total: '-9.26' }] }), orderAt(1002, 500));
    shop.refunds.set(1001, fixture('refunds') as readonly unknown[]);
    const { source, stored } = sourceOf({ shop });
    await source.poll!();
    assert.deepEqual(
      stored.map(one => (bodyOf(one).refunds as readonly Json[]).map(refund => refund.id)),
      [[1102, 1101], []],
    );
    assert.ok(!shop.asked.some(one => one.startsWith('/orders/1002/')));
    const { facts } = playDeliveries(woocommerce, stored.map(asDelivery), policy);
    assert.ok(facts.some(fact => fact.type === 'RefundReported'));
  });

  it('are settled only for what the shop cannot change within its second any more', async () => {
    shop.orders.push(orderAt(1, 500), orderAt(2, 600));
    const { source, stored } = sourceOf({ shop });
    await source.poll!();
    const context = { shop: policy.shops.web!, policy, hash: (text: string) => text };
    assert.deepEqual(
      stored.map(one => woocommerce.translate(asDelivery(one), context)[0]?.settled),
      [true, false],
    );
  });

  it('are as of before the shop began to answer: what it read first may be as old as the answer took', async () => {
    shop.orders.push(orderAt(1, 598), orderAt(2, 599));
    const { source, stored, cursor } = sourceOf({ shop, elapsedMs: 1_000 });
    await source.poll!();
    const context = { shop: policy.shops.web!, policy, hash: (text: string) => text };
    assert.deepEqual(
      stored.map(one => woocommerce.translate(asDelivery(one), context)[0]?.settled),
      [true, false],
    );
    assert.equal(cursor(), '2026-10-05T10:09:59.000Z');
  });

  it('say when the shop has disabled the webhook, while it lasts, and when it is active again (scenario 4)', async () => {
    const { source, logged } = sourceOf({ shop });
    const said = async (): Promise<readonly string[]> => {
      logged.length = 0;
      await source.poll!();
      return logged.map(entry => `${entry.level} ${String(entry.fields.webhook)}`);
    };
    assert.deepEqual(await said(), []);
    shop.webhooks.splice(0, 1, { ...shop.webhooks[0], status: 'disabled' });
    assert.deepEqual([await said(), await said()], [['warn not active'], ['warn not active']]);
    shop.webhooks.splice(0, 1, { ...shop.webhooks[0], status: 'active' });
    assert.deepEqual([await said(), await said()], [['info active'], []]);
    shop.webhooks.length = 0;
    assert.deepEqual([await said(), await said()], [['warn missing'], []]);
  });

  it('do not fail because webhooks may not be read', async () => {
    shop.before = (path, response) => {
      if (path !== '/webhooks') return false;
      response.writeHead(403).end('{}');
      return true;
    };
    const { source, logged } = sourceOf({ shop });
    await source.poll!();
    assert.deepEqual(
      logged.map(entry => entry.fields.webhook),
      ['unknown'],
    );
  });

  it('name what went wrong at the shop, with when to come again, and never a key or an answer’s text', async () => {
    const cases: readonly (readonly [string, number, string, Readonly<Record<string, string>>, string, number | undefined])[] = [
      ['busy', 429, '{}', { 'retry-after': '17' }, 'CHANNEL_UNREACHABLE', 17_000],
      ['down', 503, '<html>', {}, 'CHANNEL_UNREACHABLE', undefined],
      ['key refused', 401, '{}', {}, 'CHANNEL_REFUSED', undefined],
      ['moved', 301, '', { location: 'http://127.0.0.1:1/' }, 'CHANNEL_REFUSED', undefined],
      ['not there', 404, '{}', {}, 'CHANNEL_REFUSED', undefined],
      ['a page in place of JSON', 200, '<b>Warning</b> secret-text', {}, 'CHANNEL_UNREACHABLE', undefined],
      ['no list', 200, '{}', {}, 'CHANNEL_REFUSED', undefined],
      ['rows without ids', 200, '[{}]', {}, 'CHANNEL_UNREACHABLE', undefined],
    ];
    for (const [what, status, body, headers, code, retryAfterMs] of cases) {
      shop.before = (_path, response) => {
        response.writeHead(status, headers).end(body);
        return true;
      };
      const { source, events } = sourceOf({ shop });
      await assert.rejects(source.poll!(), error => {
        assert.ok(isFailure(error) && error.kind === 'transient', what);
        assert.deepEqual([error.code, error.retryAfterMs], [code, retryAfterMs], what);
        assert.doesNotMatch(error.message, /ck_test|cs_test|secret-text/, what);
        return true;
      });
      assert.deepEqual(events, [], what);
    }
  });

  it('give up on a shop that does not answer in time, or not at all', async () => {
    shop.before = () => true;
    await fails(sourceOf({ shop, timeoutSeconds: 1 }).source.poll!(), 'CHANNEL_UNREACHABLE');
    await shop.close();
    await fails(sourceOf({ shop }).source.poll!(), 'CHANNEL_UNREACHABLE');
  });

  it('try the next key while one is being replaced', async () => {
    shop.orders.push(orderAt(1, 500));
    assert.equal(await sourceOf({ shop, keys: ['ck_old:cs_old', shopKey] }).source.poll!(), 1);
  });

  it('are left out, and it is said, where the shop has no key', () => {
    const { source, logged } = sourceOf({ shop, keys: [] });
    assert.equal(source.poll, undefined);
    assert.ok(logged.some(entry => entry.message.includes('WOO_API_KEYS')));
  });
});

describe('woocommerce over HTTP', () => {
  afterEach(stopTestEdges);
  const start = (given: Given = {}) => {
    const { source, stored } = sourceOf(given);
    const deliver = given.deliver ?? ((all: readonly RawDelivery[]) => Promise.resolve(void stored.push(...all)));
    return startTestEdge([{ channel: 'woocommerce', shop: 'web', webhook: source.webhook!, deliver }], {
      limits: { bodyBytes: 100_000 },
    }).then(edge => ({ ...edge, stored }));
  };
  const path = '/hooks/woocommerce/web';
  const body = JSON.stringify(wooOrder('two-rates'));
  const signed = (text: string, key = secret) => ({
    'X-WC-Webhook-Signature': sign(text, key),
    'X-WC-Webhook-Resource': 'order',
  });

  it('answers a signed order with 200 and stores it, a repeated one again with 200 (scenario 6)', async () => {
    const { port, stored } = await start();
    for (let times = 0; times < 3; times++) assert.equal((await post(port, path, body, signed(body))).status, 200);
    assert.deepEqual(
      playDeliveries(woocommerce, stored.map(asDelivery), policy).facts.map(fact => fact.type),
      ['OrderPlaced'],
    );
  });
  it('answers the ping with exactly 200', async () => {
    const { port, stored } = await start();
    const answer = await post(port, path, 'webhook_id=7', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.deepEqual([answer.status, answer.body, stored], [200, '', []]);
  });
  it('answers a wrong, missing, foreign or doubled signature with 401, audited, and stores nothing (scenario 6)', async () => {
    const { port, stored, logged } = await start();
    const wrong = [
      {},
      signed(body, 'wrong'),
      signed(body, 'secret-of-another-shop'),
      { 'X-WC-Webhook-Signature': [sign(body), sign(body)] },
    ];
    for (const headers of wrong) assert.equal((await post(port, path, body, headers)).status, 401);
    assert.equal((await post(port, path, JSON.stringify(wooOrder('two-rates'), null, 2), signed(body))).status, 401);
    assert.equal((await post(port, path, body, { 'X-WC-Webhook-Signature': 'A'.repeat(10_000) })).status, 401);
    assert.deepEqual(stored, []);
    await eventually(() => logged.some(entry => entry.fields.code === 'SIGNATURE_MISMATCH'), 'the audit');
  });
  it('answers a signed body that is malformed with 400', async () => {
    const { port } = await start();
    for (const text of ['{"id":', '{"id":1,"__proto__":{}}', '{"id":1,"id":2}', '[1]'])
      assert.equal((await post(port, path, text, signed(text))).status, 400, text);
  });
  it('answers an oversize body with 413 before it looks at the signature', async () => {
    const { port } = await start();
    assert.equal((await post(port, path, 'x'.repeat(100_001))).status, 413);
  });
  it('answers 503 when the delivery is not durable', async () => {
    const { port } = await start({ deliver: () => Promise.reject(transient('KAFKA_UNREACHABLE', 'no broker')) });
    const answer = await post(port, path, body, signed(body));
    assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5']);
  });
});
