/** A task's alarms: each fires once, not before it is due nor before what reached the task in time, and none is lost. */
import type { Fact } from '../../../runtime/model.ts';
import type { LogRecord } from '../../../runtime/port.ts';
import type { Consumed, Parked, StoredAlarm } from '../../../runtime/task/keys.ts';
import type { Evidence, Rule } from './evidence.ts';
import { canonical, indexAt, partitionOf, type Item, type Task } from './reading.ts';

export interface Pending {
  readonly id: string;
  readonly at: number;
  readonly key: string;
  readonly fact: Fact;
  readonly waitsFor: readonly string[];
  readonly cause: string;
}
export interface Alarms {
  readonly set: (one: Pending) => void;
  /** Takes it from what is pending; undefined when it may not fire. */
  readonly fire: (what: Extract<Consumed, { readonly alarm: string }>, item: Item) => Pending | undefined;
  /** A person skipped one that was set aside; which, is not told. */
  readonly skip: () => void;
  /** A record was processed. */
  readonly take: (topic: string, record: LogRecord) => void;
  /** What is pending, against what the changelog keeps. */
  readonly compare: () => void;
}
/** Long past its time when everything was drained, ms: longer than any pause of a healthy task. */
const overdueMs = 60_000;

export const alarmsOf = (evidence: Evidence, task: Task, tell: (rule: Rule, found: string) => void): Alarms => {
  const pending = new Map<string, Pending>();
  /** By prompt topic, the offset after the last that was processed. */
  const taken = new Map<string, number>();
  const prompt = task.inputs.filter(topic => evidence.prompt?.includes(topic) === true);
  let skipped = 0;
  const late = (at: number): string | undefined => {
    for (const topic of prompt) {
      const { records } = partitionOf(evidence, topic, task.partition);
      const next = records[indexAt(records, taken.get(topic) ?? 0)];
      if (next !== undefined && next.timestamp <= at) return `${topic}@${next.offset}`;
    }
    return undefined;
  };
  return {
    set: one => void pending.set(one.id, one),
    skip: () => {
      skipped++;
    },
    take: (topic, record) => void taken.set(topic, Math.max(taken.get(topic) ?? 0, record.offset + 1)),
    fire: (what, item) => {
      const one = pending.get(what.alarm);
      pending.delete(what.alarm);
      const doing = `alarm ${what.alarm} of ${what.key} fired in transaction ${item.offset} of the run log`;
      if (one === undefined) {
        tell('alarms', `${doing}, and it was never set, or fired before`);
        return undefined;
      }
      if (one.at !== what.at || one.key !== what.key || canonical(one.fact) !== canonical(what.fact))
        tell('alarms', `${doing}, and not as it was set`);
      if (item.at < one.at) tell('alarms', `${doing}, ${one.at - item.at} ms before it was due`);
      const missed = late(one.at);
      if (missed !== undefined) tell('alarms', `${doing} before ${missed}, which had come before it fell due`);
      return one;
    },
    compare: () => compare(evidence, task, pending, skipped, tell),
  };
};

const compare = (
  evidence: Evidence,
  task: Task,
  pending: ReadonlyMap<string, Pending>,
  skipped: number,
  tell: (rule: Rule, found: string) => void,
): void => {
  const kept = new Map<string, boolean>();
  const keep = (id: string, at: number, stored: StoredAlarm, aside: boolean): void => {
    const one = pending.get(id);
    if (kept.has(id)) tell('alarms', `alarm ${id} is kept twice`);
    kept.set(id, aside);
    if (one === undefined) tell('alarms', `alarm ${id} is kept, and it fired before or was never set`);
    else if (one.at !== at || one.cause !== stored.cause || canonical(one.fact) !== canonical(stored.fact))
      tell('alarms', `alarm ${id} is not kept as it was set`);
  };
  for (const [key, value] of task.entries) {
    const parts = key.split('\0');
    if (parts[0] === 'a') keep(parts.at(-1)!, Number(parts[1]), JSON.parse(value) as StoredAlarm, false);
    if (parts[0] !== 'k') continue;
    const { alarm } = JSON.parse(value) as Parked;
    if (alarm !== undefined) keep(alarm.id, alarm.at, alarm, true);
  }
  const lost = [...pending.values()].filter(one => !kept.has(one.id));
  if (lost.length > skipped)
    tell(
      'alarms',
      `${lost.length} alarms were set and neither fired nor are kept (${skipped} were skipped), the first ${lost[0]!.id} of ${lost[0]!.key}`,
    );
  const overdue = [...pending.values()].find(one => kept.get(one.id) === false && one.at < evidence.endedAt - overdueMs);
  if (evidence.drained && overdue !== undefined)
    tell('alarms', `alarm ${overdue.id} of ${overdue.key} has been due for ${evidence.endedAt - overdue.at} ms and did not fire`);
};
