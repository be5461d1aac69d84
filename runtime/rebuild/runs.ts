/** A task's run log as transactions: what each consumed, in order, with its number and where it stands. */
import type { LogRecord } from '../port.ts';
import { ownTopics, nameOf } from '../topology.ts';
import type { Consumed, RunRecord } from '../task/keys.ts';
import { readerOf } from './reader.ts';
import type { RebuildWorld } from './world.ts';

export interface Transaction extends Omit<RunRecord, 'v'> {
  /** The run log's offset of its first record, and of the one behind its last. */
  readonly offset: number;
  readonly next: number;
}
export interface Runs {
  /** The next transaction, or undefined when the log has no more for now. */
  readonly next: () => Promise<Transaction | undefined>;
  readonly start: number;
}
const runOf = (record: LogRecord): RunRecord => JSON.parse(record.value?.toString() ?? '') as RunRecord;

export const runsOf = async (world: RebuildWorld, partition: number, from = 0): Promise<Runs> => {
  const reader = await readerOf(world, ownTopics.runs(nameOf(world.unit)), partition, from);
  const peek = async (at: number): Promise<LogRecord | undefined> => {
    if (reader.peek() === undefined) await reader.fill(at);
    return reader.peek();
  };
  let at = Math.max(from, reader.start);
  return {
    start: reader.start,
    next: async () => {
      const first = await peek(at);
      if (first === undefined) return undefined;
      const run = runOf(first);
      let consumed: readonly Consumed[] = [];
      at = first.offset;
      // One transaction is told in several records when it consumed much; they become visible together.
      for (let record = await peek(at); record !== undefined; record = await peek(at)) {
        const part = record === first ? run : runOf(record);
        if (record !== first && (run.n === undefined || part.n !== run.n)) break;
        consumed = [...consumed, ...part.consumed];
        reader.take();
        at = record.offset + 1;
      }
      return { ...run, consumed, offset: first.offset, next: at };
    },
  };
};
