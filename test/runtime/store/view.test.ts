/** What a task sees: pending overlays over a store whose commits are late, in memory and in LMDB alike. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { lmdbStore } from '../../../runtime/store/lmdb.ts';
import { memoryStore } from '../../../runtime/store/memory.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { viewOf } from '../../../runtime/store/view.ts';

const key = fc.constantFrom('a', 'b', 'c\0x', 'd', 'é', '😀', '\uffee');
const changes = fc.array(fc.tuple(key, fc.option(fc.string({ maxLength: 3 }), { nil: null })), { maxLength: 6 });
const all = { gte: '\u0001', lt: '\uffff\uffff' };
const model = (values: ReadonlyMap<string, string>) => [...values].sort(([a], [b]) => (a < b ? -1 : 1));

const viewContract = (name: string, open: () => { readonly store: Store; readonly away: () => void }): Mocha.Suite =>
  describe(`a view over ${name}`, function () {
    this.timeout(60_000);
    it('shows the newest value while commits are pending, in order, either way', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(changes, { maxLength: 6 }), async transactions => {
          const { store, away } = open();
          const view = viewOf(store);
          const values = new Map<string, string>();
          const pending: Promise<void>[] = [];
          for (const [i, transaction] of transactions.entries()) {
            const change = view.begin();
            for (const [at, value] of transaction) {
              change.set(at, value);
              if (value === null) values.delete(at);
              else values.set(at, value);
            }
            assert.deepEqual([...change.range(all)], model(values));
            assert.deepEqual([...change.range(all, true)], model(values).toReversed());
            pending.push(view.settle(change.layer, { changelogNext: i + 1, at: i }));
            assert.deepEqual([...view.range(all)], model(values), 'right after the commit was asked for');
            for (const at of ['a', 'b', 'c\0x', 'd', 'é', '😀', '\uffee']) assert.equal(view.get(at), values.get(at));
          }
          await Promise.all(pending);
          assert.deepEqual([...store.range(all)], model(values), 'in the store itself');
          if (transactions.length > 0)
            assert.deepEqual(store.meta(), { changelogNext: transactions.length, at: transactions.length - 1 });
          await store.close();
          away();
        }),
        { numRuns: 30 },
      );
    });
  });
viewContract('memory', () => ({
  store: memoryStore(() => new Promise(resolve => setImmediate(resolve))),
  away: () => undefined,
}));
viewContract('LMDB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-store-'));
  return { store: lmdbStore(folder), away: () => rmSync(folder, { recursive: true, force: true }) };
});
describe('the store in LMDB', () => {
  it('keeps what was committed, and begins anew when its file is damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onhand-store-'));
    const first = lmdbStore(folder);
    await first.commit([['k', 'v']], { changelogNext: 7, at: 1 });
    await first.close();
    const second = lmdbStore(folder);
    assert.deepEqual([second.get('k'), second.meta()], ['v', { changelogNext: 7, at: 1 }]);
    await second.close();
    writeFileSync(join(folder, 'data.mdb'), Buffer.alloc(8192, 0x5a));
    const third = lmdbStore(folder);
    assert.equal(third.meta(), undefined);
    await third.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
