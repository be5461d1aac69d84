/** A processor on the runtime where its bookkeeping is tried: alarms of keys set aside, alarms alike, run logs that grow large. */
import assert from 'node:assert/strict';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { RunRecord } from '../../runtime/task/keys.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

const minute = 60_000;
const said = async (world: MemoryWorld): Promise<readonly string[]> =>
  (await world.read('reservations.v1')).map(event => (event.data as { order: string }).order);

describe('a processor on the runtime, its bookkeeping', () => {
  let world: MemoryWorld;
  beforeEach(async () => {
    world = await memoryWorld({ units: [{ kind: 'processor', unit: counter }], policy, partitions: 1 });
  });
  afterEach(() => world.close());
  const tell = async (action: 'retry' | 'skip'): Promise<void> => {
    const command = { action, scope: 'acme|1', actor: 'tester', reason: 'a test' };
    await world.client.write('counter.control', 0, 'acme|1', command);
    await world.settle();
  };

  it('sets an alarm aside once behind its key, and lets the key flow again when both are done', async () => {
    await world.publish(wish('a', 60), wish('b', 13));
    await world.clock.advance(10 * minute);
    const parked = new Set<string>();
    await world.client.scan('counter.changelog', ({ key, value }) => {
      if (key!.toString().startsWith('k\0') && value !== null) parked.add(key!.toString());
    });
    assert.equal(parked.size, 2);
    await tell('skip');
    await world.publish(wish('c'));
    await world.settle();
    assert.deepEqual(await said(world), ['a', 'c']);
  });
  it('fires each of two alarms of one event that are due at the same time', async () => {
    await world.publish(wish('a', 61));
    await world.clock.advance(2 * minute);
    assert.deepEqual([...(await said(world))].sort(), ['a-1', 'a-2']);
  });
  it('writes the run log in records that a broker takes, complete and in order, however much fell due at once', async () => {
    const orders = Array.from({ length: 3_000 }, (_, i) => `${String(i).padStart(4, '0')}-${'x'.repeat(250)}`);
    await world.client.publish(
      orders.map((order, i) => wish(order, 60, String(i % 7))),
      '/onhand/test/0',
    );
    await world.settle();
    await world.restart([]);
    await world.clock.advance(2 * minute);
    await world.restart();
    await world.settle();
    const sizes: number[] = [];
    const fired: string[] = [];
    await world.client.scan('counter.runs', ({ value }) => {
      sizes.push(value!.length);
      for (const one of (JSON.parse(value!.toString()) as RunRecord).consumed) if ('alarm' in one) fired.push(one.alarm);
    });
    assert.equal(Math.max(...sizes) < 1_000_000, true);
    assert.equal(new Set(fired).size, 3_000);
    assert.equal((await said(world)).length, 3_000);
  });
});
