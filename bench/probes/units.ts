/** Units on the bench's broker, in the probe's own process: topics under a prefix, stores in a folder, everything as it ships. */
import { join } from 'node:path';
import { realClock } from '../../runtime/clock.ts';
import { clientOf, type Client } from '../../runtime/client.ts';
import { loadCompany } from '../../runtime/company.ts';
import { kafkaLog } from '../../runtime/kafka/log.ts';
import { keysOf, memoryKeyStore } from '../../runtime/keys/keys.ts';
import type { Fact } from '../../runtime/model.ts';
import { metricsOf } from '../../runtime/observe/metrics.ts';
import { pinoLogger } from '../../runtime/observe/log.ts';
import type { Log } from '../../runtime/port.ts';
import { startUnits, type Running } from '../../runtime/run.ts';
import { lmdbStore } from '../../runtime/store/lmdb.ts';
import { nameOf, namesOf, topicSpecs, type Names, type Unit } from '../../runtime/topology.ts';
import { codecOf, memoryRegistry, type Codec } from '../../runtime/wire/codec.ts';
import { given } from './given.ts';
import { published } from './published.ts';

export interface Units {
  readonly log: Log;
  readonly names: Names;
  readonly codec: Codec;
  readonly client: Client;
  /** Publishes these facts, many at a time, all to partition 0. */
  readonly publish: (facts: readonly Fact[]) => Promise<void>;
  /** Starts the units; they go on until the answer is closed. */
  readonly start: () => Promise<Running>;
  readonly close: () => Promise<void>;
}
const atOnce = 5_000;
export const company = loadCompany(join(import.meta.dirname, '..', '..', 'examples', 'acme'));

/** One partition each: what is measured is one task. */
export const openUnits = async (prefix: string, units: readonly Unit[]): Promise<Units> => {
  const names = namesOf(`${prefix}.`);
  const log = kafkaLog({ brokers: given('BOOTSTRAP'), clientId: `onhand-bench-${prefix}` });
  await log.admin.create(topicSpecs(units, names, 1));
  const codec = codecOf(memoryRegistry());
  const client = clientOf({ log, names, codec, clock: realClock });
  const keyStore = memoryKeyStore();
  const logger = pinoLogger('error');
  return {
    log,
    names,
    codec,
    client,
    publish: async facts => {
      await codec.prepare([...new Set(facts.map(fact => fact.type))]);
      for (let from = 0; from < facts.length; from += atOnce)
        await client.append(facts.slice(from, from + atOnce).map(fact => published(names, codec, fact)));
    },
    start: () =>
      startUnits({
        units,
        run: units.map(nameOf),
        log,
        readingLog: () => log,
        clock: realClock,
        logger,
        metrics: metricsOf(),
        names,
        codec,
        keys: keysOf(keyStore, realClock.now),
        policy: company,
        release: 'bench',
        storeOf: (unit, partition) => lmdbStore(join(given('DATA'), prefix, unit, String(partition))),
        memberIds: { read: () => undefined, keep: () => undefined },
        hashKey: 'bench',
        settingsOf: () => ({}),
        fatal: (unit, error) => {
          process.stderr.write(`${unit}: ${error.message}\n`);
          process.exit(1);
        },
      }),
    close: async () => {
      await client.close();
      await log.close();
    },
  };
};
