/** Two processes on one folder of stores: the second refuses, and a dead one does not stand in the way. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../infra/process-identity.ts';
import { claimData } from '../../runtime/data-claim.ts';
import { isFailure } from '../../runtime/failure.ts';

describe('the stores of a unit are one process’ at a time', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-claim-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const held = (unit: string, holder: unknown): void =>
    writeFileSync(join(folder, `${unit}.lock`), typeof holder === 'string' ? holder : JSON.stringify(holder));

  it('a second claim is refused with the process that has it, and gives back what it had claimed before', () => {
    claimData(folder, ['stock']);
    assert.throws(
      () => claimData(folder, ['orders', 'stock']),
      (error: unknown) =>
        isFailure(error) &&
        error.code === 'DATA_IN_USE' &&
        error.kind === 'fatal' &&
        error.message.includes(`process ${process.pid}`),
    );
    assert.deepEqual(readdirSync(folder), ['stock.lock']);
    claimData(folder, ['orders'])();
  });
  it('another unit on the same folder is free, and so is one that was given back', () => {
    const giveBack = claimData(folder, ['stock']);
    claimData(folder, ['orders'])();
    giveBack();
    claimData(folder, ['stock'])();
    assert.deepEqual(readdirSync(folder), []);
  });
  it('the claim of a process that was killed counts for nothing, even when its number is another’s now', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const holder = identify(child.pid!);
    held('stock', holder);
    assert.throws(() => claimData(folder, ['stock']), /DATA_IN_USE|process \d+ runs it/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    claimData(folder, ['stock'])();
    held('stock', { ...identify(process.pid), started: 'long ago' });
    claimData(folder, ['stock'])();
    held('stock', 'no claim at all');
    claimData(folder, ['stock'])();
  });
});
