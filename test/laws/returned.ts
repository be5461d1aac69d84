/**
 * Which fact types the examples of each processor returned by name. Rules' tests say `given` through `examplesOf`;
 * `returned.test.ts` loads all of them and compares with what each unit says it may return (`says` in its state.ts, and its `own`).
 */
import { isAlarm, type Alarm, type Event, type Fact, type Processor } from '../../runtime/model.ts';
import type { Policy } from '../../schemas/policy.ts';
import { rulesOf, type When } from '../support/given.ts';

const returned = new Map<string, Set<string>>();
/** Types returned in a passed example, by unit. */
export const returnedBy = (unit: string): ReadonlySet<string> => returned.get(unit) ?? new Set();

/** `given` for one unit, as `rulesOf`, remembering the types that `.then` named and the rules returned. */
export const examplesOf =
  <S, In extends Fact, Out extends Fact>(unit: Processor<S, In, Out>, policy: Policy) =>
  (...past: readonly (In | Event<In>)[]): When<In, Out> => {
    const start = rulesOf(unit, policy)(...past);
    return {
      when: (fact, at) => {
        const what = start.when(fact, at);
        return {
          outputs: what.outputs,
          then: (...expected: readonly (Out | Alarm<In>)[]) => {
            what.then(...expected);
            const types = returned.get(unit.name) ?? new Set();
            for (const one of expected) types.add(isAlarm(one) ? one.fact.type : one.type);
            returned.set(unit.name, types);
          },
        };
      },
    };
  };
