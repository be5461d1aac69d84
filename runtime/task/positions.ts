/** Where a task goes on: the position record of its changelog, held against what the inputs and the group say. */
import { fatal } from '../failure.ts';
import type { View } from '../store/view.ts';
import { inputsOf, nameOf, subscribed } from '../topology.ts';
import type { TaskContext } from './context.ts';
import { storeKeys } from './keys.ts';

/** Where each input goes on: the position record; a new input at the log's start; every other disagreement stops the task. */
export const positionsOf = async (
  context: TaskContext,
  partition: number,
  view: View,
): Promise<Readonly<Record<string, number>>> => {
  const { log, names, unit } = context;
  const topics = subscribed(unit).filter(topic => partition < (context.partitions.get(topic) ?? 0));
  const text = view.get(storeKeys.position);
  const stored = text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, number>>);
  const all = topics.map(topic => ({ topic: names.topic(topic), partition }));
  const [bounds, committed] = await Promise.all([
    log.bounds(all),
    log.committed(
      names.group(nameOf(unit)),
      all.map(one => one.topic),
    ),
  ]);
  const positions: Record<string, number> = {};
  topics.forEach((topic, i) => {
    const { start, highWatermark } = bounds[i]!;
    const known = committed.find(one => one.topic === all[i]!.topic && one.partition === partition)?.offset;
    const position = stored?.[topic];
    const task = `${nameOf(unit)}/${partition} on ${topic}`;
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

/** Last stable offsets of the inputs as this session begins. */
export const contestedOf = async (context: TaskContext, partition: number): Promise<Readonly<Record<string, number>>> => {
  const topics = inputsOf(context.unit)
    .map(topic => topic.name)
    .filter(topic => partition < (context.partitions.get(topic) ?? 0));
  const bounds = await context.log.bounds(topics.map(topic => ({ topic: context.names.topic(topic), partition })));
  return Object.fromEntries(topics.map((topic, i) => [topic, bounds[i]!.lastStable]));
};
