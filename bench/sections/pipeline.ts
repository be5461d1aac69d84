/**
 * The trade through the real units: 100 webhooks a second of paid orders to the real command in one process, and for each the time from
 * the answer to the webhook until a reader of committed records sees OrderConfirmed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { send, wooOrder, wooPost, type TrafficOrder } from '../../demo/traffic.ts';
import { topics } from '../../schemas/topics.ts';
import type { Bench } from '../bench.ts';
import { computedMs } from '../children.ts';
import { quantile } from '../statistics.ts';
import { openTrade, partitions, skuOf, units, type Trade } from '../trade.ts';

const perSecond = 100;

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
const readConfirmed = async ({ log, names, codec }: Trade): Promise<Reader> => {
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

/** How often a webhook was told to come again: the edge takes 64 of a shop at a time. */
let refused = 0;
const againMs = 50;
/** As a channel does: what is not taken now is sent again. */
const accepted = async (order: TrafficOrder, post: (order: TrafficOrder) => Promise<number>): Promise<void> => {
  for (let status = await post(order); status !== 200; status = await post(order)) {
    if (status !== 429 && status !== 503) throw new Error(`the webhook of order ${order.id} was answered ${status}`);
    refused++;
    await delay(againMs);
  }
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
    under.push(accepted(order, post).then(() => void answered.set(`web:${order.id}`, Date.now())));
  }
  await Promise.all(under);
  return answered;
};

const missingMs = 60_000;
/** One round; ms from each order's answer to its confirmation. */
const round = async (
  { service, secret }: Trade,
  { confirmed }: Reader,
  first: number,
  count: number,
): Promise<readonly number[]> => {
  const answered = await paced(first, count, order =>
    send(service.url, wooPost('web', secret, wooOrder(order), 'order.created')),
  );
  const missing = (): readonly string[] => [...answered.keys()].filter(order => !confirmed.has(order));
  for (const end = Date.now() + missingMs; missing().length > 0; await delay(20))
    if (Date.now() > end)
      throw new Error(
        `${missing().length} of ${count} orders were not confirmed within ${missingMs / 1000} s, ${missing()[0]!} among them\n${service.log()}`,
      );
  return [...answered].map(([order, at]) => confirmed.get(order)! - at);
};

export const measurePipeline = async (bench: Bench): Promise<void> => {
  const { repeats, quick } = bench.options;
  const seconds = quick ? 5 : 15;
  const trade = await openTrade(bench);
  const reader = await readConfirmed(trade);
  try {
    const count = perSecond * seconds;
    await round(trade, reader, 1, count);
    const computed = computedMs(trade.service.pid());
    for (let repeat = 1; repeat <= repeats; repeat++) {
      const took = await round(trade, reader, 1 + repeat * count, count);
      const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
      bench.sample({ goal: 'pipeline-p50', ours: p50 });
      bench.sample({ goal: 'pipeline-p99', ours: p99 });
      bench.say(`pipeline, ${repeat} of ${repeats}: p50 ${p50} p99 ${p99} ms of ${took.length} orders`);
    }
    const each = ((computedMs(trade.service.pid()) - computed) / (repeats * count)).toFixed(1);
    bench.note(
      'pipeline-p50',
      `${units.join(', ')} in one process, ${partitions} partitions each; ${perSecond} webhooks a second for ${seconds} s a repeat, orders of two lines by SKU, paid by bank transfer; ${refused} were told to come again; ${each} ms of computing an order`,
    );
  } finally {
    await reader.close();
    await trade.close();
  }
};
