/** A store whose commit is late by as much as the test wants: who reads meanwhile must see the newest, for every key and in every range. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { lmdbStore } from '../../../runtime/store/lmdb.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { viewOf, type View } from '../../../runtime/store/view.ts';
import { temporaryFolder } from '../../support/folder.ts';

const everything = { gte: '\u0001', lt: '\uffff' };
interface HeldBack extends Store {
  /** Lets the oldest commit that is held back go on; answers whether there was one. */
  readonly let: () => boolean;
}
const heldBack = (store: Store): HeldBack => {
  const held: (() => void)[] = [];
  return {
    ...store,
    commit: async (changes, meta) => {
      await new Promise<void>(resolve => held.push(resolve));
      await store.commit(changes, meta);
    },
    let: () => {
      const next = held.shift();
      next?.();
      return next !== undefined;
    },
  };
};
/** Once there is one. */
const letGo = async (store: HeldBack): Promise<void> => {
  while (!store.let()) await setImmediate();
};
const id = fc.nat(11).map(i => `k\0${String(i).padStart(2, '0')}`);
/** A transaction, a commit that is let go, or a wait for what was let go. */
const step = fc.oneof(
  fc.array(fc.tuple(id, fc.option(fc.string({ maxLength: 3 }), { nil: null })), { maxLength: 5 }),
  fc.constant('let' as const),
);

describe('while LMDB has yet to commit', function () {
  this.timeout(60_000);
  let store: HeldBack | undefined;
  const folder = temporaryFolder(async () => {
    await store?.close();
    store = undefined;
  });
  const ids = Array.from({ length: 12 }, (_, i) => `k\0${String(i).padStart(2, '0')}`);
  const same = (view: View, model: ReadonlyMap<string, string>, when: string): void => {
    const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const one of ids) assert.equal(view.get(one), model.get(one), `${when}: ${JSON.stringify(one)}`);
    assert.deepEqual([...view.range(everything)], sorted, when);
    assert.deepEqual([...view.range(everything, true)], sorted.toReversed(), `${when}, backwards`);
    const [gte, lt] = [ids[3]!, ids[8]!];
    assert.deepEqual(
      [...view.range({ gte, lt })],
      sorted.filter(([key]) => key >= gte && key < lt),
      `${when}, in part`,
    );
  };

  it('every key has its newest value, though LMDB itself answers with the old one', async () => {
    store = heldBack(lmdbStore(folder()));
    const view = viewOf(store);
    const put = (value: string, changelogNext: number): Promise<void> => {
      const change = view.begin();
      for (const one of ids) change.set(one, value);
      return view.settle(change.layer, { changelogNext });
    };
    const first = put('old', 1);
    await letGo(store);
    await first;
    const second = put('new', 2);
    assert.equal(store.get(ids[0]!), 'old');
    for (const one of ids) assert.equal(view.get(one), 'new');
    assert.deepEqual(
      [...view.range(everything)].map(([, value]) => value),
      ids.map(() => 'new'),
    );
    await letGo(store);
    await second;
    assert.equal(store.get(ids[0]!), 'new');
  });
  it('a view with any transactions pending reads as a Map does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        const base = lmdbStore(folder());
        await base.filling(true, 0).then(filling => filling.end({ changelogNext: 0 }));
        const late = heldBack(base);
        const view = viewOf(late);
        const model = new Map<string, string>();
        const settling: Promise<void>[] = [];
        for (const [i, one] of steps.entries()) {
          if (one === 'let') {
            late.let();
            await setImmediate();
          } else {
            const change = view.begin();
            for (const [key, value] of one) {
              change.set(key, value);
              if (value === null) model.delete(key);
              else model.set(key, value);
            }
            settling.push(view.settle(change.layer, { changelogNext: i + 1 }));
          }
          same(view, model, `after step ${i}`);
        }
        const all = Promise.all(settling);
        for (let done = false; !done; await setImmediate()) {
          late.let();
          done = await Promise.race([all.then(() => true), setImmediate(false)]);
        }
        assert.deepEqual(
          [...late.range(everything)],
          [...model].sort(([a], [b]) => (a < b ? -1 : 1)),
          'in LMDB itself',
        );
        await late.close();
      }),
      { numRuns: 40 },
    );
  });
});
