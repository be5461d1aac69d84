/** What a fault has cost: how soon outputs flowed again, and how long others stood still meanwhile. */
import { until } from '../../support/until.ts';
import type { Instance, World } from '../fault.ts';
import { patienceMs } from './moment.ts';
import { partitions } from './plant.ts';

export interface TaskAt {
  readonly unit: string;
  readonly partition: number;
}
export const tasksOf = (one: Pick<Instance, 'units' | 'holds'>): readonly TaskAt[] =>
  one.units.flatMap(unit => one.holds(unit).map(partition => ({ unit, partition })));
export const everyTask = (units: readonly string[]): readonly TaskAt[] =>
  units.flatMap(unit => Array.from({ length: partitions }, (_, partition) => ({ unit, partition })));

export const unreadOf = ({ tail }: World, tasks: readonly TaskAt[], upTo?: number): number =>
  tasks.reduce((sum, { unit, partition }) => sum + tail.unreadOf(unit, partition, upTo), 0);

/** When one of these tasks first committed after a time. */
export const firstCommit = ({ tail }: World, tasks: readonly TaskAt[], after: number): number | undefined => {
  const firsts = tasks.flatMap(({ unit, partition }) => tail.commits(unit, partition).find(at => at > after) ?? []);
  return firsts.length === 0 ? undefined : Math.min(...firsts);
};
/** Waits for it; answers how long after `since` it came, ms. */
export const flowing = async (
  world: World,
  tasks: readonly TaskAt[],
  since: number,
  deadlineMs = patienceMs,
): Promise<number> => {
  const at = await until(
    `outputs of ${[...new Set(tasks.map(one => one.unit))].join(', ')}`,
    () => firstCommit(world, tasks, since),
    deadlineMs,
  );
  return at - since;
};
export const longestStall = ({ tail }: World, tasks: readonly TaskAt[], from: number, to: number): number =>
  Math.max(0, ...tasks.map(({ unit, partition }) => tail.longestWait(unit, partition, from, to)));

/** Until it answers that it has all its tasks, ms from now. */
export const readyAgain = async (one: Instance, deadlineMs = patienceMs): Promise<number> => {
  const begun = Date.now();
  await until(`${one.name} to have its tasks`, one.ready, deadlineMs);
  return Date.now() - begun;
};
export const others = (world: World, than: readonly Instance[]): readonly Instance[] =>
  Object.values(world.instances).filter(one => !than.includes(one));
