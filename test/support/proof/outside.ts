/** What is seen from outside the units: what was published, what hangs, where groups and stores stand, what a reader beside them saw. */
import { nameOf, ownTopics } from '../../../runtime/topology.ts';
import type { Evidence, Known, Operation, Problem } from './evidence.ts';
import { folded, partitionOf, stampOf, type Task } from './reading.ts';

const many = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** An event that was acknowledged is there once, one that was refused is not, one whose outcome is not known at most once. */
export const published = ({ history, topics }: Evidence): readonly Problem[] => {
  const counts = new Map<string, number>();
  const wanted = new Set(history.flatMap(one => (one.kind === 'publish' ? [one.topic] : [])));
  for (const topic of wanted)
    for (const { records } of topics.get(topic) ?? [])
      for (const record of records) {
        const name = `${topic} ${stampOf(record).id}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
  const fits: Readonly<Record<Known, (count: number) => boolean>> = {
    done: count => count === 1,
    failed: count => count === 0,
    unknown: count => count <= 1,
  };
  return history.flatMap((one): readonly Problem[] => {
    if (one.kind !== 'publish' || !topics.has(one.topic)) return [];
    const count = counts.get(`${one.topic} ${one.id}`) ?? 0;
    if (fits[one.outcome](count)) return [];
    return [
      { rule: 'published', where: one.topic, found: `event ${one.id} was answered ${one.outcome} and is there ${many(count)}` },
    ];
  });
};

/** No unit gave up. */
export const stopped = ({ history }: Evidence): readonly Problem[] =>
  history.flatMap((one): readonly Problem[] =>
    one.kind === 'stopped' ? [{ rule: 'stopped', where: one.unit, found: one.error }] : [],
  );

/** No transaction is left open: it would hold back every reader of its partitions. */
export const hanging = ({ topics }: Evidence): readonly Problem[] =>
  [...topics].flatMap(([topic, partitions]) =>
    partitions
      .filter(one => one.lastStable !== one.highWatermark)
      .map(one => ({
        rule: 'hanging' as const,
        where: `${topic}/${one.partition}`,
        found: `it can be read to ${one.lastStable} and ends at ${one.highWatermark}: a transaction was left open`,
      })),
  );

/** Group offsets, which tools and `waitsFor` read, never pass the position; where all was drained they are it. */
export const offsets = (evidence: Evidence, tasks: readonly Task[]): readonly Problem[] =>
  tasks.flatMap(task => {
    const group = evidence.groups.get(task.name);
    if (group === undefined) return [];
    return [...task.inputs, ownTopics.control(task.name)].flatMap((topic): readonly Problem[] => {
      const position = task.positions[topic] ?? 0;
      const committed = group.get(`${topic}/${task.partition}`);
      const { start } = partitionOf(evidence, topic, task.partition);
      const ahead = (committed ?? 0) > Math.max(position, start);
      if (!ahead && (!evidence.drained || (committed ?? start) === Math.max(position, start))) return [];
      const found = `the group committed ${committed ?? 'nothing'}, the position is ${position}`;
      return [{ rule: 'offsets', where: `${task.where} on ${topic}`, found }];
    });
  });

/** A local store holds exactly what the changelog says up to where the store says it has read. */
export const stores = (evidence: Evidence): readonly Problem[] =>
  evidence.stores.flatMap((store): readonly Problem[] => {
    if (store.changelogNext === undefined) return [];
    const where = `store of ${store.unit}/${store.partition}`;
    const changelog = partitionOf(evidence, ownTopics.changelog(store.unit), store.partition);
    if (store.changelogNext > changelog.highWatermark)
      return [
        {
          rule: 'store',
          where,
          found: `it has read to ${store.changelogNext}, the changelog ends at ${changelog.highWatermark}`,
        },
      ];
    const expected = folded(changelog.records, store.changelogNext);
    const differing = [...new Set([...expected.keys(), ...store.entries.keys()])].filter(
      key => expected.get(key) !== store.entries.get(key),
    );
    const [first] = differing;
    if (first === undefined) return [];
    const says = (value: string | undefined): string => (value === undefined ? 'nothing' : 'another value');
    const found = `${differing.length} entries differ from the changelog up to ${store.changelogNext}, the first ${JSON.stringify(first)}: the changelog has ${says(expected.get(first))}, the store ${says(store.entries.get(first))}`;
    return [{ rule: 'store', where, found }];
  });

type Read = Extract<Operation, { readonly kind: 'read' }>;
/** A reader beside the run saw what is there at the end, each record once and in order, and nothing else. */
export const readers = (evidence: Evidence): readonly Problem[] => {
  const seen = new Map<string, Read[]>();
  for (const one of evidence.history) {
    if (one.kind !== 'read') continue;
    const name = `${one.reader} ${one.topic} ${one.partition}`;
    const mine = seen.get(name);
    if (mine === undefined) seen.set(name, [one]);
    else mine.push(one);
  }
  return [...seen.values()].flatMap((reads): readonly Problem[] => {
    const [{ reader, topic, partition }] = reads as [Read];
    const { records } = partitionOf(evidence, topic, partition);
    const where = `${topic}/${partition}, read by ${reader}`;
    const last = reads.at(-1)!.offset;
    const there = records.filter(record => record.offset <= last);
    // What retention took since was there when it was read.
    const first = records[0]?.offset ?? Infinity;
    const read = reads.filter((one, i) => one.offset >= first || (reads[i - 1]?.offset ?? -1) >= one.offset);
    for (let i = 0; i < Math.max(there.length, read.length); i++) {
      const [one, record] = [read[i], there[i]];
      if (one !== undefined && record !== undefined && one.offset === record.offset && one.id === stampOf(record).id) continue;
      const found = `as number ${i} it was given offset ${one?.offset ?? 'none'} (${one?.id ?? '-'}), there is offset ${record?.offset ?? 'none'} (${record === undefined ? '-' : stampOf(record).id})`;
      return [{ rule: 'reader', where, found }];
    }
    return [];
  });
};

/** No fact of a unit has the id of another: whoever reads by ids takes a second one for a repetition. */
export const ids = (evidence: Evidence): readonly Problem[] => {
  const authors = new Set(evidence.units.map(nameOf));
  const problems: Problem[] = [];
  const outputs = new Set(evidence.units.flatMap(one => (one.kind === 'sink' ? [] : one.unit.writes.map(topic => topic.name))));
  for (const topic of outputs) {
    const known = new Map<string, string>();
    for (const { partition, records } of evidence.topics.get(topic) ?? [])
      for (const record of records) {
        const { id, source } = stampOf(record);
        if (!authors.has(source.split('/')[2] ?? '')) continue;
        const where = `${topic}/${partition}@${record.offset}`;
        const first = known.get(id);
        if (first !== undefined) problems.push({ rule: 'ids', where, found: `event ${id} is at ${first} already` });
        else known.set(id, where);
      }
  }
  return problems;
};
