/** A sink on the runtime when things happen again or at once: sessions that end badly, restarts, operators' words while work is open. */
import assert from 'node:assert/strict';
import type { MemoryFaults } from '../../runtime/memory/log.ts';
import { memoryWorld, type MemoryOptions, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { ControlCommand } from '../../runtime/task/keys.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import { policy } from '../support/policy.ts';
import { note, shelfOf, shelving, type Shelf } from './support/shelf.ts';

const minute = 60_000;
const worldOf = async (
  shelf: Shelf,
  options: Partial<MemoryOptions> = {},
  target: Shelf['target'] | ((world: () => MemoryWorld) => Shelf['target']) = shelf.target,
  maxInFlightMs = 5_000,
): Promise<MemoryWorld> => {
  const made: { world?: MemoryWorld } = {};
  const unit = {
    ...shelving(shelf),
    maxInFlightMs: () => maxInFlightMs,
    target: () => (typeof target === 'function' ? target(() => made.world!) : target),
  };
  const world = (made.world = await memoryWorld({ units: [{ kind: 'sink', unit }], policy, partitions: 1, ...options }));
  await world.clock.advance(maxInFlightMs + 1_000);
  await world.restart();
  return world;
};
const tell = (world: MemoryWorld, action: ControlCommand['action'], journal: string): Promise<void> => {
  const key = `acme|${journal}`;
  const command = { action, scope: `journals.v1 ${key}`, actor: 'tester', reason: 'a test' };
  return world.client.write('shelf.control', partitionOf(Buffer.from(key), 1), key, command);
};
const noted = (...texts: string[]) => texts.map((text, i) => note('a', text, i + 1));
const many = <T>(value: T, count: number): T[] => Array.from({ length: count }, () => value);

describe('a sink on the runtime, again and at once', () => {
  let shelf: Shelf;
  let world: MemoryWorld;
  beforeEach(() => {
    shelf = shelfOf();
  });
  afterEach(() => world.close());

  it('skips one event for one word, though a restart reads the word again while what was behind is under way', async () => {
    world = await worldOf(shelf);
    shelf.fate('a', ['refuse', ...many('down' as const, 6)]);
    await world.publish(...noted('1', '2'));
    await world.settle();
    await tell(world, 'skip', 'a');
    await world.clock.advance(300);
    await world.restart();
    await world.clock.advance(10 * minute);
    assert.deepEqual(shelf.writes, ['a=2']);
  });
  it('obeys a second word about a key after the work of the first has ended', async () => {
    world = await worldOf(shelf);
    shelf.fate('a', ['refuse', ...many('later' as const, 4), 'refuse']);
    await world.publish(...noted('1', '2', '3'));
    await world.settle();
    await tell(world, 'retry', 'a');
    await tell(world, 'retry', 'a');
    await tell(world, 'skip', 'a');
    await world.clock.advance(10 * minute);
    assert.deepEqual(shelf.writes, ['a=1', 'a=2', 'a=3']);
    assert.deepEqual(await parked(), []);
  });
  it('brings what came during a retry after it, without another word', async () => {
    world = await worldOf(shelf);
    shelf.fate('a', ['refuse', ...many('later' as const, 3)]);
    await world.publish(...noted('1'));
    await world.settle();
    await tell(world, 'retry', 'a');
    await world.clock.advance(100);
    await world.publish(note('a', '2', 2));
    await world.clock.advance(10 * minute);
    assert.deepEqual(shelf.writes, ['a=1', 'a=2']);
    assert.deepEqual(await parked(), []);
  });
  it('lets nothing of a key overtake what cannot be read, at first and at a retry', async () => {
    world = await worldOf(shelf);
    shelf.fate('a', [...many('later' as const, 3), 'refuse']);
    await world.publish(note('a', '1', 1));
    await world.append('journals.v1', Buffer.from('acme|a'), Buffer.from('garbage'));
    await world.publish(note('a', '2', 2));
    await world.clock.advance(minute);
    assert.deepEqual((await parked()).length, 3);
    await tell(world, 'retry', 'a');
    await world.clock.advance(minute);
    assert.deepEqual(shelf.writes, ['a=1']);
    await tell(world, 'skip', 'a');
    await world.clock.advance(minute);
    assert.deepEqual(shelf.writes, ['a=1', 'a=2']);
  });
  it('hears an operator though no more may be set aside', async () => {
    world = await worldOf(shelf, { limits: { parkedBytes: 1 } });
    shelf.fate('a', ['refuse']);
    await world.publish(...noted('1', '2'));
    await world.settle();
    assert.deepEqual(shelf.writes, []);
    await tell(world, 'retry', 'a');
    await world.settle();
    assert.deepEqual(shelf.writes, ['a=1', 'a=2']);
  });
  it('leaves a key its tries through an outage of the target', async () => {
    world = await worldOf(shelf);
    shelf.fate('a', [...many('down' as const, 12), 'later']);
    await world.publish(note('a', '1'));
    await world.clock.advance(30 * minute);
    assert.deepEqual(shelf.writes, ['a=1']);
  });
  it('begins no call after its session has ended, so that the next one writes nothing a second time', async () => {
    let ends = 0;
    let failing = false;
    const faults: MemoryFaults = { around: what => (what === 'end' && failing && ++ends === 1 ? 'refused' : 'ok') };
    world = await worldOf(shelf, { faults }, made => ({
      ...shelf.target,
      find: async (lookups, deadline) => {
        const found = await shelf.target.find(lookups, deadline);
        if (JSON.stringify(lookups).includes('"slow"')) await made().clock.sleep(12_000);
        return found;
      },
    }));
    await world.publish(note('slow', '1'));
    await world.clock.advance(200);
    failing = true;
    await world.publish(note('b', '1'));
    await world.clock.advance(2 * minute);
    assert.deepEqual(shelf.writes, ['b=1', 'slow=1']);
  });
  it('waits after a restart for a call whose outcome it had not learnt', async () => {
    let calls = 0;
    const target = (made: () => MemoryWorld): Shelf['target'] => ({
      ...shelf.target,
      // The first call gets no answer and takes effect 14 s later.
      apply: async (all, deadline) => {
        if (++calls > 1) return shelf.target.apply(all, deadline);
        void made()
          .clock.sleep(14_000)
          .then(() => shelf.target.apply(all, deadline));
        return all.map(() => ({ is: 'unknown', error: new Error('no answer') }) as const);
      },
    });
    world = await worldOf(shelf, {}, target, 20_000);
    await world.publish(note('a', '1'));
    await world.clock.advance(100);
    await world.restart();
    await world.clock.advance(2 * minute);
    assert.deepEqual(shelf.writes, ['a=1']);
  });
  it('starts nothing more once it drains, so that nothing is under way when it lets go', async () => {
    const looked = new Set<string>();
    let draining = false;
    let startedLate = 0;
    world = await worldOf(shelf, {}, made => ({
      ...shelf.target,
      find: async (lookups, deadline) => {
        const fresh = lookups.map(one => JSON.stringify(one)).filter(one => !looked.has(one));
        if (draining) startedLate += fresh.length;
        for (const one of fresh) looked.add(one);
        await made().clock.sleep(200);
        return shelf.target.find(lookups, deadline);
      },
    }));
    await world.client.publish(
      Array.from({ length: 60 }, (_, i) => note(`j${i}`, '1')),
      '/onhand/test/0',
    );
    await world.clock.advance(100);
    assert.ok(looked.size > 0 && looked.size < 60, `${looked.size} were started`);
    draining = true;
    await world.restart([]);
    assert.equal(startedLate, 0);
    assert.equal(shelf.writes.length, looked.size);
    draining = false;
    await world.restart();
    await world.clock.advance(1_000);
    assert.equal(shelf.writes.length, 60, 'a clean drain: the next session waits for no call of this one');
  });

  const parked = async (): Promise<readonly string[]> => {
    const items = new Map<string, string | null>();
    await world.client.scan('shelf.changelog', ({ key, value }) => {
      if (key!.toString().startsWith('k\0')) items.set(key!.toString(), value?.toString() ?? null);
    });
    return [...items.values()].filter(one => one !== null);
  };
});
