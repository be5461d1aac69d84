/** Starts a process of the infrastructure, waits until it is ready by a condition, and ends it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { transient } from '../runtime/failure.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface ChildOptions {
  /** As messages call it: "the Kafka broker". */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Everything it prints goes here; shown in part when it does not start. */
  readonly logFile: string;
  /** Answers true once it can be used. Must give up by itself within a second or so. */
  readonly ready: () => Promise<boolean>;
  readonly deadlineMs: number;
}

export interface Child {
  readonly identity: ProcessIdentity;
  /** Until this is called it dies with us, even by kill -9; afterwards it lives on. */
  readonly letGo: () => void;
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Throws INFRA_MISSING with its last log lines when it ends or is not ready in time; nothing is left running then. */
export const startChild = async (options: ChildOptions): Promise<Child> => {
  const log = openSync(options.logFile, 'w');
  const child = spawn(options.command, options.args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const pid = await pidOf(child, options);
  const identity = identify(pid);
  const letGo = dieWithUs(child, pid);
  child.unref();
  try {
    await untilReady(identity, options);
  } catch (error) {
    await stopProcess(identity, 0);
    throw error;
  }
  return { identity, letGo, stop: graceMs => stopProcess(identity, graceMs) };
};

const pidOf = (child: ChildProcess, options: ChildOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', cause => {
      reject(
        transient('INFRA_MISSING', `starting ${options.what}: ${options.command} cannot be run: ${cause.message}`, { cause }),
      );
    });
    child.once('spawn', () => {
      resolve(child.pid ?? 0);
    });
  });

/**
 * Sets a watchdog on a child. Its standard input is a pipe that only we hold: it ends when we do. It does not keep this process
 * alive. Answers with what takes it off again.
 */
export const dieWithUs = (child: ChildProcess, pid: number): (() => void) => {
  const script = join(import.meta.dirname, 'watchdog.sh');
  const watchdog = spawn('sh', [script, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const takeOff = (): void => {
    watchdog.kill('SIGKILL');
  };
  child.once('exit', takeOff);
  watchdog.unref();
  const { stdin } = watchdog;
  stdin.on('error', () => undefined);
  if (stdin instanceof Socket) stdin.unref();
  return takeOff;
};

const untilReady = async (identity: ProcessIdentity, options: ChildOptions): Promise<void> => {
  const deadline = Date.now() + options.deadlineMs;
  while (!(await options.ready())) {
    const ended = !isRunning(identity);
    if (ended || Date.now() > deadline) {
      const seen = ended ? 'it ended' : `it was not ready within ${String(options.deadlineMs / 1000)} s`;
      throw transient(
        'INFRA_MISSING',
        `starting ${options.what}: ${seen}. The end of ${options.logFile}:\n${await lastLines(options.logFile)}`,
      );
    }
    await delay(50);
  }
};

const lastLines = async (file: string): Promise<string> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-20);
  return lines.map(line => `  ${line}`).join('\n');
};

/** Asks it to end, waits `graceMs`, then ends it. A process that took over the id is left alone. */
export const stopProcess = async (identity: ProcessIdentity, graceMs: number): Promise<void> => {
  if (graceMs > 0 && (await ended(identity, 'SIGTERM', graceMs))) return;
  if (await ended(identity, 'SIGKILL', 10_000)) return;
  throw transient('INFRA_MISSING', `ending process ${String(identity.pid)}: it still runs 10 s after SIGKILL.`);
};

const ended = async (identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL', waitMs: number): Promise<boolean> => {
  if (!isRunning(identity)) return true;
  signalTo(identity.pid, signal);
  const deadline = Date.now() + waitMs;
  while (isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
};

const signalTo = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
