/**
 * One process at a time has a unit's stores: two on one folder would each write what the other does not know of, and a late write of the
 * one that lost its tasks would undo what the other has written since. The claim of a process that no longer lives counts for nothing.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '../infra/process-identity.ts';
import { fatal } from './failure.ts';

/** Throws DATA_IN_USE, naming the process that has them; answers what gives them back. */
export const claimData = (folder: string, units: readonly string[]): (() => void) => {
  mkdirSync(folder, { recursive: true });
  const claimed: string[] = [];
  const giveBack = (): void => {
    for (const file of claimed.splice(0)) rmSync(file, { force: true });
  };
  try {
    for (const unit of units) {
      const file = join(folder, `${unit}.lock`);
      claim(file, unit, folder);
      claimed.push(file);
    }
  } catch (error) {
    giveBack();
    throw error;
  }
  return giveBack;
};

const claim = (file: string, unit: string, folder: string): void => {
  const own = `${file}.${process.pid}`;
  const refuseIfHeld = (holder: ProcessIdentity | undefined): void => {
    if (holder !== undefined && isRunning(holder))
      throw fatal(
        'DATA_IN_USE',
        `starting ${unit}: process ${holder.pid} runs it on the same ONHAND_DATA (${resolve(folder)}); give this process a folder of its own`,
      );
  };
  // Written whole, then linked: a claim is never seen half written, and only one of two can link.
  writeFileSync(own, JSON.stringify(identify(process.pid)));
  try {
    while (!linked(own, file)) {
      refuseIfHeld(holderOf(file));
      // Moved away before it is judged for good: another may have claimed it since.
      const former = `${own}.former`;
      if (!moved(file, former)) continue;
      const holder = holderOf(former);
      if (holder !== undefined && isRunning(holder)) linked(former, file);
      rmSync(former, { force: true });
      refuseIfHeld(holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
};
const moved = (from: string, to: string): boolean => {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};
const linked = (own: string, file: string): boolean => {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
/** Undefined: it was given back just now, or is not a claim; then it holds nothing. */
const holderOf = (file: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
};
