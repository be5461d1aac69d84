/** The lock between processes, and how a process is told from a later one with its id. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../infra/lock.ts';
import { identify, isRunning } from '../../infra/process-identity.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/until.ts';

describe('the identity of a process', () => {
  it('is running while the process is, and not after', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const identity = identify(child.pid ?? 0);
    assert.equal(isRunning(identity), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(identity), false);
  });

  it('is not that of another process with the same id', () => {
    const { pid, started } = identify(process.pid);
    assert.equal(isRunning({ pid, started: `${started}0` }), false);
  });
});

describe('the lock', () => {
  const folder = temporaryFolder();

  it('lets one in after the other, and tells the other once that it waits', async () => {
    const file = join(folder(), 'a.lock');
    const seen: string[] = [];
    const enter = (name: string): Promise<void> =>
      withLock(file, { onWait: () => seen.push(`${name} waits`) }, async () => {
        seen.push(`${name} in`);
        await until('the other to wait or to have been', () => seen.length === 2 || seen.length === 4);
        seen.push(`${name} out`);
      });
    await Promise.all([enter('A'), enter('B')]);
    const [first, second] = seen[0] === 'A in' ? ['A', 'B'] : ['B', 'A'];
    assert.deepEqual(seen, [`${first} in`, `${second} waits`, `${first} out`, `${second} in`, `${second} out`]);
  });

  it('is free again when the work throws', async () => {
    const file = join(folder(), 'a.lock');
    const work = (): Promise<never> => Promise.reject(new Error('no'));
    await assert.rejects(withLock(file, { onWait: () => undefined }, work), /no/);
    assert.equal(existsSync(file), false);
  });

  it('is taken over from a holder that died', async () => {
    const file = join(folder(), 'a.lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'an earlier life' }));
    assert.equal(await withLock(file, { onWait: () => undefined }, () => Promise.resolve('in')), 'in');
  });
});
