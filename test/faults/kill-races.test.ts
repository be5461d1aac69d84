/** kill -9 on input with races: what becomes of each order is a matter of chance, that invariants I1 to I4 hold is not. */
import assert from 'node:assert/strict';
import { delivered, expectedEnds, lost, misheard } from './support/deliveries.ts';
import { decidedOrders, oversold, stockLogs, wronglyConsumed, wrongInLedger, wrongInOdoo } from './support/invariants.ts';
import { below, killerOf, seeded, type Draw, type Killer } from './support/kills.ts';
import { stocked } from './support/orders.ts';
import { complaints, repeated } from './support/outcome.ts';
import { allUnits, openPlant, parts, type Plant } from './support/plant.ts';
import { racedOrder, racedSkus, racedStock, shipSome, shuffled, type Raced } from './support/races.ts';
import { readerOf, type Reader } from './support/reader.ts';
import { inLanes, senderTo, type Hook, type Sender } from './support/traffic.ts';

const times = 3;
const perWave = 16;
const leastWaves = 3;
const mostWaves = 7;

describe('kill -9 of a producer, a processor and a sink, on input with races', function () {
  this.timeout(300_000);
  let plant: Plant;
  let reader: Reader;
  let sender: Sender;
  const orders: Raced[] = [];

  const wave = async (hooks: readonly Hook[], killer: Killer, draw: Draw): Promise<void> => {
    const strikes = await Promise.all(killer.missing(times).map(part => killer.aim(part, 'orders.v1')));
    await Promise.all([inLanes(4, hooks, () => below(draw, 60), sender.send), ...strikes.map(strike => strike())]);
    await plant.ready();
  };
  before(async () => {
    plant = await openPlant({ skus: racedSkus, apart: true });
    [reader, sender] = [readerOf(plant), senderTo(plant)];
    await plant.ready();
    await stocked(plant, racedSkus, (sku, location) => racedStock(sku)[location]! * 1000);
    await reader.quiet();
    const draw = seeded();
    const killer = killerOf({ plant, reader, sender, draw });
    const shipped = new Set<string>();
    let late: readonly Hook[] = [];
    for (let waves = 0; waves < leastWaves || (waves < mostWaves && killer.missing(times).length > 0); waves++) {
      const more = Array.from({ length: perWave }, (_, index) => racedOrder(waves * perWave + index, draw));
      orders.push(...more);
      const hooks = shuffled([...late, ...more.flatMap(one => one.hooks)], draw);
      // A third comes with the next wave.
      late = hooks.slice(-hooks.length / 3);
      const shipping = shipSome(plant, reader, orders, shipped);
      await wave(hooks.slice(0, -late.length), killer, draw);
      await shipping;
    }
    await inLanes(4, late, () => 0, sender.send);
    await reader.quiet();
    console.log(`      ${orders.length} orders, ${sender.sent.length} webhooks; ${killer.story()}`);
    assert.deepEqual(killer.missing(times), [], 'not killed often enough while work was under way');
    assert.equal(shipped.size > 0, true);
  });
  after(() => plant?.close());

  it('promises nothing twice, after any of its steps (I1)', async () => {
    const logs = await stockLogs(reader);
    assert.deepEqual(oversold(logs, ['main', 'store']), []);
    assert.equal((await reader.facts('ReservationRefused')).length > 0, true, 'the goods were not short');
  });
  it('loses no delivery that it had accepted, and tells each piece of news once (I2)', async () => {
    const found = await delivered(reader, sender.sent);
    assert.deepEqual(lost(sender.sent, found), []);
    assert.equal(
      sender.sent.every(one => one.answered),
      true,
    );
    for (const [about, same] of Map.groupBy(found, one => one.about)) {
      assert.deepEqual(
        same.map(one => one.ends),
        expectedEnds(same).map(end => [end]),
        about,
      );
      const wrong = misheard(same).map(one => `${one.ends.join()}, and ${one.facts} facts`);
      assert.deepEqual(wrong, [], about);
    }
    assert.deepEqual(complaints(plant), []);
    assert.deepEqual(await wronglyConsumed(reader, allUnits, parts.sink), []);
    assert.deepEqual(await repeated(reader), []);
  });
  it('decides every order that is paid and wanted', async () => {
    const decided = await decidedOrders(reader);
    const open = orders.filter(one => one.fate === 'paid' || one.fate === 'changed').filter(one => !decided.has(one.reference));
    assert.deepEqual(
      open.map(one => one.reference),
      [],
    );
  });
  it('has each confirmed order once in Odoo, with its amounts (I3)', async () => {
    const decided = await decidedOrders(reader);
    assert.deepEqual(wrongInOdoo(plant, decided), []);
    const confirmed = [...decided.values()].filter(one => one.confirmed !== undefined);
    assert.equal(confirmed.length > 0, true, 'no order was confirmed');
  });
  it('has all money in the ledger, which balances (I4)', async () => {
    assert.deepEqual(await wrongInLedger(plant, reader), []);
  });
});
