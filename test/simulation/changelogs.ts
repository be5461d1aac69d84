/** What the units' changelogs say now: followed as they grow, so that looking often is cheap. */
import type { MemoryLog } from '../../runtime/memory/log.ts';
import { ownTopics } from '../../runtime/topology.ts';

/** Something that is set aside. */
export interface Aside {
  readonly unit: string;
  readonly partition: number;
  readonly scope: string;
}
export interface Changelogs {
  /** By plain topic, where a task stands. */
  readonly positions: (unit: string, partition: number) => Readonly<Record<string, number>>;
  readonly aside: () => readonly Aside[];
}

export const changelogsOf = (log: MemoryLog, units: readonly string[], partitions: number): Changelogs => {
  const all = units.flatMap(unit =>
    Array.from({ length: partitions }, (_, partition) => ({
      unit,
      partition,
      next: 0,
      positions: {},
      aside: new Map<string, Aside>(),
    })),
  );
  const follow = (one: (typeof all)[number]): (typeof all)[number] => {
    const { unit, partition } = one;
    const answer = log.look({ topic: ownTopics.changelog(unit), partition, from: one.next, maxBytes: Infinity });
    one.next = answer.next;
    for (const { key, value } of answer.records) {
      // The first letter says what it is: most are neither.
      if (key === null || (key[0] !== 0x70 && key[0] !== 0x6b)) continue;
      const name = key.toString();
      if (name === 'p') one.positions = JSON.parse(value!.toString()) as Readonly<Record<string, number>>;
      else if (value === null) one.aside.delete(name);
      else one.aside.set(name, { unit, partition, scope: name.split('\0').slice(1, -1).join('\0') });
    }
    return one;
  };
  return {
    positions: (unit, partition) => follow(all.find(one => one.unit === unit && one.partition === partition)!).positions,
    aside: () => all.flatMap(one => [...follow(one).aside.values()]),
  };
};
