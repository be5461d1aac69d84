/** States as they are stored: what an older release left is read by today's, and a large collection costs what is asked of it. */
import assert from 'node:assert/strict';
import { entries, type Entries } from '../../../runtime/entries.ts';
import { isFailure } from '../../../runtime/failure.ts';
import { memoryWorld, type MemoryWorld } from '../../../runtime/memory/run.ts';
import { lmdbStore } from '../../../runtime/store/lmdb.ts';
import { memoryStore } from '../../../runtime/store/memory.ts';
import { viewOf } from '../../../runtime/store/view.ts';
import { storeKeys, type StoredState } from '../../../runtime/task/keys.ts';
import { restore } from '../../../runtime/task/restore.ts';
import { checkSize, loadState, storeState, type StateShape } from '../../../runtime/task/states.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { policy } from '../../support/policy.ts';
import { counter, wish } from '../support/counter.ts';
import { restoringOf } from '../support/restoring.ts';

interface Held {
  readonly label: string;
  readonly holds: Entries<number>;
}
const shape: StateShape = { name: 'test', initial: { label: '', holds: entries() }, entries: ['holds'], stateVersion: 1 };
const open = 100_000;
const holdId = (i: number): string => `h${String(i).padStart(6, '0')}`;

describe('a state with 100,000 entries, restored into LMDB', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  it('costs what is asked of it: a handful of reads, of whatever size it is', async () => {
    const over = await restoringOf();
    await over.write([
      [storeKeys.state('key'), JSON.stringify({ v: 1, n: { holds: open }, s: { label: 'hot' } } satisfies StoredState)],
    ]);
    await over.write(Array.from({ length: open }, (_, i) => [storeKeys.entry('key', 'holds', holdId(i)), String(i)] as const));
    const store = lmdbStore(folder());
    await restore(over.context(), 0, viewOf(store));
    let reads = 0;
    const counted = viewOf({
      ...store,
      get: key => (reads++, store.get(key)),
      *range(...asked) {
        for (const one of store.range(...asked)) {
          reads++;
          yield one;
        }
      },
    });
    const change = counted.begin();
    const state = loadState(shape, counted, 'key') as Held;
    assert.equal(state.holds.size, open);
    assert.equal(state.holds.get(holdId(77_777)), 77_777);
    const now = state.holds.with('new', -1).without(holdId(5));
    assert.deepEqual(now.range({ from: holdId(4), limit: 2 }), [
      [holdId(4), 4],
      [holdId(6), 6],
    ]);
    assert.deepEqual(now.range({ limit: 2, reverse: true }), [
      ['new', -1],
      [holdId(open - 1), open - 1],
    ]);
    storeState(shape, change, 'key', { ...state, holds: now });
    assert.equal(change.layer.size, 3);
    assert.ok(reads < 20, `${reads} reads of the store`);
    await store.close();
  });
});

describe('a state that has become as large as one may be', () => {
  it('is refused when its event is looked at, exactly where storing it would be refused', () => {
    const throws = (act: () => void): boolean => {
      try {
        act();
        return false;
      } catch {
        return true;
      }
    };
    const answers = Array.from({ length: 30 }, (_, i) => {
      const state = { label: 'x'.repeat(3_499_900 + 5 * i), holds: entries<number>() };
      const refused = throws(() => checkSize(shape, 'key', state));
      assert.equal(
        throws(() => storeState(shape, viewOf(memoryStore()).begin(), 'key', state)),
        refused,
        `${state.label.length}`,
      );
      return refused;
    });
    assert.deepEqual(new Set(answers), new Set([false, true]));
  });
});

describe('a state that an older release stored', () => {
  let world: MemoryWorld;
  const versioned = (stateVersion: number, upgrade?: (stored: unknown, version: number) => never) => ({
    ...counter,
    stateVersion,
    ...(upgrade === undefined ? {} : { upgrade }),
  });
  const opened = (unit: ReturnType<typeof versioned>): Promise<MemoryWorld> =>
    memoryWorld({ units: [{ kind: 'processor', unit }], policy, partitions: 1 });
  afterEach(() => world.close());
  const changelog = async (): Promise<readonly StoredState[]> => {
    const states: StoredState[] = [];
    await world.client.scan('counter.changelog', ({ key, value }) => {
      if (key?.toString().startsWith('s\0') === true && value !== null) states.push(JSON.parse(value.toString()) as StoredState);
    });
    return states;
  };
  const said = async (): Promise<readonly number[]> =>
    (await world.read('reservations.v1')).map(event => (event.data as { quantityMilli: number }).quantityMilli);
  /** A world whose changelog holds what version 1 left: a count under another name. */
  const left = async (unit: ReturnType<typeof versioned>, v: number): Promise<void> => {
    world = await opened(unit);
    await world.restart([]);
    const state = { v, n: { seen: 0 }, s: { counted: 41 } } satisfies StoredState;
    await world.append('counter.changelog', Buffer.from(storeKeys.state('acme|1')), Buffer.from(JSON.stringify(state)));
    await world.restart();
    await world.publish(wish('a'));
    await world.settle();
  };

  it('is upgraded when it is first read, and stored as this release has it', async () => {
    const asked: unknown[] = [];
    const unit = versioned(2, (stored, version) => {
      asked.push([stored, version]);
      return { count: (stored as { counted: number }).counted } as never;
    });
    await left(unit, 1);
    assert.deepEqual(await said(), [42]);
    assert.deepEqual(asked, [[{ counted: 41 }, 1]]);
    assert.deepEqual((await changelog()).at(-1), { v: 2, n: { seen: 1 }, s: { count: 42 } });
    await world.restart();
    await world.publish(wish('b'));
    await world.settle();
    assert.deepEqual(await said(), [42, 43]);
    assert.equal(asked.length, 1);
  });
  for (const [name, unit, v] of [
    ['stops the unit when nothing upgrades it', versioned(2), 1],
    ['stops the unit when a newer release stored it', versioned(1), 2],
  ] as const)
    it(`${name}, and says so`, async () => {
      await left(unit, v);
      assert.deepEqual(await said(), []);
      const [error] = world.errors.map(one => one.cause);
      assert.ok(isFailure(error) && error.kind === 'fatal' && error.code === 'STATE_VERSION');
      assert.match(error.message, new RegExp(`acme\\|1: it has version ${v}`));
    });
});
