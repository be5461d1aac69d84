/** The run log against the inputs: each record taken once and in order by processors and producers, none passed over by sinks. */
import type { LogRecord } from '../../../runtime/port.ts';
import { ownTopics } from '../../../runtime/topology.ts';
import type { Evidence, Problem } from './evidence.ts';
import { indexAt, partitionOf, recordAt, stampOf, type Item, type Task } from './reading.ts';

/** What names a record of an input: where it was taken, and not where something set aside was worked on later. */
const taken = ({ what }: Item): { readonly topic: string; readonly from: number; readonly to: number } | undefined => {
  if ('from' in what) return what;
  if (!('skipped' in what) || what.code === 'SKIPPED' || what.topic === 'alarm') return undefined;
  return { topic: what.topic, from: what.skipped, to: what.skipped };
};

export const consumed = (evidence: Evidence, tasks: readonly Task[]): readonly Problem[] =>
  tasks.flatMap(task => {
    const counted = numbers(evidence, task);
    const topics = [...task.inputs, ownTopics.control(task.name)].filter(topic => evidence.topics.has(topic));
    const found = topics.flatMap(topic =>
      [
        task.unit.kind === 'sink' ? passedOver(evidence, task, topic) : inOrder(evidence, task, topic),
        left(evidence, task, topic),
      ].flatMap((said): Problem[] =>
        said === undefined ? [] : [{ rule: 'consumed', where: `${task.where} on ${topic}`, found: said }],
      ),
    );
    return counted === undefined ? found : [{ rule: 'consumed', where: task.where, found: counted }, ...found];
  });

/** The run log numbers its transactions without a gap, and the changelog has come to the last of them. */
const numbers = (evidence: Evidence, task: Task): string | undefined => {
  if (partitionOf(evidence, ownTopics.runs(task.name), task.partition).start > 0) return undefined;
  let last = 0;
  for (const { n, offset } of task.items) {
    if (n !== last && n !== last + 1) return `the run log has transaction number ${n} at offset ${offset}, after number ${last}`;
    last = n;
  }
  const known = Number(task.entries.get('n') ?? 0);
  return known === last ? undefined : `the changelog has come to transaction number ${known}, the run log to ${last}`;
};

const left = ({ drained, topics }: Evidence, task: Task, topic: string): string | undefined => {
  const { lastStable, start } = topics.get(topic)?.find(one => one.partition === task.partition) ?? { lastStable: 0, start: 0 };
  const position = task.positions[topic] ?? 0;
  if (!drained || Math.max(position, start) >= lastStable) return undefined;
  return `all faults are over, and it stands at ${position} of ${lastStable}`;
};

/** Each record once, in order, none left out, up to the position. */
const inOrder = (evidence: Evidence, task: Task, topic: string): string | undefined => {
  const { records, start } = partitionOf(evidence, topic, task.partition);
  let next = 0;
  for (const item of task.items) {
    const one = taken(item);
    if (one?.topic !== topic || one.to < start) continue;
    const first = indexAt(records, one.from);
    if (first < next) return `transaction ${item.offset} of its run log takes offset ${one.from}, which was taken before`;
    if (first > next)
      return `transaction ${item.offset} of its run log takes offset ${one.from}, and nobody took ${records[next]!.offset}`;
    if (one.from >= start && records[first]?.offset !== one.from)
      return `transaction ${item.offset} of its run log takes offset ${one.from}, where no committed record is`;
    next = indexAt(records, one.to + 1);
    if (records[next - 1]?.offset !== one.to)
      return `transaction ${item.offset} of its run log takes up to offset ${one.to}, where no committed record is`;
  }
  const position = Math.max(task.positions[topic] ?? 0, start);
  const expected = indexAt(records, position);
  if (expected > next) return `the position is ${position}, and nobody took ${records[next]!.offset}`;
  return expected < next ? `the position is ${position}, and ${records[next - 1]!.offset} was taken already` : undefined;
};

/** A sink finishes records in any order, each once; the position passes none that was not answered for. */
const passedOver = (evidence: Evidence, task: Task, topic: string): string | undefined => {
  const { records, start } = partitionOf(evidence, topic, task.partition);
  const seen = new Set<number>();
  for (const item of task.items) {
    const one = taken(item);
    if (one?.topic !== topic || one.to < start) continue;
    const to = indexAt(records, one.to + 1);
    if (records[to - 1]?.offset !== one.to)
      return `transaction ${item.offset} of its run log names offset ${one.to}, where no committed record is`;
    for (let i = indexAt(records, one.from); i < to; i++) {
      const { offset } = records[i]!;
      if ('from' in item.what && seen.has(offset))
        return `transaction ${item.offset} of its run log finishes ${offset} a second time`;
      seen.add(offset);
    }
  }
  // Operators' words are logged when they are heard; an unheard one is the same loss.
  const missed = records.find(record => record.offset < (task.positions[topic] ?? 0) && !seen.has(record.offset));
  return missed === undefined
    ? undefined
    : `the position is ${task.positions[topic]}, and nothing says what became of ${missed.offset} (${stampOf(missed).id})`;
};

/** The records that an item of a run log is about, in order. */
export const recordsOf = (evidence: Evidence, task: Task, { what }: Item): readonly LogRecord[] => {
  if ('from' in what) {
    const { records } = partitionOf(evidence, what.topic, task.partition);
    return records.slice(indexAt(records, what.from), indexAt(records, what.to + 1));
  }
  const offset = 'retried' in what ? what.retried : 'skipped' in what ? what.skipped : -1;
  const found = 'topic' in what ? recordAt(evidence, what.topic, task.partition, offset) : undefined;
  return found === undefined ? [] : [found];
};
