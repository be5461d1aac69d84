/** A lock between processes of one machine: a file that names its holder. A holder that no longer lives holds nothing. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface LockOptions {
  /** Told once, when another holds it. */
  readonly onWait: () => void;
}

/** Waits until the lock is free, does `work`, and frees it. Saves double work; correctness must not hang on it. */
export const withLock = async <T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> => {
  await mkdir(dirname(file), { recursive: true });
  let waited = false;
  while (!(await taken(file))) {
    if (!waited) options.onWait();
    waited = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};

/** Written whole under a name of its own, then linked: the lock file is never seen half written. */
const taken = async (file: string): Promise<boolean> => {
  const own = `${file}.${process.pid}.${randomUUID()}`;
  await writeFile(own, JSON.stringify(identify(process.pid)));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own, { force: true });
  }
  const holder = await readHolder(file);
  if (holder !== undefined && !isRunning(holder)) await rm(file, { force: true });
  return false;
};

const readHolder = async (file: string): Promise<ProcessIdentity | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
