/** What stands by `make up`: recorded in `.onhand/up.json` with each process's start, so that `make down` ends nothing else. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startInfra, stopGraceMs, type Addresses, type Part, type Progress } from './index.ts';
import { stopProcess } from './child.ts';
import { endProject } from './containers.ts';
import { answersApiVersions } from './kafka.ts';
import { withLock } from './lock.ts';
import { answersSubjects } from './registry.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';

interface UpRecord extends Addresses {
  readonly processes: Readonly<Partial<{ [part in Part]: ProcessIdentity }>>;
  /** The compose project of broker and registry, where Docker runs them. */
  readonly project?: string;
}

export interface Standing extends Addresses {
  /** It was running before. */
  readonly found: boolean;
}

// Beside the usual ports, so that another broker or database of this machine is not in the way; others are taken when these are.
const preferredPorts = { kafka: 19092, registry: 18081, postgres: 15432 };

export const bringUp = (checkout: string, onProgress: Progress): Promise<Standing> =>
  locked(checkout, onProgress, async folder => {
    const before = await readRecord(folder);
    if (before !== undefined) {
      const running = Object.values(before.processes).every(isRunning) && (await reachable(before));
      if (running) return { ...before, found: true };
      onProgress('some of what `make up` started has ended; starting all again');
      await end(before);
    }
    const infra = await startInfra({ dataDir: join(folder, 'data'), durable: true, onProgress, preferredPorts });
    const { brokers, registryUrl, databaseUrl, processes, project } = infra;
    await writeRecord(folder, { brokers, registryUrl, databaseUrl, processes, ...(project === undefined ? {} : { project }) });
    infra.letGo();
    return { brokers, registryUrl, databaseUrl, found: false };
  });

/** Answers with what was ended. */
export const bringDown = (checkout: string): Promise<readonly string[]> =>
  locked(
    checkout,
    () => undefined,
    async folder => {
      const record = await readRecord(folder);
      if (record === undefined) return [];
      const ended = await end(record);
      await rm(recordFile(folder));
      return ended;
    },
  );

const locked = async <T>(checkout: string, onProgress: Progress, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = join(checkout, '.onhand');
  await mkdir(folder, { recursive: true });
  const onWait = (): void => {
    onProgress('waiting for another `make up` or `make down`');
  };
  return withLock(join(folder, 'up.lock'), { onWait }, () => work(folder));
};

/** Containers have no process of ours to look at: whether their ports answer tells. */
const reachable = async ({ project, brokers, registryUrl }: UpRecord): Promise<boolean> =>
  project === undefined || ((await answersApiVersions(Number(brokers.split(':')[1]))) && (await answersSubjects(registryUrl)));

const end = async ({ processes, project }: UpRecord): Promise<readonly string[]> => {
  const running = Object.entries(processes).filter(([, identity]) => isRunning(identity));
  await Promise.all(running.map(([, identity]) => stopProcess(identity, stopGraceMs)));
  if (project !== undefined) await endProject(project);
  const containers = project === undefined ? [] : [`broker and registry (containers of ${project})`];
  return [...running.map(([part, { pid }]) => `${part} (process ${pid})`), ...containers];
};

const recordFile = (folder: string): string => join(folder, 'up.json');

const readRecord = async (folder: string): Promise<UpRecord | undefined> => {
  try {
    return JSON.parse(await readFile(recordFile(folder), 'utf8')) as UpRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Replaced whole: a half-written record would hide what runs. */
const writeRecord = async (folder: string, record: UpRecord): Promise<void> => {
  const temporary = `${recordFile(folder)}.part`;
  await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(temporary, recordFile(folder));
};
