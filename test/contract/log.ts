/**
 * What every log behind `runtime/port.ts` keeps, Kafka's and the one in memory: the session above it is written against this.
 * Each case has topics, groups and transactional ids of its own, so that a suite may run beside others on one broker.
 */
import assert from 'node:assert/strict';
import { uniqueName } from '../support/broker.ts';
import { logGroupContract } from './log-group.ts';
import { boundsOf, done, fetchOne, out, readAll, readValues, shown, valuesOf, type Opened } from './log-support.ts';
import { logTransactionContract } from './log-transactions.ts';

export type { Opened } from './log-support.ts';

export const logContract = (name: string, open: () => Promise<Opened>): void => {
  describe(`${name}, as a log`, () => {
    let opened: Opened;
    before(async function () {
      this.timeout(120_000);
      opened = await open();
    });
    after(() => opened.close());
    const current = (): Opened => opened;
    describe('reading and writing', () => {
      readingContract(current);
    });
    describe('asking', () => {
      askingContract(current);
    });
    describe('transactions', () => {
      logTransactionContract(current);
    });
    describe('groups', () => {
      logGroupContract(current);
    });
  });
};

const append = async ({ log }: Opened, records: readonly ReturnType<typeof out>[]) => {
  const appender = await log.appender();
  const written = done(await appender.send(records));
  await appender.close();
  return written;
};

const readingContract = (current: () => Opened): void => {
  it('gives each partition its records in the order in which they were written, with offsets from 0 on', async () => {
    const opened = current();
    const topic = await opened.topic({ partitions: 2 });
    const written = await append(opened, [
      out(topic, 'a'),
      out(topic, 'x', 1),
      out(topic, 'b'),
      out(topic, 'c'),
      out(topic, 'y', 1),
    ]);
    assert.deepEqual(
      written.toSorted((a, b) => a.partition - b.partition),
      [
        { topic, partition: 0, baseOffset: 0, count: 3 },
        { topic, partition: 1, baseOffset: 0, count: 2 },
      ],
    );
    const answers = await opened.log.fetch(
      [
        { topic, partition: 1, from: 0, maxBytes: 1 << 20 },
        { topic, partition: 0, from: 1, maxBytes: 1 << 20 },
      ],
      1_000,
    );
    assert.deepEqual(
      answers.map(({ partition, records, next }) => [partition, valuesOf(records), records.map(({ offset }) => offset), next]),
      [
        [1, ['x', 'y'], [0, 1], 2],
        [0, ['b', 'c'], [1, 2], 3],
      ],
    );
  });

  it('gives a record back as it was written: key, value, headers, and when the log took it', async () => {
    const opened = current();
    const topic = await opened.topic();
    const before = Date.now();
    await append(opened, [
      {
        topic,
        partition: 0,
        key: null,
        value: Buffer.from([0, 255]),
        headers: [
          [Buffer.from('ce_id'), Buffer.from('7')],
          [Buffer.from('ce_type'), Buffer.from('é')],
        ],
      },
      { topic, partition: 0, key: Buffer.from('k'), value: null },
      { topic, partition: 0, key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [] },
    ]);
    const { records } = await readAll(opened.log, topic);
    assert.deepEqual(
      records.map(({ key, value }) => [key?.toString('hex') ?? null, value?.toString('hex') ?? null]),
      [
        [null, '00ff'],
        ['6b', null],
        ['', ''],
      ],
    );
    assert.deepEqual(
      records.map(({ headers }) => Object.entries(headers()).map(([header, value]) => [header, String(value)])),
      [
        [
          ['ce_id', '7'],
          ['ce_type', 'é'],
        ],
        [],
        [],
      ],
    );
    for (const { timestamp, topic: of, partition } of records) {
      assert.ok(timestamp >= before - 2_000 && timestamp <= Date.now() + 2_000);
      assert.deepEqual([of, partition], [topic, 0]);
    }
  });

  it('answers for every partition asked, those with nothing in them too', async () => {
    const opened = current();
    const [one, other] = [await opened.topic({ partitions: 2 }), await opened.topic()];
    await append(opened, [out(one, 'a')]);
    const asked = [
      { topic: other, partition: 0 },
      { topic: one, partition: 1 },
      { topic: one, partition: 0 },
    ];
    const answers = await opened.log.fetch(
      asked.map(of => ({ ...of, from: 0, maxBytes: 1_000 })),
      0,
    );
    assert.deepEqual(
      answers.map(({ topic, partition, records, next, start, lastStable, highWatermark, outOfRange }) => ({
        of: [topic, partition],
        saw: [records.length, next, start, lastStable, highWatermark, outOfRange],
      })),
      [
        { of: [other, 0], saw: [0, 0, 0, 0, 0, false] },
        { of: [one, 1], saw: [0, 0, 0, 0, 0, false] },
        { of: [one, 0], saw: [1, 1, 0, 1, 1, false] },
      ],
    );
  });

  it('waits for a record, and no longer than for the first', async () => {
    const opened = current();
    const topic = await opened.topic();
    const started = performance.now();
    const waiting = fetchOne(opened.log, topic, 0, 0, 8_000);
    await append(opened, [out(topic, 'late')]);
    assert.deepEqual(valuesOf((await waiting).records), ['late']);
    assert.ok(performance.now() - started < 6_000);
  });

  it('lets several read at the same time, none waiting for the other', async () => {
    const opened = current();
    const [silent, busy] = [await opened.topic(), await opened.topic()];
    const waiting = fetchOne(opened.log, silent, 0, 0, 5_000);
    await append(opened, [out(busy, 'a')]);
    const started = performance.now();
    assert.deepEqual(valuesOf((await fetchOne(opened.log, busy, 0, 0, 5_000)).records), ['a']);
    assert.ok(performance.now() - started < 3_000);
    await append(opened, [out(silent, 'b')]);
    assert.deepEqual(valuesOf((await waiting).records), ['b']);
  });

  it('reads on by parts when not everything fits, at least one record each time', async () => {
    const opened = current();
    const topic = await opened.topic();
    const values = Array.from({ length: 60 }, (_, index) => `${String(index)}:${'x'.repeat(900)}`);
    for (let at = 0; at < values.length; at += 6)
      await append(
        opened,
        values.slice(at, at + 6).map(value => out(topic, value)),
      );
    const parts: number[] = [];
    const read: string[] = [];
    for (let from = 0; from < values.length;) {
      const { records, next } = await fetchOne(opened.log, topic, from, 0, 1_000, 8_000);
      assert.ok(records.length > 0);
      assert.equal(next, (records.at(-1)?.offset ?? 0) + 1);
      parts.push(records.length);
      read.push(...valuesOf(records));
      from = next;
    }
    assert.deepEqual(read, values);
    assert.ok(parts.length > 1);
  });

  it('gives every one of many writers at once the offsets of its own records', async () => {
    const opened = current();
    const topic = await opened.topic({ partitions: 2 });
    const appender = await opened.log.appender();
    const sent = Array.from({ length: 40 }, (_, writer) =>
      [0, 1, 2].map(index => out(topic, `${String(writer)}-${String(index)}`, (writer + index) % 2)),
    );
    const answers = await Promise.all(sent.map(records => appender.send(records)));
    await appender.close();
    const [even, odd] = [await readAll(opened.log, topic, 0, 0), await readAll(opened.log, topic, 0, 1)];
    assert.equal(even.records.length + odd.records.length, 120);
    for (const [writer, answer] of answers.entries()) {
      const own = done(answer).flatMap(({ partition, baseOffset, count }) =>
        (partition === 0 ? even : odd).records.filter(({ offset }) => offset >= baseOffset && offset < baseOffset + count),
      );
      assert.deepEqual(valuesOf(own).toSorted(), (sent[writer] ?? []).map(({ value }) => String(value)).toSorted());
    }
  });

  it('says that an offset above the end is out of range, and leaves it as it is', async () => {
    const opened = current();
    const topic = await opened.topic();
    await append(opened, [out(topic, 'a'), out(topic, 'b')]);
    assert.equal((await fetchOne(opened.log, topic, 2)).outOfRange, false);
    const { outOfRange, records, next, start, lastStable, highWatermark } = await fetchOne(opened.log, topic, 5);
    assert.deepEqual([outOfRange, records, next, start, lastStable, highWatermark], [true, [], 5, 0, 2, 2]);
  });

  it('answers for the other partitions when one is asked out of range', async () => {
    const opened = current();
    const topic = await opened.topic({ partitions: 2 });
    await append(opened, [out(topic, 'a'), out(topic, 'b', 1)]);
    const answers = await opened.log.fetch(
      [0, 1].map(partition => ({ topic, partition, from: partition * 9, maxBytes: 1_000 })),
      0,
    );
    assert.deepEqual(
      answers.map(({ outOfRange, records }) => [outOfRange, valuesOf(records)]),
      [
        [false, ['a']],
        [true, []],
      ],
    );
  });

  it('writes nothing when there is nothing to write', async () => {
    const opened = current();
    assert.deepEqual(await append(opened, []), []);
  });
};

const askingContract = (current: () => Opened): void => {
  it('tells start, last stable offset and high watermark in the order asked', async () => {
    const opened = current();
    const topic = await opened.topic({ partitions: 3 });
    await append(opened, [out(topic, 'a', 2), out(topic, 'b', 2), out(topic, 'c', 0)]);
    const bounds = await opened.log.bounds([2, 0, 1].map(partition => ({ topic, partition })));
    assert.deepEqual(
      bounds.map(({ partition, start, lastStable, highWatermark }) => [partition, start, lastStable, highWatermark]),
      [
        [2, 0, 2, 2],
        [0, 0, 1, 1],
        [1, 0, 0, 0],
      ],
    );
  });

  it('finds the first record at or after a time, or the last stable offset when there is none', async () => {
    const opened = current();
    const topic = await opened.topic();
    const at = async (time: number) => (await opened.log.offsetsAt([{ topic, partition: 0 }], time)).map(shown);
    assert.deepEqual(await at(0), [shown({ topic, partition: 0, offset: 0 })]);
    // The clock of the log need not be ours: written until it has moved.
    await append(opened, [out(topic, 'first')]);
    let records = (await readAll(opened.log, topic)).records;
    const first = records[0]?.timestamp ?? 0;
    while ((records.at(-1)?.timestamp ?? 0) <= first) {
      await append(opened, [out(topic, 'later')]);
      records = (await readAll(opened.log, topic)).records;
    }
    const last = records.at(-1)?.timestamp ?? 0;
    assert.deepEqual(await at(first), [shown({ topic, partition: 0, offset: 0 })]);
    assert.deepEqual(await at(first + 1), [shown({ topic, partition: 0, offset: records.length - 1 })]);
    assert.deepEqual(await at(last + 1), [shown({ topic, partition: 0, offset: records.length })]);
  });

  it('counts partitions, and leaves out a topic that does not exist', async () => {
    const opened = current();
    const [one, other] = [await opened.topic(), await opened.topic({ partitions: 5 })];
    const counts = await opened.log.partitions([one, uniqueName('absent'), other]);
    assert.deepEqual(
      new Map(counts),
      new Map([
        [one, 1],
        [other, 5],
      ]),
    );
    assert.equal((await opened.log.partitions([])).size, 0);
  });

  it('creates, shows, alters and removes topics', async () => {
    const { log } = current();
    const name = uniqueName('administered');
    const spec = async () => (await log.admin.topics()).find(one => one.name === name);
    await log.admin.create([{ name, partitions: 3, settings: { 'cleanup.policy': 'compact', 'segment.bytes': '1048576' } }]);
    assert.deepEqual(await spec(), {
      name,
      partitions: 3,
      settings: { 'cleanup.policy': 'compact', 'segment.bytes': '1048576' },
    });
    await assert.rejects(log.admin.create([{ name, partitions: 4, settings: {} }]), { code: 'KAFKA_REFUSED' });
    await log.admin.alter(name, { 'segment.bytes': '2097152', 'retention.ms': '1000' });
    assert.deepEqual((await spec())?.settings, {
      'cleanup.policy': 'compact',
      'segment.bytes': '2097152',
      'retention.ms': '1000',
    });
    await log.admin.remove([name]);
    assert.equal(await spec(), undefined);
    assert.equal((await log.partitions([name])).size, 0);
  });

  it('tells records of a topic made again from those of the one removed', async () => {
    const opened = current();
    const topic = await opened.topic();
    await append(opened, [out(topic, 'old'), out(topic, 'old')]);
    await opened.log.admin.remove([topic]);
    await opened.log.admin.create([{ name: topic, partitions: 1, settings: {} }]);
    assert.deepEqual(await boundsOf(opened.log, topic), [0, 0, 0]);
    await append(opened, [out(topic, 'new')]);
    assert.deepEqual(await readValues(opened.log, topic), ['new']);
    assert.equal((await fetchOne(opened.log, topic, 2)).outOfRange, true);
  });
};
