/** What channels send while things are killed: signed webhooks over real HTTP, repeated until they are answered 2xx. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  send,
  stripeEvent,
  stripePost,
  wooOrder,
  wooPost,
  type Post,
  type TrafficOrder,
  type TrafficPayment,
} from '../../../demo/traffic.ts';
import { keyOf } from '../../../runtime/identity.ts';
import { headersOf } from '../../../runtime/wire/envelope.ts';
import { partitionOf } from '../../../runtime/wire/partition.ts';
import type { AnyFact } from '../../../schemas/generated/facts.ts';
import { topicOf } from '../../../schemas/topics.ts';
import { partitions, type Plant } from './plant.ts';

/** One webhook, and what became of sending it. */
export interface Hook {
  readonly shop: string;
  /** What it is about: the shop's order id, or the PaymentIntent. */
  readonly aggregate: string;
  readonly says: { readonly order: TrafficOrder } | { readonly payment: TrafficPayment };
}
export interface Sent extends Hook {
  /** The bytes of the body, the same at each try. */
  readonly body: string;
  tries: number;
  answered: boolean;
}
export interface Sender {
  /** Resolves when it was answered 2xx. */
  readonly send: (hook: Hook) => Promise<void>;
  readonly sent: readonly Sent[];
  /** Webhooks that were begun and have no 2xx yet. */
  readonly open: () => number;
}
export const orderHook = (shop: string, order: TrafficOrder): Hook => ({ shop, aggregate: String(order.id), says: { order } });
export const paymentHook = (payment: TrafficPayment): Hook => ({
  shop: 'stripe',
  aggregate: payment.intent,
  says: { payment },
});
const againMs = 50;
interface Sending extends Pick<Plant, 'secrets'> {
  readonly processes: { readonly producer: { readonly url: string } };
}

export const senderTo = ({ processes, secrets }: Sending): Sender => {
  const sent: Sent[] = [];
  const postOf = ({ shop, says }: Hook): Post =>
    'order' in says
      ? wooPost(shop, secrets[shop]!, wooOrder(says.order))
      : stripePost(shop, secrets[shop]!, stripeEvent(says.payment), Date.now());
  return {
    sent,
    open: () => sent.filter(one => !one.answered).length,
    send: async hook => {
      const one: Sent = { ...hook, body: postOf(hook).body, tries: 0, answered: false };
      sent.push(one);
      for (let status = 0; !one.answered;) {
        one.tries += 1;
        status = await send(processes.producer.url, postOf(hook));
        one.answered = status >= 200 && status < 300;
        if (status >= 400 && status < 500 && status !== 429)
          throw new Error(`the webhook of ${hook.shop} about ${hook.aggregate} is answered ${status}`);
        if (!one.answered) await delay(againMs);
      }
    },
  };
};

/** So many at a time, each lane with pauses that are drawn: so the work of a phase lasts long enough to be met. */
export const inLanes = async <T>(
  lanes: number,
  items: readonly T[],
  pauseMs: () => number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await work(next);
      await delay(pauseMs());
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};

/** Publishes facts as another author would, under ids that two runs share: `client.publish` gives each its own. */
export const publishAs = async (
  { client, codec, names }: Pick<Plant, 'client' | 'codec' | 'names'>,
  facts: readonly (readonly [id: string, fact: AnyFact])[],
  at: number,
): Promise<void> => {
  await codec.prepare([...new Set(facts.map(([, fact]) => fact.type))]);
  await client.append(
    facts.map(([id, fact]) => {
      const topic = topicOf(fact.type)!;
      const key = Buffer.from(keyOf(topic, fact));
      return {
        topic: names.topic(topic.name),
        partition: partitionOf(key, partitions),
        key,
        value: codec.encode(fact),
        headers: headersOf({ id, at, cause: id }, fact.type, '/onhand/test/0', 0),
      };
    }),
  );
};
