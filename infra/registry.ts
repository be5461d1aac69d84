/** The Apicurio schema registry; its Confluent-compatible API is what Onhand speaks. */
import { join } from 'node:path';
import { startChild } from './child.ts';
import { registryJar } from './jars.ts';
import { javaCommand, quickStart } from './machine.ts';
import type { PartOptions, StartedPart } from './part.ts';
import { freePort, withFreshPorts } from './ports.ts';

export const startRegistry = (options: PartOptions): Promise<StartedPart> => withFreshPorts(() => startOnce(options));

const startOnce = async (options: PartOptions): Promise<StartedPart> => {
  const jar = await registryJar(options.onProgress);
  const port = await freePort(options.preferredPort);
  const registryUrl = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const child = await startChild({
    what: 'the schema registry',
    command: javaCommand(),
    args: ['-Xmx384m', ...quickStart(options.durable), ...settings(options, port), '-jar', jar],
    logFile: join(options.dataDir, 'registry.log'),
    ready: () => answersSubjects(registryUrl),
    deadlineMs: 90_000,
  });
  return { part: 'registry', child, addresses: { registryUrl } };
};

const settings = ({ dataDir, durable }: PartOptions, port: number): readonly string[] => [
  '-Dquarkus.http.host=127.0.0.1',
  `-Dquarkus.http.port=${port}`,
  ...(durable
    ? [
        '-Dapicurio.storage.kind=sql',
        '-Dapicurio.storage.sql.kind=h2',
        `-Dapicurio.datasource.url=jdbc:h2:file:${join(dataDir, 'registry')};DB_CLOSE_ON_EXIT=FALSE`,
      ]
    : []),
];

export const answersSubjects = async (registryUrl: string): Promise<boolean> => {
  try {
    return (await fetch(`${registryUrl}/subjects`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
};
