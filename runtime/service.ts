/** A running process: units on Kafka, their sources behind HTTP and polls, health, metrics, and a drain that ends within 10 s. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { claimData } from './data-claim.ts';
import { startEdge, type Edge } from './edge/edge.ts';
import { isFailure } from './failure.ts';
import { kafkaLog } from './kafka/log.ts';
import { keysOf } from './keys/keys.ts';
import { postgresKeyStore } from './keys/postgres.ts';
import type { Clock, Logger, Shop, Source } from './model.ts';
import { metricsOf, type Metrics } from './observe/metrics.ts';
import type { Log } from './port.ts';
import type { LogSettings } from './process-settings.ts';
import { startUnits, type Running } from './run.ts';
import { readSettings, type Settings } from './settings.ts';
import { settingsDeclaredBy, type Start } from './start-checks.ts';
import { lmdbStore } from './store/lmdb.ts';
import { namesOf, type Unit } from './topology.ts';
import { codecOf } from './wire/codec.ts';
import { confluentRegistry } from './wire/registry.ts';

export const openLog = (settings: LogSettings, logger?: Logger): Log =>
  kafkaLog(
    {
      brokers: settings.KAFKA_BROKERS,
      clientId: `onhand-${randomUUID().slice(0, 8)}`,
      ...(settings.KAFKA_TLS ? { ssl: true } : {}),
      ...(settings.KAFKA_USERNAME === undefined
        ? {}
        : { sasl: { mechanism: 'scram-sha-512', username: settings.KAFKA_USERNAME, password: settings.KAFKA_PASSWORD ?? '' } }),
    },
    logger,
  );

/** What a start needs is checked before, so that all problems are told at once. */
export interface ServiceOptions extends Start {
  readonly units: readonly Unit[];
  readonly run: readonly string[];
  readonly release: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fatal: (unit: string, error: Error) => void;
}
export interface Service {
  readonly port: number;
  readonly ready: () => boolean;
  readonly metrics: Metrics;
  /** Stops intake, then taking, settles, lets go. */
  readonly close: () => Promise<void>;
}

/** Units' settings, all problems of all units at once. */
export const unitSettings = (
  units: readonly Unit[],
  environment: Readonly<Record<string, string | undefined>>,
): ((unit: string) => Readonly<Record<string, unknown>>) => {
  const values = readSettings(Object.assign({}, ...units.map(settingsDeclaredBy)) as Settings, environment) as Readonly<
    Record<string, unknown>
  >;
  return () => values;
};

/** Where member ids outlive a killed process. */
const memberIds = (folder: string) => {
  mkdirSync(folder, { recursive: true });
  return {
    read: (unit: string): string | undefined => {
      try {
        return readFileSync(join(folder, `${unit}.member`), 'utf8');
      } catch {
        return undefined;
      }
    },
    keep: (unit: string, id: string): void => writeFileSync(join(folder, `${unit}.member`), id),
  };
};

export const startService = async (options: ServiceOptions): Promise<Service> => {
  const { settings, settingsOf, units, policy, clock, logger } = options;
  const giveBackData = claimData(settings.ONHAND_DATA, options.run);
  const log = openLog(settings, logger);
  const keyStore = postgresKeyStore({ url: settings.KEYS_URL, masterKey: settings.ONHAND_MASTER_KEY });
  const metrics = metricsOf();
  const stop = new AbortController();
  let started: Running | undefined;
  let edge: Edge | undefined;
  try {
    started = await startUnits({
      units,
      run: options.run,
      log,
      readingLog: () => log,
      clock,
      logger,
      metrics,
      names: namesOf(settings.ONHAND_PREFIX),
      codec: codecOf(confluentRegistry(settings.SCHEMA_REGISTRY_URL)),
      keys: keysOf(keyStore, clock.now),
      policy,
      release: options.release,
      storeOf: (unit, partition) => lmdbStore(join(settings.ONHAND_DATA, unit, String(partition))),
      memberIds: memberIds(settings.ONHAND_DATA),
      hashKey: settings.ONHAND_HASH_KEY,
      settingsOf,
      limits: { sessionTimeoutMs: settings.ONHAND_SESSION_SECONDS * 1000 },
      callTimeoutMs: settings.ONHAND_CALL_SECONDS * 1000,
      fatal: options.fatal,
    });
    const { sources, ready } = started;
    edge = await startEdge({
      host: settings.ONHAND_HTTP_HOST,
      port: settings.ONHAND_HTTP_PORT,
      clock,
      log: logger,
      deliveries: metrics.deliveries,
      sources: sources.flatMap(({ shop, source: { webhook }, deliver }) =>
        webhook === undefined ? [] : [{ channel: shop.channel, shop: shop.shop, webhook, deliver }],
      ),
      health: { live: () => true, ready },
      metrics: () => metrics.registry.metrics(),
    });
    const polls = sources.map(({ shop, source, leads }) =>
      polling(shop, source, leads, { clock, logger, metrics, signal: stop.signal }),
    );
    const [running, serving] = [started, edge];
    // Node writes it at the end of a process; one that is killed has none.
    flushCompileCache();
    return {
      port: serving.port,
      ready,
      metrics,
      close: async () => {
        stop.abort();
        await serving.close();
        await Promise.allSettled(polls);
        await running.close();
        await Promise.allSettled([log.close(), keyStore.close()]);
        giveBackData();
      },
    };
  } catch (error) {
    stop.abort();
    await Promise.allSettled([edge?.close(), started?.close()]);
    await Promise.allSettled([log.close(), keyStore.close()]);
    giveBackData();
    throw error;
  }
};

interface PollingOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
}
/** How often a process that does not poll a shop looks whether it should now, ms. */
const leadLookMs = 500;
/** Looks again and again for what webhooks missed, in one process of the group only; a channel that fails slows only itself. */
const polling = async (
  shop: Shop,
  source: Source,
  leads: () => boolean,
  { clock, logger, metrics, signal }: PollingOptions,
): Promise<void> => {
  if (source.poll === undefined) return;
  for (let failures = 0; !signal.aborted;) {
    if (!leads()) {
      await clock.sleep(leadLookMs, signal).catch(() => undefined);
      continue;
    }
    const begun = clock.monotonic();
    let wait = source.pollEveryMs ?? 60_000;
    try {
      const found = await source.poll();
      failures = 0;
      if (found > 0) logger.debug({ shop: shop.shop, deliveries: found }, 'polled');
      metrics.pollSeconds.observe({ shop: shop.shop }, (clock.monotonic() - begun) / 1000);
    } catch (error) {
      const code = isFailure(error) ? error.code : 'UNKNOWN_ERROR';
      failures++;
      wait = (isFailure(error) ? error.retryAfterMs : undefined) ?? Math.min(wait, 1_000 * 2 ** Math.min(failures, 6));
      metrics.pollFailures.inc({ shop: shop.shop, code });
      logger.warn(
        { shop: shop.shop, code, error: error instanceof Error ? error.message : String(error), waitMs: wait },
        'a poll failed and repeats',
      );
    }
    await clock.sleep(wait, signal).catch(() => undefined);
  }
};
