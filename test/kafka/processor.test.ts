/** A processor on the real broker: transactions, a silent input, fencing, restore, set aside and DLQ. */
import assert from 'node:assert/strict';
import { policy } from '../support/policy.ts';
import { until } from '../support/until.ts';
import { counter, wish } from '../runtime/support/counter.ts';
import { kafkaWorld, type KafkaWorld } from './support/world.ts';

const counts = async (one: KafkaWorld) =>
  (await one.read('reservations.v1')).map(event => [
    (event.data as { order: string }).order,
    (event.data as { quantityMilli: number }).quantityMilli,
  ]);
const counted = (one: KafkaWorld, size: number) => until(`${size} answers`, async () => (await counts(one)).length >= size);

describe('a processor on Kafka', function () {
  this.timeout(120_000);
  let one: KafkaWorld;
  before(async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: counter }], policy });
  });
  after(() => one.close());

  it('answers each event once, in order, with the state of its key', async () => {
    for (const order of ['a', 'b', 'c']) await one.client.publish([wish(order)], '/onhand/test/0');
    await counted(one, 3);
    assert.deepEqual(await counts(one), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });
  it('goes on after a restart where it stood', async () => {
    await one.restart();
    await one.client.publish([wish('d')], '/onhand/test/0');
    await counted(one, 4);
    assert.deepEqual((await counts(one)).at(-1), ['d', 4]);
  });
  it('shares its partitions with a second member, and both go on with the state', async () => {
    const other = await one.another();
    await until('both members have tasks', () => other.ready() && other.sessions.get('counter')!.tasks().length === 1);
    for (let i = 0; i < 20; i++) await one.client.publish([wish(`p${i}`, 1000, String(i))], '/onhand/test/0');
    await counted(one, 24);
    await other.close();
    await one.client.publish([wish('e')], '/onhand/test/0');
    await counted(one, 25);
    assert.equal((await counts(one)).find(([order]) => order === 'e')![1], 6);
    assert.deepEqual(one.errors, []);
  });
});
