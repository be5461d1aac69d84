/**
 * Broker and registry in containers, by one compose file: `docker compose` where data is kept, testcontainers, which ends them even
 * after kill -9, where it is not.
 */
import { hash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { transient } from '../runtime/failure.ts';
import { command } from './command.ts';
import type { Progress } from './jars.ts';
import { answersApiVersions } from './kafka.ts';
import type { Addresses } from './part.ts';
import { freePort } from './ports.ts';
import { answersSubjects } from './registry.ts';

export interface ContainerOptions {
  /** Whether data outlives the containers; then a later start of the same folder finds it. */
  readonly durable: boolean;
  readonly dataDir: string;
  readonly preferredPorts: { readonly kafka: number; readonly registry: number };
  readonly onProgress: Progress;
}
export interface Containers {
  readonly addresses: Pick<Addresses, 'brokers' | 'registryUrl'>;
  /** The compose project that `endProject` takes; undefined when the containers end with this process. */
  readonly project: string | undefined;
  readonly stop: () => Promise<void>;
}
interface Ports {
  readonly kafka: number;
  readonly registry: number;
}

const folder = join(import.meta.dirname, 'docker');
const file = 'compose.yaml';
const readyMs = 120_000;

const compose = (project: string, words: readonly string[], ports: Ports): Promise<void> =>
  command('docker', ['compose', '-p', project, '-f', join(folder, file), ...words], folder, undefined, environmentOf(ports));
/** Compose wants every name of the file given, also when it only ends things. */
const environmentOf = ({ kafka, registry }: Ports): Readonly<Record<string, string>> => ({
  ONHAND_KAFKA_PORT: String(kafka),
  ONHAND_REGISTRY_PORT: String(registry),
});
/** One per folder of data, so that two checkouts have each their own. */
export const projectOf = (dataDir: string): string => `onhand-${hash('sha256', resolve(dataDir)).slice(0, 12)}`;

/** Throws INFRA_MISSING with the last lines of what docker said. */
export const startContainers = async (options: ContainerOptions): Promise<Containers> => {
  const { durable, dataDir, preferredPorts, onProgress } = options;
  const ports = { kafka: await freePort(preferredPorts.kafka), registry: await freePort(preferredPorts.registry) };
  onProgress('starting broker and registry in containers (a first start fetches their images)');
  const { project, stop } = durable ? await keep(projectOf(dataDir), ports) : await lend(ports);
  const addresses = {
    brokers: `127.0.0.1:${ports.kafka}`,
    registryUrl: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
  };
  try {
    await untilReady('the Kafka broker', () => answersApiVersions(ports.kafka));
    await untilReady('the schema registry', () => answersSubjects(addresses.registryUrl));
  } catch (error) {
    await stop();
    throw error;
  }
  return { addresses, project, stop };
};

const keep = async (project: string, ports: Ports): Promise<Pick<Containers, 'project' | 'stop'>> => {
  const stop = (): Promise<void> => endProject(project);
  try {
    await compose(project, ['up', '--detach', '--wait'], ports);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { project, stop };
};
const lend = async (ports: Ports): Promise<Pick<Containers, 'project' | 'stop'>> => {
  // For tests and the demo only: a service that is installed without them needs no container.
  const { DockerComposeEnvironment, Wait } = await import('testcontainers');
  const started = await new DockerComposeEnvironment(folder, file)
    .withEnvironment(environmentOf(ports))
    .withWaitStrategy('kafka-1', Wait.forHealthCheck())
    .withWaitStrategy('registry-1', Wait.forHttp('/apis/ccompat/v7/subjects', 8080))
    .withStartupTimeout(readyMs)
    .up();
  return {
    project: undefined,
    stop: async () => {
      await started.down({ removeVolumes: true, timeout: 0 });
    },
  };
};

/** Ends the containers of `make up`; their volumes stay. */
export const endProject = (project: string): Promise<void> => compose(project, ['down'], { kafka: 0, registry: 0 });

const untilReady = async (what: string, ready: () => Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + readyMs; !(await ready()); await delay(100))
    if (Date.now() > deadline)
      throw transient('INFRA_MISSING', `starting ${what} in a container: it did not answer within ${readyMs / 1000} s`);
};
