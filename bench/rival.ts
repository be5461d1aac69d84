/** The rival, Kafka Streams, with the load, watcher and checker that judge both sides (`bench/kafka-streams`). */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../infra/command.ts';
import { javaCommand } from '../infra/machine.ts';
import { startChild, memoryMiB, type Child } from './children.ts';

const sources = join(import.meta.dirname, 'kafka-streams');
const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';

/** Something that works on the load: ours or the rival's. */
export interface Contender {
  readonly name: string;
  readonly start: (place: { readonly group: string; readonly folder: string; readonly partitions: number }) => Promise<Working>;
}
export interface Working {
  readonly during: Child['during'];
  /** Resolves once another may be started beside it: it has made the topics that it needs. */
  readonly open: () => Promise<unknown>;
  /** The partitions that it works on now. */
  readonly partitions: () => readonly number[];
  /** Lets it finish; answers its peak of memory in MiB, as the goal for it is stated. */
  readonly stop: () => Promise<number>;
  readonly kill: () => Promise<void>;
}
export interface Rival {
  /** Runs a mode of `bench.Load` to its end and answers what it printed. `skus`: another number of keys than the usual 5,000. */
  readonly load: (args: readonly (string | number)[], skus?: number) => Promise<readonly string[]>;
  /** Starts a mode of `bench.Load` that goes on. */
  readonly loading: (args: readonly (string | number)[], skus?: number) => Child;
  /** Kafka Streams with these settings. */
  readonly streams: (name: string, ...settings: readonly string[]) => Contender;
}

/** The jar stays where it is as long as its sources are the same. */
export const buildRival = async (into: string): Promise<(brokers: string) => Rival> => {
  const files = [join(sources, 'pom.xml'), ...globSync(join(sources, 'src/**/*.{java,avsc}')).sort()];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  const state = hash.digest('hex');
  const stamp = join(into, 'built-from');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== state) {
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    await command('mvn', ['-q', '-B', '-f', join(sources, 'pom.xml'), `-Dout=${into}`, 'package'], into);
    writeFileSync(stamp, state);
  }
  return brokers => rivalAt(brokers, `${join(into, 'kafka-streams-peer-1.jar')}:${join(into, 'libs', '*')}`);
};

const rivalAt = (brokers: string, classpath: string): Rival => {
  const java = (what: string, args: readonly string[]): Child =>
    startChild({
      what,
      command: javaCommand(),
      args: [quiet, '-cp', classpath, ...args],
      environment: { BOOTSTRAP: brokers },
    });
  const loading: Rival['loading'] = (args, skus) =>
    java(`bench.Load ${args.join(' ')}`, [
      '-Xmx1g',
      ...(skus === undefined ? [] : [`-Dskus=${skus}`]),
      'bench.Load',
      ...args.map(String),
    ]);
  return {
    loading,
    load: (args, skus) => loading(args, skus).done(),
    streams: (name, ...settings) => ({
      name,
      start: ({ group, folder, partitions }) => {
        // One thread per partition up to the two cores, as its own figures are.
        const threads = Math.min(2, partitions);
        const child = java(name, [
          '-Xmx512m',
          'bench.ReservationApp',
          ...[`application.id=${group}`, `state.dir=${folder}`, `bootstrap.servers=${brokers}`],
          ...[`num.stream.threads=${threads}`, ...settings],
        ]);
        return Promise.resolve({
          during: child.during,
          open: () => Promise.resolve(),
          // It runs alone.
          partitions: () => Array.from({ length: partitions }, (_, partition) => partition),
          stop: async () => {
            const peak = memoryMiB(child.pid, 'VmHWM');
            await child.end('SIGTERM');
            return peak;
          },
          kill: async () => {
            await child.end('SIGKILL');
          },
        });
      },
    }),
  };
};
