/** Records whose key no store could keep: they end no task, and are found in the DLQ. */
import assert from 'node:assert/strict';
import { catalogue } from '../../processors/catalogue/index.ts';
import { stock } from '../../processors/stock/index.ts';
import { memoryWorld } from '../../runtime/memory/run.ts';
import { longestKey, type Parked } from '../../runtime/task/keys.ts';
import { namesOf, topicSpecs } from '../../runtime/topology.ts';
import { codeDefined, lineAsked, stockBaselineSet } from '../../schemas/generated/facts.ts';
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
  it('is set aside with its key when what follows from it could not be kept: a longer key, or an entry with a longer id', async () => {
    const world = await memoryWorld({
      units: [
        { kind: 'processor', unit: catalogue },
        { kind: 'processor', unit: stock },
      ],
      policy,
    });
    const long = 'x'.repeat(longestKey);
    const components = [{ owner: 'acme', product: '1', quantityMilli: 1000 }];
    await world.publish(
      codeDefined({ company: 'acme', code: 'sku:A', revision: 1, components }),
      lineAsked({ company: 'acme', code: 'sku:A', order: long, line: '1', quantityMilli: 1000, revision: 1 }),
      stockBaselineSet({ owner: 'acme', product: '1', location: 'main', quantityMilli: 9000, takenAt: 0, source: 'test' }),
      wish('web:1', 1000, '1'),
      { ...wish('web:2', 1000, '2'), data: { ...wish('web:2', 1000, '2').data, line: long } },
    );
    await world.settle();
    const codes: string[] = [];
    for (const unit of ['catalogue', 'stock'])
      await world.client.scan(
        `${unit}.changelog`,
        record => void codes.push((JSON.parse(record.value!.toString()) as Parked).code),
        {
          where: record => record.key!.toString().startsWith('k\0'),
        },
      );
    assert.deepEqual(codes, ['FACT_INVALID', 'RULE_THREW']);
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
