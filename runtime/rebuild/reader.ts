/** One partition read forwards, read committed, with no more in memory than was asked for and one fetch. */
import type { LogRecord, TopicPartition } from '../port.ts';
import { gone, type RebuildWorld } from './world.ts';

export interface Reader {
  /** Reads until every committed record up to and including this offset is held, or the log has no more. */
  readonly fill: (upTo: number) => Promise<void>;
  /** The next record of those that are held. */
  readonly peek: () => LogRecord | undefined;
  readonly take: () => LogRecord | undefined;
  /** Records that are held up to this offset. */
  readonly held: (upTo: number) => readonly LogRecord[];
  /** The offset of the log's first record when reading began. */
  readonly start: number;
}
const fetchBytes = 4 << 20;

const lookMs = 50;
/**
 * A commit is answered before it is marked, and that partition by partition: looks at most so often, 50 ms apart, until what was written
 * below `wanted` can be read. Answers the last stable offset.
 */
export const stableTo = async (
  { log, clock }: RebuildWorld,
  at: TopicPartition,
  wanted: number,
  looks: number,
): Promise<number> => {
  let [bounds] = await log.bounds([at]);
  for (let looked = 0; bounds!.lastStable < Math.min(wanted, bounds!.highWatermark) && looked < looks; looked++) {
    await clock.sleep(lookMs);
    [bounds] = await log.bounds([at]);
  }
  return bounds!.lastStable;
};

export const readerOf = async (world: RebuildWorld, topic: string, partition: number, from = 0): Promise<Reader> => {
  const { log, names, codec } = world;
  const at = { topic: names.topic(topic), partition };
  const [bounds] = await log.bounds([at]);
  let end = bounds!.lastStable;
  let next = Math.max(from, bounds!.start);
  let buffer: readonly LogRecord[] = [];
  let head = 0;
  const fill = async (upTo: number): Promise<void> => {
    while (next <= upTo) {
      if (next >= end) end = (await log.bounds([at]))[0]!.lastStable;
      if (next >= end) return;
      const [answer] = await log.fetch([{ ...at, from: next, maxBytes: fetchBytes }], 100);
      if (answer!.outOfRange) throw gone(`reading ${topic}`, topic, partition, next, answer!.start);
      await codec.ensure(answer!.records.map(record => record.value));
      buffer = [...buffer.slice(head), ...answer!.records];
      head = 0;
      next = answer!.next;
    }
  };
  return {
    fill,
    peek: () => buffer[head],
    take: () => buffer[head++],
    held: upTo => {
      let to = head;
      while (to < buffer.length && buffer[to]!.offset <= upTo) to++;
      return buffer.slice(head, to);
    },
    start: bounds!.start,
  };
};
