/**
 * kill -9 while work comes in steadily, and a restart one second later: when the killed one's partitions have an output again, and
 * how long the others are silent meanwhile. Ours runs as two processes, one of which is killed; the rival, as in its own figures, as one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { ours } from '../ours.ts';
import type { Contender, Working } from '../rival.ts';
import { longestGap } from '../statistics.ts';
import { watchTopic } from '../watch.ts';
import { verified } from './drain.ts';

interface Recovery {
  /** From the restart to the first output of a partition that the killed one had. */
  readonly firstMs: number;
  /** Of partitions that it did not have, from the kill until ten seconds after the restart; undefined when it had all. */
  readonly stallMs: number | undefined;
}
interface Scene {
  readonly contender: Contender;
  readonly instances: 1 | 2;
  readonly perSecond: number;
  readonly seconds: number;
  /** Longest that the first output may take. */
  readonly withinMs: number;
}
const partitions = 4;
const warmUp = 20_000;
const startMs = 120_000;
const killedForMs = 1_000;
const watchedMs = 10_000;

const until = async <T>(what: string, look: () => T | undefined, deadlineMs: number): Promise<T> => {
  for (const end = Date.now() + deadlineMs; ; await delay(5)) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waiting for ${what}: not within ${deadlineMs / 1000} s`);
  }
};

export const recovery = async (bench: Bench, scene: Scene): Promise<Recovery> => {
  const { contender, instances, perSecond, seconds, withinMs } = scene;
  await bench.rival.load(['reset', partitions, warmUp]);
  const group = bench.unique('bench-app');
  const warm = bench.rival.loading(['watch', group, warmUp]);
  await warm.line('ready', startMs);
  const folders = Array.from({ length: instances }, () => bench.folder('state'));
  const places = folders.map(folder => ({ group, folder, partitions }));
  const apps: Working[] = [];
  for (const place of places) {
    const app = await contender.start(place);
    await app.open();
    apps.push(app);
  }
  await apps[0]!.during(warm.line('done', startMs));
  await warm.done();
  const watch = await watchTopic(bench.brokers, 'bench.stock', partitions);
  const steady = bench.rival.loading(['steady', warmUp, perSecond, seconds]);
  const after = (at: number): readonly (number | undefined)[] => watch.moments.map(all => all.findLast(one => one > at));
  const begun = Date.now();
  const flowing = until('outputs of every partition', () => (after(begun).includes(undefined) ? undefined : true), startMs);
  await Promise.all(apps.map(app => app.during(flowing)));
  await apps[0]!.during(delay((seconds * 1000) / 3));
  const had = apps[0]!.partitions();
  if (had.length !== partitions / instances)
    throw new Error(`the one to be killed works on ${had.length} of ${partitions} partitions, one of ${instances}`);
  const killedAt = Date.now();
  await apps[0]!.kill();
  await delay(killedForMs - (Date.now() - killedAt));
  const restartedAt = Date.now();
  apps[0] = await contender.start(places[0]!);
  const firstOf = (): number | undefined =>
    had
      .flatMap(partition => watch.moments[partition]!.find(at => at > restartedAt) ?? [])
      .toSorted((one, other) => one - other)[0];
  const first = await apps[0].during(until('the first output after the restart', firstOf, withinMs));
  await steady.done();
  const done = bench.rival.loading(['watch', group, warmUp + perSecond * seconds]);
  await done.done();
  for (const app of apps) await app.stop();
  await watch.close();
  await verified(bench, warmUp + perSecond * seconds);
  const stalls = watch.moments
    .filter((_, partition) => !had.includes(partition))
    .map(all => longestGap(all, killedAt, restartedAt + watchedMs));
  return { firstMs: first - restartedAt, stallMs: instances === 1 ? undefined : Math.max(...stalls) };
};

export const measureRecovery = async (bench: Bench): Promise<void> => {
  const { repeats, quick } = bench.options;
  const perSecond = 4_000;
  const seconds = quick ? 15 : 20;
  const rival = (name: string, ...settings: readonly string[]): Scene => ({
    ...{ contender: bench.rival.streams(name, 'processing.guarantee=exactly_once_v2', ...settings), instances: 1 },
    ...{ perSecond, seconds, withinMs: 120_000 },
  });
  const mine: Scene = { contender: ours(bench), instances: 2, perSecond, seconds, withinMs: 60_000 };
  const fixed = rival('Kafka Streams, static membership', 'group.instance.id=bench-1');
  // 45 s of silence each, always the same: measured once.
  const byDefault = (await recovery(bench, rival('Kafka Streams, default settings'))).firstMs;
  bench.say(`recovery: Streams with default settings ${byDefault} ms`);
  for (let repeat = 1; repeat <= repeats; repeat++) {
    const theirs = await recovery(bench, fixed);
    const own = await recovery(bench, mine);
    bench.sample({ goal: 'recovery-first', ours: own.firstMs, beside: theirs.firstMs });
    if (repeat === 1) bench.sample({ goal: 'recovery-default', ours: own.firstMs, beside: byDefault });
    bench.sample({ goal: 'recovery-stall', ours: own.stallMs! });
    bench.say(
      `recovery, ${repeat} of ${repeats}: ours ${own.firstMs} ms, others silent for ${own.stallMs!} ms; Streams static ${theirs.firstMs} ms`,
    );
  }
};
