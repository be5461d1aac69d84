/** The inputs of a task in the order of its run log: each committed record is told of once, and none is left out. */
import type { LogRecord } from '../port.ts';
import type { Consumed } from '../task/keys.ts';
import { Parted, type Difference } from './differing.ts';
import { readerOf, type Reader } from './reader.ts';
import type { Transaction } from './runs.ts';
import { gone, type RebuildWorld } from './world.ts';

export interface Claims {
  /** Reads what a transaction tells of, and answers it. Throws HISTORY_GONE when retention has taken some. */
  readonly prepare: (at: Transaction) => Promise<readonly LogRecord[]>;
  /** The record at this offset, which must be the next of its input. */
  readonly take: (at: Transaction, topic: string, offset: number) => LogRecord;
  /** The next record of an input if it lies not behind this offset. */
  readonly more: (topic: string, to: number) => LogRecord | undefined;
  /** All that lies below these positions must have been told of. */
  readonly end: (positions: Readonly<Record<string, number>>) => Promise<void>;
  /** Next offsets, by plain topic. */
  readonly next: ReadonlyMap<string, number>;
}
/** A difference that ends the fold. */
export const parted = (
  at: Transaction | undefined,
  difference: Omit<Difference, 'at' | 'rebuilt' | 'stored'> & Partial<Difference>,
): Parted => new Parted({ rebuilt: null, stored: null, ...difference, at: { transaction: at?.n, run: at?.offset } });

/** The part of an item that names records of an input. */
const claimOf = (item: Consumed): { readonly topic: string; readonly from: number; readonly to: number } | undefined => {
  if ('from' in item) return item;
  if (!('skipped' in item) || item.code === 'SKIPPED') return undefined;
  return { topic: item.topic, from: item.skipped, to: item.skipped };
};

/** `from`: where each input goes on; absent: from its beginning. */
export const claimsOf = (world: RebuildWorld, partition: number, from: ReadonlyMap<string, number>): Claims => {
  const readers = new Map<string, Reader>();
  const next = new Map(from);
  const readerFor = async (topic: string): Promise<Reader> => {
    const found = readers.get(topic) ?? (await readerOf(world, topic, partition, next.get(topic)));
    readers.set(topic, found);
    return found;
  };
  const untold = (at: Transaction | undefined, topic: string, offset: number, goesOn: string): Parted =>
    parted(at, {
      what: 'run log',
      key: `${topic}/${partition}@${offset}`,
      says: `${goesOn}, and nothing tells what became of offset ${offset}`,
    });
  const taken = (topic: string): LogRecord => {
    const record = readers.get(topic)!.take()!;
    next.set(topic, record.offset + 1);
    return record;
  };
  return {
    next,
    prepare: async at => {
      const wanted = new Map<string, { readonly from: number; readonly to: number }>();
      for (const item of at.consumed) {
        const one = claimOf(item);
        if (one !== undefined) wanted.set(one.topic, { from: wanted.get(one.topic)?.from ?? one.from, to: one.to });
      }
      const records: LogRecord[] = [];
      for (const [topic, { from: first, to }] of wanted) {
        const reader = await readerFor(topic);
        if (first < reader.start) throw gone(`folding transaction ${at.n ?? at.offset}`, topic, partition, first, reader.start);
        await reader.fill(to);
        for (const record of reader.held(to)) records.push(record);
      }
      return records;
    },
    take: (at, topic, offset) => {
      const head = readers.get(topic)!.peek();
      if (head?.offset === offset) return taken(topic);
      if (head !== undefined && head.offset < offset)
        throw untold(at, topic, head.offset, `the run log goes on at ${offset} of ${topic}`);
      throw parted(at, {
        what: 'run log',
        key: `${topic}/${partition}@${offset}`,
        says: `the run log tells of offset ${offset} of ${topic}, which was told before or is no committed record`,
      });
    },
    more: (topic, to) => {
      const head = readers.get(topic)!.peek();
      return head !== undefined && head.offset <= to ? taken(topic) : undefined;
    },
    end: async positions => {
      for (const [topic, position] of Object.entries(positions)) {
        const reader = await readerFor(topic);
        await reader.fill(position - 1);
        const head = reader.peek();
        if (head !== undefined && head.offset < position)
          throw untold(undefined, topic, head.offset, `the position on ${topic} is ${position}`);
        const told = next.get(topic) ?? 0;
        if (position < told)
          throw parted(undefined, {
            what: 'position',
            key: topic,
            rebuilt: told,
            stored: position,
            says: `the run log tells of ${topic} up to ${told}, and the position is ${position}`,
          });
      }
    },
  };
};
