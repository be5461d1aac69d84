/**
 * Today's rules over yesterday's history: the same inputs in the same order, states that follow from what is decided now, and what is
 * said now held against what was said then. Other units' answers stay as they were; nothing is written to the log.
 */
import { isFailure } from '../failure.ts';
import { discriminatorOf, keyOf } from '../identity.ts';
import { isAlarm, type Alarm, type Event, type Fact } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { DueAlarm } from '../task/keys.ts';
import type { Rules } from '../task/rules.ts';
import type { Codec } from '../wire/codec.ts';
import type { FactDifferences, Spoken } from './fact-differences.ts';
import type { Listener, Step } from './fold.ts';
import { shadowOf } from './shadow.ts';
import type { Folded } from './world.ts';

export interface WhatIfOptions {
  readonly rules: Rules;
  readonly shape: Folded;
  readonly codec: Codec;
  readonly partition: number;
  /** Holds the states that today's rules begin with. */
  readonly store: Store;
  readonly differences: FactDifferences;
  /** Notes are not compared. */
  readonly silent: boolean;
  /** The same form for what is sealed differently each time. */
  readonly comparable: (fact: Fact) => Fact;
}
/** `fact` reads the fact as others would, once its schema is fetched. */
type Now = Omit<Spoken, 'fact'> & { readonly fact: () => Fact };
interface Decided {
  readonly spoken: readonly Now[];
  readonly alarms: readonly Extract<ReturnType<typeof setOf>, object>[];
  readonly facts: readonly Fact[];
}
const batch = 2_000;
const setOf = (id: string, key: string, { alarm, fact, waitsFor }: Alarm) => ({ sets: id, key, at: alarm, fact, waitsFor });

export const whatIf = (options: WhatIfOptions): Listener => {
  const { rules, shape, codec, partition, store, differences, silent, comparable } = options;
  const shadow = shadowOf(shape, store, partition);
  /** Alarms that only today's rules set, earliest first. */
  let mine: readonly DueAlarm[] = [];
  let time = -Infinity;
  /** Older facts of a table may have been compacted away, and a producer's notes are its bookkeeping. */
  const isCompared = ({ type }: Fact): boolean => rules.writes.get(type)?.table !== true && !(silent && rules.own.has(type));

  /** What was encoded and what waits for its schema to be compared: a transaction's worth. */
  let values: Buffer[] = [];
  let waiting: (() => void)[] = [];
  const compare = (event: Event, then: readonly Spoken[], now: readonly Now[]): void =>
    void waiting.push(() =>
      differences.compare(
        event.type,
        event.id,
        then,
        now.map(one => ({ ...one, fact: one.fact() })),
      ),
    );
  const settle = async (): Promise<void> => {
    await codec.ensure(values);
    for (const one of waiting) one();
    [values, waiting] = [[], []];
  };

  const name = (event: Event, decided: readonly (Fact | Alarm)[]): Decided => {
    const seen = new Map<string, number>();
    const idOf = (fact: Fact, discriminator: string): string => {
      const alike = `${fact.type} ${discriminator}`;
      const nth = seen.get(alike) ?? 0;
      seen.set(alike, nth + 1);
      return rules.idOf(event, fact, nth === 0 ? discriminator : `${discriminator}#${nth}`);
    };
    const spoken: Now[] = [];
    for (const fact of decided) {
      if (isAlarm(fact)) continue;
      const topic = rules.writes.get(fact.type);
      if (rules.own.has(fact.type) || topic === undefined) {
        const note = JSON.parse(JSON.stringify(fact)) as Fact;
        if (isCompared(fact)) spoken.push({ id: undefined, key: event.key, fact: () => note });
        continue;
      }
      const key = keyOf(topic, fact);
      const id = idOf(fact, discriminatorOf(key, fact));
      // Encoded also where it is not compared: what does not fit is refused.
      const value = codec.encode(rules.finish(fact, event));
      if (!isCompared(fact)) continue;
      values.push(value);
      spoken.push({ id, key, fact: () => comparable(codec.decode(value, `${rules.name} today`)) });
    }
    const alarms = decided
      .filter(isAlarm)
      .map(one => setOf(idOf(one.fact, `${discriminatorOf(event.key, one.fact)}@${one.alarm}`), event.key, one));
    return { spoken, alarms, facts: decided.filter((one): one is Fact => !isAlarm(one)) };
  };
  /** Decides anew; a throw says nothing and changes nothing. */
  const decide = (event: Event, sets: readonly string[]): readonly Now[] => {
    try {
      const { spoken, alarms, facts } = name(event, rules.decide(event, shadow.state(event.key)));
      shadow.fold(event, facts);
      for (const one of alarms) {
        shadow.setAlarm(one, event.id);
        const { sets: id, ...rest } = one;
        if (!sets.includes(id)) mine = [...mine, { ...rest, id, cause: event.id }].sort((a, b) => a.at - b.at);
      }
      return spoken;
    } catch (error) {
      const [code, message] = isFailure(error) ? [error.code, error.message] : ['RULE_THREW', String(error)];
      differences.refuse(event.type, code, event.key, message);
      return [];
    }
  };
  /** What only today's rules have set falls due when the history's time has passed it. */
  const fireMine = (): void => {
    for (let first = mine[0]; first !== undefined && first.at < time; first = mine[0]) {
      mine = mine.slice(1);
      const due = shadow.takeAlarm(first);
      if (due === undefined) continue;
      const event = { ...due.fact, id: due.id, key: due.key, at: due.at, cause: due.cause };
      compare(event, [], decide(event, []));
    }
  };
  const spokenThen = ({ said, notes, event }: Step): readonly Spoken[] =>
    [
      ...said.map(({ id, key, fact }) => ({ id, key, fact: comparable(fact) })),
      ...notes.map(fact => ({ id: undefined, key: event.key, fact })),
    ].filter(one => isCompared(one.fact));
  return {
    prepare: async records => {
      await settle();
      if (shadow.pending() >= batch) await shadow.flush();
      await rules.prepare(records);
    },
    step: step => {
      const { event, record, sets } = step;
      time = Math.max(time, record?.timestamp ?? event.at);
      fireMine();
      if (record === undefined) {
        // An alarm of then that today's rules have not set.
        const due = shadow.takeAlarm(event);
        const now = due === undefined ? [] : decide({ ...event, ...due.fact }, sets);
        return compare(event, spokenThen(step), now);
      }
      let today: Event;
      try {
        today = rules.read(record);
      } catch (error) {
        if (!isFailure(error)) throw error;
        differences.refuse(event.type, error.code, event.key, error.message);
        return compare(event, spokenThen(step), []);
      }
      compare(event, spokenThen(step), decide(today, sets));
    },
    end: async () => {
      fireMine();
      await settle();
      await shadow.flush();
    },
  };
};
