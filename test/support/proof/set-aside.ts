/**
 * What was not processed is set aside with its key, whole and in order, or stands in the DLQ with its coordinates; and nothing of a key
 * overtakes what is set aside of it.
 */
import type { LogRecord } from '../../../runtime/port.ts';
import type { ControlCommand, Parked } from '../../../runtime/task/keys.ts';
import { ownTopics } from '../../../runtime/topology.ts';
import { recordsOf } from './consumed.ts';
import type { Evidence, Problem, Rule } from './evidence.ts';
import { partitionOf, type Item, type Task } from './reading.ts';

const alarmAt = (id: string): string => `alarm ${id}`;
const place = (topic: string, offset: number): string => `${topic}@${offset}`;

/** Coordinates of what a task wrote to its DLQ, with how often. */
const dlqOf = (evidence: Evidence, task: Task): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const record of partitionOf(evidence, ownTopics.dlq(task.name), task.partition).records) {
    const headers = record.headers();
    const at = place(headers['dlq_topic']?.toString() ?? '', Number(headers['dlq_offset']?.toString() ?? -1));
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return counts;
};
interface Aside {
  /** Its place in an input, or its name when it is an alarm. */
  readonly at: string;
  readonly alarm: boolean;
  readonly record: LogRecord | undefined;
}
/** Whether a skip set something aside, and did not only say what an operator decided. */
const setsAside = (code: string): boolean => !code.startsWith('CONTROL_') && code !== 'SKIPPED' && code !== 'REPLAY_GONE';

export const setAside = (evidence: Evidence, tasks: readonly Task[]): readonly Problem[] =>
  tasks.flatMap(task => {
    const problems: Problem[] = [];
    const tell = (rule: Rule, found: string): void => void problems.push({ rule, where: task.where, found });
    const dlq = dlqOf(evidence, task);
    const aside = follow(evidence, task, dlq, tell);
    if (!evidence.topics.has(ownTopics.changelog(task.name))) return problems;
    compare(task, aside, tell);
    return problems;
  });

type Tell = (rule: Rule, found: string) => void;

/** Goes through the run log and answers what is set aside at its end, by scope, in order. */
const follow = (
  evidence: Evidence,
  task: Task,
  dlq: ReadonlyMap<string, number>,
  tell: Tell,
): ReadonlyMap<string, readonly Aside[]> => {
  const sink = task.unit.kind === 'sink';
  const aside = new Map<string, Aside[]>();
  const refused = new Set<string>();
  /** The scope that an operator's last word was about. */
  let obeying: string | undefined;
  const scopeOf = (topic: string, record: LogRecord | undefined): string =>
    `${sink ? `${topic} ` : ''}${record?.key?.toString() ?? ''}`;
  const drop = (scope: string, at: string, doing: string): void => {
    const list = aside.get(scope) ?? [];
    const index = list.findIndex(one => one.at === at);
    if (index === -1) {
      // A replay brings again what was never set aside.
      if (!sink) tell('parked', `${doing} ${at}, which is not set aside`);
      return;
    }
    if (index > 0) tell('parked', `${doing} ${at} of ${scope}, though ${list[0]!.at} was set aside before it`);
    list.splice(index, 1);
    if (list.length === 0) aside.delete(scope);
  };
  const skip = (item: Item, topic: string, offset: number, code: string): void => {
    const [record] = recordsOf(evidence, task, item);
    const at = place(topic, offset);
    if (topic === ownTopics.control(task.name)) {
      obeying = code === 'CONTROL_RETRY' || code === 'CONTROL_SKIP' ? commandScope(record) : undefined;
      return;
    }
    // Which alarm a person skipped is not told: it was the first of the scope that the word was about.
    if (topic === 'alarm')
      return drop(obeying ?? '', aside.get(obeying ?? '')?.find(one => one.alarm)?.at ?? 'an alarm', 'a person skipped');
    const scope = scopeOf(topic, record);
    if (code === 'SKIPPED') return drop(scope, at, 'a person skipped');
    if (!setsAside(code)) return;
    if (dlq.has(at)) return void refused.add(at);
    put(scope, { at, record, alarm: false }, code);
  };
  const put = (scope: string, one: Aside, code: string): void => {
    const list = aside.get(scope) ?? [];
    if (code === 'KEY_PARKED' && list.length === 0 && !sink)
      tell('set aside', `${one.at} was set aside behind nothing of ${scope}`);
    aside.set(scope, list);
    if (!list.some(other => other.at === one.at)) list.push(one);
    else if (!sink) tell('set aside', `${one.at} was set aside twice`);
  };
  for (const item of task.items) {
    const { what } = item;
    if ('note' in what || 'sets' in what) continue;
    if ('parked' in what) put(what.key, { at: alarmAt(what.parked), record: undefined, alarm: true }, what.code);
    else if ('alarm' in what) {
      const at = alarmAt(what.alarm);
      const list = aside.get(what.key) ?? [];
      if (list.some(one => one.at === at)) drop(what.key, at, 'retried was');
      else if (list.length > 0) tell('parked', `${at} of ${what.key} fired though ${list[0]!.at} is set aside`);
    } else if ('retried' in what) {
      const [record] = recordsOf(evidence, task, item);
      drop(scopeOf(what.topic, record), place(what.topic, what.retried), 'retried was');
    } else if ('skipped' in what) skip(item, what.topic, what.skipped, what.code);
    else if ('from' in what && aside.size > 0) {
      for (const record of recordsOf(evidence, task, item)) {
        const first = aside.get(scopeOf(what.topic, record))?.[0];
        if (first !== undefined)
          tell('parked', `${place(what.topic, record.offset)} was processed though ${first.at} of its key is set aside`);
      }
    }
  }
  for (const [at, count] of dlq) {
    if (!refused.has(at)) tell('dlq', `${at} is in the DLQ and no transaction says so`);
    else if (count > 1 && !sink) tell('dlq', `${at} is in the DLQ ${count} times`);
  }
  return aside;
};

const commandScope = (record: LogRecord | undefined): string | undefined => {
  try {
    return (JSON.parse(record?.value?.toString() ?? '') as ControlCommand).scope;
  } catch {
    return undefined;
  }
};

/** What the run log says is set aside, against what the changelog keeps. */
const compare = (task: Task, expected: ReadonlyMap<string, readonly Aside[]>, tell: Tell): void => {
  const kept = new Map<string, Parked[]>();
  for (const key of [...task.entries.keys()].filter(one => one.startsWith('k\0')).sort()) {
    const item = JSON.parse(task.entries.get(key)!) as Parked;
    const scope = key.split('\0').slice(1, -1).join('\0');
    kept.set(scope, [...(kept.get(scope) ?? []), item]);
  }
  for (const scope of new Set([...expected.keys(), ...kept.keys()])) {
    const [wanted, there] = [expected.get(scope) ?? [], kept.get(scope) ?? []];
    const list = (all: readonly string[]): string => (all.length === 0 ? 'nothing' : all.join(', '));
    const [a, b] = [
      list(wanted.map(one => one.at)),
      list(there.map(one => (one.alarm === undefined ? place(one.topic, one.offset) : alarmAt(one.alarm.id)))),
    ];
    if (a !== b) tell('set aside', `of ${scope} the run log sets aside ${a}; kept is ${b}`);
    else
      there.forEach((item, i) => {
        const { at, record } = wanted[i]!;
        if (record !== undefined && item.value !== (record.value?.toString('base64') ?? null))
          tell('set aside', `what is kept of ${at} is not the record's value`);
      });
  }
};
