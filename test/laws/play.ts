/** Plays a history of one key through a processor as the runtime would: alarms fire when the time of the next input has passed them. */
import { deepFreeze } from '../support/given.ts';
import { isAlarm, type Alarm, type Event, type Fact, type Processor } from '../../runtime/model.ts';
import { keyOf } from '../../runtime/identity.ts';
import type { Policy } from '../../schemas/policy.ts';
import { restored } from './stored.ts';

/** One input as it reached us; `at` is epoch ms UTC, 0 when absent (only rules with time care). */
export interface Input<In extends Fact> {
  readonly fact: In;
  readonly at?: number;
}
export interface Step<S, In extends Fact, Out extends Fact> {
  readonly event: Event<In>;
  readonly before: S;
  readonly outputs: readonly (Out | Alarm<In>)[];
  readonly after: S;
}

/** A history that never ends would be an alarm that sets itself again for ever. */
const mostAlarms = 500;

/** decide, then fold. Inputs, state and outputs are frozen, so that a rule which writes to them throws here. */
export const take = <S, In extends Fact, Out extends Fact>(
  unit: Processor<S, In, Out>,
  before: S,
  event: Event<In>,
  policy: Policy,
): Step<S, In, Out> => {
  const outputs = deepFreeze(unit.decide(deepFreeze(event), deepFreeze(before), deepFreeze(policy)));
  const facts = outputs.filter((one): one is Out => !isAlarm(one));
  const after = [event as In | Out, ...facts].reduce((state, fact) => deepFreeze(unit.evolve(state, fact)), before);
  return { event, before, outputs, after };
};

const stamped = <In extends Fact>(unit: Processor<never, In, never>, fact: In, at: number, id: string): Event<In> => {
  const topic = unit.reads.find(one => one.facts.includes(fact.type));
  return { ...fact, id, key: topic === undefined ? 'own' : keyOf(topic, fact), at, cause: id };
};

/** Every step of a history, alarms in their place; alarms that are left fire at the end. */
export const play = <S, In extends Fact, Out extends Fact>(
  unit: Processor<S, In, Out>,
  history: readonly Input<In>[],
  policy: Policy,
): readonly Step<S, In, Out>[] => {
  const steps: Step<S, In, Out>[] = [];
  let waiting: readonly Alarm<In>[] = [];
  // A copy: the versions of one collection share a table, and histories must not share one.
  let state = restored(unit, unit.initial);
  const feed = (fact: In, at: number): void => {
    const event = stamped(unit as unknown as Processor<never, In, never>, fact, at, `e${steps.length}`);
    const taken = take(unit, state, event, policy);
    steps.push(taken);
    state = taken.after;
    waiting = [...waiting, ...taken.outputs.filter(one => isAlarm(one))].sort((a, b) => a.alarm - b.alarm);
  };
  const fireUntil = (at: number): void => {
    for (let fired = 0; waiting[0] !== undefined && waiting[0].alarm < at && fired < mostAlarms; fired++) {
      const [{ fact, alarm }, ...rest] = waiting as readonly [Alarm<In>, ...Alarm<In>[]];
      waiting = rest;
      feed(fact, alarm);
    }
  };
  for (const { fact, at = 0 } of history) {
    fireUntil(at);
    feed(fact, at);
  }
  fireUntil(Infinity);
  return steps;
};
