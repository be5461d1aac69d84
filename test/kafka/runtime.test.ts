/** What only a real broker can show of the runtime: fencing, a silent input, restore, time after an outage, setting aside, replay. */
import assert from 'node:assert/strict';
import { journalPrepared } from '../../schemas/generated/facts.ts';
import type { ControlCommand } from '../../runtime/task/keys.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import { policy } from '../support/policy.ts';
import { until } from '../support/until.ts';
import { counter, wish } from '../runtime/support/counter.ts';
import { holder, holdMs, payment } from '../runtime/support/holder.ts';
import { note, shelfOf, shelving } from '../runtime/support/shelf.ts';
import { kafkaWorld, type KafkaWorld } from './support/world.ts';

const source = '/onhand/test/0';
const answers = async (one: KafkaWorld) =>
  (await one.read('reservations.v1')).map(event => event.data as { readonly order: string; readonly quantityMilli: number });
const answered = (one: KafkaWorld, order: string) =>
  until(`an answer for ${order}`, async () => (await answers(one)).find(data => data.order === order), 20_000);
const idsOf = async (one: KafkaWorld): Promise<readonly string[]> => (await one.read('reservations.v1')).map(event => event.id);
const told = (one: KafkaWorld, unit: string, topic: string, key: string, action: ControlCommand['action']) =>
  one.client.write(`${unit}.control`, partitionOf(Buffer.from(key), 2), key, {
    action,
    scope: topic === '' ? key : `${topic} ${key}`,
    actor: 'tester',
    reason: 'a test',
  } satisfies ControlCommand);

describe('the runtime on Kafka', function () {
  this.timeout(120_000);
  let one: KafkaWorld;
  afterEach(() => one.close());

  it('is fenced by another holder of its task and goes on, each event answered once', async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: counter }], policy });
    await one.client.publish([wish('a')], source);
    await answered(one, 'a');
    for (let partition = 0; partition < 2; partition++) {
      const zombie = await one.log.initProducer(one.names.transactionalId('counter', partition), 10_000);
      await zombie.close();
    }
    for (let i = 0; i < 10; i++) await one.client.publish([wish(`f${i}`)], source);
    await answered(one, 'f9');
    const fenced = (await one.metrics.reopened.get()).values.filter(value => value.labels.why === 'fenced');
    assert.equal(fenced.length > 0, true, 'the fence did not fire');
    const ids = await idsOf(one);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, 11);
    assert.equal((await answers(one)).find(data => data.order === 'f9')?.quantityMilli, 11);
  });
  it('works on one input while the other has never had a record', async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: holder }], policy });
    await one.client.publish([{ ...wish('a'), data: { ...wish('a').data, firm: true } }], source);
    assert.equal((await answered(one, 'a')).quantityMilli, 2);
    assert.deepEqual(one.errors, []);
  });
  it('restores its state from the changelog when its folder is gone', async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: counter }], policy });
    for (const order of ['a', 'b']) await one.client.publish([wish(order)], source);
    await answered(one, 'b');
    await one.running().close();
    const other = await one.another('empty');
    await until('the other has all tasks', () => other.ready() && other.sessions.get('counter')!.tasks().length === 2);
    await one.client.publish([wish('c')], source);
    assert.equal((await answered(one, 'c')).quantityMilli, 3);
    assert.equal(((await one.metrics.restored.get()).values[0]?.value ?? 0) > 0, true);
  });
  it('sees, after an outage, a payment that came in time before the hold ends', async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: holder }], policy });
    await one.running().close();
    await one.client.publish([wish('paid', 1000, '1'), wish('unpaid', 1000, '2')], source);
    await one.client.publish([payment('1')], source);
    const due = Date.now() + holdMs + 500;
    await until('the holds to be over', () => Date.now() > due);
    await one.another('late');
    assert.equal((await answered(one, 'paid')).quantityMilli, 1);
    assert.equal((await answered(one, 'unpaid')).quantityMilli, 0);
  });
  it('sets aside the key of an event whose rule throws, keeps it over a restart, and skips it when told', async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: counter }], policy });
    await one.client.publish([wish('bad', 13, '7'), wish('behind', 1000, '7'), wish('other', 1000, '8')], source);
    await answered(one, 'other');
    await one.restart();
    await one.client.publish([wish('later', 1000, '8')], source);
    await answered(one, 'later');
    assert.equal(
      (await answers(one)).some(data => data.order === 'behind'),
      false,
    );
    await told(one, 'counter', '', 'acme|7', 'skip');
    assert.equal((await answered(one, 'behind')).quantityMilli, 1);
  });
  it('writes poison bytes to the DLQ with their origin, and the partition goes on', async () => {
    one = await kafkaWorld({ units: [{ kind: 'processor', unit: counter }], policy });
    const topic = one.names.topic('stock-requests.v1');
    await one.client.append([
      { topic, partition: 0, key: null, value: Buffer.from('garbage') },
      { topic, partition: 1, key: Buffer.from('\u0000\u0001'), value: null },
    ]);
    for (let i = 0; i < 4; i++) await one.client.publish([wish(`after${i}`, 1000, String(i))], source);
    for (let i = 0; i < 4; i++) await answered(one, `after${i}`);
    const origins: string[] = [];
    await one.client.scan('dlq.counter', record => {
      const { dlq_topic, dlq_partition, dlq_offset, dlq_code } = record.headers();
      origins.push([dlq_topic, dlq_partition, dlq_offset, dlq_code].join(' '));
    });
    assert.deepEqual(origins.sort(), ['stock-requests.v1 0 0 RECORD_UNREADABLE', 'stock-requests.v1 1 0 RECORD_UNREADABLE']);
  });
  it('replays beside live work, in the order of each key, and writes nothing that is there', async () => {
    const shelf = shelfOf();
    one = await kafkaWorld({ units: [{ kind: 'sink', unit: shelving(shelf) }], policy });
    const publish = (name: string, text: string, revision: number) =>
      one.client.publish([journalPrepared(note(name, text, revision).data)], source);
    for (let i = 0; i < 10; i++) await publish(`j${i}`, '1', 1);
    await until('all to be on the shelf', () => shelf.stored.size === 10, 30_000);
    shelf.forget();
    for (const { event, record } of await one.client.events('journals.v1'))
      await one.client.write('shelf.replay', record.partition, event.key, {
        plan: 'p',
        topic: 'journals.v1',
        offset: record.offset,
      });
    for (let i = 0; i < 5; i++) await publish(`j${i}`, '2', 2);
    await until(
      'all to be there again',
      () => shelf.stored.size === 10 && [0, 1, 2, 3, 4].every(i => shelf.stored.get(`j${i}`) === '2'),
      30_000,
    );
    const end = await one.log.bounds([0, 1].map(partition => ({ topic: one.names.topic('shelf.replay'), partition })));
    await until('the replay to be worked off', async () => {
      const committed = await one.log.committed(one.names.group('shelf'), [one.names.topic('shelf.replay')]);
      return end.every(
        at => at.lastStable === 0 || committed.some(group => group.partition === at.partition && group.offset >= at.lastStable),
      );
    });
    for (let i = 5; i < 10; i++) assert.equal(shelf.writes.filter(write => write.startsWith(`j${i}=`)).length, 2);
    for (let i = 0; i < 5; i++) assert.equal(shelf.stored.get(`j${i}`), '2');
  });
});
