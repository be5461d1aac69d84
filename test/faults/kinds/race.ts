/**
 * F31: payments that come within milliseconds of the end of their order's hold. A payment that reached the log before that moment is seen
 * before the hold ends, whatever happens meanwhile; of the others either may win, but only one does.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { keyOf } from '../../../runtime/identity.ts';
import type { Outgoing } from '../../../runtime/port.ts';
import { headersOf } from '../../../runtime/wire/envelope.ts';
import { partitionOf } from '../../../runtime/wire/partition.ts';
import { orderPlaced, paymentCaptured, type AnyFact } from '../../../schemas/generated/facts.ts';
import { topicOf } from '../../../schemas/topics.ts';
import { until } from '../../support/until.ts';
import type { Fault, World } from '../fault.ts';
import { below } from '../support/kills.ts';
import { partitions } from '../support/plant.ts';

/** As the example company's policy says, ms. The orders were placed so long ago that it is nearly over. */
const holdMs = 15 * 60_000;
/** From their publication until the first hold ends: time to be reserved, ms. */
const leadMs = 8_000;
/** Payments come within this of the end, before or after, ms. */
const nearMs = 1_000;
const soonMs = 90_000;
const sku = 'E0-PLENTY';

interface Racer {
  readonly order: string;
  readonly reference: string;
  readonly dueAt: number;
  readonly payAt: number;
}
const money = { amountMinor: 2420, currency: 'EUR' };
const placed = ({ order, reference, dueAt }: Racer): AnyFact =>
  orderPlaced({
    ...{
      company: 'acme',
      shop: 'web',
      order,
      revision: 1,
      placedAt: dueAt - holdMs,
      currency: 'EUR',
      customer: 'web:racer',
      sealed: null,
    },
    lines: [
      {
        ...{ line: '1', kind: 'goods', codes: [`sku:${sku}`], description: sku, quantityMilli: 1000, unitPrice: null },
        ...{
          netMinor: 2000,
          discountMinor: 0,
          taxes: [{ code: 'nl21', amountMinor: 420 }],
          grossMinor: 2420,
          taxIncluded: false,
        },
      },
    ],
    ...{ totalMinor: 2420, awaitsPayment: true },
    tenders: [{ tender: 'stripe', gateway: 'stripe', paymentReference: reference, reportedPaid: false, ...money }],
  });
const captured = ({ reference, payAt }: Racer): AnyFact =>
  paymentCaptured({
    ...{ company: 'acme', gateway: 'stripe', paymentReference: reference, orderHint: null, capture: `ch_${reference}`, ...money },
    ...{ feeMinor: 0, capturedAt: payAt, version: 1 },
  });
type Said = readonly [id: string, fact: AnyFact, at: number];
const recordOf = ({ codec, names }: World, [id, fact, at]: Said): Outgoing => {
  const topic = topicOf(fact.type)!;
  const key = Buffer.from(keyOf(topic, fact));
  const headers = headersOf({ id, at, cause: id }, fact.type, '/onhand/test/0', 0);
  return { topic: names.topic(topic.name), partition: partitionOf(key, partitions), key, value: codec.encode(fact), headers };
};
/** In one go, so that it takes no longer than the log does. */
const publish = async (world: World, all: readonly Said[]): Promise<void> => {
  const outcome = await world.client.append(all.map(one => recordOf(world, one))).then(
    () => 'done' as const,
    () => 'unknown' as const,
  );
  world.asked.push(...all.map(([id, fact]) => ({ topic: topicOf(fact.type)!.name, id, outcome })));
};

interface Ends {
  readonly paid: ReadonlyMap<string, number>;
  readonly words: ReadonlyMap<string, readonly string[]>;
}
/** When each payment was appended, by reference; and what was decided of each order, in order. */
const endsOf = async ({ client }: World, racers: readonly Racer[]): Promise<Ends> => {
  const orders = new Set(racers.map(one => one.order));
  const captures = new Map<string, number>();
  for (const { event, record } of await client.events('payments.v1'))
    if (event.type === 'PaymentCaptured')
      captures.set((event.data as { paymentReference: string }).paymentReference, record.timestamp);
  const words = new Map<string, string[]>();
  for (const { event } of await client.events('order-decisions.v1')) {
    const { order } = event.data as { readonly order?: string };
    if (order === undefined || !orders.has(order)) continue;
    words.set(order, [...(words.get(order) ?? []), event.type]);
  }
  return { paid: captures, words };
};
const isDecided = (words: readonly string[] | undefined): boolean =>
  words?.some(word => word === 'OrderConfirmed' || word === 'OrderWithdrawn') === true;

const race: Fault = {
  id: 'F31',
  name: 'payments at the end of their holds',
  // With processes dying meanwhile it holds as well.
  touches: [],
  times: { quick: 1, long: 3 },
  inject: async (world, draw, size) => {
    const run = randomUUID().slice(0, 8);
    await world.codec.prepare(['OrderPlaced', 'PaymentCaptured']);
    const dueAt = Date.now() + leadMs;
    const racers = Array.from({ length: size === 'quick' ? 30 : 80 }, (_, index): Racer => {
      const name = `race-${run}-${index}`;
      return { order: `web:${name}`, reference: `pi_${name}`, dueAt, payAt: dueAt - nearMs + below(draw, 2 * nearMs) };
    });
    await publish(
      world,
      racers.map(one => [`placed ${one.order}`, placed(one), dueAt - holdMs]),
    );
    await Promise.all(
      racers.map(async one => {
        await delay(Math.max(0, one.payAt - Date.now()));
        await publish(world, [[`paid ${one.order}`, captured(one), one.payAt]]);
      }),
    );
    let ends: Ends = { paid: new Map(), words: new Map() };
    await until(
      'a decision on each of them',
      async () => {
        ends = await endsOf(world, racers);
        return racers.every(one => isDecided(ends.words.get(one.order)));
      },
      soonMs,
    );
    const late = racers.filter(one => (ends.paid.get(one.reference) ?? Infinity) >= one.dueAt);
    for (const one of racers) {
      const words = ends.words.get(one.order)!;
      const both = words.includes('OrderConfirmed') && words.includes('OrderWithdrawn');
      assert.ok(!both, `${one.order} was confirmed and withdrawn: ${words.join(', ')}`);
      if (!late.includes(one))
        assert.ok(words.includes('OrderConfirmed'), `${one.order} was paid in time, and came to ${words.join(', ')}`);
    }
    const withdrawn = racers.filter(one => ends.words.get(one.order)!.includes('OrderWithdrawn')).length;
    return {
      fired: late.length > 0 && late.length < racers.length,
      what: `${racers.length} orders: ${racers.length - late.length} paid in time, ${late.length} late; ${withdrawn} were withdrawn`,
    };
  },
};
export const races: readonly Fault[] = [race];
