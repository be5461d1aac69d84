/** What the adapter says when requests and answers are lost on the way to a real broker, and what was really done. */
import assert from 'node:assert/strict';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import type { Log, Transactional } from '../../../runtime/port.ts';
import { boundsOf, committedOf, done, fetchOne, out, readValues, shown } from '../../contract/log-support.ts';
import { broker, uniqueName } from '../../support/broker.ts';
import { until } from '../../support/until.ts';
import { api, kafkaProxy, type KafkaProxy } from '../../faults/proxy/kafka.ts';

describe('Kafka behind the port, when requests or answers are lost', () => {
  let direct: Log;
  let proxy: KafkaProxy;
  let behind: Log;
  let topic: string;
  const producers: Transactional[] = [];
  before(async function () {
    this.timeout(120_000);
    const { brokers } = await broker();
    direct = kafkaLog({ brokers, clientId: 'outcomes' });
    proxy = await kafkaProxy(brokers);
    behind = kafkaLog({ brokers: proxy.brokers, clientId: 'outcomes-behind' });
  });
  after(async () => {
    await behind.close();
    await proxy.down();
    await direct.close();
  });
  beforeEach(async () => {
    topic = uniqueName('outcomes');
    await direct.admin.create([{ name: topic, partitions: 1, settings: {} }]);
    // Its leader is there: else the first answer may be that it is not, and a test loses that one.
    await boundsOf(direct, topic);
  });
  afterEach(async () => {
    await Promise.all(producers.splice(0).map(one => one.close()));
    await direct.admin.remove([topic]);
  });
  const producer = async (log: Log, id: string): Promise<Transactional> => {
    const made = await log.initProducer(id, 20_000);
    producers.push(made);
    return made;
  };
  const isUnreachable = (error: Error): true => {
    assert.deepEqual([(error as { kind?: string }).kind, (error as { code?: string }).code], ['transient', 'KAFKA_UNREACHABLE']);
    assert.ok(error.message.includes(proxy.brokers), error.message);
    return true;
  };

  for (const fate of ['lose', 'mute'] as const) {
    it(`calls a send unknown whose ${fate === 'lose' ? 'request' : 'answer'} was lost, and never uses that producer again`, async () => {
      const id = uniqueName('task');
      const task = await producer(behind, id);
      proxy.next(api.produce, fate);
      const sent = await task.send([out(topic, 'a')]);
      assert.equal(sent.is, 'unknown');
      assert.equal((await task.send([out(topic, 'b')])).is, 'failed');
      assert.equal((await task.end('commit')).is, 'failed');
      await producer(direct, id);
      assert.deepEqual(await readValues(direct, topic), []);
      assert.equal((await boundsOf(direct, topic))[1], fate === 'lose' ? 1 : 2);
    });

    it(`calls a commit unknown whose ${fate === 'lose' ? 'request' : 'answer'} was lost; the next holder of the id finds out`, async () => {
      const [id, group] = [uniqueName('task'), uniqueName('unit')];
      const task = await producer(behind, id);
      done(await task.send([out(topic, 'a')]));
      done(await task.sendOffsets(group, [{ topic, partition: 0, offset: 4 }]));
      proxy.next(api.endTxn, fate);
      assert.equal((await task.end('commit')).is, 'unknown');
      await producer(direct, id);
      const expected = fate === 'mute' ? ['a'] : [];
      assert.deepEqual(await readValues(direct, topic), expected);
      assert.deepEqual(
        await committedOf(direct, group, [topic]),
        fate === 'mute' ? [shown({ topic, partition: 0, offset: 4 })] : [],
      );
    });

    it(`calls an append unknown whose ${fate === 'lose' ? 'request' : 'answer'} was lost, and goes on with the next`, async () => {
      const appender = await behind.appender();
      done(await appender.send([out(topic, 'a')]));
      proxy.next(api.produce, fate);
      assert.equal((await appender.send([out(topic, 'b')])).is, 'unknown');
      done(await appender.send([out(topic, 'c')]));
      await appender.close();
      assert.deepEqual(await readValues(direct, topic), fate === 'mute' ? ['a', 'b', 'c'] : ['a', 'c']);
    });
  }

  for (const [name, found] of Object.entries({ NOT_LEADER: 6, REQUEST_TIMED_OUT: 7, NOT_ENOUGH_REPLICAS: 19 })) {
    it(`sends again, under the same sequence, when the broker says ${name}: nothing is there twice`, async () => {
      const task = await producer(behind, uniqueName('task'));
      const appender = await behind.appender();
      proxy.next(api.produce, found);
      done(await task.send([out(topic, 'a')]));
      done(await task.end('commit'));
      proxy.next(api.produce, found);
      const [written] = done(await appender.send([out(topic, 'b')]));
      assert.equal(written?.baseOffset, 2);
      done(await appender.send([out(topic, 'c')]));
      await appender.close();
      assert.deepEqual(await readValues(direct, topic), ['a', 'b', 'c']);
    });
  }

  for (const [name, found] of Object.entries({
    CONCURRENT_TRANSACTIONS: 51,
    NOT_COORDINATOR: 16,
    COORDINATOR_NOT_AVAILABLE: 15,
  })) {
    it(`ends a transaction again when the coordinator says ${name}, which is then ended once`, async () => {
      const task = await producer(behind, uniqueName('task'));
      for (const value of ['a', 'b']) {
        done(await task.send([out(topic, value)]));
        proxy.next(api.endTxn, found);
        done(await task.end('commit'));
      }
      assert.deepEqual(await readValues(direct, topic), ['a', 'b']);
      assert.equal((await boundsOf(direct, topic))[1], 4);
    });
  }

  it('reads on when the broker says that the leader moved', async () => {
    const appender = await direct.appender();
    done(await appender.send([out(topic, 'a')]));
    await appender.close();
    proxy.next(api.fetch, 6);
    assert.deepEqual(await readValues(behind, topic), ['a']);
  });

  it('is not hurt by a commit that arrives when the next holder of the id has begun', async () => {
    const id = uniqueName('task');
    const former = await producer(behind, id);
    done(await former.send([out(topic, 'former')]));
    proxy.next(api.endTxn, 'hold');
    assert.equal((await former.end('commit')).is, 'unknown');
    const latter = await producer(direct, id);
    done(await latter.send([out(topic, 'half')]));
    assert.equal(proxy.held(), 1);
    proxy.release();
    // The broker takes requests of one connection in order, others when they come: several questions later the late one is done.
    for (let turn = 0; turn < 50; turn++) assert.equal((await boundsOf(direct, topic))[1], 2);
    done(await latter.send([out(topic, 'whole')]));
    done(await latter.end('commit'));
    assert.deepEqual(await readValues(direct, topic), ['half', 'whole']);
  });

  it('names the address when the broker is away, and goes on by itself when it is back', async () => {
    const appender = await behind.appender();
    const task = await producer(behind, uniqueName('task'));
    done(await appender.send([out(topic, 'a')]));
    assert.equal((await fetchOne(behind, topic)).next, 1);
    await proxy.down();
    await assert.rejects(fetchOne(behind, topic), isUnreachable);
    await assert.rejects(behind.bounds([{ topic, partition: 0 }]), isUnreachable);
    await assert.rejects(behind.partitions([topic]), isUnreachable);
    await assert.rejects(behind.initProducer(uniqueName('task'), 10_000), isUnreachable);
    const sent = await appender.send([out(topic, 'b')]);
    assert.ok(sent.is === 'failed' && isUnreachable(sent.error));
    const waiting = task.send([out(topic, 'c')]);
    await proxy.up();
    assert.equal((await fetchOne(behind, topic)).next, 1);
    done(await waiting);
    done(await task.end('commit'));
    done(await appender.send([out(topic, 'd')]));
    await appender.close();
    assert.deepEqual(await readValues(direct, topic), ['a', 'c', 'd']);
  }).timeout(40_000);

  it('says that an append failed, and to which address, when no broker was ever there', async () => {
    const nowhere = kafkaLog({ brokers: '127.0.0.1:9', clientId: 'outcomes' });
    const appender = await nowhere.appender();
    const sent = await appender.send([out(topic, 'a')]);
    assert.ok(sent.is === 'failed' && sent.error.message.includes('127.0.0.1:9'));
    await assert.rejects(nowhere.fetch([{ topic, partition: 0, from: 0, maxBytes: 10 }], 0), { code: 'KAFKA_UNREACHABLE' });
    await nowhere.close();
  });

  it('says which topic is missing', async () => {
    const missing = uniqueName('missing');
    const is = { code: 'TOPIC_MISSING', kind: 'transient', message: new RegExp(`${missing}/0`) };
    await assert.rejects(fetchOne(direct, missing), is);
    await assert.rejects(direct.bounds([{ topic, partition: 7 }]), { code: 'TOPIC_MISSING', message: new RegExp(`${topic}/7`) });
  });

  it('refuses a record that is too large without failing those sent beside it', async () => {
    const appender = await direct.appender();
    const large = { ...out(topic, 'large'), value: Buffer.alloc(1_200_000) };
    const [before, refused, behindIt] = await Promise.all([
      appender.send([out(topic, 'a')]),
      appender.send([large]),
      appender.send([out(topic, 'b')]),
    ]);
    assert.deepEqual([before.is, refused.is, behindIt.is], ['ok', 'failed', 'ok']);
    assert.ok(refused.is === 'failed' && (refused.error as { code?: string }).code === 'KAFKA_REFUSED');
    await appender.close();
    assert.deepEqual(await readValues(direct, topic), ['a', 'b']);
  });

  it('reads on where records were deleted only when told to', async () => {
    const appender = await direct.appender();
    done(await appender.send([out(topic, 'a'), out(topic, 'b'), out(topic, 'c')]));
    await appender.close();
    await deleteBefore(topic, 2);
    await until('the start to move', async () => (await boundsOf(direct, topic))[0] === 2);
    const { outOfRange, next, start, records } = await fetchOne(direct, topic, 1);
    assert.deepEqual([outOfRange, next, start, records], [true, 1, 2, []]);
    assert.deepEqual(await readValues(direct, topic, 2), ['c']);
  });
});

/** As retention does. */
const deleteBefore = async (topic: string, offset: number): Promise<void> => {
  const { kafkajs } = await import('../../../runtime/kafka/mended.ts');
  const { brokers } = await broker();
  const admin = new kafkajs.Kafka({ clientId: 'outcomes', brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  } finally {
    await admin.disconnect();
  }
};
