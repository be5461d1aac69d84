/** Addresses and secrets of what `make up` started, for those that the environment does not give: so that commands need no settings here. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;
interface Up {
  readonly brokers: string;
  readonly registryUrl: string;
  readonly databaseUrl: string;
}
/** Made once per checkout: data sealed with them must open again tomorrow. */
const secretsOf = (folder: string): Environment => {
  const path = join(folder, 'secrets.json');
  if (!existsSync(path))
    writeFileSync(
      path,
      JSON.stringify({
        ONHAND_MASTER_KEY: randomBytes(32).toString('base64'),
        ONHAND_HASH_KEY: randomBytes(32).toString('base64'),
      }),
      { mode: 0o600 },
    );
  return JSON.parse(readFileSync(path, 'utf8')) as Environment;
};
/** The environment, completed by `.onhand/up.json` where there is one and no other broker is named. */
export const localEnvironment = (checkout: string, environment: Environment): Environment => {
  const folder = join(checkout, '.onhand');
  const record = join(folder, 'up.json');
  if (environment['KAFKA_BROKERS'] !== undefined || !existsSync(record)) return environment;
  const up = JSON.parse(readFileSync(record, 'utf8')) as Up;
  const local: Environment = {
    KAFKA_BROKERS: up.brokers,
    SCHEMA_REGISTRY_URL: up.registryUrl,
    KEYS_URL: up.databaseUrl,
    LEDGER_URL: up.databaseUrl,
    ONHAND_COMPANY: join(checkout, 'examples', 'acme'),
    ONHAND_DATA: join(folder, 'stores'),
    ...secretsOf(folder),
  };
  // A secret that the environment has in a file is given: ours beside it would be a second one.
  const lacking = Object.entries(local).filter(([name]) => environment[name] === undefined && !environment[`${name}_FILE`]);
  return { ...environment, ...Object.fromEntries(lacking) };
};
