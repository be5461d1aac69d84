/** What restoring reads, when it begins anew, and that it lets the process breathe. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { transient } from '../../../runtime/failure.ts';
import { lmdbStore } from '../../../runtime/store/lmdb.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { viewOf } from '../../../runtime/store/view.ts';
import type { TaskContext } from '../../../runtime/task/context.ts';
import { restore, RestoreEnded } from '../../../runtime/task/restore.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { restoringOf, type Restoring } from '../support/restoring.ts';

const everything = { gte: '\u0001', lt: '\uffff' };
const padding = '.'.repeat(200);
const numbered = (from: number, to: number, value = padding): (readonly [string, string])[] =>
  Array.from({ length: to - from }, (_, i) => [`s\0${String(from + i).padStart(7, '0')}é`, `${value}${from + i}`] as const);
/** More than are committed one by one, and more than one fetch brings. */
const large = 25_000;

describe('restoring a store in LMDB', function () {
  this.timeout(60_000);
  let over: Restoring;
  let store: Store | undefined;
  const folder = temporaryFolder(() => store?.close() ?? Promise.resolve());
  const opened = (): Store => (store = lmdbStore(folder()));
  beforeEach(async () => {
    store = undefined;
    over = await restoringOf();
  });
  const restored = async (context: TaskContext = over.context()): Promise<number> => {
    await store?.close();
    await restore(context, 0, viewOf(opened()));
    return over.restored(context);
  };
  const holds = (expected: readonly (readonly [string, string])[]): void =>
    assert.deepEqual([...store!.range(everything)], expected);

  it('reads all of it the first time, and then only what has come since', async () => {
    await over.write(numbered(0, 1_000));
    assert.equal(await restored(), 1_000);
    await over.write([
      ['s\x000000000é', null],
      ['s\x000000001é', 'new'],
    ]);
    assert.equal(await restored(), 2);
    holds([['s\x000000001é', 'new'], ...numbered(2, 1_000)]);
    assert.equal(await restored(), 0);
  });
  it('reads all of it when the folder is gone', async () => {
    await over.write(numbered(0, 1_000));
    await restored();
    await store!.close();
    await rm(folder(), { recursive: true });
    store = undefined;
    assert.equal(await restored(), 1_000);
    holds(numbered(0, 1_000));
  });
  it('reads all of it when the file is damaged', async () => {
    await over.write(numbered(0, 1_000));
    await restored();
    await store!.close();
    writeFileSync(join(folder(), 'data.mdb'), Buffer.alloc(8_192, 0x5a));
    store = undefined;
    assert.equal(await restored(), 1_000);
    holds(numbered(0, 1_000));
  });
  it('reads all that is left when the store is older than the beginning of the changelog, and keeps nothing of its own', async () => {
    await over.write(numbered(0, 10));
    await restored();
    await over.write(numbered(10, 20));
    over.truncate(15);
    assert.equal(await restored(), 5);
    holds(numbered(15, 20));
    assert.deepEqual(over.said, ['the local store does not fit the changelog and is filled anew']);
  });
  it('reads all of it when the store is ahead of the changelog, as after its topic was made anew', async () => {
    await over.write(numbered(0, 10));
    await restored();
    over = await restoringOf();
    await over.write(numbered(0, 5, 'other'));
    assert.equal(await restored(), 5);
    holds(numbered(0, 5, 'other'));
  });
  it('restores many as it restores few, and a crash on the way begins it anew', async () => {
    await over.write(numbered(0, large));
    await over.write([['s\x000000007é', null]]);
    let reads = 0;
    const dying = over.context({
      fetch: (...asked) => {
        if (++reads > 1) throw new Error('the process dies here');
        return over.log.fetch(...asked);
      },
    });
    await assert.rejects(restored(dying), /dies here/);
    assert.ok((await over.restored(dying)) > 0);
    assert.equal(await restored(), large + 1);
    holds(numbered(0, large).toSpliced(7, 1));
    assert.equal(await restored(), 0);
    holds(numbered(0, large).toSpliced(7, 1));
  });
  it('lets others work between slices, reads one fetch ahead, and says how far it has come', async () => {
    await over.write(numbered(0, large));
    let [turns, done, underWay, most] = [0, false, 0, 0];
    const counting = (async () => {
      for (; !done; turns++) await setImmediate();
    })();
    const left: number[] = [];
    const context = over.context({
      fetch: async (requests, waitMs) => {
        most = Math.max(most, ++underWay);
        left.push((await context.metrics.restoring.get()).values[0]?.value ?? -1);
        return over.log.fetch(requests, waitMs).finally(() => underWay--);
      },
    });
    await restored(context);
    done = true;
    await counting;
    assert.ok(turns >= large / 5_000, `only ${turns} turns of the event loop in ${large} records`);
    assert.equal(most, 1);
    assert.ok(left.some(one => one > 0 && one < large));
    assert.equal((await context.metrics.restoring.get()).values[0]?.value, 0);
    assert.deepEqual(over.said, ['restored from the changelog']);
  });
  it('waits for a broker that goes away on the way, and reads nothing twice', async () => {
    await over.write(numbered(0, large));
    let calls = 0;
    const away = over.context({
      fetch: (...asked) => {
        if ([2, 3].includes(++calls)) throw transient('KAFKA_UNREACHABLE', 'reading: the broker is away');
        return over.log.fetch(...asked);
      },
    });
    assert.equal(await restored(away), large);
  });
  it('ends when its partition goes, and is begun anew by who has it next', async () => {
    await over.write(numbered(0, large));
    let live = true;
    const context = over.context({
      fetch: (...asked) => {
        live = false;
        return over.log.fetch(...asked);
      },
    });
    await assert.rejects(
      restore(context, 0, viewOf(opened()), () => live),
      RestoreEnded,
    );
    assert.equal(await restored(), large);
    holds(numbered(0, large));
  });
});
