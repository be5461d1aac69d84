/** What a task's store must be to be gone on with. */
import assert from 'node:assert/strict';
import type { Logger } from '../../runtime/model.ts';
import { memoryWorld } from '../../runtime/memory/run.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

const day = 86_400_000;
const refilled = async (awayMs: number): Promise<boolean> => {
  const warned: string[] = [];
  const silent = (): void => undefined;
  const logger: Logger = { debug: silent, info: silent, error: silent, warn: (_, message) => void warned.push(message) };
  const world = await memoryWorld({ units: [{ kind: 'processor', unit: counter }], policy, partitions: 1, logger });
  await world.publish(wish('a'));
  await world.settle();
  await world.restart([]);
  await world.clock.advance(awayMs);
  await world.restart();
  await world.publish(wish('b'));
  await world.settle();
  const said = (await world.read('reservations.v1')).map(event => (event.data as { quantityMilli: number }).quantityMilli);
  assert.deepEqual(said, [1, 2]);
  await world.close();
  return warned.some(message => message.includes('filled anew'));
};

describe('a store that was away', () => {
  it('is gone on with after a day', async () => assert.equal(await refilled(day), false));
  it('is filled anew after a week, when the changelog may have dropped what was taken away', async () =>
    assert.equal(await refilled(7 * day), true));
});
