/** Reading and writing the topics from outside the units: for the console, the demo and tests. */
import { deliveryId, keyOf } from './identity.ts';
import type { Clock, Event, Fact, Topic } from './model.ts';
import type { Log, LogRecord, Outgoing } from './port.ts';
import { durably } from './durably.ts';
import { fatal } from './failure.ts';
import type { Names } from './topology.ts';
import type { Codec } from './wire/codec.ts';
import { headersOf } from './wire/envelope.ts';
import { partitionOf } from './wire/partition.ts';
import { topicOf as onhandTopicOf } from '../schemas/topics.ts';
import { eventOf } from './task/rules.ts';
import { randomUUID } from 'node:crypto';

export interface Client {
  /** Publishes facts as an outside author does, each as its own cause; durable when it resolves. */
  readonly publish: (facts: readonly Fact[], source: string) => Promise<void>;
  /** Writes a record of an operator's topic (control, replay): JSON under a key, in the partition given. */
  readonly write: (topic: string, partition: number, key: string, value: object) => Promise<void>;
  readonly append: (records: readonly Outgoing[]) => Promise<void>;
  /** Every committed record of a topic (plain name), partition by partition, up to the last stable offset of now. */
  readonly scan: (topic: string, each: (record: LogRecord) => void, options?: ScanOptions) => Promise<void>;
  /** As events; what is not an event of ours is passed over. */
  readonly events: (topic: string, options?: ScanOptions) => Promise<readonly Located[]>;
  readonly close: () => Promise<void>;
}
export interface Located {
  readonly event: Event;
  readonly record: LogRecord;
}
export interface ScanOptions {
  readonly partitions?: readonly number[];
  readonly from?: ReadonlyMap<number, number>;
  readonly to?: ReadonlyMap<number, number>;
  readonly where?: (record: LogRecord) => boolean;
}

export const clientOf = ({
  log,
  names,
  codec,
  clock,
  topicOf = onhandTopicOf,
}: {
  readonly log: Log;
  readonly names: Names;
  readonly codec: Codec;
  readonly clock: Clock;
  /** The topic that a fact is published to. */
  readonly topicOf?: (fact: string) => Topic | undefined;
}): Client => {
  let opened: ReturnType<Log['appender']> | undefined;
  const append = async (records: readonly Outgoing[]): Promise<void> => {
    opened ??= log.appender();
    await durably(await opened, clock, records, `writing ${records.length} record(s) to ${records[0]?.topic ?? 'nothing'}`);
  };
  const count = async (topic: string): Promise<number> => {
    const found = (await log.partitions([names.topic(topic)])).get(names.topic(topic));
    if (found === undefined)
      throw fatal('TOPIC_MISSING', `using ${names.topic(topic)}: it does not exist; run \`onhand topics apply\``);
    return found;
  };
  const scan: Client['scan'] = async (topic, each, { partitions, from, to, where } = {}) => {
    const wanted = partitions ?? Array.from({ length: await count(topic) }, (_, p) => p);
    const bounds = await log.bounds(wanted.map(partition => ({ topic: names.topic(topic), partition })));
    for (const one of bounds) {
      const end = Math.min(one.lastStable, to?.get(one.partition) ?? Infinity);
      for (let next = Math.max(one.start, from?.get(one.partition) ?? 0); next < end;) {
        const [answer] = await log.fetch([{ topic: one.topic, partition: one.partition, from: next, maxBytes: 4 << 20 }], 100);
        for (const record of answer!.records) if (record.offset < end && (where === undefined || where(record))) each(record);
        // Retention may have moved the start meanwhile: what is gone is not waited for.
        next = answer!.outOfRange ? Math.max(answer!.start, next + 1) : answer!.next;
      }
    }
  };
  return {
    append,
    publish: async (facts, source) => {
      const at = clock.now();
      await codec.prepare([...new Set(facts.map(fact => fact.type))]);
      const records = await Promise.all(
        facts.map(async fact => {
          const topic = topicOf(fact.type);
          if (topic === undefined) throw fatal('FACT_UNDECLARED', `publishing ${fact.type}: no topic carries it`);
          const key = Buffer.from(keyOf(topic, fact));
          const id = deliveryId(source, fact.type, at, randomUUID());
          return {
            topic: names.topic(topic.name),
            partition: partitionOf(key, await count(topic.name)),
            key,
            value: codec.encode(fact),
            headers: headersOf({ id, at, cause: id }, fact.type, source, 0),
          };
        }),
      );
      await append(records);
    },
    write: (topic, partition, key, value) =>
      append([{ topic: names.topic(topic), partition, key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)) }]),
    scan,
    events: async (topic, options) => {
      const records: LogRecord[] = [];
      await scan(topic, record => void records.push(record), options);
      await codec.ensure(records.map(record => record.value));
      return records.flatMap(record => {
        try {
          return [{ event: eventOf(codec, record), record }];
        } catch {
          return [];
        }
      });
    },
    close: async () => {
      await (await opened)?.close();
    },
  };
};
