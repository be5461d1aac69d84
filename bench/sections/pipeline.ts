/**
 * The trade through the real units: 100 webhooks a second of paid orders to the real command in one process, and for each the time from
 * the answer to the webhook until a reader of committed records sees OrderConfirmed.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { install } from '../../demo/installation.ts';
import { send, wooOrder, wooPost, type TrafficOrder } from '../../demo/traffic.ts';
import { startPostgres } from '../../infra/postgres.ts';
import { startRegistry } from '../../infra/registry.ts';
import { realClock } from '../../runtime/clock.ts';
import { clientOf } from '../../runtime/client.ts';
import { kafkaLog } from '../../runtime/kafka/log.ts';
import type { Log } from '../../runtime/port.ts';
import { namesOf, type Names } from '../../runtime/topology.ts';
import { codecOf, type Codec } from '../../runtime/wire/codec.ts';
import { confluentRegistry } from '../../runtime/wire/registry.ts';
import { codeDefined, stockBaselineSet } from '../../schemas/generated/facts.ts';
import { topics } from '../../schemas/topics.ts';
import type { Bench } from '../bench.ts';
import { quantile } from '../statistics.ts';

const units = ['woocommerce-intake', 'catalogue', 'orders', 'stock', 'payments'];
const partitions = 2;
const perSecond = 100;
const products = 200;
const skuOf = (index: number): string => `SKU-${index % products}`;

/** Paid by bank transfer, whose money the shop itself authors: one webhook is all that the order needs. */
const orderOf = (id: number): TrafficOrder => {
  const at = Math.floor(Date.now() / 1000) * 1000;
  const lines = [id, id * 7 + 1].map(one => ({ sku: skuOf(one), quantity: 1, netMinor: 1_500 }));
  return {
    id,
    status: 'processing',
    createdAt: at,
    modifiedAt: at,
    lines,
    method: 'bacs',
    paid: true,
    rate: 75,
    customer: id % 97,
  };
};

interface Reader {
  /** Epoch ms at which OrderConfirmed of an order was seen, by its name. */
  readonly confirmed: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}
const readConfirmed = async (log: Log, names: Names, codec: Codec): Promise<Reader> => {
  const topic = names.topic(topics.orderDecisions.name);
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const next = (await log.bounds(all)).map(one => one.lastStable);
  const confirmed = new Map<string, number>();
  let closing = false;
  const looking = (async () => {
    while (!closing) {
      const answers = await log.fetch(
        all.map((one, i) => ({ ...one, from: next[i]!, maxBytes: 1 << 20 })),
        50,
      );
      const now = Date.now();
      await codec.ensure(answers.flatMap(one => one.records.map(record => record.value)));
      answers.forEach((answer, i) => {
        next[i] = answer.next;
        for (const record of answer.records) {
          const { type, data } = codec.decode(record.value, topic);
          const { order } = data as { readonly order: string };
          if (type === 'OrderConfirmed' && !confirmed.has(order)) confirmed.set(order, now);
        }
      });
    }
  })();
  return {
    confirmed,
    close: async () => {
      closing = true;
      await looking;
    },
  };
};

/** Sends at a fixed pace, whatever the answers; resolves with when each order's webhook was answered. */
const paced = async (
  first: number,
  count: number,
  post: (order: TrafficOrder) => Promise<number>,
): Promise<Map<string, number>> => {
  const answered = new Map<string, number>();
  const begun = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const left = begun + (i * 1000) / perSecond - performance.now();
    if (left > 0) await delay(left);
    const order = orderOf(first + i);
    under.push(
      post(order).then(status => {
        if (status !== 200) throw new Error(`the webhook of order ${order.id} was answered ${status}`);
        answered.set(`web:${order.id}`, Date.now());
      }),
    );
  }
  await Promise.all(under);
  return answered;
};

export const measurePipeline = async (bench: Bench): Promise<void> => {
  const { repeats, quick, profile } = bench.options;
  const seconds = quick ? 5 : 15;
  const part = { dataDir: bench.folder('pipeline'), durable: false, preferredPort: 0, onProgress: bench.say };
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const [registry, postgres] = await Promise.all([startRegistry(part), startPostgres(part)]);
    closers.push(
      () => registry.child.stop(0),
      () => postgres.child.stop(0),
    );
    const { registryUrl } = registry.addresses;
    const addresses = { brokers: bench.brokers, registryUrl: registryUrl!, databaseUrl: postgres.addresses.databaseUrl! };
    const prefix = `${bench.unique('trade')}.`;
    const onhand = await install({
      ...{ addresses, prefix, partitions },
      ...(profile === undefined
        ? {}
        : { environment: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(process.cwd(), profile)}` } }),
    });
    closers.push(onhand.close);
    const process_ = await onhand.start('bench', units);
    const names = namesOf(prefix);
    const log = kafkaLog({ brokers: bench.brokers, clientId: 'onhand-bench-pipeline' });
    const codec = codecOf(confluentRegistry(registryUrl!));
    const client = clientOf({ log, names, codec, clock: realClock });
    closers.push(() => client.close().then(log.close));
    for (const end = Date.now() + 60_000; !(await process_.ready()); await delay(50))
      if (Date.now() > end) throw new Error(`waiting for the units: not ready within 60 s\n${process_.log()}`);
    const components = (product: string) => [{ owner: 'acme', product, quantityMilli: 1000 }];
    const stocked = {
      owner: 'acme',
      location: 'main',
      quantityMilli: 1_000_000_000,
      takenAt: Date.now() - 60_000,
      source: 'bench',
    };
    const facts = Array.from({ length: products }, (_, i) => [
      codeDefined({ company: 'acme', code: `sku:${skuOf(i)}`, revision: 1, components: components(String(i)) }),
      stockBaselineSet({ ...stocked, product: String(i) }),
    ]);
    await client.publish(facts.flat(), '/onhand/bench/0');
    const reader = await readConfirmed(log, names, codec);
    closers.push(reader.close);
    const post = (order: TrafficOrder): Promise<number> =>
      send(process_.url, wooPost('web', onhand.secrets.web, wooOrder(order), 'order.created'));
    let next = 1;
    const round = async (lasting: number): Promise<readonly number[]> => {
      const answered = await paced(next, perSecond * lasting, post);
      next += perSecond * lasting;
      const missing = (): readonly string[] => [...answered.keys()].filter(order => !reader.confirmed.has(order));
      for (const end = Date.now() + 60_000; missing().length > 0; await delay(20))
        if (Date.now() > end)
          throw new Error(
            `${missing().length} of ${answered.size} orders were not confirmed, ${missing()[0]!} among them\n${process_.log()}`,
          );
      return [...answered].map(([order, at]) => reader.confirmed.get(order)! - at);
    };
    await round(seconds);
    for (let repeat = 1; repeat <= repeats; repeat++) {
      const took = await round(seconds);
      const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
      bench.sample({ goal: 'pipeline-p50', ours: p50 });
      bench.sample({ goal: 'pipeline-p99', ours: p99 });
      bench.say(`pipeline, ${repeat} of ${repeats}: p50 ${p50} p99 ${p99} ms of ${took.length} orders`);
    }
    bench.note(
      'pipeline-p50',
      `${units.join(', ')} in one process with ${partitions} partitions each, ${perSecond} webhooks a second for ${seconds} s a repeat; orders of two lines by SKU, paid by bank transfer`,
    );
    await process_.stop();
  } finally {
    for (const one of closers.reverse()) await one().catch((error: unknown) => bench.say(`closing: ${String(error)}`));
  }
};
