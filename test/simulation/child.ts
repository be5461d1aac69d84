/** Runs the simulation in a process of its own: it is synchronous for long stretches, and two cores do two runs. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}
/** `root`: the tree whose simulation runs, this one by default. */
export const simulate = (args: readonly string[], root = join(import.meta.dirname, '..', '..')): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'test', 'simulation', 'main.ts'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (bytes: Buffer): void => void (output += bytes.toString());
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', code => resolve({ code, output }));
  });
