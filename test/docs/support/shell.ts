/** Runs a line of a page as a reader would type it: in a shell, with `onhand` on the path. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root, type Said } from './commands.ts';

export const shell = async (
  line: string,
  environment: Readonly<Record<string, string>> = {},
  folder: string = root,
): Promise<Said> => {
  const path = `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`;
  const child = spawn('sh', ['-c', line], {
    cwd: folder,
    env: { ...environment, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  await once(child, 'close');
  return { code: child.exitCode ?? -1, out, err };
};
