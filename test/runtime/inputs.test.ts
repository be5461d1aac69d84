/** A task's inputs: which record goes next, and task time. */
import assert from 'node:assert/strict';
import type { Fetched, LogRecord } from '../../runtime/port.ts';
import { inputsOf } from '../../runtime/task/inputs.ts';

const record = (topic: string, offset: number, timestamp: number): LogRecord => ({
  topic,
  partition: 0,
  offset,
  timestamp,
  key: null,
  value: null,
  headers: () => ({}),
});
const fetched = (topic: string, records: readonly LogRecord[], next: number, lastStable = next): Fetched => ({
  topic,
  partition: 0,
  records,
  next,
  start: 0,
  lastStable,
  highWatermark: lastStable,
  outOfRange: false,
});
const both = () =>
  inputsOf([
    { topic: 'a', aside: false, from: 0 },
    { topic: 'b', aside: false, from: 0 },
    { topic: 'control', aside: true, from: 0 },
  ]);

describe("a task's inputs", () => {
  it('are waited for until each has a record or is known to be caught up', () => {
    const inputs = both();
    inputs.offer('a', 0, fetched('a', [record('a', 0, 50)], 1), 100);
    assert.equal(inputs.peek(), 'wait');
    inputs.offer('b', 0, fetched('b', [], 0), 100);
    assert.deepEqual((inputs.peek() as { topic: string }).topic, 'a');
  });
  it('give the lowest timestamp first', () => {
    const inputs = both();
    inputs.offer('a', 0, fetched('a', [record('a', 0, 50), record('a', 1, 70)], 2), 100);
    inputs.offer('b', 0, fetched('b', [record('b', 0, 60)], 1), 100);
    const order: string[] = [];
    for (let next = inputs.peek(); next !== undefined && next !== 'wait'; next = inputs.peek()) {
      order.push(`${next.topic}${next.record.offset}`);
      inputs.take(next.topic);
    }
    assert.deepEqual(order, ['a0', 'b0', 'a1']);
  });
  it('say a time that nothing still to come can lie before', () => {
    const inputs = both();
    assert.equal(inputs.time(), -Infinity);
    inputs.offer('a', 0, fetched('a', [], 0), 100);
    assert.equal(inputs.time(), -Infinity);
    inputs.offer('b', 0, fetched('b', [record('b', 0, 60)], 1, 5), 100);
    assert.equal(inputs.time(), 60);
    inputs.take('b');
    assert.equal(inputs.time(), -Infinity, 'more is known to be there');
    inputs.offer('b', 1, fetched('b', [], 5), 120);
    assert.equal(inputs.time(), 100);
  });
  it('count no time for which an open transaction may still hold a record', () => {
    const inputs = inputsOf([{ topic: 'a', aside: false, from: 0 }]);
    const open = (one: Fetched): Fetched => ({ ...one, highWatermark: one.lastStable + 1 });
    inputs.offer('a', 0, open(fetched('a', [], 0)), 90);
    assert.equal(inputs.peek(), undefined, 'and it is not waited for');
    assert.equal(inputs.time(), -Infinity);
    inputs.offer('a', 0, fetched('a', [], 0), 100);
    assert.equal(inputs.time(), 100);
    inputs.offer('a', 0, open(fetched('a', [], 0)), 200);
    assert.equal(inputs.time(), 100);
    inputs.offer('a', 0, fetched('a', [record('a', 0, 150)], 1, 2), 210);
    inputs.take('a');
    inputs.offer('a', 1, open(fetched('a', [], 2)), 220);
    assert.equal(inputs.time(), 150, 'what follows in a partition is not older than what was read of it');
    inputs.offer('a', 2, fetched('a', [], 3), 230);
    assert.equal(inputs.time(), 230);
  });
  it("take operators' words first, and their silence stops nothing and holds no time", () => {
    const inputs = both();
    inputs.offer('a', 0, fetched('a', [record('a', 0, 50)], 1), 100);
    inputs.offer('b', 0, fetched('b', [], 0), 100);
    inputs.offer('control', 0, fetched('control', [record('control', 0, 999)], 1), 100);
    assert.equal((inputs.peek() as { topic: string }).topic, 'control');
    assert.equal(inputs.time(), 50);
  });
  it('ignore an answer that does not go on where they stand', () => {
    const inputs = both();
    inputs.offer('a', 3, fetched('a', [record('a', 3, 1)], 4), 100);
    assert.equal(inputs.size(), 0);
    assert.deepEqual(inputs.positions(), { a: 0, b: 0, control: 0 });
  });
  it('stand at the next record to be taken, and past control records when there is none', () => {
    const inputs = both();
    inputs.offer('a', 0, fetched('a', [record('a', 0, 1), record('a', 4, 2)], 7), 100);
    inputs.take('a');
    assert.equal(inputs.positions()['a'], 4);
    inputs.take('a');
    assert.equal(inputs.positions()['a'], 7);
    assert.equal(inputs.lag()['a'], 0);
  });
});
