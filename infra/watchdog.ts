/** Ends and removes what must not outlive this process, even when it is killed without a chance to clean up. */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';

export interface Doomed {
  readonly pid?: number;
  readonly folder?: string;
}

/**
 * The watchdog's standard input is a pipe that only we hold: it ends when we do. It does not keep this process alive.
 * Answers with what takes it off again.
 */
export const dieWithUs = ({ pid, folder }: Doomed): (() => void) => {
  const script = join(import.meta.dirname, 'watchdog.sh');
  const args = [script, pid === undefined ? '' : String(pid), folder ?? ''];
  const watchdog = spawn('sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watchdog.unref();
  watchdog.stdin.on('error', () => undefined);
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return () => {
    watchdog.kill('SIGKILL');
  };
};
