/** A sink on the runtime, over the log in memory: order per key, what is set aside, what is not known, replay. */
import assert from 'node:assert/strict';
import type { Fact } from '../../runtime/model.ts';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { ControlCommand, RunRecord } from '../../runtime/task/keys.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import { policy } from '../support/policy.ts';
import { note, shelfOf, shelving, type Shelf } from './support/shelf.ts';

describe('a sink on the runtime', () => {
  let shelf: Shelf;
  let world: MemoryWorld;
  beforeEach(async () => {
    shelf = shelfOf();
    world = await memoryWorld({ units: [{ kind: 'sink', unit: shelving(shelf) }], policy });
    // A first session cannot know that nobody was at work before it; one after it can, if it lasted long enough.
    await world.clock.advance(6_000);
    await world.restart();
  });
  afterEach(() => world.close());
  const publish = async (...facts: Fact[]): Promise<void> => {
    await world.publish(...facts);
    await world.settle();
  };
  const tell = async (action: ControlCommand['action'], journal: string): Promise<void> => {
    const key = `acme|${journal}`;
    await world.client.write('shelf.control', partitionOf(Buffer.from(key), 2), key, {
      action,
      scope: `journals.v1 ${key}`,
      actor: 'tester',
      reason: 'a test',
    });
    await world.settle();
  };

  it('brings each event to the target once', async () => {
    await publish(note('a', '1'), note('b', '1'));
    assert.deepEqual([...shelf.writes].sort(), ['a=1', 'b=1']);
  });
  it('keeps the order of a key', async () => {
    await publish(...Array.from({ length: 9 }, (_, i) => note('a', String(i), i + 1)));
    assert.deepEqual(
      shelf.writes,
      Array.from({ length: 9 }, (_, i) => `a=${i}`),
    );
  });
  it('sets aside what the target refuses and all behind it of that key; others flow; a retry brings them in order', async () => {
    shelf.fate('a', ['refuse']);
    await publish(note('a', '1', 1), note('b', '1'), note('a', '2', 2));
    assert.deepEqual(shelf.writes, ['b=1']);
    await tell('retry', 'a');
    assert.deepEqual(shelf.writes, ['b=1', 'a=1', 'a=2']);
  });
  it('keeps what is set aside over a restart', async () => {
    shelf.fate('a', ['refuse']);
    await publish(note('a', '1', 1));
    await world.restart();
    await publish(note('a', '2', 2));
    assert.deepEqual(shelf.writes, []);
    await tell('retry', 'a');
    assert.deepEqual(shelf.writes, ['a=1', 'a=2']);
  });
  it('drops the first event of a key when told to skip, and goes on with the rest', async () => {
    shelf.fate('a', ['refuse']);
    await publish(note('a', '1', 1), note('a', '2', 2));
    await tell('skip', 'a');
    assert.deepEqual(shelf.writes, ['a=2']);
  });
  it('sets aside again what a retry finds refused again', async () => {
    shelf.fate('a', ['refuse', 'refuse']);
    await publish(note('a', '1', 1));
    await tell('retry', 'a');
    assert.deepEqual(shelf.writes, []);
    await tell('retry', 'a');
    assert.deepEqual(shelf.writes, ['a=1']);
  });
  it('waits while the target is away and loses nothing', async () => {
    shelf.fate('a', ['down', 'down', 'down']);
    await publish(note('a', '1'), note('b', '1'));
    await world.clock.advance(60_000);
    assert.deepEqual([...shelf.writes].sort(), ['a=1', 'b=1']);
  });
  it('tries a key again that could not be served now, and serves others meanwhile', async () => {
    shelf.fate('a', ['later', 'later']);
    await publish(note('a', '1'), note('b', '1'));
    await world.clock.advance(60_000);
    assert.deepEqual(shelf.writes, ['b=1', 'a=1']);
  });
  it('writes into its run log what it has settled and nothing else, in whatever order keys are settled', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    for (const name of ['n1', 'n4', 'n9', 'n10']) shelf.fate(name, ['later', 'later']);
    await world.client.publish(
      names.map(name => note(name, '1')),
      '/onhand/test/0',
    );
    await world.clock.advance(60_000);
    const settled: string[] = [];
    await world.client.scan('shelf.runs', ({ partition, value }) => {
      for (const item of (JSON.parse(value!.toString()) as RunRecord).consumed)
        if ('from' in item) for (let offset = item.from; offset <= item.to; offset++) settled.push(`${partition}@${offset}`);
    });
    const there: string[] = [];
    await world.client.scan('journals.v1', ({ partition, offset }) => void there.push(`${partition}@${offset}`));
    assert.deepEqual(settled.sort(), there.sort());
  });
  it('waits out a storm of conflicts, however long, and sets nothing aside for it', async () => {
    shelf.fate(
      'a',
      Array.from({ length: 20 }, () => 'later' as const),
    );
    await publish(note('a', '1'));
    await world.clock.advance(900_000);
    assert.deepEqual(shelf.writes, ['a=1']);
  });
  it('looks before it repeats what had no answer: done is not done twice, undone is done', async () => {
    shelf.fate('a', ['lost after']);
    shelf.fate('b', ['lost before']);
    await publish(note('a', '1'), note('b', '1'));
    await world.clock.advance(30_000);
    assert.deepEqual([...shelf.writes].sort(), ['a=1', 'b=1']);
  });
  it('writes nothing for a revision older than the applied one', async () => {
    await publish(note('a', 'new', 5), note('a', 'old', 3));
    assert.deepEqual(shelf.writes, ['a=new']);
  });
  it('brings again what a replay refers to, after what is queued of its key, and repeats nothing that is there', async () => {
    await publish(note('a', '1', 1), note('b', '1', 1));
    shelf.forget();
    await publish(note('b', '2', 2));
    for (const [journal, record] of (await world.client.events('journals.v1')).map(
      one => [(one.event.data as { journal: string }).journal, one.record] as const,
    ))
      await world.client.write('shelf.replay', record.partition, `acme|${journal}`, {
        plan: 'p',
        topic: 'journals.v1',
        offset: record.offset,
      });
    await world.settle();
    assert.deepEqual(
      [...shelf.stored],
      [
        ['b', '2'],
        ['a', '1'],
      ],
    );
    assert.deepEqual(
      shelf.writes.filter(one => one.startsWith('b')),
      ['b=1', 'b=2'],
    );
  });
  it('waits, after a takeover that was not clean, until nothing of the former owner can take effect any more', async () => {
    const other = await memoryWorld({ units: [{ kind: 'sink', unit: shelving(shelf) }], policy, run: [] });
    await other.publish(note('c', '1'));
    await other.restart(['shelf']);
    // A call takes 500 ms at most in memory, and 5,000 ms more to take effect here: the former owner may have begun one as it was fenced.
    await other.clock.advance(5_400);
    assert.deepEqual(shelf.writes, []);
    await other.clock.advance(600);
    assert.deepEqual(shelf.writes, ['c=1']);
    await other.close();
  });
  it('writes what has no key to the DLQ and moves on', async () => {
    await world.append('journals.v1', null, Buffer.from('garbage'));
    await publish(note('a', '1'));
    assert.deepEqual(shelf.writes, ['a=1']);
    const [bounds] = await world.log.bounds([{ topic: 'memory.dlq.shelf', partition: 0 }]);
    assert.equal(bounds!.highWatermark > 0, true);
    assert.deepEqual(world.errors, []);
  });
});
