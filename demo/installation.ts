/** An installation of Onhand as its users run it: the deployment steps, then processes of the real command, killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync, readFileSync, cpSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Addresses } from '../infra/index.ts';

const root = join(import.meta.dirname, '..');
const node = join(root, 'node_modules', '.bin', 'node');

export interface Installation {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly secrets: { readonly web: string; readonly outlet: string; readonly stripe: string };
  /** Runs a command to its end; throws what it said when it fails. */
  readonly command: (...words: string[]) => Promise<string>;
  /** As `command`, answering the exit code too. */
  readonly attempt: (...words: string[]) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  /** `environment`: of this process only. */
  readonly start: (name: string, units: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<Process>;
  readonly close: () => Promise<void>;
}
export interface Process {
  readonly url: string;
  readonly pid: () => number;
  readonly log: () => string;
  readonly ready: () => Promise<boolean>;
  readonly running: () => boolean;
  /** kill -9, at once. */
  readonly kill: () => Promise<void>;
  /** The same process again, on the same port and folder. */
  readonly again: () => Promise<void>;
  /** SIGTERM; answers the exit code. */
  readonly stop: () => Promise<number>;
}
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};
export interface InstallOptions {
  readonly addresses: Addresses;
  /** Begins the names of all topics. */
  readonly prefix: string;
  readonly partitions?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes a company file's content before the start. */
  readonly company?: Readonly<Record<string, (content: Record<string, unknown>) => void>>;
}

/** A new installation: topics, schemas and tables are there, nothing runs yet. */
export const install = async (options: InstallOptions): Promise<Installation> => {
  const { brokers, registryUrl, databaseUrl } = options.addresses;
  const folder = mkdtempSync(join(tmpdir(), 'onhand-'));
  const company = join(folder, 'company');
  cpSync(join(root, 'examples', 'acme'), company, { recursive: true });
  for (const [file, change] of Object.entries(options.company ?? {})) {
    const content = JSON.parse(readFileSync(join(company, file), 'utf8')) as Record<string, unknown>;
    change(content);
    writeFileSync(join(company, file), JSON.stringify(content));
  }
  const secrets = {
    web: randomBytes(12).toString('hex'),
    outlet: randomBytes(12).toString('hex'),
    stripe: `whsec_${randomBytes(12).toString('hex')}`,
  };
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    // As `bin/onhand` does.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'onhand'),
    KAFKA_BROKERS: brokers,
    SCHEMA_REGISTRY_URL: registryUrl,
    KEYS_URL: databaseUrl,
    LEDGER_URL: databaseUrl,
    ONHAND_PREFIX: options.prefix,
    ONHAND_COMPANY: company,
    ONHAND_HASH_KEY: 'a test key, the same in every run',
    ONHAND_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    ONHAND_SESSION_SECONDS: '10',
    ONHAND_CALL_SECONDS: '5',
    ONHAND_HTTP_PORT: '0',
    WOO_WEBHOOK_SECRETS: `web=${secrets.web} outlet=${secrets.outlet}`,
    STRIPE_WEBHOOK_SECRETS: `stripe=${secrets.stripe}`,
    STRIPE_API_KEYS: 'stripe=sk_test_none',
    STRIPE_URL: 'http://127.0.0.1:9',
    ...options.environment,
  };
  const children = new Set<ChildProcess>();
  const launch = (words: readonly string[], extra: Readonly<Record<string, string>> = {}): ChildProcess => {
    const child = spawn(node, [join(root, 'runtime', 'main.ts'), ...words], {
      env: { ...environment, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const attempt: Installation['attempt'] = async (...words) => {
    const child = launch(words);
    let [out, err] = ['', ''];
    child.stdout!.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr!.on('data', (data: Buffer) => (err += data.toString()));
    await once(child, 'close');
    return { code: child.exitCode ?? -1, out, err };
  };
  const command: Installation['command'] = async (...words) => {
    const { code, out, err } = await attempt(...words);
    if (code !== 0) throw new Error(`onhand ${words.join(' ')} ended with ${code}: ${err}${out}`);
    return out;
  };
  const start: Installation['start'] = async (name, units, own = {}) => {
    const port = await freePort();
    let log = '';
    let child: ChildProcess;
    const begin = (): void => {
      child = launch(['run', ...units], { ONHAND_HTTP_PORT: String(port), ONHAND_DATA: join(folder, name), ...own });
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data: Buffer) => (log += data.toString()));
    };
    begin();
    const url = `http://127.0.0.1:${port}`;
    return {
      url,
      pid: () => child.pid!,
      log: () => log,
      ready: async () => {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${log}`);
        return (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
      },
      running: () => child.exitCode === null && child.signalCode === null,
      kill: async () => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      },
      again: () => Promise.resolve(begin()),
      stop: async () => {
        if (child.exitCode !== null) return child.exitCode;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
        return child.exitCode ?? -1;
      },
    };
  };
  const partitions = ['--partitions', String(options.partitions ?? 2)];
  await command('topics', 'apply', ...partitions);
  await command('schemas', 'apply');
  await command('keys', 'migrate');
  await command('ledger', 'migrate');
  return {
    environment,
    folder,
    secrets,
    command,
    attempt,
    start,
    close: async () => {
      await Promise.all(
        [...children].map(async child => {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        }),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
