/** The commands around the code: the launcher, what CI runs, the targets of make. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

describe('bin/onhand', () => {
  const folder = temporaryFolder();
  /** A checkout with the launcher, a main that says what it was given, and Node where npm puts it. */
  const checkout = (): string => {
    const home = join(realpathSync(folder()), 'a checkout');
    for (const part of ['bin', 'runtime', 'node_modules/.bin']) mkdirSync(join(home, part), { recursive: true });
    copyFileSync(join(root, 'bin', 'onhand'), join(home, 'bin', 'onhand'));
    writeFileSync(
      join(home, 'runtime', 'main.ts'),
      'console.log(JSON.stringify([import.meta.dirname, ...process.argv.slice(2)]));',
    );
    return home;
  };
  const withNode = (home: string): void => {
    symlinkSync(process.execPath, join(home, 'node_modules', '.bin', 'node'));
  };

  it('runs main with its arguments, from any folder and through a link', async () => {
    const home = checkout();
    withNode(home);
    symlinkSync(join(home, 'bin', 'onhand'), join(folder(), 'link'));
    const { stdout } = await run(join(folder(), 'link'), ['order', 'show', 'a b'], { cwd: tmpdir() });
    assert.deepEqual(JSON.parse(stdout), [join(home, 'runtime'), 'order', 'show', 'a b']);
  });

  it('says what to do when the packages are not installed', async () => {
    await assert.rejects(run(join(checkout(), 'bin', 'onhand')), /its packages are not installed; run `npm ci`/);
  });
});

describe('what CI runs', () => {
  it('is exactly make check and make test, the count line last', () => {
    const commands = readFileSync(join(root, '.ci', 'run'), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('make'))
      .map(line => line.replace(/ \|.*/, ''));
    assert.deepEqual(commands, ['make check', 'make test']);
  });
});

describe('make', () => {
  it('lists its targets', async () => {
    const { stdout } = await run('make', ['--no-print-directory', 'help'], { cwd: root });
    const targets = stdout
      .trim()
      .split('\n')
      .map(line => line.trim().split(/\s+/)[1]);
    assert.deepEqual(targets, ['help', 'demo', 'test', 'bench', 'faults', 'check', 'docs', 'up', 'down']);
  });
});
