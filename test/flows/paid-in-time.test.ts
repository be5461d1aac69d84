/** Two hours of outage, of all units or of some, with payments in the backlog: no hold that was paid in time ends, in any partition. */
import assert from 'node:assert/strict';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { Fact } from '../../runtime/model.ts';
import { catalogue } from '../../processors/catalogue/index.ts';
import { orders } from '../../processors/orders/index.ts';
import { payments } from '../../processors/payments/index.ts';
import { stock } from '../../processors/stock/index.ts';
import { stripe } from '../../producers/stripe/index.ts';
import { codeDefined, orderPlaced, paymentCaptured, stockBaselineSet } from '../../schemas/generated/facts.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import { policy } from '../support/policy.ts';
import { drawer } from './support/draw.ts';

const minute = 60_000;
const units = [catalogue, orders, stock, payments];
const names = units.map(unit => unit.name);
const holdMinutes = 15;
/** Who is away, and for how long after the last word. (Payments alone: `hold.test.ts`.) */
const outages = [
  { away: names, minutes: 120 },
  { away: ['orders'], minutes: 120 },
  { away: ['payments', 'orders'], minutes: 120 },
  { away: ['stock', 'orders', 'catalogue'], minutes: 120 },
] as const;
const partitions = 3;
const products = ['1', '2', '3', '4', '5'];
const seeds = [1, 2, 3, 4];
type Fate = 'paid in time' | 'paid late' | 'never paid';

const placed = (order: string, product: string, at: number): Fact =>
  orderPlaced({
    company: 'acme',
    shop: 'web',
    order,
    revision: 1,
    placedAt: at,
    currency: 'EUR',
    customer: 'web:c1',
    sealed: null,
    lines: [
      {
        line: '1',
        kind: 'goods',
        codes: [`sku:${product}`],
        description: product,
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
      {
        tender: 'stripe',
        gateway: 'stripe',
        paymentReference: `pi_${order}`,
        amountMinor: 1210,
        currency: 'EUR',
        reportedPaid: false,
      },
    ],
    awaitsPayment: true,
  });
const captured = (order: string, at: number): Fact =>
  paymentCaptured({
    company: 'acme',
    gateway: 'stripe',
    paymentReference: `pi_${order}`,
    orderHint: null,
    capture: `ch_${order}`,
    amountMinor: 1210,
    currency: 'EUR',
    feeMinor: 0,
    capturedAt: at,
    version: 1,
  });

describe('two hours of outage with payments in the backlog', function () {
  this.timeout(180_000);
  let world: MemoryWorld;
  afterEach(() => world.close());
  const decisions = async (order: string): Promise<readonly string[]> =>
    (await world.read('order-decisions.v1'))
      .filter(event => (event.data as { readonly order: string }).order === order)
      .map(event => event.type);

  for (const seed of seeds)
    it(`lets no hold end that was paid in time (seed ${seed})`, async () => {
      const draw = drawer(seed);
      const minutes = (from: number, to: number): number => draw(Array.from({ length: to - from + 1 }, (_, i) => from + i));
      world = await memoryWorld({
        // A hold waits for the gateway's producer too: it is known here, has nothing to read, and runs nowhere.
        units: [{ kind: 'producer', unit: stripe }, ...units.map(unit => ({ kind: 'processor', unit }) as const)],
        run: names,
        policy,
        partitions,
        limits: { pollMs: 20_000 },
      });
      const start = world.clock.now();
      await world.publish(
        ...products.flatMap(product => [
          codeDefined({
            company: 'acme',
            code: `sku:${product}`,
            revision: 1,
            components: [{ owner: 'acme', product, quantityMilli: 1000 }],
          }),
          stockBaselineSet({
            owner: 'acme',
            product,
            location: 'main',
            quantityMilli: 100_000,
            takenAt: start,
            source: 'test',
          }),
        ]),
      );
      await world.settle();
      const said: { readonly atMinute: number; readonly fact: () => Fact }[] = [];
      const fates = new Map<string, Fate>();
      for (let i = 0; i < 15; i++) {
        const [order, product] = [`web:${seed}${i}`, draw(products)];
        const atMinute = minutes(1, 40);
        const fate = draw<Fate>(['paid in time', 'paid in time', 'paid late', 'never paid']);
        fates.set(order, fate);
        said.push({ atMinute, fact: () => placed(order, product, world.clock.now()) });
        // The minute of the payment is reached a little after it began: the last one that counts is the one before the hold's end.
        const after = fate === 'paid in time' ? minutes(1, holdMinutes - 1) : minutes(holdMinutes + 2, 60);
        if (fate !== 'never paid') said.push({ atMinute: atMinute + after, fact: () => captured(order, world.clock.now()) });
      }
      const downAt = minutes(5, 40);
      const { away, minutes: minutesAway } = outages[seed % outages.length]!;
      let down = false;
      const told = new Set<string>();
      for (const { atMinute, fact } of said.toSorted((a, b) => a.atMinute - b.atMinute)) {
        if (!down && atMinute >= downAt) {
          down = true;
          await world.restart(names.filter(name => !(away as readonly string[]).includes(name)));
        }
        await world.clock.advance(Math.max(0, start + atMinute * minute - world.clock.now()));
        const one = fact();
        told.add(String(partitionOf(Buffer.from(`acme|${(one.data as { order?: string }).order ?? ''}`), partitions)));
        await world.publish(one);
      }
      await world.clock.advance(minutesAway * minute);
      await world.restart(names);
      await world.settle(30 * minute);
      await world.clock.advance(holdMinutes * minute);
      await world.settle(30 * minute);
      assert.ok(told.size > 1, 'all orders lay in one partition');
      for (const [order, fate] of fates) {
        const all = await decisions(order);
        if (fate === 'paid in time') {
          assert.equal(all[0], 'OrderConfirmed', `${order}, away: ${away.join(' ')}`);
          assert.ok(!all.includes('OrderWithdrawn'), `${order} was withdrawn, away: ${away.join(' ')}`);
        }
        if (fate === 'never paid') assert.deepEqual([all[0], all.includes('OrderConfirmed')], ['OrderWithdrawn', false], order);
      }
      assert.deepEqual(world.errors, []);
    });
});
