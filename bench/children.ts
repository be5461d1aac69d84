/** The processes that a run starts: each is ended with the run, however that ends, and no other. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { dieWithUs } from '../infra/watchdog.ts';

export interface Child {
  readonly pid: number;
  /** The first line of its output that begins so; throws with what it said when it ends before. */
  readonly line: (start: string, deadlineMs: number) => Promise<string>;
  /** Waits for its end; throws with what it said when that was not a good one. Answers its output's lines. */
  readonly done: () => Promise<readonly string[]>;
  /** Resolves when `work` does; throws, with what it said, when it ends before or `work` fails. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** Sends the signal and waits for its end; answers its output's lines. SIGTERM becomes SIGKILL when it is not heeded. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<readonly string[]>;
}
export interface ChildOptions {
  /** As messages call it. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}
const graceMs = 30_000;
const pollMs = 5;
const alive = new Set<Child>();

export const startChild = ({ what, command, args, environment }: ChildOptions): Child => {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const letGo = child.pid === undefined ? () => undefined : dieWithUs({ pid: child.pid });
  const lines: string[] = [];
  const complaints: string[] = [];
  createInterface({ input: child.stdout }).on('line', line => lines.push(line));
  createInterface({ input: child.stderr }).on('line', line => {
    if (complaints.push(line) > 40) complaints.shift();
  });
  let code: number | string | undefined;
  const closed = new Promise<void>(resolve => {
    child.once('error', error => {
      code = error.message;
      resolve();
    });
    child.once('close', (exit, signal) => {
      code ??= exit ?? signal ?? -1;
      resolve();
    });
  }).then(() => {
    letGo();
    alive.delete(one);
  });
  const failed = (seen: string): Error =>
    new Error([`running ${what}: ${seen}. It said last:`, ...lines.slice(-15), ...complaints.slice(-25)].join('\n  '));
  const one: Child = {
    pid: child.pid ?? 0,
    line: async (start, deadlineMs) => {
      for (const until = Date.now() + deadlineMs; ; await delay(pollMs)) {
        const found = lines.find(line => line.startsWith(start));
        if (found !== undefined) return found;
        if (code !== undefined) throw failed(`it ended with ${code} before it said ${start}`);
        if (Date.now() > until) throw failed(`it did not say ${start} within ${deadlineMs / 1000} s`);
      }
    },
    done: async () => {
      await closed;
      if (code !== 0) throw failed(`it ended with ${code ?? 'nothing'}`);
      return lines;
    },
    during: async work => {
      const ended = closed.then(() => {
        throw failed(`it ended with ${code ?? 'nothing'}`);
      });
      // It may end after the work was done, when nobody listens any more.
      ended.catch(() => undefined);
      try {
        return await Promise.race([work, ended]);
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${failed('it was at work').message}`, {
          cause: error,
        });
      }
    },
    end: async signal => {
      if (code !== undefined) return lines;
      child.kill(signal);
      const late = new AbortController();
      void delay(graceMs, undefined, { signal: late.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
      await closed;
      late.abort();
      return lines;
    },
  };
  alive.add(one);
  return one;
};
/** Everything that still runs, at once. */
export const endAll = async (): Promise<void> => {
  await Promise.all([...alive].map(one => one.end('SIGKILL')));
};

/** A field of a running process' status, MiB; 0 when it has ended. Linux only. */
export const memoryMiB = (pid: number, field: 'VmHWM' | 'RssAnon'): number => {
  try {
    const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};
/** The files that a running process has open. Linux only. */
export const openFiles = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap(one => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${one}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
/** What a process has computed so far, ms. Linux only, where the clock ticks 100 times a second. */
export const computedMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields count from behind the name, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
