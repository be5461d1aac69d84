/** Lives of a process that tests end from outside or watch ending by itself: `node lives.ts member|everything BROKERS GROUP TOPIC`. */
import { kafkaLog } from '../../../runtime/kafka/log.ts';

const [what = '', brokers = '', group = '', topic = ''] = process.argv.slice(2);
const log = kafkaLog({ brokers, clientId: 'life' });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const join = () =>
  log.join(
    { group, topics: [topic], sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000 },
    {
      assigned: partitions => {
        say(`assigned ${partitions.join(',')} to ${member?.memberId() ?? ''}`);
      },
      revoked: () => undefined,
      heartbeat: () => undefined,
      fatal: error => {
        throw error;
      },
    },
  );
let member: Awaited<ReturnType<typeof join>> | undefined;

if (what === 'member') {
  member = await join();
  say(`joined as ${member.memberId() ?? ''}`);
} else if (what === 'everything') {
  member = await join();
  const task = await log.initProducer(`${group}.0`, 10_000);
  await task.send([{ topic, partition: 0, key: null, value: Buffer.from('open') }]);
  const appender = await log.appender();
  await appender.send([{ topic, partition: 0, key: null, value: Buffer.from('plain') }]);
  await log.committed(group, [topic]);
  await log.admin.topics();
  // One read waits for long, one connection is idle, and a member joins while another is there: all of it ends with the log.
  const reading = log.fetch([{ topic, partition: 0, from: 0, maxBytes: 1_000 }], 20_000).catch(() => say('read ended'));
  await log.fetch([{ topic, partition: 0, from: 0, maxBytes: 1_000 }], 0);
  void join().catch(() => undefined);
  await log.close();
  await reading;
  say('closed');
} else {
  await log.bounds([{ topic, partition: 0 }]).catch((error: unknown) => say((error as { code: string }).code));
  await log.close();
  say('closed');
}
