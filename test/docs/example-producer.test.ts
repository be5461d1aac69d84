/** The example that authors of adapters copy keeps the laws of every producer. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { acorn } from '../../examples/acorn/index.ts';
import { realClock } from '../../runtime/clock.ts';
import { isFailure } from '../../runtime/failure.ts';
import type { Delivery, Received, Shop } from '../../runtime/model.ts';
import { playDeliveries, producerLaws } from '../laws/producers.ts';
import { silentLog } from '../support/log.ts';
import { policy as acme } from '../support/policy.ts';

const shop: Shop = { shop: 'oak', channel: 'acorn', company: 'acme', url: null, timeZone: 'Europe/Amsterdam', options: {} };
const policy = { ...acme, shops: { ...acme.shops, oak: shop } };
const order = (id: string, more: object = {}): object => ({
  id,
  version: 1,
  state: 'open',
  placedAt: 1_790_000_000_000,
  currency: 'EUR',
  email: 'buyer@example.test',
  items: [{ id: '1', sku: 'TEE', pieces: 2, netCents: 4000, taxCents: 840, tax: 'nl21' }],
  method: 'stripe',
  reference: 'pi_1',
  paid: true,
  ...more,
});
const delivered = (body: object, aggregate: string): Delivery => ({
  company: 'acme',
  shop: 'oak',
  aggregate,
  via: 'webhook',
  about: 'order',
  receivedAt: 1_790_000_000_500,
  body,
});
const orders = fc
  .record({
    id: fc.constantFrom('A-1', 'A-2'),
    version: fc.integer({ min: 1, max: 5 }),
    state: fc.constantFrom('open', 'open', 'open', 'cancelled'),
    pieces: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ id, version, state, pieces }) =>
    delivered(
      order(id, { version, state, items: [{ id: '1', sku: 'TEE', pieces, netCents: 2000 * pieces, taxCents: 0, tax: 'nl0' }] }),
      id,
    ),
  );

producerLaws(acorn, orders, policy, 60);

describe('the example producer', () => {
  it('says OrderPlaced, then what changed, then that it is cancelled', () => {
    const play = [{}, { version: 2, paid: false }, { version: 3, state: 'cancelled' }];
    const { facts } = playDeliveries(
      acorn,
      play.map(more => delivered(order('A-1', more), 'A-1')),
      policy,
    );
    assert.deepEqual(
      facts.map(fact => fact.type),
      ['OrderPlaced', 'OrderChanged', 'OrderCancelled'],
    );
  });

  const bytes = Buffer.from(JSON.stringify(order('A-1')));
  const post = (signature: string): Promise<Received> => {
    const { webhook } = acorn.source({
      shop,
      settings: { ACORN_WEBHOOK_SECRETS: new Map([['oak', ['old', 'new']]]) },
      intake: { deliver: () => Promise.resolve(), cursor: () => Promise.resolve(undefined), keepCursor: () => Promise.resolve() },
      clock: realClock,
      log: silentLog,
    });
    return webhook!({ headers: { 'x-acorn-signature': signature }, bytes, now: 0 });
  };
  const signed = (secret: string): string => createHmac('sha256', secret).update(bytes).digest('hex');
  it('takes what any active secret signed, under the key of its order', async () => {
    for (const secret of ['old', 'new']) assert.equal((await post(signed(secret))).deliveries[0]?.aggregate, 'A-1');
  });
  it('refuses what is not signed, or by another', () => {
    for (const signature of ['', 'zz', signed('other'), `${signed('new')}00`])
      assert.throws(
        () => void post(signature),
        (error: unknown) => isFailure(error) && error.code === 'SIGNATURE_MISMATCH',
      );
  });
});
