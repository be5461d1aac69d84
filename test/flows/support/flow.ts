/**
 * Several processors wired in memory by their topics, without any log: to try the trade's rules together. What waits in queues is taken
 * in an order drawn from a seed, each topic's partition in its own order, as on Kafka; time is virtual and stands still until moved.
 */
import { hash } from 'node:crypto';
import { discriminatorOf, keyOf, processedId } from '../../../runtime/identity.ts';
import { isAlarm, type Alarm, type AnyProcessor, type Event, type Fact, type Topic } from '../../../runtime/model.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { topicOf } from '../../../schemas/topics.ts';
import { deepFreeze } from '../../support/given.ts';
import { drawer } from './draw.ts';

const partitions = 3;
const partitionOf = (key: string): number => hash('sha256', key, 'buffer').readUInt32BE() % partitions;

/** A queue and how far each of its readers has come. */
interface Queue {
  readonly name: string;
  readonly events: Event[];
  readonly read: Map<string, number>;
}
/** One that reached us and is not said yet: what a producer of that channel has in its intake. */
interface Intake {
  readonly channel: string;
  readonly facts: { readonly fact: Fact; readonly at: number }[];
  taken: number;
}
/** An alarm waits for one unit after another to have read what lay before it when its turn came. */
interface Waiting {
  readonly unit: AnyProcessor;
  readonly alarm: Alarm;
  readonly cause: string;
  readonly stages: string[];
  until: readonly (() => boolean)[] | undefined;
}

export interface Flow {
  /** A fact reaches us through a channel (or at once); it is said when its turn comes. */
  readonly tell: (fact: Fact, channel?: string) => void;
  /** A channel's producer is down: what reached us there stays until it is up. */
  readonly stop: (channel: string) => void;
  readonly start: (channel: string) => void;
  /** Does one thing of those that can be done now; false when there is none. */
  readonly step: () => boolean;
  /** Until nothing is left to do at this time. */
  readonly settle: () => void;
  /** Moves the time on and does nothing: what falls due meets what has just arrived. */
  readonly pass: (ms: number) => void;
  /** Moves the time on, firing alarms on the way. */
  readonly advance: (ms: number) => void;
  readonly now: () => number;
  /** All events of a type, in the order in which they were said. */
  readonly said: (type: string) => readonly Event[];
  readonly stateOf: (unit: AnyProcessor, key: string) => unknown;
  readonly statesOf: (unit: AnyProcessor) => readonly unknown[];
  readonly entriesOf: (unit: AnyProcessor) => readonly (readonly [string, unknown])[];
}
export interface Options {
  readonly units: readonly AnyProcessor[];
  readonly policy: Policy;
  readonly seed: number;
  /** Asked after every step: throws when something is wrong. */
  readonly always?: (flow: Flow) => void;
}

export const flowOf = ({ units, policy, seed, always }: Options): Flow => {
  const draw = drawer(seed);
  const queues = new Map<string, Queue>();
  const intakes = new Map<string, Intake>();
  const down = new Set<string>();
  const states = new Map<AnyProcessor, Map<string, unknown>>(units.map(unit => [unit, new Map()]));
  const log: Event[] = [];
  let waiting: Waiting[] = [];
  let now = 0;
  let told = 0;

  const queueOf = (topic: Topic, partition: number): Queue => {
    const name = `${topic.name} ${partition}`;
    const queue = queues.get(name) ?? { name, events: [], read: new Map() };
    queues.set(name, queue);
    return queue;
  };
  const inputsOf = (unit: AnyProcessor): readonly Queue[] =>
    unit.reads.flatMap(topic => Array.from({ length: partitions }, (_, partition) => queueOf(topic, partition)));
  const positionOf = (queue: Queue, unit: AnyProcessor): number => queue.read.get(unit.name) ?? 0;

  const append = (fact: Fact, at: number, id: string, cause: string): void => {
    const topic = topicOf(fact.type);
    if (topic === undefined) throw new Error(`${fact.type} travels on no topic`);
    const key = keyOf(topic, fact);
    const event = deepFreeze({ ...fact, id, key, at, cause });
    queueOf(topic, partitionOf(key)).events.push(event);
    log.push(event);
  };
  const take = (unit: AnyProcessor, event: Event): void => {
    const known = states.get(unit)!;
    const state: unknown = known.get(event.key) ?? unit.initial;
    const outputs = unit.decide(event, state, policy) as readonly (Fact | Alarm)[];
    const facts = outputs.filter((one): one is Fact => !isAlarm(one));
    known.set(
      event.key,
      [event, ...facts].reduce((before: unknown, fact) => unit.evolve(before as never, fact as never) as unknown, state),
    );
    const seen = new Map<string, number>();
    for (const fact of facts) {
      if (unit.own.includes(fact.type)) continue;
      const discriminator = discriminatorOf(keyOf(topicOf(fact.type)!, fact), fact);
      const count = seen.get(`${fact.type} ${discriminator}`) ?? 0;
      seen.set(`${fact.type} ${discriminator}`, count + 1);
      append(
        fact,
        event.at,
        processedId(event.id, unit.name, fact.type, count === 0 ? discriminator : `${discriminator}#${count}`),
        event.id,
      );
    }
    for (const alarm of outputs.filter(isAlarm))
      waiting.push({ unit, alarm, cause: event.key, stages: [...alarm.waitsFor, unit.name], until: undefined });
  };

  /** What must be done for a unit or a channel to have said all that reached it up to now. */
  const catchUp = (name: string): readonly (() => boolean)[] => {
    const unit = units.find(one => one.name === name);
    if (unit !== undefined)
      return inputsOf(unit).map(queue => {
        const end = queue.events.length;
        return () => positionOf(queue, unit) >= end;
      });
    const intake = intakes.get(name);
    const end = intake?.facts.length ?? 0;
    return intake === undefined ? [] : [() => intake.taken >= end];
  };
  const isReady = (one: Waiting): boolean => {
    if (one.alarm.alarm >= now) return false;
    for (let stage = one.stages[0]; stage !== undefined; stage = one.stages[0]) {
      one.until ??= catchUp(stage);
      if (!one.until.every(isDone => isDone())) return false;
      one.stages.shift();
      one.until = undefined;
    }
    return true;
  };
  const fire = (one: Waiting): void => {
    waiting = waiting.filter(other => other !== one);
    const { fact, alarm } = one.alarm;
    take(one.unit, deepFreeze({ ...fact, id: `alarm ${told++}`, key: one.cause, at: alarm, cause: `alarm ${told}` }));
  };

  const choices = (): readonly (() => void)[] => [
    ...units.flatMap(unit =>
      inputsOf(unit)
        .filter(queue => positionOf(queue, unit) < queue.events.length)
        .map(queue => () => {
          const position = positionOf(queue, unit);
          queue.read.set(unit.name, position + 1);
          take(unit, queue.events[position]!);
        }),
    ),
    ...[...intakes.values()]
      .filter(intake => intake.taken < intake.facts.length && !down.has(intake.channel))
      .map(intake => () => {
        const { fact, at } = intake.facts[intake.taken++]!;
        append(fact, at, `told ${told++}`, '');
      }),
    ...waiting.filter(isReady).map(one => () => fire(one)),
  ];

  const flow: Flow = {
    tell: (fact, channel = 'at once') => {
      const intake = intakes.get(channel) ?? { channel, facts: [], taken: 0 };
      intakes.set(channel, intake);
      intake.facts.push({ fact: deepFreeze(fact), at: now });
    },
    stop: channel => void down.add(channel),
    start: channel => void down.delete(channel),
    step: () => {
      const open = choices();
      if (open.length === 0) return false;
      draw(open)();
      always?.(flow);
      return true;
    },
    settle: () => {
      for (let went = flow.step(); went; went = flow.step());
    },
    pass: ms => void (now += ms),
    advance: ms => {
      const until = now + ms;
      flow.settle();
      for (;;) {
        const due = waiting.map(one => one.alarm.alarm).filter(alarm => alarm >= now && alarm < until);
        if (due.length === 0) break;
        now = Math.min(...due) + 1;
        flow.settle();
      }
      now = until;
      flow.settle();
    },
    now: () => now,
    said: type => log.filter(event => event.type === type),
    stateOf: (unit, key) => states.get(unit)?.get(key),
    statesOf: unit => [...(states.get(unit)?.values() ?? [])],
    entriesOf: unit => [...(states.get(unit)?.entries() ?? [])],
  };
  return flow;
};
