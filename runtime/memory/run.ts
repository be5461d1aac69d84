/** All of Onhand in memory: the same sessions, tasks and pumps as on Kafka, over the in-memory log and virtual time. */
import type { Event, Fact, Logger, Topic } from '../model.ts';
import { clientOf, type Client } from '../client.ts';
import { keysOf, memoryKeyStore, type KeyStore } from '../keys/keys.ts';
import { metricsOf } from '../observe/metrics.ts';
import { startUnits, type RunOptions, type Running } from '../run.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { nameOf, namesOf, topicSpecs, type Names, type Unit } from '../topology.ts';
import { codecOf, memoryRegistry, type Codec, type Schemas } from '../wire/codec.ts';
import { partitionOf } from '../wire/partition.ts';
import { allTopics } from '../../schemas/topics.ts';
import { factSchemas } from '../../schemas/load.ts';
import type { Policy } from '../../schemas/policy.ts';
import { virtualClock, type VirtualClock } from './clock.ts';
import { memoryLog, type MemoryFaults, type MemoryLog } from './log.ts';

export interface MemoryOptions {
  readonly units: readonly Unit[];
  readonly policy: Policy;
  readonly partitions?: number;
  readonly run?: readonly string[];
  readonly clock?: VirtualClock;
  readonly logger?: Logger;
  readonly faults?: MemoryFaults;
  readonly settingsOf?: (unit: string) => Readonly<Record<string, unknown>>;
  readonly limits?: RunOptions['limits'];
  readonly keyStore?: KeyStore;
  /** Other facts than Onhand's own, and the topics that carry them: for units that exist only in a test. */
  readonly vocabulary?: { readonly topics: readonly Topic[]; readonly schemas: Schemas };
}
export interface MemoryWorld {
  readonly clock: VirtualClock;
  readonly log: MemoryLog;
  readonly codec: Codec;
  readonly client: Client;
  readonly running: () => Running;
  /** Publishes facts as an outside author would, each as its own cause. */
  readonly publish: (...facts: readonly Fact[]) => Promise<void>;
  /** Raw records, for what is no event. */
  readonly append: (topic: string, key: Buffer | null, value: Buffer | null) => Promise<void>;
  /** Everything on a topic that is committed, partition by partition. */
  readonly read: (topic: string) => Promise<readonly Event[]>;
  /** Lets time pass until every unit has read everything and nothing happens for a while. */
  readonly settle: (limitMs?: number) => Promise<void>;
  readonly names: Names;
  /** Kills all units as kill -9 does (stores keep what was committed) and starts them again, with other company files when given. */
  readonly restart: (run?: readonly string[], policy?: Policy) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly errors: readonly Error[];
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const prefix = 'memory.';
/** A target in memory answers at once, or not at all. */
const callTimeoutMs = 500;

export const memoryWorld = async (options: MemoryOptions): Promise<MemoryWorld> => {
  const clock = options.clock ?? virtualClock();
  const log = memoryLog(clock, options.faults);
  const names = namesOf(prefix);
  const { topics, schemas } = options.vocabulary ?? { topics: allTopics, schemas: factSchemas };
  const codec = codecOf(memoryRegistry(schemas), schemas);
  const keyStore = options.keyStore ?? memoryKeyStore();
  const partitions = options.partitions ?? 2;
  // Longer than any wait that a closing unit is in.
  const drainMs = 10_000 + (options.limits?.pollMs ?? 0);
  const errors: Error[] = [];
  const stores = new Map<string, Store>();
  const storeOf = (unit: string, partition: number): Store => {
    const name = `${unit}/${partition}`;
    const found = stores.get(name) ?? memoryStore(() => clock.sleep(1));
    stores.set(name, found);
    return found;
  };
  await log.admin.create(topicSpecs(options.units, names, partitions));
  const known = new Set((await log.admin.topics()).map(spec => spec.name));
  await log.admin.create(
    topics
      .filter(topic => !known.has(names.topic(topic.name)))
      .map(topic => ({ name: names.topic(topic.name), partitions, settings: {} })),
  );
  await codec.prepare([...schemas.keys()]);
  let { policy } = options;
  const start = (run = options.run ?? options.units.map(nameOf)): Promise<Running> =>
    startUnits({
      units: options.units,
      run,
      log,
      readingLog: () => log,
      clock,
      logger: options.logger ?? silent,
      metrics: metricsOf(),
      names,
      codec,
      keys: keysOf(keyStore, clock.now),
      policy,
      release: 'memory',
      storeOf,
      memberIds: { read: () => undefined, keep: () => undefined },
      hashKey: 'memory',
      settingsOf: options.settingsOf ?? (() => ({})),
      callTimeoutMs,
      fatal: (unit, error) => void errors.push(new Error(`${unit}: ${error.message}`, { cause: error })),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
  let running = await start();
  const client = clientOf({
    log,
    names,
    codec,
    clock,
    ...(options.vocabulary === undefined ? {} : { topicOf: fact => topics.find(topic => topic.facts.includes(fact)) }),
  });
  const behind = async (): Promise<string> => {
    const ends = await Promise.all(
      (await log.admin.topics()).map(async spec =>
        [
          spec.name,
          ...(await log.bounds(Array.from({ length: spec.partitions }, (_, partition) => ({ topic: spec.name, partition })))).map(
            one => one.highWatermark,
          ),
        ].join(' '),
      ),
    );
    return ends.join(';');
  };
  return {
    clock,
    log,
    names,
    codec,
    errors,
    running: () => running,
    client,
    publish: async (...facts) => {
      for (const fact of facts) await client.publish([fact], '/onhand/test/0');
    },
    append: (topic, key, value) =>
      client.append([{ topic: names.topic(topic), partition: key === null ? 0 : partitionOf(key, partitions), key, value }]),
    read: async topic => (await client.events(topic)).map(one => one.event),
    settle: async (limitMs = 120_000) => {
      // Nothing new on any topic for two seconds of virtual time, longer than any pause between transactions.
      const until = clock.now() + limitMs;
      for (let before = ''; ;) {
        const now = await behind();
        if (now === before) return;
        if (clock.now() > until) throw new Error('the units did not settle');
        before = now;
        await clock.advance(2_000);
      }
    },
    restart: async (run, changed = policy) => {
      const closing = running.close();
      await clock.advance(drainMs);
      await closing;
      policy = changed;
      running = await start(run);
    },
    close: async () => {
      const closing = running.close();
      await clock.advance(drainMs);
      await closing;
      await log.close();
    },
  };
};
