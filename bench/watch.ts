/** When outputs became visible to a reader of committed records, per partition: the same eye on ours and on the rival. */
import { kafkaLog } from '../runtime/kafka/log.ts';

export interface Watch {
  /** Epoch ms of each poll that brought something, by partition. */
  readonly moments: readonly (readonly number[])[];
  readonly close: () => Promise<void>;
}
const pollMs = 50;

/** From the end of the topic on. */
export const watchTopic = async (brokers: string, topic: string, partitions: number): Promise<Watch> => {
  const log = kafkaLog({ brokers, clientId: 'onhand-bench-watch' });
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const next = (await log.bounds(all)).map(one => one.lastStable);
  const moments = all.map((): number[] => []);
  let closing = false;
  const look = async (): Promise<void> => {
    const answers = await log.fetch(
      all.map((one, i) => ({ ...one, from: next[i]!, maxBytes: 1 << 20 })),
      pollMs,
    );
    const now = Date.now();
    answers.forEach((answer, i) => {
      next[i] = answer.next;
      if (answer.records.length > 0) moments[i]!.push(now);
    });
  };
  const looking = (async () => {
    while (!closing) await look();
  })();
  return {
    moments,
    close: async () => {
      closing = true;
      await looking;
      await log.close();
    },
  };
};
