/** Memory with 100,000 keys, and how fast a lost store is filled again from the changelog that this left. */
import type { Bench } from '../bench.ts';
import { ours, probe } from '../ours.ts';
import { drain } from './drain.ts';

export interface Restored {
  /** Records of the changelog that were read, and keys that stand in the store afterwards. */
  readonly records: number;
  readonly keys: number;
  readonly ms: number;
}
const skus = 100_000;
const partitions = 4;

export const measureMemory = async (bench: Bench): Promise<void> => {
  const { repeats, quick } = bench.options;
  const records = quick ? 200_000 : 1_000_000;
  // Both end within a few MiB of the same each time: three repeats say it.
  const times = Math.min(3, repeats);
  for (let repeat = 1; repeat <= times; repeat++) {
    const rival = await drain(bench, bench.rival.streams('Kafka Streams', 'processing.guarantee=exactly_once_v2'), {
      ...{ partitions, records, skus },
    });
    const mine = await drain(bench, ours(bench), { partitions, records, skus });
    bench.sample({ goal: 'memory', ours: mine.peakMiB, beside: rival.peakMiB });
    bench.say(`memory, ${repeat} of ${times}: ours ${mine.peakMiB.toFixed(0)}, Streams ${rival.peakMiB.toFixed(0)} MiB`);
    // Fewer repeats of the drain leave the same changelog to be read oftener.
    for (let again = 0; again < Math.ceil(repeats / times); again++) {
      const one = await probe<Restored>(bench, 'restore', {
        ...{ GROUP: mine.group, DATA: bench.folder('restored'), PARTITIONS: String(partitions) },
      });
      const perSecond = (one.records * 1000) / one.ms;
      bench.sample({ goal: 'restore', ours: perSecond });
      bench.say(`restore: ${Math.round(perSecond).toLocaleString('en-US')} entries/s (${one.records} in ${one.ms} ms)`);
      if (repeat === 1 && again === 0)
        bench.note('restore', `${one.records} records of ${partitions} changelogs, one after another, into ${one.keys} keys`);
    }
  }
};
