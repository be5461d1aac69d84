/** Fetches the broker and the registry from Maven Central, once per user, into a cache that several starters may share. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { transient } from '../runtime/failure.ts';
import { command } from './command.ts';
import { withLock } from './lock.ts';

export type Progress = (line: string) => void;

// Version 2.8 on purpose: it copies an artifact without reading its parent pom, which Maven Central lacks for the registry.
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:2.8';
const pom = join(import.meta.dirname, 'jars', 'kafka.pom.xml');

interface Package {
  readonly name: string;
  readonly what: string;
  /** A file that a complete copy has. */
  readonly proof: string;
  readonly fetch: (into: string, onProgress: Progress) => Promise<void>;
}

const kafka: Package = {
  name: 'kafka-4.1.0',
  what: 'Kafka 4.1.0 (54 MB)',
  proof: 'kafka_2.13-4.1.0.jar',
  fetch: (into, onProgress) => maven(['-f', pom, `${plugin}:copy-dependencies`, `-DoutputDirectory=${into}`], into, onProgress),
};

const registryArchive = 'apicurio-registry-app-3.0.9-all.tar.gz';
const registry: Package = {
  name: 'apicurio-registry-3.0.9',
  what: 'Apicurio Registry 3.0.9 (110 MB)',
  proof: 'apicurio-registry-app-3.0.9-runner.jar',
  fetch: async (into, onProgress) => {
    const artifact = 'io.apicurio:apicurio-registry-app:3.0.9:tar.gz:all';
    await maven([`${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${into}`], into, onProgress);
    onProgress('unpacking Apicurio Registry');
    await command('tar', ['-xzf', registryArchive], into);
    await rm(join(into, registryArchive));
  },
};

export const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'onhand');

const place = (wanted: Package): string => join(cacheFolder(), wanted.name);
const complete = (folder: string, wanted: Package): boolean => existsSync(join(folder, wanted.proof));

export const jarsCached = (): boolean => [kafka, registry].every(wanted => complete(place(wanted), wanted));

/** The folder of the broker's jars. */
export const kafkaJars = (onProgress: Progress): Promise<string> => fetched(kafka, onProgress);
/** The registry's runnable jar. */
export const registryJar = async (onProgress: Progress): Promise<string> =>
  join(await fetched(registry, onProgress), registry.proof);

/**
 * Whoever comes first fetches, others wait for the lock and find the work done. What makes a half-fetched folder impossible
 * is not the lock but the rename: a folder under its final name is complete.
 */
const fetched = async (wanted: Package, onProgress: Progress): Promise<string> => {
  const folder = place(wanted);
  if (complete(folder, wanted)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  return withLock(`${folder}.lock`, { onWait: () => onProgress(`waiting: another process fetches ${wanted.what}`) }, async () => {
    if (complete(folder, wanted)) return folder;
    const temporary = await mkdtemp(`${folder}.part-`);
    try {
      onProgress(`fetching ${wanted.what} from Maven Central into ${folder}`);
      await wanted.fetch(temporary, onProgress);
      await putInPlace(temporary, folder, wanted);
      return folder;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
};

const putInPlace = async (temporary: string, folder: string, wanted: Package): Promise<void> => {
  if (!complete(temporary, wanted)) {
    const found = (await readdir(temporary)).length;
    throw transient('INFRA_MISSING', `fetching ${wanted.what}: ${wanted.proof} is not among the ${found} files that came.`);
  }
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (!complete(folder, wanted)) throw error;
  }
};

/** -C: a file whose checksum differs is refused. Says every fiftieth file and, while a large one comes, every ten seconds. */
const maven = async (args: readonly string[], cwd: string, onProgress: Progress): Promise<void> => {
  const from = Date.now();
  let files = 0;
  const beat = setInterval(() => {
    onProgress(`still fetching, ${files} files after ${Math.round((Date.now() - from) / 1000)} s`);
  }, 10_000);
  try {
    await command('mvn', ['-B', '-C', ...args], cwd, line => {
      const file = /Downloaded from .*\/([^/ ]+) \(([^)]*)\)/.exec(line);
      if (file === null) return;
      files += 1;
      if (files === 1 || files % 50 === 0 || file[1]?.endsWith('.gz'))
        onProgress(`fetched ${file[1] ?? ''} (${file[2] ?? ''}), ${files} so far`);
    });
  } finally {
    clearInterval(beat);
  }
};
