/**
 * The broker, registry and database that tests run against: what the runner started, or, when a test file is run alone by mocha,
 * what the first call starts; that dies with the process.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dieWithUs } from '../../infra/watchdog.ts';
import { startInfra, type Addresses, type Infra, type Progress } from '../../infra/index.ts';

let shared: Promise<Addresses> | undefined;

/** Call it in a `before` with a timeout of a minute or more: a first start may fetch 160 MB. */
export const broker = (): Promise<Addresses> => (shared ??= fromRunner() ?? startForTests(say));

const say: Progress = line => process.stderr.write(`infra: ${line}\n`);

/** A name that no other test, run or process uses: for topics, groups, transactional ids, database schemas. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;

const fromRunner = (): Promise<Addresses> | undefined => {
  const { ONHAND_TEST_KAFKA: brokers, ONHAND_TEST_REGISTRY: registryUrl, ONHAND_TEST_DATABASE: databaseUrl } = process.env;
  if (brokers === undefined || registryUrl === undefined || databaseUrl === undefined) return undefined;
  return Promise.resolve({ brokers, registryUrl, databaseUrl });
};

/** As the environment carries it from the runner to the suites. */
export const asEnvironment = ({ brokers, registryUrl, databaseUrl }: Addresses): Readonly<Record<string, string>> => ({
  ONHAND_TEST_KAFKA: brokers,
  ONHAND_TEST_REGISTRY: registryUrl,
  ONHAND_TEST_DATABASE: databaseUrl,
});

/** In a folder of its own, with everything gone when this process ends, however it ends. */
export const startForTests = (onProgress: Progress): Promise<Infra> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'onhand-test-'));
  dieWithUs({ folder: dataDir });
  return startInfra({ dataDir, durable: false, onProgress });
};
