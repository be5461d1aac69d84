/** Where a task goes on: the position record of its changelog, held against what the inputs and the group say. */
import { fatal } from '../failure.ts';
import type { Bounds, TopicPartition } from '../port.ts';
import type { View } from '../store/view.ts';
import { inputsOf, nameOf, subscribed } from '../topology.ts';
import type { TaskContext } from './context.ts';
import { storeKeys } from './keys.ts';

/** What the log and the group say of a task's inputs, asked once at its opening, after the fence. */
export interface Asked {
  readonly topics: readonly string[];
  readonly bounds: readonly Bounds[];
  readonly committed: readonly (TopicPartition & { readonly offset: number })[];
}
export const askPositions = async (context: TaskContext, partition: number): Promise<Asked> => {
  const { log, names, unit } = context;
  const topics = subscribed(unit).filter(topic => partition < (context.partitions.get(topic) ?? 0));
  const all = topics.map(topic => ({ topic: names.topic(topic), partition }));
  const [bounds, committed] = await Promise.all([
    log.bounds(all),
    log.committed(
      names.group(nameOf(unit)),
      all.map(one => one.topic),
      [partition],
    ),
  ]);
  return { topics, bounds, committed };
};

/** Where each input goes on: the position record; a new input at the log's start; every other disagreement stops the task. */
export const positionsOf = (
  context: TaskContext,
  partition: number,
  view: View,
  { topics, bounds, committed }: Asked,
): Readonly<Record<string, number>> => {
  const text = view.get(storeKeys.position);
  const stored = text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, number>>);
  const positions: Record<string, number> = {};
  topics.forEach((topic, i) => {
    const { topic: name, start, highWatermark } = bounds[i]!;
    const known = committed.find(one => one.topic === name && one.partition === partition)?.offset;
    const position = stored?.[topic];
    const task = `${nameOf(context.unit)}/${partition} on ${topic}`;
    if (known !== undefined && known > (position ?? -1) && known > start)
      throw fatal(
        'POSITION_LOST',
        `opening ${task}: the group committed offset ${known}, the changelog says ${position ?? 'nothing'}`,
      );
    if (position !== undefined && position > highWatermark)
      throw fatal(
        'POSITION_LOST',
        `opening ${task}: the changelog says offset ${position}, the topic ends at ${highWatermark}: was it deleted and made again?`,
      );
    if (position !== undefined && position < start)
      throw fatal(
        'OFFSET_OUT_OF_RANGE',
        `opening ${task}: offset ${position} is next, the topic begins at ${start}: retention took ${start - position} offsets unread`,
      );
    positions[topic] = position ?? start;
  });
  return positions;
};

/** Last stable offsets of the inputs as this session began: up to there an earlier owner may have worked. */
export const contestedOf = ({ unit }: TaskContext, { topics, bounds }: Asked): Readonly<Record<string, number>> => {
  const inputs = new Set(inputsOf(unit).map(topic => topic.name));
  return Object.fromEntries(topics.flatMap((topic, i) => (inputs.has(topic) ? [[topic, bounds[i]!.lastStable]] : [])));
};
