/** The log's contract on the real broker. */
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import { logContract } from '../../contract/log.ts';
import { broker, uniqueName } from '../../support/broker.ts';

logContract('Kafka', async () => {
  const { brokers } = await broker();
  const log = kafkaLog({ brokers, clientId: 'contract' });
  const made: string[] = [];
  return {
    log,
    topic: async ({ partitions = 1, settings = {} } = {}) => {
      const name = uniqueName('contract');
      await log.admin.create([{ name, partitions, settings: { 'message.timestamp.type': 'LogAppendTime', ...settings } }]);
      made.push(name);
      return name;
    },
    close: async () => {
      await log.admin.remove(made);
      await log.close();
    },
  };
});
