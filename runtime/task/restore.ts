/** Fills a task's store from its changelog: only the tail where the store is whole, all of it where it is not. */
import { fatal } from '../failure.ts';
import { sortedMap } from '../sorted-map.ts';
import type { Layer, View } from '../store/view.ts';
import { nameOf, ownTopics } from '../topology.ts';
import type { TaskContext } from './context.ts';

/**
 * A store that was away for longer may miss that something was taken away: compaction drops tombstones after a week
 * (`delete.retention.ms` in `runtime/topology.ts`), so a fired alarm would stand in it still.
 */
const longestAwayMs = 6 * 86_400_000;

/** Brings the local store up to the changelog's last stable offset, and answers it. */
export const restore = async (context: TaskContext, partition: number, view: View): Promise<number> => {
  const { log, names, metrics } = context;
  const unit = nameOf(context.unit);
  const at = { topic: names.topic(ownTopics.changelog(unit)), partition };
  const [bounds] = await log.bounds([at]);
  const meta = view.store.meta();
  let next = meta?.changelogNext ?? -1;
  const begun = context.clock.now();
  const away = begun - (meta?.at ?? -Infinity);
  if (next < bounds!.start || next > bounds!.highWatermark || away > longestAwayMs) {
    if (next !== -1)
      context.logger.warn(
        { unit, partition, changelogNext: next, awayMs: away, start: bounds!.start, end: bounds!.highWatermark },
        'the local store does not fit the changelog and is filled anew',
      );
    await view.store.wipe();
    next = bounds!.start;
  }
  const from = next;
  while (next < bounds!.lastStable) {
    const [answer] = await log.fetch([{ ...at, from: next, maxBytes: 8 << 20 }], 100);
    if (answer!.outOfRange)
      throw fatal(
        'OFFSET_OUT_OF_RANGE',
        `restoring ${unit}/${partition}: the changelog no longer holds offset ${next} (it begins at ${answer!.start})`,
      );
    const layer: Layer = sortedMap();
    for (const record of answer!.records)
      if (record.key !== null) layer.set(record.key.toString(), record.value?.toString() ?? null);
    metrics.restored.inc({ unit }, answer!.records.length);
    next = answer!.next;
    await view.settle(layer, { changelogNext: next, at: begun });
  }
  if (next === from) await view.settle(sortedMap(), { changelogNext: next, at: begun });
  if (next > from && from > bounds!.start && next - from > 100_000)
    context.logger.info({ unit, partition, records: next - from }, 'restored from the changelog');
  return next;
};
