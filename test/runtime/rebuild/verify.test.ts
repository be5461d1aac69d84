/** A rebuild finds a task's state equal to its history, whatever happened, and finds what was altered, where, and since when. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryWorld, type MemoryOptions, type MemoryWorld } from '../../../runtime/memory/run.ts';
import { memoryStore } from '../../../runtime/store/memory.ts';
import { storeKeys, type RunRecord, type StoredState } from '../../../runtime/task/keys.ts';
import { ownTopics, type Unit } from '../../../runtime/topology.ts';
import { policy } from '../../support/policy.ts';
import { counter, wish } from '../support/counter.ts';
import { verdicts, without } from './support/rebuilt.ts';

const unit: Unit = { kind: 'processor', unit: counter };
const [changelog, runs] = [ownTopics.changelog('counter'), ownTopics.runs('counter')];
const open = (options: Partial<MemoryOptions> = {}): Promise<MemoryWorld> =>
  memoryWorld({ units: [unit], policy, partitions: 1, ...options });
/** Wishes for seven products, one of which is set aside; alarms that are pending, one transaction after another. */
const traffic = async (world: MemoryWorld, from = 0): Promise<void> => {
  for (let i = from; i < from + 12; i++) {
    const product = i % 7;
    await world.publish(wish(`o${i}`, product === 3 ? 13 : [1000, 60, 61][i % 3], String(product)));
    await world.clock.advance(500);
  }
  await world.settle();
};
const texts = async (world: MemoryWorld, topic: string): Promise<readonly (readonly [number, string, string | null])[]> => {
  const found: (readonly [number, string, string | null])[] = [];
  await world.client.scan(
    topic,
    record => void found.push([record.offset, record.key?.toString() ?? '', record.value?.toString() ?? null]),
  );
  return found;
};
const write = (world: MemoryWorld, topic: string, key: string, value: string | null): Promise<void> =>
  world.append(topic, Buffer.from(key), value === null ? null : Buffer.from(value));

describe('rebuild --verify finds equal', () => {
  it('what was set aside, tried again, skipped, and alarms that fell due meanwhile', async () => {
    const world = await open();
    await traffic(world);
    // A wish behind the one that is set aside, and an alarm of its key that falls due behind both.
    await world.publish(wish('alarmed', 60, '8'), wish('thirteen', 13, '8'), wish('behind', 60, '8'));
    await world.clock.advance(90_000);
    const control = { scope: 'acme|8', actor: 'test', reason: 'test' };
    await world.client.write(ownTopics.control('counter'), 0, 'acme|8', { action: 'retry', ...control });
    await world.settle();
    const [aside] = await verdicts(world, unit);
    assert.equal(aside!.is, 'equal');
    assert.equal(aside!.counts!['set aside'], 3 + 2);
    await world.client.write(ownTopics.control('counter'), 0, 'acme|8', { action: 'skip', ...control });
    await world.settle();
    const [after] = await verdicts(world, unit);
    assert.equal(after!.is, 'equal');
    assert.equal(after!.counts!['set aside'], 2);
    assert.ok(after!.counts!.alarms > 0 && after!.counts!.state > 0 && after!.counts!.entry > 0);
    await world.close();
  });
  it('a transaction that the run log tells in several records', async () => {
    const world = await open();
    await world.restart([]);
    for (let i = 0; i < 1_500; i++) await world.publish(wish(`${'o'.repeat(100)}${i}`, 61, String(i % 7)));
    await world.restart();
    await world.settle();
    const told = (await texts(world, runs)).map(([, , value]) => JSON.parse(value!) as RunRecord);
    assert.ok(
      told.some((one, i) => one.n === told[i - 1]?.n),
      'it fitted into one',
    );
    const [found] = await verdicts(world, unit);
    assert.equal(found!.is, 'equal');
    assert.equal(found!.counts!.alarm, 3_000);
    await world.close();
  });
  it('a moment of a unit that goes on meanwhile', async () => {
    const world = await open();
    await traffic(world);
    let went = false;
    const { fetch } = world.log;
    const log = {
      ...world.log,
      fetch: async (...asked: Parameters<typeof fetch>) => {
        const answer = await fetch(...asked);
        // Behind the changelog's end, before anything else is read.
        if (!went) await traffic(world, 20);
        went = true;
        return answer;
      },
    };
    const [found] = await verdicts(world, unit, { log });
    assert.equal(found!.is, 'equal');
    assert.equal(found!.transaction, 12);
    await world.close();
  });
  it('a moment at which what was written cannot all be read yet: commits are marked partition by partition', async () => {
    const world = await open();
    await traffic(world);
    const outputs = world.names.topic('reservations.v1');
    let unmarked = 3;
    const bounds: typeof world.log.bounds = async asked =>
      (await world.log.bounds(asked)).map(one =>
        one.topic === outputs && unmarked-- > 0 ? { ...one, lastStable: one.lastStable - 3 } : one,
      );
    const [found] = await verdicts(world, unit, { log: { ...world.log, bounds } });
    assert.equal(found!.is, 'equal');
    await world.close();
  });
  it('a local store that holds a commit whose mark is still to come', async () => {
    const world = await open();
    await traffic(world);
    const all = await texts(world, changelog);
    // Two transactions before the last one: a gap in the offsets is a mark.
    const marks = all.flatMap(([offset], i) => (all[i + 1]?.[0] === offset + 2 ? [offset + 2] : []));
    let unmarked = 2;
    const bounds: typeof world.log.bounds = async asked =>
      (await world.log.bounds(asked)).map(one =>
        one.topic === world.names.topic(changelog) && unmarked-- > 0 ? { ...one, lastStable: marks.at(-2)! } : one,
      );
    const store = memoryStore();
    await store.commit(
      all.map(([, key, value]) => [key, value] as const),
      { changelogNext: all.at(-1)![0] + 1 },
    );
    const local = () => ({ store, close: () => Promise.resolve() });
    const [found] = await verdicts(world, unit, { local, log: { ...world.log, bounds } });
    assert.deepEqual(found!.difference, undefined);
    assert.equal(found!.is, 'equal');
    await world.close();
  });
  it('a state that is stored and is the initial one', async () => {
    const world = await open();
    await traffic(world);
    await write(world, changelog, storeKeys.state('acme|new'), JSON.stringify({ v: 1, n: { seen: 0 }, s: { count: 0 } }));
    assert.equal((await verdicts(world, unit))[0]!.is, 'equal');
    await world.close();
  });
  it('a state that an earlier release stored in another shape', async () => {
    const world = await open();
    await traffic(world);
    type State = typeof counter.initial & { readonly twice: number };
    const twice = (state: typeof counter.initial): State => ({ ...state, twice: state.count * 2 });
    const evolve: typeof counter.evolve = (state, fact) => twice(counter.evolve(state, fact));
    const upgrade = (stored: unknown): State => twice(stored as typeof counter.initial);
    const today: Unit = {
      kind: 'processor',
      unit: { ...counter, stateVersion: 2, initial: twice(counter.initial), upgrade, evolve },
    };
    const [found] = await verdicts(world, today);
    assert.deepEqual([found!.is, found!.differing], ['equal', 0]);
    const [older] = await verdicts(world, { kind: 'processor', unit: { ...counter, stateVersion: 0 } });
    assert.deepEqual([older!.is, older!.why?.code], ['cannot', 'STATE_VERSION']);
    await world.close();
  });
});

describe('rebuild --verify finds', () => {
  it('one state that was altered by hand, with its key and both values', async () => {
    const world = await open();
    await traffic(world);
    const key = storeKeys.state('acme|2');
    const stored = (await texts(world, changelog)).findLast(([, one]) => one === key);
    const state = JSON.parse(stored![2]!) as StoredState;
    await write(world, changelog, key, JSON.stringify({ ...state, s: { ...state.s, count: 99 } }));
    const [found] = await verdicts(world, unit);
    assert.equal(found!.is, 'different');
    assert.equal(found!.differing, 1);
    const { what, key: of, path, rebuilt, stored: held, at } = found!.difference!;
    assert.deepEqual([what, of, path], ['state', 'acme|2', 's.count']);
    assert.deepEqual(
      [rebuilt, held].map(one => (one as { s: { count: number } }).s.count),
      [2, 99],
    );
    assert.match(at!.says!, /written after the last transaction/);
    assert.equal(at!.changelog, (await texts(world, changelog)).at(-1)![0]);
    await world.close();
  });
  it('the transaction since which a state differs, though later ones went on from it', async () => {
    const world = await open();
    await traffic(world);
    const key = storeKeys.state('acme|2');
    const before = (await texts(world, runs)).length;
    const stored = (await texts(world, changelog)).findLast(([, one]) => one === key);
    const state = JSON.parse(stored![2]!) as StoredState;
    const wrong = { ...state, s: { ...state.s, count: 99 } };
    // As if transaction 13 had written it: what follows stands on it.
    await world.restart([]);
    await write(world, changelog, key, JSON.stringify(wrong));
    await world.restart();
    await world.publish(wish('x', 1000, '1'));
    await world.settle();
    await world.publish(wish('y', 1000, '2'));
    await world.settle();
    const [found] = await verdicts(world, unit);
    assert.deepEqual([found!.is, found!.difference!.key, found!.difference!.what], ['different', 'acme|2', 'state']);
    assert.equal(found!.difference!.at!.transaction, before + 1);
    await world.close();
  });
  it('an alarm that is missing', async () => {
    const world = await open();
    await traffic(world);
    const [, alarm] = (await texts(world, changelog)).find(([, key, value]) => key.startsWith('a\0') && value !== null)!;
    await write(world, changelog, alarm, null);
    const [found] = await verdicts(world, unit);
    assert.deepEqual([found!.is, found!.difference!.what, found!.difference!.stored], ['different', 'alarm', null]);
    assert.match(found!.difference!.says, /must be there, and is not stored/);
    await world.close();
  });
  it('a run record that is lost, amid the log and at its end', async () => {
    const world = await open();
    await traffic(world);
    const all = await texts(world, runs);
    const topic = world.names.topic(runs);
    for (const lost of [all[4]![0], all.at(-1)![0]]) {
      const log = without(world.log, record => record.topic === topic && record.offset === lost);
      const [found] = await verdicts(world, unit, { log });
      assert.deepEqual([found!.is, found!.difference!.what], ['different', 'run log']);
      // By its number: what only alarms changed has no input that would be missed.
      assert.match(found!.difference!.says, /after transaction \d+ the run log tells of|the run log ends with \d+/);
    }
    await world.close();
  });
  it('an input that its transaction does not tell of', async () => {
    const world = await open();
    await traffic(world);
    const topic = world.names.topic(runs);
    const silent = (value: Buffer): Buffer => {
      const run = JSON.parse(value.toString()) as RunRecord;
      // One that only sets an alarm has no output that would be missed.
      return run.consumed.some(one => 'sets' in one) ? Buffer.from(JSON.stringify({ ...run, consumed: [] })) : value;
    };
    const log = {
      ...world.log,
      fetch: async (...asked: Parameters<typeof world.log.fetch>) =>
        (await world.log.fetch(...asked)).map(answer => ({
          ...answer,
          records: answer.records.map(one => (one.topic === topic ? { ...one, value: silent(one.value!) } : one)),
        })),
    };
    const [found] = await verdicts(world, unit, { log });
    assert.deepEqual([found!.is, found!.difference!.what], ['different', 'run log']);
    assert.match(found!.difference!.says, /nothing tells what became of offset \d+/);
    await world.close();
  });
  it('an input record that nothing tells of, and a position that lies before what was consumed', async () => {
    const world = await open();
    await traffic(world);
    const position = JSON.stringify({ 'stock-requests.v1': 3, 'counter.control': 0 });
    await write(world, changelog, storeKeys.position, position);
    const [behind] = await verdicts(world, unit);
    assert.deepEqual([behind!.is, behind!.difference!.what], ['different', 'position']);
    await world.restart([]);
    await world.publish(wish('never', 1000, '1'));
    await write(world, changelog, storeKeys.position, JSON.stringify({ 'stock-requests.v1': 99, 'counter.control': 0 }));
    const [ahead] = await verdicts(world, unit);
    assert.match(
      ahead!.difference!.says,
      /the position on stock-requests\.v1 is 99, and nothing tells what became of offset \d+/,
    );
    await world.close();
  });
  it('an output that is there twice, and one that is lost', async () => {
    const world = await open();
    await traffic(world);
    const said = await world.client.events('reservations.v1');
    const { record } = said[2]!;
    const headers = Object.entries(record.headers()).map(([name, value]) => [Buffer.from(name), value] as const);
    const { topic, partition, key, value } = record;
    const log = without(world.log, one => one.topic === topic && one.offset === record.offset);
    const [lost] = await verdicts(world, unit, { log });
    assert.deepEqual([lost!.is, lost!.difference!.what, lost!.difference!.rebuilt], ['different', 'outputs', 1]);
    await world.client.append([{ topic, partition, key, value, headers }]);
    const [twice] = await verdicts(world, unit);
    assert.deepEqual([twice!.is, twice!.difference!.what, twice!.difference!.of], ['different', 'outputs', said[2]!.event.id]);
    await world.close();
  });
  it('a local store that holds something else than its changelog gives', async () => {
    const world = await open();
    await traffic(world);
    const all = await texts(world, changelog);
    const end = all.at(-1)![0] + 2;
    const store = memoryStore();
    const part = all.slice(0, 20);
    await store.commit(
      part.map(([, key, value]) => [key, value] as const),
      { changelogNext: part.at(-1)![0] + 1 },
    );
    const local = () => ({ store, close: () => Promise.resolve() });
    assert.equal((await verdicts(world, unit, { local }))[0]!.is, 'equal');
    const [key] = [...store.range({ gte: 's\0', lt: 's\x01' })][0]!;
    const newest = all.findLast(([, one]) => one === key)![2]!;
    await store.commit(
      all.map(([, one, value]) => [one, value] as const),
      { changelogNext: end },
    );
    await store.commit([[key, newest.replace('"count":', '"count":9')]], { changelogNext: end });
    const [found] = await verdicts(world, unit, { local });
    assert.deepEqual([found!.is, found!.difference!.what], ['different', 'store']);
    await world.close();
  });
});

describe('rebuild after retention', () => {
  const place = { topic: 'memory.stock-requests.v1', partition: 0 };
  it('says which records are gone, and begins from the newest snapshot that fits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onhand-test-'));
    const world = await open();
    await traffic(world);
    const [first] = await verdicts(world, unit, { snapshots: folder });
    assert.equal(first!.is, 'equal');
    assert.ok(first!.snapshot !== undefined && first!.from === undefined);
    await traffic(world, 20);
    world.log.truncate(place, 10);
    const [cannot] = await verdicts(world, unit);
    assert.deepEqual([cannot!.is, cannot!.why!.code], ['cannot', 'HISTORY_GONE']);
    assert.match(cannot!.why!.message, /stock-requests\.v1\/0 begins at 10, and offset 0 is needed/);
    const [found] = await verdicts(world, unit, { snapshots: folder });
    assert.deepEqual([found!.is, found!.from], ['equal', first!.snapshot]);
    assert.equal(found!.counts!.transactions, 12);
    // The next one begins from that of now.
    assert.equal((await verdicts(world, unit, { snapshots: folder }))[0]!.from, found!.snapshot);
    world.log.truncate(place, 20);
    const altered = storeKeys.state('acme|2');
    await write(world, changelog, altered, null);
    const [different] = await verdicts(world, unit, { snapshots: folder });
    assert.deepEqual([different!.is, different!.difference!.key], ['different', 'acme|2']);
    await world.close();
  });
});
