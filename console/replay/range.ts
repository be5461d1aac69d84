/** What was asked to be replayed, as offsets: a range lies within what the topic holds, or is refused; it is never clamped. */
import { fatal } from '../../runtime/failure.ts';
import type { Bounds } from '../../runtime/port.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import type { Context } from '../context.ts';
import { time } from '../output.ts';
import type { ReplayRange } from './plan.ts';

export interface Asked {
  readonly sink: string;
  readonly topic: string;
  /** By partition, inclusive. */
  readonly from: ReadonlyMap<number, number>;
  /** By partition, exclusive: the offset after the last. */
  readonly to: ReadonlyMap<number, number>;
  /** Times of the broker, epoch ms UTC: at or after, and before. */
  readonly since?: number;
  readonly until?: number;
  readonly keys: readonly string[];
}

export const rangeOf = async (context: Context, asked: Asked): Promise<ReplayRange> => {
  const { since, until } = asked;
  if (since !== undefined && until !== undefined && since > until)
    throw fatal('USAGE', `replaying ${asked.topic}: since ${time(since)} is after until ${time(until)}`);
  const bounds = await context.log().bounds(await partitionsOf(context, asked));
  if (since !== undefined) await refuseWhatIsGone(context, asked.topic, bounds, since);
  const [first, last] = [await offsetsAt(context, bounds, since), await offsetsAt(context, bounds, until)];
  if (until !== undefined && until > context.clock.now())
    context.output.say(`${time(until)} UTC is yet to come: the range ends with what is there now.`);
  const [from, to]: [Record<string, number>, Record<string, number>] = [{}, {}];
  for (const one of bounds) {
    from[one.partition] = asked.from.get(one.partition) ?? first.get(one.partition) ?? one.start;
    to[one.partition] = asked.to.get(one.partition) ?? last.get(one.partition) ?? one.lastStable;
  }
  const range = { sink: asked.sink, topic: asked.topic, since: since ?? null, until: until ?? null, from, to, keys: asked.keys };
  refuseOutside(range, bounds);
  return range;
};
/** Refuses a range that the topic does not hold, or holds no more. */
export const checkRange = async (context: Context, range: ReplayRange): Promise<void> => {
  const topic = context.names().topic(range.topic);
  const partitions = Object.keys(range.from).map(Number);
  refuseOutside(range, await context.log().bounds(partitions.map(partition => ({ topic, partition }))));
};
const refuseOutside = ({ topic, from, to }: ReplayRange, bounds: readonly Bounds[]): void => {
  const outside = bounds.flatMap(one => {
    const [first, last] = [from[one.partition]!, to[one.partition]!];
    return first < one.start || last > one.lastStable || first > last
      ? [`replaying ${topic} ${one.partition}: ${first} to ${last} is asked, it holds ${one.start} to ${one.lastStable}`]
      : [];
  });
  if (outside.length > 0) throw fatal('OFFSET_OUT_OF_RANGE', `${outside.join('\n')} (the end is exclusive)`);
};

/** The partitions that are asked about: those of offsets, else those of keys, else all. */
const partitionsOf = async (context: Context, { topic: plain, from, to, keys }: Asked) => {
  const topic = context.names().topic(plain);
  const count = (await context.log().partitions([topic])).get(topic);
  if (count === undefined) throw fatal('TOPIC_MISSING', `replaying ${plain}: it does not exist`);
  const named = [...new Set([...from.keys(), ...to.keys()])];
  const outside = named.filter(partition => partition >= count);
  if (outside.length > 0)
    throw fatal('USAGE', `replaying ${plain}: it has ${count} partitions, so there is no partition ${outside.join(', ')}`);
  const ofKeys = [...new Set(keys.map(key => partitionOf(Buffer.from(key), count)))].sort((a, b) => a - b);
  const wanted = named.length > 0 ? named : ofKeys.length > 0 ? ofKeys : Array.from({ length: count }, (_, p) => p);
  return wanted.map(partition => ({ topic, partition }));
};
const offsetsAt = async (
  context: Context,
  bounds: readonly Bounds[],
  at: number | undefined,
): Promise<ReadonlyMap<number, number>> =>
  at === undefined
    ? new Map()
    : new Map((await context.log().offsetsAt(bounds, at)).map(({ partition, offset }) => [partition, offset]));

/** A time before the first record of a partition whose beginning retention took: what is gone would be missing without a word. */
const refuseWhatIsGone = async (context: Context, topic: string, bounds: readonly Bounds[], since: number): Promise<void> => {
  const cut = bounds.filter(one => one.start > 0 && one.start < one.lastStable);
  const firsts = await Promise.all(
    cut.map(async one => {
      const [answer] = await context.log().fetch([{ ...one, from: one.start, maxBytes: 1 << 20 }], 0);
      return { ...one, at: answer?.records[0]?.timestamp ?? Infinity };
    }),
  );
  const gone = firsts.filter(one => one.at > since && one.at < Infinity);
  if (gone.length > 0)
    throw fatal(
      'OFFSET_OUT_OF_RANGE',
      `replaying ${topic} since ${time(since)} UTC: retention has taken the beginning of ${gone.map(one => `partition ${one.partition}, which begins at ${one.start} of ${time(one.at)}`).join('; ')}; ask since ${time(Math.max(...gone.map(one => one.at)))} UTC for what is whole`,
    );
};
