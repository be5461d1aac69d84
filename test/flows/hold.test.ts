/** A hold and the units it waits for: a payment that reached us in time is seen before its hold ends, through any outage. */
import assert from 'node:assert/strict';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import { catalogue } from '../../processors/catalogue/index.ts';
import { orders } from '../../processors/orders/index.ts';
import { payments } from '../../processors/payments/index.ts';
import { stock } from '../../processors/stock/index.ts';
import { stripe } from '../../producers/stripe/index.ts';
import { codeDefined, orderPlaced, paymentCaptured, stockBaselineSet } from '../../schemas/generated/facts.ts';
import { policy } from '../support/policy.ts';

const minutes = 60_000;
const at = Date.UTC(2026, 10, 2, 9);
const placed = orderPlaced({
  company: 'acme',
  shop: 'web',
  order: 'web:1',
  revision: 1,
  placedAt: at,
  currency: 'EUR',
  customer: 'web:c1',
  sealed: null,
  lines: [
    {
      line: '1',
      kind: 'goods',
      codes: ['sku:A'],
      description: 'A',
      quantityMilli: 1000,
      netMinor: 1000,
      discountMinor: 0,
      taxes: [{ code: 'nl21', amountMinor: 210 }],
      grossMinor: 1210,
      taxIncluded: false,
      unitPrice: '10.00',
    },
  ],
  totalMinor: 1210,
  tenders: [
    { tender: 'stripe', gateway: 'stripe', paymentReference: 'pi_1', amountMinor: 1210, currency: 'EUR', reportedPaid: false },
  ],
  awaitsPayment: true,
});
const captured = paymentCaptured({
  company: 'acme',
  gateway: 'stripe',
  paymentReference: 'pi_1',
  orderHint: null,
  capture: 'ch_1',
  amountMinor: 1210,
  currency: 'EUR',
  feeMinor: 0,
  capturedAt: at,
  version: 1,
});
const decided = async (world: MemoryWorld) => (await world.read('order-decisions.v1')).map(event => event.type);

describe('a hold of fifteen minutes', () => {
  let world: MemoryWorld;
  beforeEach(async () => {
    world = await memoryWorld({
      // A hold waits for the gateway's producer too: it is known here, has nothing to read, and runs nowhere.
      units: [
        { kind: 'producer', unit: stripe },
        ...[catalogue, orders, stock, payments].map(unit => ({ kind: 'processor', unit }) as const),
      ],
      run: ['catalogue', 'orders', 'stock', 'payments'],
      policy,
      limits: { pollMs: 20_000 },
    });
    await world.publish(
      codeDefined({
        company: 'acme',
        code: 'sku:A',
        revision: 1,
        components: [{ owner: 'acme', product: '42', quantityMilli: 1000 }],
      }),
      stockBaselineSet({ owner: 'acme', product: '42', location: 'main', quantityMilli: 1000, takenAt: at, source: 'test' }),
    );
    await world.settle();
    await world.publish(placed);
    await world.settle();
  });
  afterEach(() => world.close());

  it('ends when nobody paid', async () => {
    await world.clock.advance(14 * minutes);
    assert.deepEqual(await decided(world), []);
    await world.clock.advance(2 * minutes);
    assert.deepEqual((await decided(world)).includes('OrderWithdrawn'), true);
  });
  it('does not end while a unit is down that may hold the payment, and the payment counts when it is back', async () => {
    await world.restart(['catalogue', 'orders', 'stock']);
    await world.publish(captured);
    await world.clock.advance(120 * minutes);
    assert.deepEqual(await decided(world), []);
    await world.restart(['catalogue', 'orders', 'stock', 'payments']);
    await world.settle();
    assert.equal((await decided(world))[0], 'OrderConfirmed');
  });
  it('does not end before the orders task itself has read what it had missed, two hours long', async () => {
    await world.restart(['catalogue', 'stock']);
    await world.publish(captured);
    await world.clock.advance(120 * minutes);
    await world.restart(['catalogue', 'orders', 'stock', 'payments']);
    await world.settle();
    assert.equal((await decided(world))[0], 'OrderConfirmed');
    assert.deepEqual(world.errors, []);
  });
});
