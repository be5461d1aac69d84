/** Reads the evidence from a log: every topic of the units, and their groups' offsets. Call it when no transaction is under way. */
import type { Log, LogRecord } from '../../../runtime/port.ts';
import { inputsOf, nameOf, ownTopics, subscribed, type Names, type Unit } from '../../../runtime/topology.ts';
import type { Codec } from '../../../runtime/wire/codec.ts';
import type { Evidence, PartitionEnd } from './evidence.ts';

export interface Gathering extends Pick<Evidence, 'units' | 'policies' | 'drained' | 'endedAt'> {
  readonly log: Log;
  readonly names: Names;
  readonly codec: Codec;
  /** Plain names of other topics that `publish` and `read` operations name. */
  readonly alsoTopics?: readonly string[];
}

/** Everything the units read, write and own, by plain name. */
export const topicsOf = (units: readonly Unit[]): readonly string[] => [
  ...new Set(
    units.flatMap(one => {
      const name = nameOf(one);
      const own = [ownTopics.changelog, ownTopics.runs, ownTopics.control, ownTopics.dlq].map(topicOf => topicOf(name));
      const outputs = one.kind === 'sink' ? [ownTopics.replay(name)] : one.unit.writes.map(topic => topic.name);
      return [...inputsOf(one).map(topic => topic.name), ...outputs, ...own];
    }),
  ),
];

const fetchBytes = 8 << 20;
const partitionEnd = async (log: Log, topic: string, partition: number): Promise<PartitionEnd> => {
  const [bounds] = await log.bounds([{ topic, partition }]);
  const { start, lastStable, highWatermark } = bounds!;
  const records: LogRecord[] = [];
  for (let next = start; next < lastStable;) {
    const [answer] = await log.fetch([{ topic, partition, from: next, maxBytes: fetchBytes }], 0);
    if (answer!.outOfRange) break;
    for (const record of answer!.records) if (record.offset < lastStable) records.push(record);
    next = answer!.next;
  }
  return { partition, start, lastStable, highWatermark, records };
};

export const gather = async (from: Gathering): Promise<Omit<Evidence, 'stores' | 'history' | 'targets' | 'prompt'>> => {
  const { log, names, codec, units } = from;
  const wanted = [...new Set([...topicsOf(units), ...(from.alsoTopics ?? [])])];
  const counts = await log.partitions(wanted.map(names.topic));
  const topics = new Map<string, readonly PartitionEnd[]>();
  for (const topic of wanted) {
    const count = counts.get(names.topic(topic)) ?? 0;
    const ends: PartitionEnd[] = [];
    for (let partition = 0; partition < count; partition++) ends.push(await partitionEnd(log, names.topic(topic), partition));
    topics.set(topic, ends);
    // What is not an event of ours may name any schema; it is asked for and may stay unknown.
    await codec.ensure(ends.flatMap(one => one.records.map(record => record.value)));
  }
  const groups = new Map<string, ReadonlyMap<string, number>>();
  for (const unit of units) {
    const committed = await log.committed(names.group(nameOf(unit)), subscribed(unit).map(names.topic));
    groups.set(
      nameOf(unit),
      new Map(committed.map(one => [`${names.plain(one.topic) ?? one.topic}/${one.partition}`, one.offset])),
    );
  }
  const { policies, drained, endedAt } = from;
  return { units, policies, codec, topics, groups, drained, endedAt };
};
