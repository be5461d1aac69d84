/** given(facts).when(fact).then(facts): a rule shown as what was, what happens, and exactly what follows. */
import assert from 'node:assert/strict';
import { isAlarm, type Alarm, type Event, type Fact, type Processor } from '../../runtime/model.ts';
import { isEntries } from '../../runtime/entries.ts';
import type { Policy } from '../../schemas/policy.ts';

/** Freezes all of a value except `Entries`, whose versions are immutable by themselves. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || isEntries(value) || ArrayBuffer.isView(value))
    return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
};
let count = 0;
/** Stamps a fact as the runtime would; `at` matters only to rules with time. */
export const event = <F extends Fact>(fact: F, at = 0, id = `e${++count}`): Event<F> => ({
  ...fact,
  id,
  key: 'key',
  at,
  cause: id,
});

/** One step as the runtime takes it: decide, then fold the event and the facts. */
export const step = <S, I extends Fact, O extends Fact>(unit: Processor<S, I, O>, state: S, input: Event<I>, policy: Policy) => {
  const outputs = unit.decide(deepFreeze(input), deepFreeze(state), policy);
  const facts = outputs.filter((one): one is O => !isAlarm(one));
  return { outputs, facts, state: [input as I | O, ...facts].reduce(unit.evolve, state) };
};

export interface When<I extends Fact, O extends Fact> {
  /** `at` is epoch ms UTC of the event. */
  readonly when: (
    fact: I,
    at?: number,
  ) => { readonly then: (...expected: readonly (O | Alarm<I>)[]) => void; readonly outputs: readonly (O | Alarm<I>)[] };
}
/** The past is played through the rules too: what they answer is folded, so a past cannot be one that the rules would not make. */
export const rulesOf =
  <S, I extends Fact, O extends Fact>(unit: Processor<S, I, O>, policy: Policy) =>
  (...past: readonly (I | Event<I>)[]): When<I, O> => {
    const state = past.reduce<S>((s, fact) => step(unit, s, 'id' in fact ? fact : event(fact), policy).state, unit.initial);
    return {
      when: (fact, at = 0) => {
        const { outputs } = step(unit, state, event(fact, at), policy);
        return { outputs, then: (...expected) => assert.deepEqual(outputs, expected) };
      },
    };
  };
