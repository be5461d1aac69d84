/** Where Stripe's events come in: the webhook, and the poll against a double over HTTP. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { stripe } from '../../../producers/stripe/index.ts';
import { settings } from '../../../producers/stripe/source.ts';
import { isFailure, type Failure } from '../../../runtime/failure.ts';
import type { Delivery, RawDelivery, Received, Source } from '../../../runtime/model.ts';
import { readSettings } from '../../../runtime/settings.ts';
import { charge, event, intent, refund } from '../../fixtures/stripe/events.ts';
import { playDeliveries } from '../../laws/producers.ts';
import { policy } from '../../support/policy.ts';
import { startStripeDouble, type StripeDouble } from './double.ts';

const now = 1_790_000_100_000;
type Fields = Readonly<Record<string, unknown>>;

describe("Stripe's source", () => {
  let double: StripeDouble;
  let stored: RawDelivery[];
  let cursors: Map<string, string>;
  let refuses: boolean;
  let source: Source;
  const start = (options: Fields = {}, environment: Readonly<Record<string, string>> = {}): Source =>
    stripe.source({
      shop: { ...policy.shops['stripe']!, options },
      settings: readSettings(settings, {
        STRIPE_WEBHOOK_SECRETS: 'stripe=whsec_1 stripe=whsec_2 other=whsec_3',
        STRIPE_API_KEYS: 'stripe=rk_test_1',
        STRIPE_URL: double.url,
        ...environment,
      }),
      intake: {
        deliver: deliveries => {
          if (refuses) return Promise.reject(new Error('the broker is away'));
          stored.push(...deliveries);
          return Promise.resolve();
        },
        cursor: name => Promise.resolve(cursors.get(name)),
        keepCursor: (name, value) => {
          cursors.set(name, value);
          return Promise.resolve();
        },
      },
      clock: { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });
  const send = (body: Fields | string, secret = 'whsec_1', at = now): Promise<Received> => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const time = Math.floor(at / 1000);
    const signature = createHmac('sha256', secret).update(`${time}.`).update(bytes).digest('hex');
    return source.webhook!({ headers: { 'stripe-signature': `t=${time},v1=${signature}` }, bytes, now });
  };
  const poll = (): Promise<number> => source.poll!();
  const fails = async (doing: Promise<unknown>): Promise<Failure> => {
    const error: unknown = await doing.then(
      () => undefined,
      (one: unknown) => one,
    );
    assert.ok(isFailure(error), `expected a failure, found ${String(error)}`);
    assert.doesNotMatch(error.message, /rk_test|whsec|sk_test_secret|buyer@/);
    return error;
  };
  const keys = (): readonly string[] => stored.map(one => `${one.via} ${one.about} ${one.aggregate}`);
  /** What the stored deliveries say. */
  const said = (deliveries: readonly RawDelivery[]) =>
    playDeliveries(
      stripe,
      deliveries.map(({ bytes, ...one }): Delivery => ({
        ...one,
        company: 'acme',
        receivedAt: now,
        body: JSON.parse(Buffer.from(bytes).toString()),
      })),
      policy,
    ).facts.map(fact => fact.type);
  before(async () => {
    double = await startStripeDouble();
  });
  after(() => double.close());
  beforeEach(() => {
    stored = [];
    cursors = new Map();
    refuses = false;
    double.charges.clear();
    for (const list of [double.events, double.asked, double.instead]) list.length = 0;
    double.keys.clear();
    double.keys.add('rk_test_1');
    source = start();
  });

  describe('its webhook', () => {
    it('stores the bytes as received, under the PaymentIntent', async () => {
      const body = `${JSON.stringify(event('payment_intent.succeeded', intent({ amount_received: 2599 })))}\n`;
      const received = await send(body);
      assert.equal(received.status, 200);
      assert.deepEqual(
        received.deliveries.map(({ bytes, ...one }) => ({ ...one, bytes: Buffer.from(bytes).toString() })),
        [{ shop: 'stripe', aggregate: 'pi_1', via: 'webhook', about: 'payment_intent.succeeded', bytes: body }],
      );
    });
    it('takes the PaymentIntent of a charge, else the charge', async () => {
      const aggregate = async (fields: Fields) =>
        (await send(event('charge.succeeded', charge(fields)))).deliveries[0]?.aggregate;
      assert.equal(await aggregate({}), 'pi_1');
      assert.equal(await aggregate({ payment_intent: { id: 'pi_2', object: 'payment_intent' } }), 'pi_2');
      assert.equal(await aggregate({ payment_intent: null }), 'ch_1');
      assert.deepEqual(double.asked, []);
    });
    it('asks the charge for the PaymentIntent when a refund or a dispute names the charge only', async () => {
      double.charges.set('ch_9', charge({ id: 'ch_9', payment_intent: 'pi_9' }));
      double.charges.set('ch_8', charge({ id: 'ch_8', payment_intent: null }));
      const aggregate = async (chargeId: string) =>
        (await send(event('refund.created', refund({ charge: chargeId, payment_intent: null })))).deliveries[0]?.aggregate;
      assert.deepEqual([await aggregate('ch_9'), await aggregate('ch_8')], ['pi_9', 'ch_8']);
      assert.deepEqual(double.asked, ['GET /v1/charges/ch_9', 'GET /v1/charges/ch_8']);
    });
    it('does not answer when the charge cannot be read: Stripe delivers again', async () => {
      const lost = event('refund.created', refund({ payment_intent: null }));
      double.instead.push(response => response.writeHead(500).end());
      const down = await fails(send(lost));
      assert.deepEqual([down.kind, down.code], ['transient', 'CHANNEL_UNREACHABLE']);
      double.instead.push(response => response.writeHead(429, { 'retry-after': '3' }).end());
      assert.equal((await fails(send(lost))).retryAfterMs, 3000);
      double.instead.push(response => response.destroy());
      assert.equal((await fails(send(lost))).code, 'CHANNEL_UNREACHABLE');
      const absent = await fails(send(lost));
      assert.deepEqual([absent.kind, absent.code], ['transient', 'CHANNEL_REFUSED']);
    });
    it('never puts what is not an id into an address', async () => {
      const odd = '../events?limit=1#';
      const received = await send(event('refund.created', refund({ charge: odd, payment_intent: null })));
      assert.deepEqual([received.deliveries[0]?.aggregate, double.asked], [odd, []]);
    });
    it('answers what says nothing of money without storing it', async () => {
      for (const type of ['customer.created', 'charge.refunded', 'payout.paid'])
        assert.deepEqual(await send(event(type, charge())), { deliveries: [], status: 200 });
    });
    it('scenario 6: refuses a foreign secret and a stale time; a valid delivery repeated says nothing new', async () => {
      const paid = event('charge.succeeded', charge());
      assert.equal((await fails(send(paid, 'whsec_3'))).code, 'SIGNATURE_MISMATCH');
      assert.equal((await fails(send(paid, 'whsec_1', now - 301_000))).code, 'SIGNATURE_STALE');
      assert.equal((await fails(send(paid, 'whsec_1', now + 302_000))).code, 'SIGNATURE_STALE');
      const twice = [...(await send(paid)).deliveries, ...(await send(paid, 'whsec_2')).deliveries];
      assert.equal(twice.length, 2);
      assert.deepEqual(said(twice), ['PaymentCaptured']);
    });
    it('refuses a signed body that is no event', async () => {
      for (const body of ['', '{', '[]', 'null', '{"id":"evt_1"}', '{"id":1,"type":"x","created":1,"livemode":false,"data":{}}'])
        assert.equal((await fails(send(body))).code, 'BODY_MALFORMED', body);
      const notUtf8 = Buffer.from([0x7b, 0xff, 0x7d]);
      const signature = createHmac('sha256', 'whsec_1')
        .update(`${now / 1000}.`)
        .update(notUtf8)
        .digest('hex');
      const request = { headers: { 'stripe-signature': `t=${now / 1000},v1=${signature}` }, bytes: notUtf8, now };
      assert.equal((await fails(source.webhook!(request))).code, 'BODY_MALFORMED');
    });
    it('stores a signed event whose object cannot be read, so that it is set aside where it is seen', async () => {
      const odd = event('charge.succeeded', { id: 7 });
      assert.deepEqual(
        (await send(odd)).deliveries.map(one => one.aggregate),
        [odd['id']],
      );
    });
    it('refuses an event of the other mode', async () => {
      source = start({ livemode: true });
      const failure = await fails(send(event('charge.succeeded', charge())));
      assert.deepEqual([failure.kind, failure.code], ['poison', 'BODY_MALFORMED']);
      assert.match(failure.message, /livemode false/);
    });
    it('does not start without a secret or a key for its shop', async () => {
      await fails(Promise.resolve().then(() => start({}, { STRIPE_WEBHOOK_SECRETS: 'other=whsec_1' })));
      const failure = await fails(Promise.resolve().then(() => start({}, { STRIPE_API_KEYS: 'other=rk_test_1' })));
      assert.deepEqual([failure.kind, failure.code], ['fatal', 'SETTINGS_INVALID']);
    });
  });

  describe('its poll', () => {
    const at = (secondsAgo: number): number => now / 1000 - secondsAgo;
    const happened = (count: number, secondsAgo = 100): void => {
      for (let n = 1; n <= count; n += 1)
        double.events.push(event('charge.succeeded', charge({ id: `ch_${n}`, payment_intent: `pi_${n}` }), at(secondsAgo)));
    };
    it('recovers an event whose webhook was lost, once', async () => {
      happened(1);
      assert.equal(await poll(), 1);
      assert.deepEqual(keys(), ['poll charge.succeeded pi_1']);
      assert.deepEqual(said([...stored, ...(await send(double.events[0]!)).deliveries]), ['PaymentCaptured']);
      assert.equal(await poll(), 0);
    });
    it('reads all pages, and asks for the types that it reads only', async () => {
      happened(250);
      double.events.push(event('customer.created', {}, at(1)));
      assert.equal(await poll(), 250);
      assert.equal(new Set(keys()).size, 250);
      assert.deepEqual(double.asked, ['GET /v1/events', 'GET /v1/events', 'GET /v1/events']);
    });
    it('goes on from the newest that was seen, with overlap, also after a restart', async () => {
      happened(1, 5000);
      await poll();
      assert.equal(cursors.get('events'), String(at(5000)));
      source = start();
      stored = [];
      double.events.push(
        event('charge.succeeded', charge({ id: 'ch_late', payment_intent: 'pi_late' }), at(5000 + 600)),
        event('charge.succeeded', charge({ id: 'ch_older', payment_intent: 'pi_older' }), at(5000 + 601)),
      );
      await poll();
      assert.deepEqual(keys().toSorted(), ['poll charge.succeeded pi_1', 'poll charge.succeeded pi_late']);
    });
    it('looks a day back when it never looked before', async () => {
      happened(1, 24 * 3600 + 601);
      assert.equal(await poll(), 0);
      happened(1, 24 * 3600 + 600);
      assert.equal(await poll(), 1);
    });
    it('keeps its cursor only after all pages are stored', async () => {
      happened(150);
      double.instead.push(response => response.writeHead(503).end());
      assert.equal((await fails(poll())).kind, 'transient');
      assert.equal(cursors.get('events'), undefined);
      refuses = true;
      await assert.rejects(poll(), /the broker is away/);
      assert.equal(cursors.get('events'), undefined);
      refuses = false;
      assert.equal(await poll(), 150);
      assert.equal(cursors.get('events'), String(at(100)));
    });
    it('takes up where a page failed, without storing the first one again', async () => {
      happened(150);
      double.instead.push(response => {
        const data = double.events.toReversed().slice(0, 100);
        double.instead.push(one => one.writeHead(500).end());
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data, has_more: true }));
      });
      assert.equal((await fails(poll())).code, 'CHANNEL_UNREACHABLE');
      assert.equal(stored.length, 100);
      assert.equal(await poll(), 50);
      assert.equal(new Set(keys()).size, 150);
    });
    it('stores an event that cannot be read, to be set aside, and goes on', async () => {
      double.events.push(
        { id: 'evt_odd', type: 'charge.succeeded', created: at(9) },
        { type: 'charge.succeeded', created: at(8) },
      );
      happened(1);
      assert.equal(await poll(), 3);
      assert.deepEqual(keys().toSorted(), [
        'poll charge.succeeded pi_1',
        'poll unreadable evt_odd',
        'poll unreadable unreadable',
      ]);
    });
    it('names what is wrong with its key, and tries the next one while a key is rolled', async () => {
      double.keys.clear();
      double.keys.add('rk_test_2');
      const failure = await fails(poll());
      assert.deepEqual([failure.kind, failure.code], ['transient', 'CHANNEL_REFUSED']);
      assert.equal(failure.message, 'reading Stripe /v1/events: it answers 401 (api_key_expired)');
      source = start({}, { STRIPE_API_KEYS: 'stripe=rk_test_1 stripe=rk_test_2' });
      happened(1);
      assert.equal(await poll(), 1);
    });
    it('says so when something else stands there', async () => {
      double.instead.push(response => response.writeHead(200).end('<html>'));
      assert.equal((await fails(poll())).code, 'CHANNEL_UNREACHABLE');
      double.instead.push(response => response.writeHead(200).end('{"data":1}'));
      assert.equal((await fails(poll())).code, 'CHANNEL_UNREACHABLE');
    });
    it('says so when nothing stands there', async () => {
      const gone = await startStripeDouble();
      await gone.close();
      source = start({}, { STRIPE_URL: gone.url });
      const failure = await fails(poll());
      assert.deepEqual([failure.kind, failure.code], ['transient', 'CHANNEL_UNREACHABLE']);
      assert.match(failure.message, /ECONNREFUSED/);
    });
    it('stops when the key reads the other mode', async () => {
      source = start({ livemode: true });
      happened(1);
      const failure = await fails(poll());
      assert.deepEqual([failure.kind, failure.code], ['fatal', 'SETTINGS_INVALID']);
    });
  });
});
