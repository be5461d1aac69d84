/** Writes records with a producer's identity and sequence, and says of each partition whether it was done, certainly not, or perhaps. */
import type { Outcome, Outgoing, TopicPartition, Written } from '../port.ts';
import { encodeBatch } from './mended/batches.ts';
import { produceRound, type Bad, type Batch, type Identity, type Producing } from './produce-round.ts';

export interface Group extends TopicPartition {
  readonly records: Outgoing[];
}
/** Of one partition: what was written of it, and what went wrong with the rest. */
export interface GroupResult {
  readonly written: Written[];
  bad: Bad | undefined;
}

// The broker's default limit for a batch is 1,048,588; a request with many partitions stays far below its 100 MB.
const BATCH_BYTES = 1_000_000;
const REQUEST_BYTES = 8_000_000;
const SEQUENCES = 2 ** 31;

/** By partition, in the order given. */
export const groupByPartition = (records: readonly Outgoing[]): Group[] => {
  const topics = new Map<string, Map<number, Group>>();
  const groups: Group[] = [];
  let last: Group | undefined;
  for (const record of records) {
    if (last !== undefined && last.topic === record.topic && last.partition === record.partition) {
      last.records.push(record);
      continue;
    }
    let partitions = topics.get(record.topic);
    if (partitions === undefined) topics.set(record.topic, (partitions = new Map<number, Group>()));
    let group = partitions.get(record.partition);
    if (group === undefined) {
      group = { topic: record.topic, partition: record.partition, records: [] };
      partitions.set(record.partition, group);
      groups.push(group);
    }
    group.records.push(record);
    last = group;
  }
  return groups;
};

/** Everything of each partition in order; a broker takes one batch per partition and request, so large ones take several rounds. */
export const produceGroups = async (producing: Producing, groups: readonly Group[]): Promise<readonly GroupResult[]> => {
  const results = groups.map((): GroupResult => ({ written: [], bad: undefined }));
  const starts = groups.map(() => 0);
  for (;;) {
    const round: Batch[] = [];
    let size = 0;
    for (const [index, group] of groups.entries()) {
      const start = starts[index] ?? 0;
      if (start >= group.records.length || results[index]?.bad !== undefined || size > REQUEST_BYTES) continue;
      const batch = encodeNext(producing.identity, group, start, index);
      size += batch.bytes.length;
      round.push(batch);
    }
    if (round.length === 0) return results;
    await produceRound(producing, round);
    for (const batch of round) {
      const result = results[batch.index];
      if (result === undefined) continue;
      if (batch.baseOffset === undefined) result.bad = batch.bad;
      else {
        const { topic, partition, count, baseOffset } = batch;
        result.written.push({ topic, partition, baseOffset, count });
        advance(producing.identity, batch);
        starts[batch.index] = (starts[batch.index] ?? 0) + count;
      }
    }
  }
};

/** Of a whole send: done only if every partition was, certainly not only if none was touched. */
export const outcomeOf = (results: readonly GroupResult[]): Outcome<readonly Written[]> => {
  const bad = results.flatMap(result => (result.bad === undefined ? [] : [result.bad]));
  const first = bad.find(({ is }) => is === 'fenced') ?? bad.find(({ is }) => is === 'unknown') ?? bad[0];
  if (first === undefined) return { is: 'ok', value: results.flatMap(({ written }) => written) };
  const touched = results.some(({ written }) => written.length > 0);
  return first.is === 'failed' && touched ? { is: 'unknown', error: first.error } : first;
};

const encodeNext = (identity: Identity, group: Group, start: number, index: number): Batch => {
  const firstSequence = identity.sequences.get(group.topic)?.get(group.partition) ?? 0;
  const { bytes, count } = encodeBatch(group.records, start, {
    now: Date.now(),
    producerId: identity.producerId,
    producerEpoch: identity.producerEpoch,
    firstSequence,
    transactional: identity.transactionalId !== null,
    maxBytes: BATCH_BYTES,
    unstamped: true,
  });
  const { topic, partition } = group;
  return { topic, partition, index, count, bytes, baseOffset: undefined, bad: undefined, perhaps: false, again: false };
};

const advance = ({ sequences }: Identity, { topic, partition, count }: Batch): void => {
  let partitions = sequences.get(topic);
  if (partitions === undefined) sequences.set(topic, (partitions = new Map<number, number>()));
  partitions.set(partition, ((partitions.get(partition) ?? 0) + count) % SEQUENCES);
};
