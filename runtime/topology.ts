/** What stands between the units, as values: which topics each reads, writes and owns, under which names. */
import type { AnyProcessor, AnyProducer, AnySink, Topic } from './model.ts';
import type { TopicSpec } from './port.ts';

export type Unit =
  | { readonly kind: 'producer'; readonly unit: AnyProducer }
  | { readonly kind: 'processor'; readonly unit: AnyProcessor }
  | { readonly kind: 'sink'; readonly unit: AnySink };

/** A producer and a sink of one system share its name, so a producer's tasks are named for the intake that they read. */
export const nameOf = (one: Unit): string => (one.kind === 'producer' ? `${one.unit.name}-intake` : one.unit.name);
/** The unit of this name; a channel's name stands for its producer, before a sink of the same name: rules wait for channels. */
export const unitNamed = (units: readonly Unit[], name: string): Unit | undefined =>
  units.find(one => one.kind === 'producer' && one.unit.name === name) ?? units.find(one => nameOf(one) === name);
/** The topics whose records a unit works on, without the operator's. */
export const inputsOf = (one: Unit): readonly Topic[] => (one.kind === 'producer' ? [one.unit.intake] : one.unit.reads);
export const writesOf = (one: Unit): readonly Topic[] => (one.kind === 'sink' ? [] : one.unit.writes);

/** A unit's own topics. `control` carries what operators decide (retry, skip), `replay` what a sink shall do again. */
export const ownTopics = {
  changelog: (unit: string): string => `${unit}.changelog`,
  runs: (unit: string): string => `${unit}.runs`,
  control: (unit: string): string => `${unit}.control`,
  replay: (unit: string): string => `${unit}.replay`,
  dlq: (unit: string): string => `dlq.${unit}`,
  /** Where a producer's polls have come to. */
  cursors: (unit: string): string => `${unit}.cursors`,
};
/** Everything a unit subscribes to, operator's topics last. */
export const subscribed = (one: Unit): readonly string[] => [
  ...inputsOf(one).map(topic => topic.name),
  ownTopics.control(nameOf(one)),
  ...(one.kind === 'sink' ? [ownTopics.replay(nameOf(one))] : []),
];

/** Names in a shared cluster: everything Onhand owns there begins with the prefix. */
export interface Names {
  readonly topic: (name: string) => string;
  readonly group: (unit: string) => string;
  readonly transactionalId: (unit: string, partition: number) => string;
  /** The name within Onhand of a topic of the cluster, or undefined when it is not ours. */
  readonly plain: (topic: string) => string | undefined;
}
export const namesOf = (prefix: string): Names => ({
  topic: name => prefix + name,
  group: unit => prefix + unit,
  transactionalId: (unit, partition) => `${prefix}${unit}.${partition}`,
  plain: topic => (topic.startsWith(prefix) ? topic.slice(prefix.length) : undefined),
});

const day = 86_400_000;
/** Sealed bodies of a megabyte are facts too; a broker's default refuses those. */
const largestRecord = 4 << 20;
/** The largest record, set aside: in base64 with its origin in the changelog, with its coordinates and why in the DLQ. */
const largestKept = 2 * largestRecord;
const common = {
  'message.timestamp.type': 'LogAppendTime',
  'compression.type': 'producer',
  'max.message.bytes': String(largestRecord),
};
const roomy = { 'max.message.bytes': String(largestKept) };
const kept = (days: number | 'forever'): Readonly<Record<string, string>> => ({
  ...common,
  'cleanup.policy': 'delete',
  'retention.ms': days === 'forever' ? '-1' : String(days * day),
  'retention.bytes': '-1',
});
const compacted = { ...common, 'cleanup.policy': 'compact', 'delete.retention.ms': String(7 * day), 'segment.ms': String(day) };

/** A topic that no unit reads or writes: the audit. */
export const specOf = (topic: Topic, names: Names, partitions?: number): TopicSpec => ({
  name: names.topic(topic.name),
  partitions: partitions ?? topic.partitions,
  settings: topic.table ? { ...compacted } : kept(topic.retentionDays),
});
/** All topics that these units need, named for the cluster: the deployment step makes them, a running service never does. */
export const topicSpecs = (units: readonly Unit[], names: Names, partitions?: number): readonly TopicSpec[] => {
  const specs = new Map<string, TopicSpec>();
  const add = (name: string, count: number, settings: Readonly<Record<string, string>>): void => {
    specs.set(name, { name: names.topic(name), partitions: count, settings });
  };
  const count = (topics: readonly Topic[]): number => partitions ?? Math.max(...topics.map(topic => topic.partitions));
  for (const one of units) {
    for (const topic of [...inputsOf(one), ...writesOf(one)])
      add(topic.name, partitions ?? topic.partitions, topic.table ? { ...compacted } : kept(topic.retentionDays));
    const [name, size] = [nameOf(one), count(inputsOf(one))];
    add(ownTopics.changelog(name), size, { ...compacted, ...roomy });
    add(ownTopics.runs(name), size, kept('forever'));
    add(ownTopics.control(name), size, kept('forever'));
    add(ownTopics.dlq(name), size, { ...kept('forever'), ...roomy });
    if (one.kind === 'sink') add(ownTopics.replay(name), size, kept(90));
    if (one.kind === 'producer') add(ownTopics.cursors(name), 1, compacted);
  }
  return [...specs.values()];
};
/** What is wrong with a topology, in words: undeclared readers, differing keys, a table as a processor's input. */
export const topologyProblems = (units: readonly Unit[]): readonly string[] => [
  ...units
    .filter((one, i) => units.findIndex(other => nameOf(other) === nameOf(one)) !== i)
    .map(one => `two units are named ${nameOf(one)}`),
  ...units.flatMap(one => {
    const inputs = inputsOf(one);
    const [first] = inputs;
    if (first === undefined) return [`${nameOf(one)} reads nothing`];
    const alike = (topic: Topic): boolean => topic.key.length === first.key.length;
    return [
      ...(one.kind === 'processor'
        ? inputs
            .filter(topic => !alike(topic))
            .map(
              topic =>
                `${nameOf(one)} reads ${first.name} by (${first.key.join(', ')}) and ${topic.name} by (${topic.key.join(', ')}): inputs of a processor share their key`,
            )
        : []),
      ...(one.kind === 'processor'
        ? inputs
            .filter(topic => topic.table)
            .map(topic => `${nameOf(one)} reads ${topic.name}, a table: tables are for readers outside`)
        : []),
    ];
  }),
];
