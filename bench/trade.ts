/** The real command with the units of an order's way, on the bench's broker: deployed, stocked and ready, its log open to a reader. */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { install, type Process } from '../demo/installation.ts';
import { startPostgres } from '../infra/postgres.ts';
import { startRegistry } from '../infra/registry.ts';
import { realClock } from '../runtime/clock.ts';
import { clientOf } from '../runtime/client.ts';
import { kafkaLog } from '../runtime/kafka/log.ts';
import type { Log } from '../runtime/port.ts';
import { namesOf, type Names } from '../runtime/topology.ts';
import { codecOf, type Codec } from '../runtime/wire/codec.ts';
import { confluentRegistry } from '../runtime/wire/registry.ts';
import { codeDefined, stockBaselineSet } from '../schemas/generated/facts.ts';
import type { Bench } from './bench.ts';
import { compileCache, shippingFlags } from './ours.ts';

export const units = ['woocommerce-intake', 'catalogue', 'orders', 'stock', 'payments'];
export const partitions = 2;
const products = 200;
const readyMs = 60_000;
export const skuOf = (index: number): string => `SKU-${index % products}`;

export interface Trade {
  readonly service: Process;
  /** Of the shop `web`. */
  readonly secret: string;
  readonly log: Log;
  readonly names: Names;
  readonly codec: Codec;
  readonly close: () => Promise<void>;
}
const stock = Array.from({ length: products }, (_, i) => [
  codeDefined({
    ...{ company: 'acme', code: `sku:${skuOf(i)}`, revision: 1 },
    components: [{ owner: 'acme', product: String(i), quantityMilli: 1000 }],
  }),
  stockBaselineSet({
    ...{ owner: 'acme', product: String(i), location: 'main', quantityMilli: 1_000_000_000 },
    ...{ takenAt: Date.now() - 60_000, source: 'bench' },
  }),
]).flat();

export const openTrade = async (bench: Bench): Promise<Trade> => {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.reverse()) await one().catch((error: unknown) => bench.say(`closing: ${String(error)}`));
  };
  try {
    const part = { dataDir: bench.folder('trade'), durable: false, preferredPort: 0, onProgress: bench.say };
    const [registry, postgres] = await Promise.all([startRegistry(part), startPostgres(part)]);
    for (const { child } of [registry, postgres]) closers.push(() => child.stop(0));
    const registryUrl = registry.addresses.registryUrl!;
    const prefix = `${bench.unique('trade')}.`;
    const { profile } = bench.options;
    const profiler = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
    const onhand = await install({
      addresses: { brokers: bench.brokers, registryUrl, databaseUrl: postgres.addresses.databaseUrl! },
      ...{ prefix, partitions },
      environment: { NODE_OPTIONS: [...shippingFlags(), ...profiler].join(' '), ...compileCache },
    });
    closers.push(onhand.close);
    const service = await onhand.start('bench', units);
    closers.push(service.stop);
    const names = namesOf(prefix);
    const log = kafkaLog({ brokers: bench.brokers, clientId: 'onhand-bench-trade' });
    closers.push(log.close);
    const codec = codecOf(confluentRegistry(registryUrl));
    const client = clientOf({ log, names, codec, clock: realClock });
    closers.push(client.close);
    for (const end = Date.now() + readyMs; !(await service.ready()); await delay(50))
      if (Date.now() > end) throw new Error(`waiting for the units: not ready within ${readyMs / 1000} s\n${service.log()}`);
    await client.publish(stock, '/onhand/bench/0');
    return { service, secret: onhand.secrets.web, log, names, codec, close };
  } catch (error) {
    await close();
    throw error;
  }
};
