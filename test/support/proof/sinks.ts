/** What targets saw: no document goes back to an older revision, no call takes effect twice, nothing that was settled is missing. */
import type { AnySink } from '../../../runtime/model.ts';
import { recordsOf } from './consumed.ts';
import type { Evidence, Problem } from './evidence.ts';
import { eventOf } from './processors.ts';
import type { Task } from './reading.ts';

export const effects = ({ history }: Evidence): readonly Problem[] => {
  const problems: Problem[] = [];
  const newest = new Map<string, number>();
  const seen = new Set<string>();
  for (const one of history) {
    if (one.kind === 'set back') {
      for (const name of [...newest.keys()]) if (name.startsWith(`${one.sink} `)) newest.delete(name);
      for (const name of [...seen]) if (name.startsWith(`${one.sink} `)) seen.delete(name);
    }
    if (one.kind !== 'call') continue;
    const where = `${one.sink} ${one.document}`;
    const applied = newest.get(where);
    if (applied !== undefined && one.revision < applied)
      problems.push({
        rule: 'sink order',
        where,
        found: `revision ${one.revision} (${one.event}) took effect after revision ${applied}`,
      });
    newest.set(where, Math.max(applied ?? -Infinity, one.revision));
    const name = `${where} ${one.revision} ${one.event} ${one.call}`;
    if (seen.has(name))
      problems.push({
        rule: 'sink duplicate',
        where,
        found: `${one.call} of revision ${one.revision} (${one.event}) took effect twice`,
      });
    seen.add(name);
  }
  return problems;
};

/** Every decision that the run log calls settled stands in the target, or a newer one of its document does. */
export const settled = (evidence: Evidence, task: Task): readonly Problem[] => {
  const target = evidence.targets.get(task.name);
  if (target === undefined) return [];
  const sink = task.unit.unit as AnySink;
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const item of task.items) {
    if (!('from' in item.what) && !('retried' in item.what)) continue;
    for (const record of recordsOf(evidence, task, item)) {
      const event = eventOf(evidence, record);
      const document = sink.document(event);
      if (document === undefined || told.has(event.id)) continue;
      told.add(event.id);
      const there = target.get(document.document);
      if (there !== undefined && there >= document.revision) continue;
      const found = `the run log calls revision ${document.revision} (${event.id}) settled, the target has ${there ?? 'nothing'}`;
      problems.push({ rule: 'sink lost', where: `${task.where} ${document.document}`, found });
    }
  }
  return problems;
};
