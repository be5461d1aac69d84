/**
 * Traffic without end, while things happen: orders that race for few goods in three shops, their payments, changes and cancellations in
 * any order and some of them twice, shipments, and movements that someone else counted. Each era of orders has goods of its own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { stockAdjusted } from '../../../schemas/generated/facts.ts';
import type { Asked, Draw } from '../fault.ts';
import { below } from './kills.ts';
import { begun } from './orders.ts';
import type { Plant } from './plant.ts';
import { racedOrder, type Raced } from './races.ts';
import type { Reader } from './reader.ts';
import { publishAs, type Sender } from './traffic.ts';
import { toShip } from './shipping.ts';

/** Orders that share goods: the reference model of stock is quadratic in a product's history. */
const perEra = 60;
const eraSkus = (era: number): readonly string[] => ['A', 'B', 'C', 'PLENTY'].map(sku => `E${era}-${sku}`);
export const streamSkus = (eras: number): readonly string[] => Array.from({ length: eras }, (_, era) => eraSkus(era)).flat();
/** Of each era together far less than what is ordered, but of one, so that there is always work for Odoo. */
export const streamStock = (sku: string, location: string): number =>
  sku.endsWith('PLENTY') ? (location === 'main' ? 1_000_000 : 0) : location === 'main' ? 12_000 : 4_000;

export interface Stream {
  readonly orders: readonly Raced[];
  readonly sender: Sender;
  /** Orders that were dispatched. */
  readonly shipped: ReadonlySet<string>;
  /** Orders a second, in bursts; 0: no new ones (what was begun goes on). */
  readonly pace: (perSecond: number) => void;
  /** No new ones; resolves when all webhooks that were begun have been answered 2xx. */
  readonly end: () => Promise<void>;
}
export interface Streaming {
  readonly plant: Pick<Plant, 'client' | 'codec' | 'names' | 'products'>;
  readonly reader: Reader;
  readonly sender: Sender;
  readonly draw: Draw;
  readonly asked: Asked[];
  readonly eras: number;
  /** Records that wait for a unit. */
  readonly backlog: () => number;
}
/** Whole seconds, as channels tell time; payments follow within the minute. */
const justNow = (): number => Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
/** Webhooks that wait for an answer; a channel would not send more before. */
const mostOpen = 60;
/** More than these wait only while something is down; a machine that is too slow for the pace sets its own. */
const mostBacklog = 250;
const turnMs = 250;

export const streamOf = ({ plant, reader, sender, draw, asked, eras, backlog }: Streaming): Stream => {
  const orders: Raced[] = [];
  const shipped = new Set<string>();
  const under = new Set<Promise<unknown>>();
  let perSecond = 0;
  let ended = false;
  let movements = 0;
  const failures: unknown[] = [];
  const spawn = (work: Promise<unknown>): void => {
    const one = work.catch((error: unknown) => void failures.push(error)).finally(() => under.delete(one));
    under.add(one);
  };
  /** A write of our own: what became of it is history. An unknown one is not repeated. */
  const publish = async (facts: Parameters<typeof publishAs>[1], topic: string): Promise<void> => {
    const outcome = await publishAs(plant, facts, Date.now()).then(
      () => 'done' as const,
      () => 'unknown' as const,
    );
    asked.push(...facts.map(([id]) => ({ topic, id, outcome })));
  };
  const place = (): void => {
    const one = racedOrder(orders.length, draw, eraSkus(Math.floor(orders.length / perEra) % eras), justNow());
    orders.push(one);
    for (const hook of one.hooks) {
      // Most within a second or two of the order, some long after.
      const lateMs = below(draw, draw([1_500, 1_500, 1_500, 12_000]));
      spawn(delay(lateMs).then(() => sender.send(hook)));
    }
  };
  let shipping = false;
  const ship = async (): Promise<void> => {
    // Two looks at once would both ship what neither has.
    if (shipping) return;
    shipping = true;
    await shipNow().finally(() => (shipping = false));
  };
  const shipNow = async (): Promise<void> => {
    // While the log is away nothing can be looked up, and nothing leaves.
    for (const { order, facts } of await toShip(reader, orders, shipped).catch(() => [])) {
      shipped.add(order);
      await publish(facts, 'fulfilments.v1');
    }
  };
  const move = async (): Promise<void> => {
    const era = below(draw, Math.min(eras, Math.ceil(orders.length / perEra)));
    const [sku, deltaMilli, location] = [draw(eraSkus(era)), draw([-1_000, 1_000, 2_000]), draw(['main', 'store'])];
    const reference = `MOVE/${++movements}`;
    const product = plant.products.get(sku)!;
    const fact = stockAdjusted({
      ...{ owner: 'acme', product, location, deltaMilli, reference },
      ...{ reason: 'a movement of the test', happenedAt: begun + 20_000 },
    });
    await publish([[`movement ${reference}`, fact]], 'stock-movements.v1');
  };
  const turns = (async () => {
    for (let turn = 1; !ended; turn++) {
      const room = sender.open() < mostOpen && backlog() < mostBacklog;
      // Bursts: nothing, or several at once.
      const burst = room && perSecond > 0 ? draw([0, 0, 1, 3]) * perSecond * (turnMs / 1_000) : 0;
      const count = Math.floor(burst) + (below(draw, 100) < (burst % 1) * 100 ? 1 : 0);
      for (let index = 0; index < count; index++) place();
      if (perSecond > 0 && turn % 12 === 0) spawn(ship());
      if (perSecond > 0 && turn % 8 === 0 && orders.length > 0) spawn(move());
      await delay(turnMs);
    }
  })();
  return {
    orders,
    sender,
    shipped,
    pace: rate => {
      perSecond = rate;
    },
    end: async () => {
      ended = true;
      await turns;
      while (under.size > 0) await Promise.all(under);
      if (failures.length > 0) throw failures[0];
    },
  };
};
