/**
 * What Onhand stands on, started or found: a Kafka broker, a schema registry and a PostgreSQL.
 * Used by `make up`, the demo and the tests; a running service only ever gets addresses.
 */
import { mkdir } from 'node:fs/promises';
import { isFailure } from '../runtime/failure.ts';
import { startContainers } from './containers.ts';
import { kafkaJars, registryJar, type Progress } from './jars.ts';
import { startKafka } from './kafka.ts';
import { lookAtMachine } from './machine.ts';
import { startPostgres } from './postgres.ts';
import type { Addresses, Part, PartOptions, StartedPart } from './part.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { startRegistry } from './registry.ts';
import { chooseWay } from './ways.ts';

export interface InfraOptions {
  /** Holds data and logs; made when missing. */
  readonly dataDir: string;
  /** Whether registry and database keep their data in `dataDir`, as the broker always does. */
  readonly durable: boolean;
  readonly onProgress?: Progress;
  /** Taken when free; default: any. */
  readonly preferredPorts?: Readonly<Record<Part, number>>;
}

export type { Addresses, Part, Progress };

export interface Infra extends Addresses {
  /** Only what was started here; a broker given by address is not ours to end. */
  readonly processes: Readonly<Partial<Record<Part, ProcessIdentity>>>;
  /** The compose project that was started here and outlives this process. */
  readonly project?: string;
  /** Until this is called they die with this process, even by kill -9; afterwards they live on. */
  readonly letGo: () => void;
  readonly stop: () => Promise<void>;
}

/** How long a process that keeps data may take to end by itself. */
export const stopGraceMs = 30_000;

/** Throws INFRA_MISSING or SETTINGS_INVALID with what to do; whatever was started by then has been ended. */
export const startInfra = async (options: InfraOptions): Promise<Infra> => {
  const onProgress = options.onProgress ?? (() => undefined);
  const way = chooseWay(await lookAtMachine());
  if (isFailure(way)) throw way;
  await mkdir(options.dataDir, { recursive: true });
  const ports = options.preferredPorts ?? { kafka: 0, registry: 0, postgres: 0 };
  const part = (name: Part): PartOptions => ({
    dataDir: options.dataDir,
    durable: options.durable,
    preferredPort: ports[name],
    onProgress,
  });
  const postgres = (): Promise<StartedPart> => startPostgres(part('postgres'));
  if (way.way === 'given') return gather({ brokers: way.brokers, registryUrl: way.registryUrl }, [postgres], options);
  if (way.way === 'docker') {
    const { addresses, project, stop } = await startContainers({ ...options, preferredPorts: ports, onProgress });
    try {
      const rest = await gather(addresses, [postgres], options);
      const all = async (): Promise<void> => {
        await Promise.all([rest.stop(), stop()]);
      };
      return { ...rest, ...(project === undefined ? {} : { project }), stop: all };
    } catch (error) {
      await stop();
      throw error;
    }
  }
  // One after the other: two Mavens at once would share one local repository.
  await kafkaJars(onProgress);
  await registryJar(onProgress);
  return gather({}, [() => startKafka(part('kafka')), () => startRegistry(part('registry')), postgres], options);
};

type Starts = readonly (() => Promise<StartedPart>)[];

/** All at once; when one fails, the others are ended. */
const gather = async (given: Partial<Addresses>, starts: Starts, options: InfraOptions): Promise<Infra> => {
  const results = await Promise.allSettled(starts.map(start => start()));
  const started = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ child }) => child.stop(options.durable ? stopGraceMs : 0)));
  };
  const failed = results.find(result => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const addresses = started.reduce<Partial<Addresses>>((all, part) => ({ ...all, ...part.addresses }), given);
  const { brokers = '', registryUrl = '', databaseUrl = '' } = addresses;
  const processes = Object.fromEntries(started.map(({ part, child }) => [part, child.identity]));
  const letGo = (): void => {
    for (const { child } of started) child.letGo();
  };
  return { brokers, registryUrl, databaseUrl, processes, letGo, stop };
};
