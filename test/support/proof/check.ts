/**
 * The verdict on a run: every rule over the evidence; empty when everything that is promised was kept. A pure function. It shares the
 * units' own rules, the codec and the making of ids with the runtime, and nothing else.
 */
import { consumed } from './consumed.ts';
import type { Evidence, Problem } from './evidence.ts';
import { hanging, ids, offsets, published, readers, stopped, stores } from './outside.ts';
import { processor } from './processors.ts';
import { producer } from './producers.ts';
import { tasksOf, writtenBy } from './reading.ts';
import { setAside } from './set-aside.ts';
import { effects, settled } from './sinks.ts';

export const check = (evidence: Evidence): readonly Problem[] => {
  const tasks = tasksOf(evidence);
  const written = writtenBy(evidence);
  return [
    ...stopped(evidence),
    ...published(evidence),
    ...hanging(evidence),
    ...offsets(evidence, tasks),
    ...consumed(evidence, tasks),
    ...setAside(evidence, tasks),
    ...tasks.flatMap(task => {
      if (task.unit.kind === 'processor') return processor(evidence, task, written);
      return task.unit.kind === 'producer' ? producer(evidence, task, written) : settled(evidence, task);
    }),
    ...ids(evidence),
    ...effects(evidence),
    ...stores(evidence),
    ...readers(evidence),
  ];
};
/** In lines to be read, at most `most`. */
export const shown = (problems: readonly Problem[], most = 20): string =>
  [
    ...problems.slice(0, most).map(({ rule, where, found }) => `${rule}: ${where}: ${found}`),
    ...(problems.length > most ? [`and ${problems.length - most} more`] : []),
  ].join('\n');
