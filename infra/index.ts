/**
 * What Onhand stands on, started or found: a Kafka broker, a schema registry and a PostgreSQL.
 * Used by `make up`, the demo and the tests; a running service only ever gets addresses.
 */
import { mkdir } from 'node:fs/promises';
import { isFailure } from '../runtime/failure.ts';
import type { Child } from './child.ts';
import { kafkaJars, registryJar, type Progress } from './jars.ts';

import { startKafka } from './kafka.ts';
import { lookAtMachine } from './machine.ts';
import { startPostgres } from './postgres.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { startRegistry } from './registry.ts';
import { chooseWay } from './ways.ts';

export type { Progress };

export interface InfraOptions {
  /** Holds data and logs; made when missing. */
  readonly dataDir: string;
  /** Whether registry and database keep their data in `dataDir`, as the broker always does. */
  readonly durable: boolean;
  readonly onProgress?: Progress;
  /** Taken when free. */
  readonly preferredPorts?: Ports;
}

export interface Ports {
  readonly kafka: number;
  readonly registry: number;
  readonly postgres: number;
}

export interface Addresses {
  /** As KAFKA_BROKERS takes it: `host:port`, comma-separated. */
  readonly brokers: string;
  readonly registryUrl: string;
  readonly databaseUrl: string;
}

export type Part = 'kafka' | 'registry' | 'postgres';

export interface Infra extends Addresses {
  /** Only what was started here; a broker given by address is not ours to end. */
  readonly processes: Readonly<Partial<Record<Part, ProcessIdentity>>>;
  /** Until this is called they die with this process, even by kill -9; afterwards they live on. */
  readonly letGo: () => void;
  readonly stop: () => Promise<void>;
}

/** Throws INFRA_MISSING or SETTINGS_INVALID with what to do; whatever was started by then has been ended. */
export const startInfra = async (options: InfraOptions): Promise<Infra> => {
  const onProgress = options.onProgress ?? (() => undefined);
  const way = chooseWay(await lookAtMachine());
  if (isFailure(way)) throw way;
  await mkdir(options.dataDir, { recursive: true });
  const common = { dataDir: options.dataDir, durable: options.durable, onProgress };
  const ports = options.preferredPorts;
  const postgres = (): Promise<Started> =>
    startPostgres({ ...common, ...preferred(ports?.postgres) }).then(asStarted('postgres'));
  if (way.way === 'given') return gather({ brokers: way.brokers, registryUrl: way.registryUrl }, [postgres], options);
  // One after the other: two Mavens at once would share one local repository.
  await kafkaJars(onProgress);
  await registryJar(onProgress);
  const kafka = (): Promise<Started> => startKafka({ ...common, ...preferred(ports?.kafka) }).then(asStarted('kafka'));
  const registry = (): Promise<Started> =>
    startRegistry({ ...common, ...preferred(ports?.registry) }).then(asStarted('registry'));
  return gather({}, [kafka, registry, postgres], options);
};

type Started = { readonly part: Part; readonly child: Child; readonly addresses: Partial<Addresses> };

const preferred = (port: number | undefined): { readonly preferredPort?: number } =>
  port === undefined ? {} : { preferredPort: port };

const asStarted =
  (part: Part) =>
  (child: Child & Partial<Addresses>): Started => ({ part, child, addresses: child });

const gather = async (
  given: Partial<Addresses>,
  starts: readonly (() => Promise<Started>)[],
  options: InfraOptions,
): Promise<Infra> => {
  const results = await Promise.allSettled(starts.map(start => start()));
  const started = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ child }) => child.stop(options.durable ? 30_000 : 0)));
  };
  const failed = results.find(result => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const {
    brokers = '',
    registryUrl = '',
    databaseUrl = '',
  } = Object.assign({}, given, ...started.map(part => part.addresses)) as Partial<Addresses>;
  const processes = Object.fromEntries(started.map(({ part, child }) => [part, child.identity]));
  const letGo = (): void => {
    for (const { child } of started) child.letGo();
  };
  return { brokers, registryUrl, databaseUrl, processes, letGo, stop };
};
