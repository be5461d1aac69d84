/** A processor on the runtime, over the log in memory: what it reads, says, remembers, and what happens to what it cannot do. */
import assert from 'node:assert/strict';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

const world = (): Promise<MemoryWorld> => memoryWorld({ units: [{ kind: 'processor', unit: counter }], policy });
const counts = async (one: MemoryWorld) =>
  (await one.read('reservations.v1')).map(event => [
    (event.data as { order: string }).order,
    (event.data as { quantityMilli: number }).quantityMilli,
  ]);

describe('a processor on the runtime', () => {
  it('answers each event once, in order, with the state of its key', async () => {
    const one = await world();
    await one.publish(wish('a'), wish('b'), wish('c', 1000, '2'));
    await one.settle();
    assert.deepEqual((await counts(one)).sort(), [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ]);
    assert.deepEqual(one.errors, []);
    await one.close();
  });
  it('goes on after a restart where it stood, with what it remembered', async () => {
    const one = await world();
    await one.publish(wish('a'));
    await one.settle();
    await one.restart();
    await one.publish(wish('b'));
    await one.settle();
    assert.deepEqual((await counts(one)).sort(), [
      ['a', 1],
      ['b', 2],
    ]);
    await one.close();
  });
  it('fires an alarm when task time has passed it, and once', async () => {
    const one = await world();
    await one.publish(wish('a', 60));
    await one.clock.advance(59_000);
    assert.deepEqual(await counts(one), []);
    await one.clock.advance(5_000);
    assert.deepEqual(await counts(one), [['a', 1]]);
    await one.restart();
    await one.settle();
    assert.deepEqual(await counts(one), [['a', 1]]);
    await one.close();
  });
  it('sets aside the key of an event whose rule throws, and others flow', async () => {
    const one = await world();
    await one.publish(wish('a', 13), wish('b'), wish('c', 1000, '2'));
    await one.settle();
    assert.deepEqual(await counts(one), [['c', 1]]);
    await one.close();
  });
  it('writes what has no key to the DLQ and moves on', async () => {
    const one = await world();
    await one.append('stock-requests.v1', null, Buffer.from('garbage'));
    await one.publish(wish('a'), wish('b', 1000, '2'));
    await one.settle();
    assert.equal((await counts(one)).length, 2);
    const [bounds] = await one.log.bounds([{ topic: 'memory.dlq.counter', partition: 0 }]);
    assert.equal(bounds!.highWatermark > 0, true);
    await one.close();
  });
});
