/** A kafkajs consumer in a process of its own: `node consume.ts mended|stock BROKERS GROUP TOPIC [FROM]`; says what it reads, and why it stops. */
import type * as KafkaJS from 'kafkajs';
import { createRequire } from 'node:module';

const [which = '', brokers = '', groupId = '', topic = '', from] = process.argv.slice(2);
if (which === 'mended') await import('../../../runtime/kafka/mended.ts');
const require = createRequire(import.meta.url);
const { Kafka, logLevel } = require('kafkajs') as typeof KafkaJS;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const kafka = new Kafka({
  clientId: 'consume',
  brokers: [brokers],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 20, retries: 20 },
});
const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, readUncommitted: false });
consumer.on('consumer.crash', ({ payload }) => {
  say(
    `crash ${(payload.error as { cause?: { code?: string } }).cause?.code ?? payload.error.message} restart ${String(payload.restart)}`,
  );
});
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: from === undefined });
await consumer.run({ eachMessage: ({ message }) => Promise.resolve(say(`read ${String(message.value)}`)) });
if (from !== undefined) consumer.seek({ topic, partition: 0, offset: from });
