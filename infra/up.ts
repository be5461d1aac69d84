/** `make up`: starts broker, registry and database with data in `.onhand`, or finds them running, and prints their addresses. */
import { say, tellAndExit } from './say.ts';
import { bringUp } from './standing.ts';

try {
  const standing = await bringUp(process.cwd(), say);
  say(standing.found ? 'running already:' : 'started:');
  console.log(
    [
      `export KAFKA_BROKERS=${standing.brokers}`,
      `export SCHEMA_REGISTRY_URL=${standing.registryUrl}`,
      `export LEDGER_URL=${standing.databaseUrl}`,
      `export KEYS_URL=${standing.databaseUrl}`,
    ].join('\n'),
  );
  process.exit(0);
} catch (error) {
  tellAndExit(error);
}
