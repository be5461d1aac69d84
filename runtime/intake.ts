/** The intake of one shop: deliveries written raw, sealed under the key of their day, acks=all; and where its polls have come to. */
import { hash } from 'node:crypto';
import { durably } from './durably.ts';
import { deliveryId, keyOf } from './identity.ts';
import type { Clock, Fact, Intake, RawDelivery, Shop, Topic } from './model.ts';
import type { Appender, Log, Outgoing } from './port.ts';
import type { Keys } from './keys/keys.ts';
import type { Names } from './topology.ts';
import type { Codec } from './wire/codec.ts';
import { headersOf } from './wire/envelope.ts';
import { partitionOf } from './wire/partition.ts';

export interface IntakeOptions {
  readonly log: Log;
  readonly appender: Appender;
  readonly clock: Clock;
  readonly names: Names;
  readonly codec: Codec;
  readonly keys: Keys;
  readonly topic: Topic;
  readonly partitions: number;
  /** The compacted topic of cursors, by its plain name. */
  readonly cursors: string;
  readonly shop: Shop;
}
/** Raw intake is sealed under one key a day, so that erasing a day's key erases what came that day. */
const daySubject = (at: number): string => `intake/${new Date(at).toISOString().slice(0, 10)}`;

export const intakeOf = (options: IntakeOptions): Intake => {
  const { log, appender, clock, names, codec, keys, topic, partitions, cursors, shop } = options;
  const append = (records: readonly Outgoing[], doing: string): Promise<void> => durably(appender, clock, records, doing);
  const recordOf = (delivery: RawDelivery, at: number): Outgoing => {
    const body = Buffer.from(delivery.bytes).toString('utf8');
    const { aggregate, via, about } = delivery;
    const sealed = keys.seal(daySubject(at), body, at);
    const fact: Fact = {
      type: 'DeliveryReceived',
      data: { company: shop.company, shop: shop.shop, aggregate, via, about, receivedAt: at, sealed },
    };
    const key = Buffer.from(keyOf(topic, fact));
    const id = deliveryId(topic.name, shop.shop, at, hash('sha256', delivery.bytes, 'hex'));
    return {
      topic: names.topic(topic.name),
      partition: partitionOf(key, partitions),
      key,
      value: codec.encode(fact),
      headers: headersOf({ id, at, cause: id }, fact.type, `/onhand/source/${shop.shop}`, 0),
    };
  };
  /** All of the shop's cursors, read once: the process that polls a shop is the only one that writes them. */
  let cursorsKept: Promise<Map<string, string>> | undefined;
  const kept = (): Promise<Map<string, string>> => {
    cursorsKept ??= readCursors().catch((error: unknown) => {
      cursorsKept = undefined;
      throw error;
    });
    return cursorsKept;
  };
  const readCursors = async (): Promise<Map<string, string>> => {
    const at = { topic: names.topic(cursors), partition: 0 };
    const [bounds] = await log.bounds([at]);
    const prefix = `${shop.shop}|`;
    const found = new Map<string, string>();
    for (let next = bounds!.start; next < bounds!.lastStable;) {
      const [answer] = await log.fetch([{ ...at, from: next, maxBytes: 1 << 20 }], 100);
      for (const { key, value } of answer!.records)
        if (key?.toString().startsWith(prefix) === true && value !== null)
          found.set(key.toString().slice(prefix.length), value.toString());
      // Compaction may have moved the start meanwhile: what is gone is not waited for.
      next = answer!.outOfRange ? Math.max(answer!.start, next + 1) : answer!.next;
    }
    return found;
  };
  const cursorKey = (name: string): Buffer => Buffer.from(`${shop.shop}|${name}`);
  return {
    deliver: async deliveries => {
      if (deliveries.length === 0) return;
      const at = clock.now();
      await keys.ensure([daySubject(at)], at);
      await append(
        deliveries.map(one => recordOf(one, at)),
        `storing ${deliveries.length} deliveries of ${shop.shop}`,
      );
    },
    cursor: async name => (await kept()).get(name),
    keepCursor: async (name, value) => {
      const record = { topic: names.topic(cursors), partition: 0, key: cursorKey(name), value: Buffer.from(value) };
      await append([record], `keeping the cursor ${name} of ${shop.shop}`);
      (await kept()).set(name, value);
    },
  };
};
