/** Alarms that are held for a unit that is down: however many they are, those behind them fire. */
import assert from 'node:assert/strict';
import { isAlarm } from '../../runtime/model.ts';
import { memoryWorld } from '../../runtime/memory/run.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

const down: typeof counter = { ...counter, name: 'down', writes: [], own: [], decide: () => [] };
/** Alarms of orders that are held wait for a unit that is down. */
const waiting: typeof counter = {
  ...counter,
  decide: (event, state, company) =>
    counter
      .decide(event, state, company)
      .map(one => (isAlarm(one) && JSON.stringify(one.fact).includes('held') ? { ...one, waitsFor: ['down'] } : one)),
};

describe('more alarms than a turn looks at, held for a unit that is down', () => {
  it('keep back none that is due after them and waits for nobody, and fire once each when it is back', async function () {
    this.timeout(60_000);
    const world = await memoryWorld({
      units: [waiting, down].map(unit => ({ kind: 'processor', unit })),
      run: ['counter'],
      policy,
      partitions: 1,
    });
    const said = async (): Promise<readonly string[]> =>
      (await world.read('reservations.v1')).map(one => (one.data as { readonly order: string }).order);
    const held = Array.from({ length: 2_500 }, (_, i) => `held${i}`);
    await world.client.publish(
      held.map(order => wish(order, 60, '1')),
      '/onhand/test/0',
    );
    await world.clock.advance(1_000);
    await world.publish(wish('free', 60, '2'));
    await world.clock.advance(90_000);
    assert.deepEqual(await said(), ['free']);
    await world.restart(['counter', 'down']);
    await world.clock.advance(10_000);
    assert.deepEqual((await said()).toSorted(), ['free', ...held].toSorted());
    await world.close();
  });
});
