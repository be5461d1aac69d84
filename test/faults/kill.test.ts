/** kill -9 on input without races: whatever is killed and whenever, what is left behind is what an undisturbed run leaves. */
import assert from 'node:assert/strict';
import { below, killerOf, seeded, type Draw, type Killer } from './support/kills.ts';
import { arrivesOn, ownSkus, play, stocked, type Phase } from './support/orders.ts';
import { complaints, factsOf, journalsOf, odooCustomers, odooOrders, repeated } from './support/outcome.ts';
import { openPlant, type Part, type Plant } from './support/plant.ts';
import { readerOf, type Reader } from './support/reader.ts';
import { senderTo, type Sender } from './support/traffic.ts';

const times = 3;
const perWave = 10;
/** A kill that comes too late meets no work and does not count; so many waves are tried until all have. */
const mostWaves = 6;
const phases: readonly Phase[] = ['place', 'pay', 'ship'];
/** In which phases a part has work that can be seen to begin. */
const hasWork: Readonly<Record<Part, readonly Phase[]>> = {
  producer: ['place', 'pay'],
  processor: ['place', 'pay', 'ship'],
  sink: ['pay'],
};
const skus = ownSkus(perWave * mostWaves);
const wave = (number: number): readonly number[] => Array.from({ length: perWave }, (_, i) => number * perWave + i);

interface Run {
  readonly plant: Plant;
  readonly reader: Reader;
  readonly sender: Sender;
}
const openRun = async (apart: boolean): Promise<Run> => {
  const plant = await openPlant({ skus, apart });
  const [reader, sender] = [readerOf(plant), senderTo(plant)];
  await plant.ready();
  await stocked(plant, skus, (_, location) => (location === 'main' ? 10_000 : 0));
  await reader.quiet();
  return { plant, reader, sender };
};
/** Each part that was not met often enough is killed once, in a drawn phase, at a drawn moment. */
const disturbed = async (run: Run, killer: Killer, indexes: readonly number[], draw: Draw): Promise<void> => {
  const drawn = killer.missing(times).map(part => ({ part, phase: draw(hasWork[part]) }));
  for (const phase of phases) {
    const hit = drawn.filter(one => one.phase === phase);
    const strikes = await Promise.all(hit.map(({ part }) => killer.aim(part, arrivesOn[phase])));
    await Promise.all([play(phase, indexes, run, () => below(draw, 60)), ...strikes.map(strike => strike())]);
    await run.reader.quiet();
  }
  await run.plant.ready();
};
/** What only one of them has; both are sorted. */
const differing = (hit: readonly string[], calm: readonly string[]): readonly string[] => {
  const [mine, theirs] = [new Set(hit), new Set(calm)];
  return [
    ...hit.filter(fact => !theirs.has(fact)).map(fact => `only when killed: ${fact}`),
    ...calm.filter(fact => !mine.has(fact)).map(fact => `only undisturbed: ${fact}`),
  ];
};

describe('kill -9 of a producer, a processor and a sink, on input without races', function () {
  this.timeout(300_000);
  let [hit, calm]: (Run | undefined)[] = [];
  let waves = 0;
  const orders = (): number => waves * perWave;
  before(async () => {
    hit = await openRun(true);
    const draw = seeded();
    const killer = killerOf({ ...hit, draw });
    while (killer.missing(times).length > 0 && waves < mostWaves) await disturbed(hit, killer, wave(waves++), draw);
    console.log(`      ${orders()} orders; ${killer.story()}`);
    assert.deepEqual(killer.missing(times), [], 'not killed often enough while work was under way');
    assert.deepEqual(await hit.plant.stop(), [0, 0, 0]);
    calm = await openRun(false);
    for (const phase of phases) {
      await play(phase, Array.from({ length: waves }, (_, number) => wave(number)).flat(), calm);
      await calm.reader.quiet();
    }
    assert.deepEqual(await calm.plant.stop(), [0]);
  });
  after(async () => {
    await Promise.all([hit?.plant.close(), calm?.plant.close()]);
  });

  it('leaves the same facts, each once, in the same order for each key', async () => {
    const [mine, theirs] = await Promise.all([factsOf(hit!.reader), factsOf(calm!.reader)]);
    assert.deepEqual(differing(mine, theirs).slice(0, 6), []);
    assert.equal(mine.length, theirs.length);
    assert.deepEqual(await repeated(hit!.reader), []);
    assert.equal((await hit!.reader.facts('OrderClosed')).length, orders());
    assert.deepEqual([...complaints(hit!.plant), ...complaints(calm!.plant)], []);
  });
  it('leaves the same orders and customers in Odoo', () => {
    assert.deepEqual(odooOrders(hit!.plant), odooOrders(calm!.plant));
    assert.deepEqual(odooCustomers(hit!.plant), odooCustomers(calm!.plant));
    assert.equal(odooOrders(hit!.plant).filter(one => one.state === 'sale').length, orders());
  });
  it('leaves the same journals in the ledger', async () => {
    const journals = await journalsOf(hit!.plant);
    assert.deepEqual(journals, await journalsOf(calm!.plant));
    assert.equal(journals.length, 2 * orders());
  });
});
