/** An installation of Onhand for tests: on the tests' broker, under a prefix of its own. */
import { install as installOn, type InstallOptions, type Installation, type Process } from '../../demo/installation.ts';
import { broker, uniqueName } from './broker.ts';
import { until } from './until.ts';

export type { Installation, Process };
export const install = async (options: Partial<InstallOptions> = {}): Promise<Installation> =>
  installOn({ addresses: await broker(), prefix: `${uniqueName('i')}.`, ...options });
/** Waits until a process has all its tasks. */
export const isReady = (process: Process, deadlineMs = 60_000): Promise<boolean> =>
  until('a process to be ready', process.ready, deadlineMs);
