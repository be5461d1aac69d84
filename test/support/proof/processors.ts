/**
 * A processor's task run again from its run log, by the pure rules alone: the same events in the same order must say the same facts
 * under the same ids, the same notes, the same alarms, and end in the state that the changelog holds.
 */
import { discriminatorOf, keyOf, processedId } from '../../../runtime/identity.ts';
import { isAlarm, type Alarm, type AnyProcessor, type Event, type Fact, type Topic } from '../../../runtime/model.ts';
import type { LogRecord } from '../../../runtime/port.ts';
import type { Consumed } from '../../../runtime/task/keys.ts';
import { partitionOf as partitionOfKey } from '../../../runtime/wire/partition.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { alarmsOf, type Alarms } from './alarms.ts';
import { recordsOf } from './consumed.ts';
import type { Evidence, Problem, Rule } from './evidence.ts';
import { canonical, stampOf, type Item, type Stamp, type Task, type Written } from './reading.ts';
import { compareStates } from './states.ts';

export interface Expected extends Pick<Stamp, 'id' | 'type' | 'at' | 'cause' | 'sequence'> {
  readonly key: string;
  readonly value: Buffer;
}
export type Tell = (rule: Rule, found: string) => void;

/** Equal names of one event are counted: nothing for the first, then `#1` and so on. */
const counted = (seen: Map<string, number>, type: string, discriminator: string): string => {
  const name = `${type} ${discriminator}`;
  const nth = seen.get(name) ?? 0;
  seen.set(name, nth + 1);
  return nth === 0 ? discriminator : `${discriminator}#${nth}`;
};

interface Play {
  readonly unit: AnyProcessor;
  readonly evidence: Evidence;
  readonly topicOf: ReadonlyMap<string, Topic>;
  readonly states: Map<string, unknown>;
  readonly outputs: Map<string, Expected[]>;
  readonly alarms: Alarms;
}
interface Step {
  readonly state: unknown;
  readonly facts: readonly Fact[];
  readonly alarms: readonly Alarm[];
  readonly outputs: readonly (readonly [string, Expected])[];
}
/** One event by the rules; throws what they throw and what does not fit. Changes nothing. */
const decideOn = ({ unit, evidence, topicOf, states }: Play, event: Event, policy: Policy): Step => {
  const before = states.has(event.key) ? states.get(event.key) : (unit.initial as unknown);
  const decided = unit.decide(event, before, policy) as readonly (Fact | Alarm)[];
  const facts = decided.filter(one => !isAlarm(one)) as readonly Fact[];
  const own = new Set<string>(unit.own);
  const seen = new Map<string, number>();
  const outputs = facts
    .filter(fact => !own.has(fact.type))
    .map((fact, sequence): readonly [string, Expected] => {
      const topic = topicOf.get(fact.type);
      if (topic === undefined) throw new Error(`${unit.name} writes no topic that carries ${fact.type}`);
      const key = keyOf(topic, fact);
      const id = processedId(event.id, unit.name, fact.type, counted(seen, fact.type, discriminatorOf(key, fact)));
      const partition = partitionOfKey(Buffer.from(key), evidence.topics.get(topic.name)?.length ?? 1);
      // Copied: the codec writes into a slab of its own.
      const value = Buffer.from(evidence.codec.encode(fact));
      return [`${topic.name}/${partition}`, { id, type: fact.type, at: event.at, cause: event.id, sequence, key, value }];
    });
  const state = [event as Fact, ...facts].reduce((sofar: unknown, fact) => unit.evolve(sofar, fact) as unknown, before);
  return { state, facts, alarms: decided.filter(isAlarm), outputs };
};
/** Answers the alarms that it set, as the run log tells of them. */
const keep = (play: Play, event: Event, step: Step): readonly Consumed[] => {
  const sets: Consumed[] = [];
  play.states.set(event.key, step.state);
  for (const [place, output] of step.outputs) {
    const mine = play.outputs.get(place);
    if (mine === undefined) play.outputs.set(place, [output]);
    else mine.push(output);
  }
  const seen = new Map<string, number>();
  for (const { alarm: at, fact, waitsFor } of step.alarms) {
    const discriminator = counted(seen, fact.type, `${discriminatorOf(event.key, fact)}@${at}`);
    const id = processedId(event.id, play.unit.name, fact.type, discriminator);
    play.alarms.set({ id, at, key: event.key, fact, waitsFor, cause: event.id });
    sets.push({ sets: id, key: event.key, at, fact, waitsFor });
  }
  return sets;
};
export const eventOf = (evidence: Evidence, record: LogRecord): Event => {
  const { id, at, cause } = stampOf(record);
  if (id === '' || Number.isNaN(at) || record.key === null) throw new Error('it is no event');
  return { ...evidence.codec.decode(record.value, ''), id, at, cause: cause === '' ? id : cause, key: record.key.toString() };
};
const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Codes that the rules and the record alone decide; others depend on what was registered, erased or allowed at the time. */
const certain: readonly string[] = ['RULE_THREW', 'RECORD_UNREADABLE', 'FACT_INVALID', 'FACT_UNDECLARED'];

export const processor = (evidence: Evidence, task: Task, written: Written): readonly Problem[] => {
  const problems: Problem[] = [];
  const tell: Tell = (rule, found) => void problems.push({ rule, where: task.where, found });
  const unit = task.unit.unit as AnyProcessor;
  const topicOf = new Map(unit.writes.flatMap(topic => topic.facts.map(fact => [fact, topic] as const)));
  const alarms = alarmsOf(evidence, task, tell);
  const play: Play = { unit, evidence, topicOf, states: new Map(), outputs: new Map(), alarms };
  const own = new Set<string>(unit.own);
  /** What must follow in the run log: the alarms that the event set, then its notes. */
  let follows: readonly Consumed[] = [];
  const missing = (offset: number): void => {
    const [first] = follows;
    if (first !== undefined) tell('notes', `transaction ${offset} of the run log lacks ${called(first)}`);
    follows = [];
  };
  const run = (event: Event, item: Item): void => {
    const policy = evidence.policies.get(item.policy);
    if (policy === undefined) return tell('outputs', `the run log names policy ${item.policy}, which nobody knows`);
    try {
      const step = decideOn(play, event, policy);
      follows = [...keep(play, event, step), ...notesOf(step.facts, own, event.key)];
    } catch (error) {
      tell('outputs', `${event.type} ${event.id} was processed, and its rule says: ${message(error)}`);
    }
  };
  const refuse = (record: LogRecord, item: Item, code: string): void => {
    const policy = evidence.policies.get(item.policy);
    if (!certain.includes(code) || policy === undefined) return;
    try {
      decideOn(play, eventOf(evidence, record), policy);
    } catch {
      return;
    }
    tell(
      'set aside',
      `${record.topic}/${record.partition}@${record.offset} was set aside for ${code}, and nothing is wrong with it`,
    );
  };
  const process = (record: LogRecord, item: Item): void => {
    try {
      run(eventOf(evidence, record), item);
    } catch (error) {
      tell('outputs', `${record.topic}/${record.partition}@${record.offset} was processed, and ${message(error)}`);
    }
  };
  for (const item of task.items) {
    const { what } = item;
    if ('note' in what || 'sets' in what) {
      const [next, ...rest] = follows;
      if (next === undefined || canonical(next) !== canonical(what))
        tell(
          'notes',
          `transaction ${item.offset} of the run log has ${called(what)}; its rule says ${next === undefined ? 'nothing' : called(next)}`,
        );
      follows = rest;
      continue;
    }
    missing(item.offset);
    if ('parked' in what) continue;
    if ('alarm' in what) {
      const due = alarms.fire(what, item);
      if (due !== undefined) run({ ...due.fact, id: due.id, key: due.key, at: due.at, cause: due.cause }, item);
    } else if ('skipped' in what) {
      if (task.inputs.includes(what.topic) && what.code !== 'SKIPPED')
        for (const record of recordsOf(evidence, task, item)) {
          alarms.take(what.topic, record);
          refuse(record, item, what.code);
        }
      if (what.topic === 'alarm') alarms.skip();
    } else
      for (const record of recordsOf(evidence, task, item)) {
        missing(item.offset);
        alarms.take(what.topic, record);
        process(record, item);
      }
  }
  missing(-1);
  compareOutputs(play, written.get(`/onhand/${task.where}`) ?? new Map<string, readonly LogRecord[]>(), tell);
  compareStates(unit, task, play.states, tell);
  alarms.compare();
  return problems;
};

const called = (one: Consumed): string =>
  'note' in one
    ? `the note ${one.note.type} of ${one.key}`
    : 'sets' in one
      ? `the alarm ${one.sets} of ${one.key}`
      : 'something else';
const notesOf = (facts: readonly Fact[], own: ReadonlySet<string>, key: string): readonly Consumed[] => {
  const notes: Consumed[] = [];
  let after = 0;
  for (const fact of facts)
    if (!own.has(fact.type)) after++;
    else notes.push({ note: fact, key, ...(after === 0 ? {} : { after }) });
  return notes;
};

const compareOutputs = (play: Play, actual: ReadonlyMap<string, readonly LogRecord[]>, tell: Tell): void => {
  for (const place of new Set([...play.outputs.keys(), ...actual.keys()])) {
    if (!play.evidence.topics.has(place.slice(0, place.lastIndexOf('/')))) continue;
    const [wanted, there] = [play.outputs.get(place) ?? [], actual.get(place) ?? []];
    const differs = difference(wanted, there);
    if (differs !== undefined) tell('outputs', `${place}: ${differs}`);
  }
};
const says = (one: { readonly type: string; readonly id: string; readonly cause: string } | undefined): string =>
  one === undefined ? 'nothing' : `${one.type} ${one.id} from ${one.cause}`;
/** In words, where what was said first parts from what the rules say; undefined when it does not. */
const difference = (wanted: readonly Expected[], there: readonly LogRecord[]): string | undefined => {
  for (let i = 0; i < Math.max(wanted.length, there.length); i++) {
    const [expected, record] = [wanted[i], there[i]];
    const stamp = record === undefined ? undefined : stampOf(record);
    const among = `of ${wanted.length} facts that follow from what it consumed, ${there.length} are there; number ${i}`;
    if (expected === undefined || record === undefined || stamp === undefined || stamp.id !== expected.id)
      return `${among} must be ${says(expected)} and is ${says(stamp)}`;
    const wrong = [
      stamp.type === expected.type ? '' : 'type',
      stamp.at === expected.at ? '' : 'time',
      stamp.cause === expected.cause ? '' : 'cause',
      stamp.sequence === expected.sequence ? '' : 'sequence',
      record.key?.toString() === expected.key ? '' : 'key',
      record.value?.equals(expected.value) === true ? '' : 'value',
    ].filter(name => name !== '');
    if (wrong.length > 0) return `${among}, ${says(stamp)} at offset ${record.offset}, differs in its ${wrong.join(', ')}`;
  }
  return undefined;
};
