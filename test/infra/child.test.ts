/** Processes that are started: ready or named with their last words, and gone with whoever started them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startChild, type ChildOptions } from '../../infra/child.ts';
import { identify, isRunning } from '../../infra/process-identity.ts';
import { isFailure } from '../../runtime/failure.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/until.ts';

const module = join(import.meta.dirname, '..', '..', 'infra', 'child.ts');

describe('a started process', () => {
  const folder = temporaryFolder();
  const shell = (script: string, more: Partial<ChildOptions> = {}): ChildOptions => ({
    what: 'the sleeper',
    command: 'sh',
    args: ['-c', script],
    logFile: join(folder(), 'log'),
    ready: () => Promise.resolve(true),
    deadlineMs: 5000,
    ...more,
  });
  const failureOf = async (options: ChildOptions): Promise<string> => {
    const error: unknown = await startChild(options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(isFailure(error));
    assert.equal(error.code, 'INFRA_MISSING');
    return error.message;
  };

  it('is handed over when it is ready, and ended when asked', async () => {
    const child = await startChild(shell('exec sleep 60'));
    assert.equal(isRunning(child.identity), true);
    await child.stop(1000);
    assert.equal(isRunning(child.identity), false);
  });

  it('is ended by force when it does not end in the time it is given', async () => {
    const child = await startChild(shell('trap "" TERM; while :; do sleep 0.05; done'));
    await child.stop(200);
    assert.equal(isRunning(child.identity), false);
  });

  it('that ends instead of getting ready is named with its last lines', async () => {
    const message = await failureOf(shell('echo port taken; exit 3', { ready: () => Promise.resolve(false) }));
    assert.match(message, /starting the sleeper: it ended\. .*log:\n {2}port taken/);
  });

  it('that is not ready in time is named, and ended', async () => {
    const started = shell('echo $$; exec sleep 60', { ready: () => Promise.resolve(false), deadlineMs: 300 });
    const message = await failureOf(started);
    const pid = Number(/ {2}(\d+)$/.exec(message)?.[1]);
    assert.match(message, /not ready within 0.3 s/);
    assert.equal(identify(pid).started, 'ended');
  });

  it('that cannot be run is named', async () => {
    assert.match(await failureOf(shell('', { command: 'no-such-command' })), /no-such-command cannot be run/);
  });

  /** Another process starts a child by `startChild`, says its id, and is killed without a chance to clean up. */
  const startedByAnother = async (afterwards: string): Promise<number> => {
    const options = `{ what: 'x', command: 'sleep', args: ['60'], logFile: process.argv[1], ready: async () => true, deadlineMs: 5000 }`;
    const code = `import { startChild } from ${JSON.stringify(module)}; const child = await startChild(${options}); ${afterwards}; console.log(child.identity.pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code, join(folder(), 'log')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    parent.kill('SIGKILL');
    return Number(pid.toString());
  };

  it('dies with the process that started it, even by kill -9', async () => {
    const pid = await startedByAnother('');
    await until('the orphan to end', () => identify(pid).started === 'ended');
  });

  it('lives on when it was let go', async () => {
    const pid = await startedByAnother('child.letGo()');
    // The watchdog would have ended it within milliseconds; that it does nothing can only be seen by waiting a while.
    await assert.rejects(until('its end', () => identify(pid).started === 'ended', 500));
    process.kill(pid, 'SIGKILL');
  });
});
