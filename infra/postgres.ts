/** PostgreSQL by default: PGlite in a process of its own, reached by URL through the ordinary `pg` driver. */
import { join } from 'node:path';
import { Client } from 'pg';
import { startChild, type Child } from './child.ts';
import { freePort } from './ports.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  readonly durable: boolean;
  readonly preferredPort?: number;
}

export interface StartedPostgres extends Child {
  readonly databaseUrl: string;
  readonly port: number;
}

export const startPostgres = async ({ dataDir, durable, preferredPort }: PostgresOptions): Promise<StartedPostgres> => {
  const port = await freePort(preferredPort);
  const databaseUrl = `postgres://postgres@127.0.0.1:${String(port)}/postgres`;
  const child = await startChild({
    what: 'the database (PGlite)',
    command: process.execPath,
    args: [join(import.meta.dirname, 'postgres', 'serve.ts'), String(port), durable ? join(dataDir, 'postgres') : 'memory'],
    logFile: join(dataDir, 'postgres.log'),
    ready: () => answers(databaseUrl),
    deadlineMs: 60_000,
  });
  return { ...child, databaseUrl, port };
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
