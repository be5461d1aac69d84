/** One order on the runtime in memory: asked, resolved, reserved, paid, confirmed, shipped, booked. */
import assert from 'node:assert/strict';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import { catalogue } from '../../processors/catalogue/index.ts';
import { orders } from '../../processors/orders/index.ts';
import { orderBooks } from '../../processors/order-books/index.ts';
import { paymentBooks } from '../../processors/payment-books/index.ts';
import { payments } from '../../processors/payments/index.ts';
import { stock } from '../../processors/stock/index.ts';
import {
  codeDefined,
  orderPlaced,
  paymentCaptured,
  shipmentDispatched,
  stockBaselineSet,
} from '../../schemas/generated/facts.ts';
import { policy } from '../support/policy.ts';

const at = Date.UTC(2026, 10, 2, 9);
const placed = orderPlaced({
  company: 'acme',
  shop: 'web',
  order: 'web:1',
  revision: 1,
  placedAt: at,
  currency: 'EUR',
  customer: 'web:c1',
  sealed: { keyId: 'person/web:c1#1', bytes: 'AAAA' },
  lines: [
    {
      line: '1',
      kind: 'goods',
      codes: ['sku:A'],
      description: 'A',
      quantityMilli: 2000,
      netMinor: 2000,
      discountMinor: 0,
      taxes: [{ code: 'nl21', amountMinor: 420 }],
      grossMinor: 2420,
      taxIncluded: false,
      unitPrice: '10.00',
    },
  ],
  totalMinor: 2420,
  tenders: [
    { tender: 'stripe', gateway: 'stripe', paymentReference: 'pi_1', amountMinor: 2420, currency: 'EUR', reportedPaid: true },
  ],
  awaitsPayment: false,
});
const types = async (world: MemoryWorld, topic: string) => (await world.read(topic)).map(event => event.type);

describe('one order on the runtime', () => {
  let world: MemoryWorld;
  before(async () => {
    world = await memoryWorld({
      units: [catalogue, orders, stock, payments, orderBooks, paymentBooks].map(unit => ({ kind: 'processor', unit })),
      policy,
    });
  });
  after(() => world.close());
  it('is confirmed once stock is promised and the money is there', async () => {
    await world.publish(
      codeDefined({
        company: 'acme',
        code: 'sku:A',
        revision: 1,
        components: [{ owner: 'acme', product: '42', quantityMilli: 1000 }],
      }),
      stockBaselineSet({ owner: 'acme', product: '42', location: 'main', quantityMilli: 5000, takenAt: at, source: 'test' }),
    );
    await world.settle();
    await world.publish(placed);
    await world.settle();
    assert.deepEqual(await types(world, 'order-decisions.v1'), []);
    await world.publish(
      paymentCaptured({
        company: 'acme',
        gateway: 'stripe',
        paymentReference: 'pi_1',
        orderHint: null,
        capture: 'ch_1',
        amountMinor: 2420,
        currency: 'EUR',
        feeMinor: 0,
        capturedAt: at,
        version: 1,
      }),
    );
    await world.settle();
    assert.equal((await types(world, 'order-decisions.v1'))[0], 'OrderConfirmed');
    assert.deepEqual(world.errors, []);
  });
  it('is shipped, closed and booked', async () => {
    await world.publish(
      shipmentDispatched({
        company: 'acme',
        order: 'web:1',
        shipment: 'p1',
        owner: 'acme',
        product: '42',
        location: 'main',
        quantityMilli: 2000,
        dispatchedAt: at,
      }),
    );
    await world.settle();
    const decided = await types(world, 'order-decisions.v1');
    assert.equal(decided.includes('ShipmentAccepted') && decided.includes('OrderClosed'), true, decided.join());
    assert.equal((await types(world, 'journals.v1')).length >= 2, true);
    assert.deepEqual(world.errors, []);
  });
});
