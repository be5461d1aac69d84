/**
 * Reads what is decided of orders, from the beginning, until it is stopped (Ctrl-C): `node examples/read-decisions.ts BROKERS REGISTRY_URL [PREFIX]`.
 * The stock kafkajs hands out records of transactions that were taken back; the mended one does not.
 */
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { kafkajs } from '../runtime/kafka/mended.ts';
import type { FactsOn } from '../schemas/generated/facts.ts';
import type { topics } from '../schemas/topics.ts';

const [brokers = '127.0.0.1:19092', host = 'http://127.0.0.1:18081/apis/ccompat/v7', prefix = ''] = process.argv.slice(2);
const registry = new SchemaRegistry({ host });
const kafka = new kafkajs.Kafka({ clientId: 'analyst', brokers: brokers.split(','), logLevel: kafkajs.logLevel.ERROR });
// readUncommitted is false by default: read_committed is what makes the facts exact.
const consumer = kafka.consumer({ groupId: `${prefix}analyst-${process.pid}` });
process.once('SIGINT', () => void consumer.disconnect().then(() => process.exit(0)));

await consumer.connect();
await consumer.subscribe({ topic: `${prefix}order-decisions.v1`, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ partition, message: { value, headers, offset } }) => {
    if (value === null) return;
    const said = (name: string): string => headers?.[name]?.toString() ?? '';
    const decision = {
      type: said('ce_type').replace('onhand.', ''),
      data: (await registry.decode(value)) as unknown,
    } as FactsOn<typeof topics.orderDecisions>;
    const { order, revision } = decision.data;
    const money = decision.type === 'OrderConfirmed' ? ` ${decision.data.totalMinor} minor ${decision.data.currency}` : '';
    console.log(`${partition}:${offset} ${said('ce_time')} ${decision.type} ${order} revision ${revision}${money}`);
  },
});
