/** How fast a full input is worked through: ours and the rival's, exactly once, and ours without the guarantee. */
import type { Bench } from '../bench.ts';
import { ours } from '../ours.ts';
import type { Contender } from '../rival.ts';

export interface Drained {
  readonly perSecond: number;
  readonly peakMiB: number;
  /** Over all outcomes, sorted; the checker found each of them right and there once. */
  readonly sha256: string;
  readonly group: string;
  readonly folder: string;
}
const startMs = 120_000;
const drainMs = 600_000;

export const verified = async (bench: Bench, records: number, skus?: number): Promise<string> => {
  const lines = await bench.rival.load(['verify', records], skus);
  const found = /^OK .* sha256 ([0-9a-f]{64})/.exec(lines.at(-1) ?? '');
  if (found === null) throw new Error(`checking the outputs: ${lines.join('\n')}`);
  return found[1]!;
};
const eventOf = (line: string): { readonly at: number; readonly committed: number } => {
  const [, at, committed] = line.split(' ');
  return { at: Number(at), committed: Number(committed ?? 0) };
};

export interface DrainOptions {
  readonly partitions: number;
  readonly records: number;
  readonly skus?: number;
}
/** From the first output that a reader of committed records sees until the group has committed all. */
export const drain = async (
  bench: Bench,
  contender: Contender,
  { partitions, records, skus }: DrainOptions,
): Promise<Drained> => {
  await bench.rival.load(['reset', partitions, records], skus);
  const group = bench.unique('bench-app');
  const folder = bench.folder('state');
  const watcher = bench.rival.loading(['watch', group, records]);
  await watcher.line('ready', startMs);
  const app = await contender.start({ group, folder, partitions });
  const first = eventOf(await app.during(watcher.line('first', startMs)));
  const done = eventOf(await app.during(watcher.line('done', drainMs)));
  await watcher.done();
  const peakMiB = await app.stop();
  const sha256 = await verified(bench, records, skus);
  return { perSecond: ((records - first.committed) * 1000) / (done.at - first.at), peakMiB, sha256, group, folder };
};

export const measureDrain = async (bench: Bench): Promise<void> => {
  const { records, repeats } = bench.options;
  for (let repeat = 1; repeat <= repeats; repeat++)
    for (const partitions of [1, 4]) {
      const once = (contender: Contender): Promise<Drained> => drain(bench, contender, { partitions, records });
      const rival = await once(bench.rival.streams('Kafka Streams', 'processing.guarantee=exactly_once_v2'));
      const exact = await once(ours(bench));
      const plain = await once(ours(bench, 'at-least-once'));
      if (rival.sha256 !== exact.sha256) throw new Error(`the outcomes differ: ${rival.sha256} and ${exact.sha256}`);
      bench.sample({ goal: `drain-${partitions}`, ours: exact.perSecond, beside: rival.perSecond });
      bench.sample({ goal: `price-${partitions}`, ours: exact.perSecond, beside: plain.perSecond });
      if (repeat === 1)
        bench.note(
          `drain-${partitions}`,
          `the sha256 of the outcomes is the same on both sides, ${exact.sha256.slice(0, 16)}…; ours took ${exact.peakMiB.toFixed(0)} MiB (RssAnon), the rival ${rival.peakMiB.toFixed(0)} MiB (RSS)`,
        );
      const [mine, theirs, without] = [exact, rival, plain].map(one => Math.round(one.perSecond).toLocaleString('en-US'));
      bench.say(
        `drain, ${partitions} partition(s), ${repeat} of ${repeats}: ours ${mine}, Streams ${theirs}, ours at least once ${without} rec/s`,
      );
    }
};
