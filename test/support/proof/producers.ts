/** A producer's task: what it has told is what its notes say, and all it said follows from a delivery that it consumed. */
import type { AnyProducer } from '../../../runtime/model.ts';
import type { LogRecord } from '../../../runtime/port.ts';
import { recordsOf } from './consumed.ts';
import type { Evidence, Problem, Rule } from './evidence.ts';
import { canonical, stampOf, type Task, type Written } from './reading.ts';
import { keptStates } from './states.ts';

export const producer = (evidence: Evidence, task: Task, written: Written): readonly Problem[] => {
  const problems: Problem[] = [];
  const tell = (rule: Rule, found: string): void => void problems.push({ rule, where: task.where, found });
  /** By key, object to what was told of it, as the notes say. */
  const told = new Map<string, Map<string, string>>();
  /** Deliveries in the order in which they were worked on. */
  const order = new Map<string, number>();
  for (const item of task.items) {
    const { what } = item;
    if ('note' in what) note(told, what.key, what.note.data as { readonly object: string; readonly told?: unknown });
    if ('from' in what || 'retried' in what)
      for (const record of recordsOf(evidence, task, item)) order.set(stampOf(record).id, order.size);
  }
  compareTold(task, told, tell);
  const unit = task.unit.unit as AnyProducer;
  const topics = new Set(unit.writes.map(topic => topic.name));
  for (const [place, records] of written.get(`/onhand/${task.where}`) ?? new Map<string, readonly LogRecord[]>()) {
    if (!topics.has(place.slice(0, place.lastIndexOf('/')))) continue;
    let last = -1;
    for (const record of records) {
      const { id, cause, type } = stampOf(record);
      const at = order.get(cause);
      if (at === undefined)
        tell('outputs', `${place}@${record.offset}: ${type} ${id} follows from ${cause}, which was not consumed`);
      else if (at < last)
        tell('outputs', `${place}@${record.offset}: ${type} ${id} follows from an earlier delivery than the fact before it`);
      last = Math.max(last, at ?? last);
    }
  }
  return problems;
};

/** A note without what was told says that the object is forgotten. */
const note = (
  all: Map<string, Map<string, string>>,
  key: string,
  { object, told }: { readonly object: string; readonly told?: unknown },
): void => {
  const mine = all.get(key) ?? new Map<string, string>();
  all.set(key, mine);
  if (told === undefined) mine.delete(`told\0${object}`);
  else mine.set(`told\0${object}`, canonical(told));
};

const compareTold = (
  task: Task,
  told: ReadonlyMap<string, ReadonlyMap<string, string>>,
  tell: (rule: Rule, found: string) => void,
): void => {
  const kept = keptStates(task);
  for (const key of new Set([...told.keys(), ...kept.keys()])) {
    const [wanted, there] = [told.get(key), kept.get(key)?.entries];
    const wrong = [...new Set([...(wanted?.keys() ?? []), ...(there?.keys() ?? [])])].find(
      object => wanted?.get(object) !== there?.get(object),
    );
    if (wrong !== undefined) tell('state', `of ${key}: what was told of ${wrong.replace('\0', ' ')} is not what the notes say`);
  }
};
