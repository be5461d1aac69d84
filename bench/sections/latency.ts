/** From a record's timestamp, set as it is sent, to the poll that shows its output to a reader of committed records. */
import type { Bench } from '../bench.ts';
import { ours } from '../ours.ts';
import type { Contender } from '../rival.ts';
import { verified } from './drain.ts';

interface Latency {
  readonly p50: number;
  readonly p99: number;
}
const partitions = 4;
const perSecond = 500;
const startMs = 120_000;

const latency = async (bench: Bench, contender: Contender, warmUp: number, seconds: number): Promise<Latency> => {
  await bench.rival.load(['reset', partitions, warmUp]);
  const group = bench.unique('bench-app');
  const watcher = bench.rival.loading(['watch', group, warmUp]);
  await watcher.line('ready', startMs);
  const app = await contender.start({ group, folder: bench.folder('state'), partitions });
  await app.during(watcher.line('done', startMs));
  await watcher.done();
  const lines = await app.during(bench.rival.load(['steady', warmUp, perSecond, seconds]));
  const found = /: p50 (\d+) p90 \d+ p99 (\d+) max \d+ ms$/.exec(lines.at(-1) ?? '');
  if (found === null) throw new Error(`measuring latency: the watcher said ${lines.join('\n')}`);
  await app.stop();
  await verified(bench, warmUp + perSecond * seconds);
  return { p50: Number(found[1]), p99: Number(found[2]) };
};

export const measureLatency = async (bench: Bench): Promise<void> => {
  const { repeats, quick } = bench.options;
  const [warmUp, seconds] = quick ? [20_000, 8] : [100_000, 20];
  const tuned = bench.rival.streams(
    'Kafka Streams, tuned',
    ...['processing.guarantee=exactly_once_v2', 'commit.interval.ms=20', 'producer.linger.ms=0'],
  );
  for (let repeat = 1; repeat <= repeats; repeat++) {
    const rival = await latency(bench, tuned, warmUp, seconds);
    const mine = await latency(bench, ours(bench), warmUp, seconds);
    bench.sample({ goal: 'latency-p50', ours: mine.p50, beside: rival.p50 });
    bench.sample({ goal: 'latency-p99', ours: mine.p99, beside: rival.p99 });
    bench.say(
      `latency, ${repeat} of ${repeats}: ours p50 ${mine.p50} p99 ${mine.p99} ms, Streams tuned p50 ${rival.p50} p99 ${rival.p99} ms`,
    );
  }
};
