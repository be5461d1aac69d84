/** The real command in a process of its own, with an environment that holds nothing but what the test gives. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const bin = join(import.meta.dirname, '..', '..', '..', 'bin', 'onhand');

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** What people see of a failure, line by line. */
  readonly lines: readonly string[];
  readonly seconds: number;
}
export const onhand = async (environment: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Said> => {
  const begun = performance.now();
  const child = spawn(bin, words, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  await once(child, 'close');
  const lines = err.split('\n').filter(line => line !== '');
  return { code: child.exitCode, out, err, lines, seconds: (performance.now() - begun) / 1000 };
};

/** Settings of a process that are fine, and lead nowhere. */
export const fine = {
  KAFKA_BROKERS: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1/apis/ccompat/v7',
  KEYS_URL: 'postgres://127.0.0.1:1/keys',
  LEDGER_URL: 'postgres://127.0.0.1:1/ledger',
  ONHAND_COMPANY: 'examples/acme',
  ONHAND_HASH_KEY: 'a key of tests',
  ONHAND_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  WOO_WEBHOOK_SECRETS: 'web=a outlet=b',
  STRIPE_WEBHOOK_SECRETS: 'stripe=a',
  STRIPE_API_KEYS: 'stripe=b',
  ODOO_URL: 'http://127.0.0.1:1',
  ODOO_DB: 'test',
  ODOO_LOGIN: 'test',
  ODOO_API_KEY: 'test',
} as const satisfies Readonly<Record<string, string>>;
