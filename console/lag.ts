/** `onhand lag`: how far each unit is behind the last stable offset, what it has set aside, and whether anyone works on it. */
import { inputsOf, nameOf } from '../runtime/topology.ts';
import type { Context } from './context.ts';
import { parkedItems } from './parked.ts';

interface UnitLag {
  readonly unit: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | null;
  readonly lastStable: number;
  readonly lag: number;
}
export const lagOf = async (context: Context): Promise<readonly UnitLag[]> => {
  const log = context.log();
  const names = context.names();
  const rows: UnitLag[] = [];
  for (const unit of context.units) {
    const topics = inputsOf(unit).map(topic => topic.name);
    const counts = await log.partitions(topics.map(names.topic));
    const all = topics.flatMap(topic =>
      Array.from({ length: counts.get(names.topic(topic)) ?? 0 }, (_, partition) => ({ topic: names.topic(topic), partition })),
    );
    const [bounds, committed] = [await log.bounds(all), await log.committed(names.group(nameOf(unit)), topics.map(names.topic))];
    for (const one of bounds) {
      const known = committed.find(at => at.topic === one.topic && at.partition === one.partition)?.offset;
      rows.push({
        unit: nameOf(unit),
        topic: names.plain(one.topic) ?? one.topic,
        partition: one.partition,
        committed: known ?? null,
        lastStable: one.lastStable,
        lag: Math.max(0, one.lastStable - Math.max(known ?? 0, one.start)),
      });
    }
  }
  return rows;
};
export const showLag = async (context: Context, partitions: boolean): Promise<void> => {
  const rows = await lagOf(context);
  const parked = await parkedItems(context);
  const units = [...new Set(rows.map(one => one.unit))].map(unit => {
    const mine = rows.filter(one => one.unit === unit);
    return {
      unit,
      lag: mine.reduce((sum, one) => sum + one.lag, 0),
      worst: mine.reduce((worst, one) => (one.lag > worst.lag ? one : worst)),
      parked: parked.filter(one => one.unit === unit).length,
      everWorked: mine.some(one => one.committed !== null),
    };
  });
  context.output.show({
    json: partitions ? rows : units,
    ...(partitions
      ? {
          head: ['unit', 'topic', 'partition', 'committed', 'last stable', 'lag'],
          rows: rows.map(one => [one.unit, one.topic, one.partition, one.committed ?? 'never', one.lastStable, one.lag]),
        }
      : {
          head: ['unit', 'behind', 'most on', 'set aside'],
          rows: units.map(one => [
            one.unit,
            one.everWorked || one.lag === 0 ? one.lag : `${one.lag} (never ran)`,
            one.worst.lag === 0 ? '' : `${one.worst.topic} ${one.worst.partition}`,
            one.parked,
          ]),
        }),
  });
};
