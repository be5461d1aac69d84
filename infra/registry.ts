/** The Apicurio schema registry; its Confluent-compatible API is what Onhand speaks. */
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { registryJar, type Progress } from './jars.ts';
import { javaCommand, quickStart } from './machine.ts';
import { freePort } from './ports.ts';

export interface RegistryOptions {
  readonly dataDir: string;
  readonly durable: boolean;
  readonly preferredPort?: number;
  readonly onProgress: Progress;
}

export interface StartedRegistry extends Child {
  readonly registryUrl: string;
  readonly port: number;
}

export const startRegistry = async (options: RegistryOptions): Promise<StartedRegistry> => {
  const jar = await registryJar(options.onProgress);
  const port = await freePort(options.preferredPort);
  const registryUrl = `http://127.0.0.1:${String(port)}/apis/ccompat/v7`;
  const child = await startChild({
    what: 'the schema registry',
    command: javaCommand(),
    args: ['-Xmx384m', ...quickStart(options.durable), ...settings(options, port), '-jar', jar],
    logFile: join(options.dataDir, 'registry.log'),
    ready: () => answers(`${registryUrl}/subjects`),
    deadlineMs: 90_000,
  });
  return { ...child, registryUrl, port };
};

const settings = ({ dataDir, durable }: RegistryOptions, port: number): readonly string[] => [
  '-Dquarkus.http.host=127.0.0.1',
  `-Dquarkus.http.port=${String(port)}`,
  ...(durable
    ? [
        '-Dapicurio.storage.kind=sql',
        '-Dapicurio.storage.sql.kind=h2',
        `-Dapicurio.datasource.url=jdbc:h2:file:${join(dataDir, 'registry')};DB_CLOSE_ON_EXIT=FALSE`,
      ]
    : []),
];

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
};
