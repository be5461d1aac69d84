/** The log's contract, transactions: all or nothing, one holder of an id, offsets in them. */
import assert from 'node:assert/strict';
import type { Transactional } from '../../runtime/port.ts';
import { uniqueName } from '../support/broker.ts';
import { until } from '../support/until.ts';
import { boundsOf, committedOf, done, fetchOne, out, readAll, readValues, shown, stable, type Opened } from './log-support.ts';

const TIMEOUT_MS = 30_000;

export const logTransactionContract = (current: () => Opened): void => {
  const producers: Transactional[] = [];
  const producer = async (id = uniqueName('task')): Promise<Transactional> => {
    const made = await current().log.initProducer(id, TIMEOUT_MS);
    producers.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(producers.splice(0).map(one => one.close()));
  });

  it('shows records of several topics when the transaction is committed, and none before', async () => {
    const { log, topic } = current();
    const [one, other] = [await topic(), await topic({ partitions: 2 })];
    const task = await producer();
    const written = done(await task.send([out(one, 'a'), out(other, 'b', 1), out(one, 'c')]));
    assert.deepEqual(
      written.toSorted((a, b) => a.partition - b.partition),
      [
        { topic: one, partition: 0, baseOffset: 0, count: 2 },
        { topic: other, partition: 1, baseOffset: 0, count: 1 },
      ],
    );
    assert.deepEqual((await fetchOne(log, one)).records, []);
    done(await task.send([out(other, 'd', 1)]));
    done(await task.end('commit'));
    assert.deepEqual(
      [await readValues(log, one), await readValues(log, other, 0, 1)],
      [
        ['a', 'c'],
        ['b', 'd'],
      ],
    );
  });

  it('never shows what was aborted, and reads on behind it', async () => {
    const { log, topic } = current();
    const name = await topic();
    const task = await producer();
    for (const [value, how] of [
      ['a', 'commit'],
      ['b', 'abort'],
      ['c', 'commit'],
      ['d', 'abort'],
    ] as const) {
      done(await task.send([out(name, value)]));
      done(await task.end(how));
    }
    const { records, next, lastStable, highWatermark } = await readAll(log, name);
    assert.deepEqual(
      records.map(({ value, offset }) => [String(value), offset]),
      [
        ['a', 0],
        ['c', 4],
      ],
    );
    assert.deepEqual([next, lastStable, highWatermark], [8, 8, 8]);
    assert.deepEqual(await readValues(log, name, 5), []);
    assert.equal((await readAll(log, name, 5)).next, 8);
  });

  it('holds back everything behind an open transaction, and only that partition', async () => {
    const { log, topic } = current();
    const name = await topic({ partitions: 2 });
    const [slow, quick] = [await producer(), await producer()];
    done(await slow.send([out(name, 'slow')]));
    done(await quick.send([out(name, 'quick'), out(name, 'other', 1)]));
    done(await quick.end('commit'));
    await until('the quick one to be committed', async () => (await boundsOf(log, name))[2] === 3);
    assert.deepEqual(await boundsOf(log, name), [0, 0, 3]);
    const held = await fetchOne(log, name);
    assert.deepEqual([held.records.length, held.next, held.lastStable, held.highWatermark], [0, 0, 0, 3]);
    assert.deepEqual(await readValues(log, name, 0, 1), ['other']);
    done(await slow.end('commit'));
    assert.deepEqual(await readValues(log, name), ['slow', 'quick']);
    assert.equal(await stable(log, name), 4);
  });

  it('holds nothing back for a producer that is idle, before its first transaction and after its last', async () => {
    const { log, topic } = current();
    const name = await topic();
    const task = await producer();
    done(await task.end('commit'));
    const appender = await log.appender();
    done(await appender.send([out(name, 'a')]));
    assert.deepEqual(await boundsOf(log, name), [0, 1, 1]);
    done(await task.send([out(name, 'b')]));
    done(await task.end('commit'));
    done(await appender.send([out(name, 'c')]));
    assert.equal(await stable(log, name), 4);
    await appender.close();
  });

  it('tells apart the transactions of two producers that interleave and abort in the other order', async () => {
    const { log, topic } = current();
    const name = await topic();
    const [one, two] = [await producer(), await producer()];
    done(await one.send([out(name, 'aborted-1')]));
    done(await two.send([out(name, 'aborted-2')]));
    done(await two.end('abort'));
    done(await one.end('abort'));
    done(await one.send([out(name, 'kept-1')]));
    done(await two.send([out(name, 'aborted-3')]));
    done(await one.end('commit'));
    done(await two.end('abort'));
    assert.deepEqual(await readValues(log, name), ['kept-1']);
  });

  it('fences the former holder of an id: what it sends or ends is refused and never seen', async () => {
    const { log, topic } = current();
    const name = await topic();
    const id = uniqueName('task');
    const former = await producer(id);
    done(await former.send([out(name, 'former')]));
    const latter = await producer(id);
    assert.deepEqual(await boundsOf(log, name), [0, 2, 2]);
    assert.equal((await former.end('commit')).is, 'fenced');
    done(await latter.send([out(name, 'latter')]));
    done(await latter.end('commit'));
    assert.deepEqual(await readValues(log, name), ['latter']);
  });

  it('fences a former holder that had nothing open when it next sends', async () => {
    const { topic } = current();
    const name = await topic();
    const id = uniqueName('task');
    const [former, latter] = [await producer(id), await producer(id)];
    assert.equal((await former.send([out(name, 'former')])).is, 'fenced');
    done(await latter.send([out(name, 'latter')]));
    done(await latter.end('commit'));
    assert.deepEqual(await readValues(current().log, name), ['latter']);
  });

  it('leaves an open transaction of a closed producer to the next holder of the id, who aborts it', async () => {
    const { log, topic } = current();
    const name = await topic();
    const id = uniqueName('task');
    const former = await producer(id);
    done(await former.send([out(name, 'left behind')]));
    await former.close();
    assert.deepEqual(await boundsOf(log, name), [0, 0, 1]);
    await producer(id);
    assert.deepEqual(await boundsOf(log, name), [0, 2, 2]);
    assert.deepEqual(await readValues(log, name), []);
  });

  it('commits offsets with the transaction', async () => {
    const { log, topic } = current();
    const [input, output, group] = [await topic({ partitions: 2 }), await topic(), uniqueName('unit')];
    const task = await producer();
    done(await task.send([out(output, 'a')]));
    done(await task.sendOffsets(group, [{ topic: input, partition: 1, offset: 7 }]));
    done(await task.end('commit'));
    assert.deepEqual(await committedOf(log, group, [input, output]), [shown({ topic: input, partition: 1, offset: 7 })]);
    done(
      await task.sendOffsets(group, [
        { topic: input, partition: 1, offset: 9 },
        { topic: input, partition: 0, offset: 2 },
      ]),
    );
    done(await task.end('commit'));
    assert.deepEqual(await committedOf(log, group, [input]), [
      shown({ topic: input, partition: 0, offset: 2 }),
      shown({ topic: input, partition: 1, offset: 9 }),
    ]);
    assert.deepEqual(await committedOf(log, group, [output]), []);
    assert.deepEqual(await committedOf(log, uniqueName('unit'), [input]), []);
  });

  it('commits no offsets with an aborted transaction, nor with one that the next holder of the id ended', async () => {
    const { log, topic } = current();
    const [input, group, id] = [await topic(), uniqueName('unit'), uniqueName('task')];
    const task = await producer(id);
    done(await task.sendOffsets(group, [{ topic: input, partition: 0, offset: 3 }]));
    done(await task.end('commit'));
    done(await task.sendOffsets(group, [{ topic: input, partition: 0, offset: 5 }]));
    done(await task.end('abort'));
    assert.deepEqual(await committedOf(log, group, [input]), [shown({ topic: input, partition: 0, offset: 3 })]);
    done(await task.sendOffsets(group, [{ topic: input, partition: 0, offset: 6 }]));
    await producer(id);
    assert.deepEqual(await committedOf(log, group, [input]), [shown({ topic: input, partition: 0, offset: 3 })]);
  });

  it('answers with the offsets of an open transaction only when it has ended', async () => {
    const { log, topic } = current();
    const [input, group] = [await topic(), uniqueName('unit')];
    const task = await producer();
    done(await task.sendOffsets(group, [{ topic: input, partition: 0, offset: 3 }]));
    let answered = false;
    const asked = committedOf(log, group, [input]).then(offsets => {
      answered = true;
      return offsets;
    });
    // Several questions later, an answer that does not wait would be there.
    for (let turn = 0; turn < 20; turn++) await boundsOf(log, input);
    assert.equal(answered, false);
    done(await task.end('commit'));
    assert.deepEqual(await asked, [shown({ topic: input, partition: 0, offset: 3 })]);
  });

  it('takes more than fits into one request, whole and in order', async () => {
    const { log, topic } = current();
    const name = await topic();
    const task = await producer();
    const values = Array.from({ length: 3_000 }, (_, index) => `${String(index)}:${'x'.repeat(1_000)}`);
    const written = done(await task.send(values.map(value => out(name, value))));
    assert.equal(
      written.reduce((sum, { count }) => sum + count, 0),
      values.length,
    );
    done(await task.end('commit'));
    const { records } = await readAll(log, name);
    assert.deepEqual(
      records.map(({ value }) => String(value)),
      values,
    );
    const claimed = written.flatMap(({ baseOffset, count }) => Array.from({ length: count }, (_, index) => baseOffset + index));
    assert.deepEqual(
      records.map(({ offset }) => offset),
      claimed,
    );
  });

  it('runs many transactions of one producer one after another', async () => {
    const { log, topic } = current();
    const name = await topic();
    const task = await producer();
    for (let turn = 0; turn < 30; turn++) {
      done(await task.send([out(name, String(turn))]));
      done(await task.end('commit'));
    }
    assert.deepEqual(
      await readValues(log, name),
      Array.from({ length: 30 }, (_, turn) => String(turn)),
    );
  });
};
