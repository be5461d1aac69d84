/** An alarm that waits for a unit that does not exist: neither fired as if nothing were waited for, nor held for ever without a word. */
import assert from 'node:assert/strict';
import { isAlarm } from '../../runtime/model.ts';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { ControlCommand, Parked } from '../../runtime/task/keys.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

const misspelt: typeof counter = {
  ...counter,
  decide: (event, state, company) =>
    counter.decide(event, state, company).map(one => (isAlarm(one) ? { ...one, waitsFor: ['paymnets'] } : one)),
};

describe('an alarm that waits for a unit that does not exist', () => {
  let world: MemoryWorld;
  beforeEach(async () => {
    world = await memoryWorld({ units: [{ kind: 'processor', unit: misspelt }], policy });
  });
  afterEach(() => world.close());
  const said = async (): Promise<readonly string[]> =>
    (await world.read('reservations.v1')).map(one => (one.data as { readonly order: string }).order);
  const parked = async (): Promise<readonly Parked[]> => {
    const found = new Map<string, Parked>();
    await world.client.scan('counter.changelog', ({ key, value }) => {
      if (!key!.toString().startsWith('k\0')) return;
      if (value === null) found.delete(key!.toString());
      else found.set(key!.toString(), JSON.parse(value.toString()) as Parked);
    });
    return [...found.values()];
  };

  it('is set aside by name with its key, others flow, and an operator who retries fires it', async () => {
    await world.publish(wish('late', 60, '1'));
    await world.settle();
    await world.clock.advance(120_000);
    await world.publish(wish('behind', 1, '1'), wish('other', 1, '2'));
    await world.settle();
    assert.deepEqual(await said(), ['other']);
    const all = await parked();
    assert.deepEqual(all.map(one => one.code).sort(), ['KEY_PARKED', 'UNIT_UNKNOWN']);
    assert.match(all.find(one => one.alarm !== undefined)?.reason ?? '', /waits for paymnets: there is no such unit/);
    const key = 'acme|1';
    const retry: ControlCommand = { action: 'retry', scope: key, actor: 'tester', reason: 'a test' };
    await world.client.write('counter.control', partitionOf(Buffer.from(key), 2), key, retry);
    await world.settle();
    assert.deepEqual((await said()).toSorted(), ['behind', 'late', 'other']);
    assert.deepEqual(await parked(), []);
  });
});
