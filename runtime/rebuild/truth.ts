/** What a task's changelog says, folded to one moment between two transactions: the truth that a rebuild is held against. */
import { ownTopics, nameOf } from '../topology.ts';
import { storeKeys } from '../task/keys.ts';
import type { Store } from '../store/store.ts';
import type { LogRecord } from '../port.ts';
import { gone, type RebuildWorld } from './world.ts';

export interface Truth {
  readonly store: Store;
  /** The changelog was read from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  /** The last transaction in it that the run log tells of; undefined: written by an earlier release, or nothing was. */
  readonly run: number | undefined;
  readonly positions: Readonly<Record<string, number>>;
}
const fetchBytes = 4 << 20;

/** Every committed record of a changelog, fetch by fetch. */
export const changelogOf = async function* (
  world: RebuildWorld,
  partition: number,
  from: number,
  end: number,
): AsyncGenerator<readonly LogRecord[]> {
  const topic = ownTopics.changelog(nameOf(world.unit));
  const at = { topic: world.names.topic(topic), partition };
  for (let next = from; next < end;) {
    const [answer] = await world.log.fetch([{ ...at, from: next, maxBytes: fetchBytes }], 100);
    if (answer!.outOfRange) throw gone(`reading ${topic}`, topic, partition, next, answer!.start);
    next = answer!.next;
    yield answer!.records.filter(record => record.offset < end && record.key !== null);
    world.progress?.({ partition, doing: 'changelog', done: next - from, of: end - from });
  }
};
/** Brings a store from one offset of the changelog to another. */
export const foldChangelog = async (
  world: RebuildWorld,
  partition: number,
  store: Store,
  from: number,
  end: number,
): Promise<void> => {
  for await (const records of changelogOf(world, partition, from, end)) {
    const changes = new Map(records.map(record => [record.key!.toString(), record.value?.toString() ?? null]));
    await store.commit(changes, { changelogNext: records.at(-1)?.offset ?? from });
  }
};

export const truthOf = async (world: RebuildWorld, partition: number): Promise<Truth> => {
  const topic = world.names.topic(ownTopics.changelog(nameOf(world.unit)));
  const [bounds] = await world.log.bounds([{ topic, partition }]);
  const { start, lastStable: end } = bounds!;
  const store = world.scratch();
  const filling = await store.filling(true, end - start);
  for await (const records of changelogOf(world, partition, start, end))
    await filling.add(records.map(({ key, value }) => [key!, value] as const));
  await filling.end({ changelogNext: end });
  const run = store.get(storeKeys.run);
  return {
    store,
    start,
    end,
    run: run === undefined ? undefined : Number(run),
    positions: JSON.parse(store.get(storeKeys.position) ?? '{}') as Readonly<Record<string, number>>,
  };
};
