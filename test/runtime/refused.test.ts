/** Records whose key no store could keep: they end no task, and are found in the DLQ. */
import assert from 'node:assert/strict';
import { memoryWorld } from '../../runtime/memory/run.ts';
import { longestKey } from '../../runtime/task/keys.ts';
import { namesOf, topicSpecs } from '../../runtime/topology.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

const units = [{ kind: 'processor' as const, unit: counter }];

describe('a record that could not be kept as it is', () => {
  it('goes to the DLQ when its key is longer than a store takes, be it readable or not, and the partition moves on', async () => {
    const world = await memoryWorld({ units, policy, partitions: 1 });
    const long = 'x'.repeat(longestKey);
    await world.append('stock-requests.v1', Buffer.from(`acme|${long}`), Buffer.from('garbage'));
    await world.publish(wish('a', 1000, long), wish('b', 1000, '2'));
    await world.settle();
    const codes: (string | undefined)[] = [];
    await world.client.scan('dlq.counter', record => void codes.push(record.headers()['dlq_code']?.toString()));
    assert.deepEqual(codes, ['RECORD_UNREADABLE', 'RECORD_UNREADABLE']);
    assert.deepEqual(
      (await world.read('reservations.v1')).map(event => (event.data as { order: string }).order),
      ['b'],
    );
    assert.deepEqual(world.errors, []);
    await world.close();
  });
  it('fits the topics that keep what is set aside: in base64 it is larger than any input takes', () => {
    const most = (name: string): number =>
      Number(topicSpecs(units, namesOf('')).find(one => one.name === name)!.settings['max.message.bytes']);
    for (const own of ['counter.changelog', 'dlq.counter'])
      assert.ok(most(own) > (most('stock-requests.v1') * 4) / 3 + 100_000, `${own} takes ${most(own)} bytes`);
  });
});
