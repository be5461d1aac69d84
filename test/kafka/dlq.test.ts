/** A DLQ that a real broker refuses: the send is written in part then, and the task must stop all the same. */
import assert from 'node:assert/strict';
import { ownTopics, topicSpecs } from '../../runtime/topology.ts';
import { counter, wish } from '../runtime/support/counter.ts';
import { policy } from '../support/policy.ts';
import { until } from '../support/until.ts';
import { kafkaWorld } from './support/world.ts';

const units = [{ kind: 'processor' as const, unit: counter }];

describe('a DLQ that cannot be written', function () {
  this.timeout(120_000);

  it('stops the task, drops nothing, and has it all when it is mended', async () => {
    const one = await kafkaWorld({ units, policy, partitions: 1 });
    try {
      const topic = one.names.topic('stock-requests.v1');
      const dlq = topicSpecs(units, one.names, 1).find(spec => spec.name === one.names.topic(ownTopics.dlq('counter')))!;
      // Room for the mark that ends a transaction, of 78 bytes: refused, the transaction would never end.
      await one.log.admin.alter(dlq.name, { ...dlq.settings, 'max.message.bytes': '100' });
      await one.client.append([{ topic, partition: 0, key: null, value: Buffer.from('garbage') }]);
      await one.client.publish([wish('a')], '/onhand/test/0');
      await until('the unit to say that it cannot go on', () => one.errors.length > 0, 30_000);
      const [error] = one.errors;
      assert.equal((error!.cause as { code?: string }).code, 'DLQ_UNWRITABLE');
      assert.match(error!.message, /dlq\.counter.*nothing was dropped/);
      assert.deepEqual(await one.read('reservations.v1'), []);
      await one.log.admin.alter(dlq.name, dlq.settings);
      await one.restart();
      await until('the answer behind it', async () => (await one.read('reservations.v1')).length === 1, 30_000);
      const kept: string[] = [];
      await one.client.scan(ownTopics.dlq('counter'), record => void kept.push(record.value!.toString()));
      assert.deepEqual(kept, ['garbage']);
    } finally {
      await one.close();
    }
  });
});
