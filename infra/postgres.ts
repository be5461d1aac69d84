/** PostgreSQL by default: PGlite in a process of its own, reached by URL through the ordinary `pg` driver. */
import { join } from 'node:path';
import { Client } from 'pg';
import { startChild } from './child.ts';
import type { PartOptions, StartedPart } from './part.ts';
import { freePort, withFreshPorts } from './ports.ts';

export const startPostgres = (options: PartOptions): Promise<StartedPart> => withFreshPorts(() => startOnce(options));

const startOnce = async ({ dataDir, durable, preferredPort }: PartOptions): Promise<StartedPart> => {
  const port = await freePort(preferredPort);
  const databaseUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const child = await startChild({
    what: 'the database (PGlite)',
    command: process.execPath,
    args: [join(import.meta.dirname, 'postgres', 'serve.ts'), String(port), durable ? join(dataDir, 'postgres') : 'memory'],
    logFile: join(dataDir, 'postgres.log'),
    ready: () => answers(databaseUrl),
    deadlineMs: 60_000,
  });
  return { part: 'postgres', child, addresses: { databaseUrl } };
};

const answers = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};
