/**
 * The stock processor as it ships on one product that has 10 open holds, and on one that has 100,000. Each round: as many new wishes as
 * releases of old ones, so that the holds stay as many; the two products take turns.
 */
import { stock } from '../../processors/stock/index.ts';
import type { Fact } from '../../runtime/model.ts';
import type { Running } from '../../runtime/run.ts';
import { reservationSet, stockBaselineSet } from '../../schemas/generated/facts.ts';
import { topics } from '../../schemas/topics.ts';
import { answer, given } from './given.ts';
import { openUnits, type Units } from './units.ts';

const [events, rounds, many] = [Number(given('EVENTS')), Number(given('ROUNDS')), Number(given('HOLDS'))];
const about = { owner: 'acme', product: '1', company: 'acme', shop: 'web', line: '1', component: '1' };
const wish = (order: string, revision: number, quantityMilli: number): Fact =>
  reservationSet({ ...about, order, revision, quantityMilli, locations: ['main'], firm: false, mustAccept: false });

interface Product {
  readonly units: Units;
  /** Orders that hold something. */
  readonly open: string[];
  made: number;
  /** Where to read the answers on from. */
  next: number;
}
/** Reads answers until so many are there; how many a second came after those of the first poll. */
const answered = async (product: Product, count: number): Promise<number> => {
  const { log, names } = product.units;
  const at = { topic: names.topic(topics.reservations.name), partition: 0, maxBytes: 4 << 20 };
  let [found, before, begun] = [0, 0, 0];
  for (const until = Date.now() + 300_000; found < count;) {
    if (Date.now() > until) throw new Error(`only ${found} of ${count} answers came within 300 s`);
    const [fetched] = await log.fetch([{ ...at, from: product.next }], 100);
    product.next = fetched!.next;
    found += fetched!.records.length;
    if (before === 0 && found > 0) [before, begun] = [found, performance.now()];
  }
  if (before === count) throw new Error('all answers came in one poll: a round needs more events');
  return ((count - before) * 1000) / (performance.now() - begun);
};
const order = (product: Product): string => `web:${++product.made}`;
interface Worked {
  readonly perSecond: number;
  /** Of this process, for each event, from its start on. */
  readonly computedUs: number;
}
/** The inputs are there before the task is: the rate is that of the task. */
const worked = async (product: Product, facts: readonly Fact[]): Promise<Worked> => {
  await product.units.publish(facts);
  const running: Running = await product.units.start();
  const wishes = facts.filter(fact => fact.type === 'ReservationSet').length;
  const begun = process.cpuUsage();
  const perSecond = await answered(product, wishes);
  const { user, system } = process.cpuUsage(begun);
  await running.close();
  return { perSecond, computedUs: (user + system) / wishes };
};
const productWith = async (holds: number): Promise<Product> => {
  const product: Product = {
    units: await openUnits(`${given('PREFIX')}-${holds}`, [{ kind: 'processor', unit: stock }]),
    open: [],
    made: 0,
    next: 0,
  };
  const baseline = { owner: 'acme', product: '1', location: 'main', quantityMilli: 1_000_000_000_000 };
  await product.units.publish([stockBaselineSet({ ...baseline, takenAt: Date.now() - 60_000, source: 'bench' })]);
  const first = Array.from({ length: holds }, () => order(product));
  product.open.push(...first);
  // A few rounds of other orders besides, so that the code is warm for both alike.
  await worked(product, [...first.map(one => wish(one, 1, 1_000)), ...turns(product, events)]);
  return product;
};
/** A new order, then an old one gives back what it held; which one is drawn, the same in every run. */
const turns = (product: Product, count: number): readonly Fact[] =>
  Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) {
      const made = order(product);
      product.open.push(made);
      return wish(made, 1, 1_000);
    }
    const drawn = (product.made * 7_919) % product.open.length;
    const [last, old] = [product.open.pop()!, product.open[drawn] ?? ''];
    if (drawn < product.open.length) product.open[drawn] = last;
    return wish(drawn < product.open.length ? old : last, 2, 0);
  });

const few = await productWith(10);
const lots = await productWith(many);
const samples = [];
for (let round = 0; round < rounds; round++) {
  const other = await worked(few, turns(few, events));
  const hot = await worked(lots, turns(lots, events));
  samples.push({ hot, few: other });
}
for (const { units } of [few, lots]) await units.close();
answer({ samples, holds: [few.open.length, lots.open.length] });
