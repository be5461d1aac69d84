/**
 * What a unit's tasks wrote, found by its cause. Outputs lie in other partitions than their causes, ahead of them or behind, so all
 * that are wanted are indexed on disk first: as much room as the outputs themselves take, and a transaction's worth of memory.
 */
import type { Fact } from '../model.ts';
import type { LogRecord } from '../port.ts';
import { separator, under } from '../task/keys.ts';
import { writesOf } from '../topology.ts';
import { envelopeOf } from '../wire/envelope.ts';
import { readerOf, stableTo } from './reader.ts';
import type { RebuildWorld } from './world.ts';

/** One output as it stands in its topic (by plain name). */
export interface Said {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly key: string;
  readonly cause: string;
  readonly sequence: number;
  /** The broker's, epoch ms. */
  readonly timestamp: number;
  readonly fact: Fact;
}
export interface Outputs {
  /** What followed from an event, in the order in which the rule said it; each output is handed out once. */
  readonly take: (partition: number, cause: string) => readonly Said[];
  /** What was handed out need not be kept any more. */
  readonly settle: () => Promise<void>;
  /** What nobody asked for, of a task. */
  readonly left: (partition: number) => Iterable<Said>;
  /** Where each output partition (`topic/partition`) began when it was indexed. */
  readonly starts: ReadonlyMap<string, number>;
}
type Stored = Pick<Said, 'id' | 'key' | 'timestamp'> & { readonly value: string };

const pad = (count: number, digits: number): string => String(count).padStart(digits, '0');
const batch = 5_000;

/** Per task the offsets, by `topic/partition`, from which its outputs are wanted; absent: all of them. */
export type From = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** 15 s: longer than a transaction may be open, of which the runtime's own last 10 s at most. */
const looks = 300;
/** What was written by now is waited for until it can be read. */
const readableEnd = async (world: RebuildWorld, topic: string, partition: number): Promise<number> => {
  const at = { topic: world.names.topic(topic), partition };
  const [bounds] = await world.log.bounds([at]);
  const end = bounds!.highWatermark;
  return Math.min(end, await stableTo(world, at, end, looks));
};

export const indexOutputs = async (world: RebuildWorld, tasks: readonly number[], from: From): Promise<Outputs> => {
  const { log, names, codec, unit } = world;
  const store = world.scratch();
  const source = `/onhand/${unit.unit.name}/`;
  const starts = new Map<string, number>();
  /** Not in the store yet: a new output, or null for one that was handed out. */
  let changes = new Map<string, string | null>();
  const settle = async (): Promise<void> => {
    await store.commit(changes, { changelogNext: 0 });
    changes = new Map();
  };
  const keep = (topic: string, record: LogRecord): void => {
    if (record.key === null || !(record.headers()['ce_source']?.toString() ?? '').startsWith(source)) return;
    const event = envelopeOf(record);
    const task = Number(event.source.slice(source.length));
    if (!tasks.includes(task) || record.offset < (from.get(task)?.get(`${topic}/${record.partition}`) ?? 0)) return;
    const place = [String(task), event.cause, pad(event.sequence, 6), topic, String(record.partition), pad(record.offset, 15)];
    const stored: Stored = {
      id: event.id,
      key: event.key,
      timestamp: record.timestamp,
      value: record.value?.toString('base64') ?? '',
    };
    changes.set(place.join(separator), JSON.stringify(stored));
  };
  const counts = await log.partitions(writesOf(unit).map(topic => names.topic(topic.name)));
  for (const { name: topic } of writesOf(unit))
    for (let partition = 0; partition < (counts.get(names.topic(topic)) ?? 0); partition++) {
      const at = `${topic}/${partition}`;
      const wanted = Math.min(...tasks.map(task => from.get(task)?.get(at) ?? 0));
      const end = await readableEnd(world, topic, partition);
      const reader = await readerOf(world, topic, partition, wanted);
      starts.set(at, reader.start);
      for (let next = Math.max(wanted, reader.start); next < end;) {
        next = Math.min(next + batch, end);
        await reader.fill(next - 1);
        for (let one = reader.peek(); one !== undefined && one.offset < next; one = reader.peek()) {
          keep(topic, one);
          reader.take();
        }
        await settle();
        world.progress?.({ partition, doing: 'outputs', done: next, of: end });
      }
    }
  const saidAt = (storeKey: string, value: string): Said => {
    const [, cause, sequence, topic, partition, offset] = storeKey.split(separator) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const { value: bytes, ...rest } = JSON.parse(value) as Stored;
    const where = `${topic}/${partition}@${Number(offset)}`;
    const fact = codec.decode(Buffer.from(bytes, 'base64'), where);
    return {
      ...rest,
      topic,
      partition: Number(partition),
      offset: Number(offset),
      cause,
      sequence: Number(sequence),
      fact,
    };
  };
  return {
    starts,
    settle,
    take: (partition, cause) => {
      const chosen = new Map<number, readonly [string, Said]>();
      for (const [storeKey, value] of store.range(under(String(partition), cause))) {
        if (changes.get(storeKey) === null) continue;
        const said = saidAt(storeKey, value);
        const other = chosen.get(said.sequence)?.[1];
        // An event that came twice has two sets of outputs, the earlier one first.
        const earlier =
          other === undefined ||
          said.timestamp < other.timestamp ||
          (said.timestamp === other.timestamp && said.offset < other.offset);
        if (earlier) chosen.set(said.sequence, [storeKey, said]);
      }
      for (const [storeKey] of chosen.values()) changes.set(storeKey, null);
      return [...chosen.values()].map(([, said]) => said).sort((a, b) => a.sequence - b.sequence);
    },
    *left(partition) {
      const prefix = String(partition);
      for (const [storeKey, value] of store.range(under(prefix)))
        if (changes.get(storeKey) !== null) yield saidAt(storeKey, value);
    },
  };
};
