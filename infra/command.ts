/** Runs a command to its end; when that is not a good one, its last lines are in the error. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { transient } from '../runtime/failure.ts';

export const command = async (
  name: string,
  args: readonly string[],
  cwd: string,
  onLine: (line: string) => void = () => undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const child = spawn(name, args, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const last: string[] = [];
  const note = (line: string): void => {
    if (last.push(line) > 20) last.shift();
    onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', note);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code === 0) return;
  const shown = [`running ${name} ${args.join(' ')}: it ended with ${code}. Its last lines:`, ...last].join('\n  ');
  throw transient('INFRA_MISSING', shown);
};
