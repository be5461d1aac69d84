/** Units on the real broker: topics of their own, stores in a folder of their own, in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Addresses } from '../../../infra/index.ts';
import { clientOf, type Client } from '../../../runtime/client.ts';
import { realClock } from '../../../runtime/clock.ts';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import { keysOf, memoryKeyStore } from '../../../runtime/keys/keys.ts';
import type { Event, Logger } from '../../../runtime/model.ts';
import { metricsOf, type Metrics } from '../../../runtime/observe/metrics.ts';
import type { Log } from '../../../runtime/port.ts';
import { startUnits, type RunOptions, type Running } from '../../../runtime/run.ts';
import { lmdbStore } from '../../../runtime/store/lmdb.ts';
import { nameOf, namesOf, topicSpecs, type Names, type Unit } from '../../../runtime/topology.ts';
import { codecOf, type Codec } from '../../../runtime/wire/codec.ts';
import { confluentRegistry } from '../../../runtime/wire/registry.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { broker, uniqueName } from '../../support/broker.ts';

export interface KafkaOptions {
  readonly units: readonly Unit[];
  readonly policy: Policy;
  readonly partitions?: number;
  readonly limits?: RunOptions['limits'];
  readonly settingsOf?: RunOptions['settingsOf'];
  readonly logger?: Logger;
  /** Of another broker and registry than the tests' own. */
  readonly addresses?: Pick<Addresses, 'brokers' | 'registryUrl'>;
}
export interface KafkaWorld {
  readonly log: Log;
  readonly names: Names;
  readonly client: Client;
  readonly codec: Codec;
  readonly metrics: Metrics;
  /** Of the first member's stores, as `ONHAND_DATA` names it. */
  readonly data: string;
  readonly errors: readonly Error[];
  readonly running: () => Running;
  /** A second process' worth: a member of its own with stores of its own. */
  readonly another: (folder?: string) => Promise<Running>;
  readonly restart: () => Promise<void>;
  readonly read: (topic: string) => Promise<readonly Event[]>;
  /** Ends the units; the log stays open to be looked at. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The facts' schemas, registered as a deployment does. */
export const deploySchemas = async (registryUrl: string): Promise<void> => {
  const registry = confluentRegistry(registryUrl);
  for (const one of await registry.plan()) if (one.state !== 'registered') await registry.register(one.fact);
};

export const kafkaWorld = async (options: KafkaOptions): Promise<KafkaWorld> => {
  const { brokers, registryUrl } = options.addresses ?? (await broker());
  await deploySchemas(registryUrl);
  const names = namesOf(`${uniqueName('t')}.`);
  const log = kafkaLog({ brokers, clientId: 'onhand-test' });
  await log.admin.create(topicSpecs(options.units, names, options.partitions ?? 2));
  const codec = codecOf(confluentRegistry(registryUrl));
  const metrics = metricsOf();
  const errors: Error[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'onhand-'));
  const keyStore = memoryKeyStore();
  const memberIds = new Map<string, string>();
  let lives = 0;
  const start = (at: string): Promise<Running> =>
    startUnits({
      units: options.units,
      run: options.units.map(nameOf),
      log,
      readingLog: () => log,
      clock: realClock,
      logger: options.logger ?? silent,
      metrics,
      names,
      codec,
      keys: keysOf(keyStore, realClock.now),
      policy: options.policy,
      release: 'test',
      storeOf: (unit, partition) => lmdbStore(join(folder, at, unit, String(partition))),
      memberIds: { read: unit => memberIds.get(`${at}/${unit}`), keep: (unit, id) => void memberIds.set(`${at}/${unit}`, id) },
      hashKey: 'test',
      settingsOf: options.settingsOf ?? (() => ({})),
      fatal: (unit, error) => void errors.push(new Error(`${unit}: ${error.message}`, { cause: error })),
      limits: { sessionTimeoutMs: 6_000, ...options.limits },
      callTimeoutMs: 3_000,
    });
  let running = await start('a');
  const others: Running[] = [];
  const client = clientOf({ log, names, codec, clock: realClock });
  const stop = async (): Promise<void> => {
    await Promise.all([running, ...others.splice(0)].map(one => one.close()));
  };
  return {
    log,
    names,
    client,
    codec,
    metrics,
    data: join(folder, 'a'),
    errors,
    running: () => running,
    another: async at => {
      const one = await start(at ?? `b${++lives}`);
      others.push(one);
      return one;
    },
    restart: async () => {
      await running.close();
      running = await start('a');
    },
    read: async topic => (await client.events(topic)).map(one => one.event),
    stop,
    close: async () => {
      await stop();
      await client.close();
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
