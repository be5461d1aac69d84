/** Tells a process from a later one that was given the same id, by when it started. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for one process, different for two with the same id. */
  readonly started: string;
}

export const identify = (pid: number): ProcessIdentity => ({ pid, started: startOf(pid) ?? 'ended' });

export const isRunning = ({ pid, started }: ProcessIdentity): boolean => startOf(pid) === started;

/** Undefined when no such process runs (a zombie does not run). */
const startOf = (pid: number): string | undefined => (process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid));

/** Ticks since boot, with the boot's id: exact, and it survives a clock that is set. Fields count from behind the name, which may hold blanks. */
const startOnLinux = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
};

const startByPs = (pid: number): string | undefined => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
};
