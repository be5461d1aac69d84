/** Starts a process of the infrastructure, waits until it is ready by a condition, and ends it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { transient } from '../runtime/failure.ts';
import { dieWithUs } from './watchdog.ts';
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
  const letGo = dieWithUs({ pid });
  child.once('exit', letGo);
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

const untilReady = async (identity: ProcessIdentity, options: ChildOptions): Promise<void> => {
  const deadline = Date.now() + options.deadlineMs;
  while (!(await options.ready())) {
    const ended = !isRunning(identity);
    if (ended || Date.now() > deadline) {
      const seen = ended ? 'it ended' : `it was not ready within ${options.deadlineMs / 1000} s`;
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
  throw transient('INFRA_MISSING', `ending process ${identity.pid}: it still runs 10 s after SIGKILL.`);
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
