/** What a rule is told, what it may answer, and how rules follow one another. */
import { poison } from '../../runtime/failure.ts';
import { isAlarm, type Alarm, type Event } from '../../runtime/model.ts';
import type { CompanyPolicy, Policy } from '../../schemas/policy.ts';
import { evolve } from './evolve.ts';
import type { In, Out, State } from './state.ts';

export interface Cause {
  readonly event: Event<In>;
  readonly company: string;
  readonly order: string;
  /** An order is named `<shop>:<the channel's id>`; known also before it is placed. */
  readonly shop: string;
  readonly policy: Policy;
  readonly rules: CompanyPolicy;
  /** As it was before the event. */
  readonly before: State;
}
/** Says what is due; `[]` when nothing is. Its state holds the event and what the rules before it said. */
export type Rule = (state: State, cause: Cause) => readonly (Out | Alarm<In>)[];

export const causeOf = (event: Event<In>, before: State, policy: Policy): Cause => {
  const { company, order } = event.data;
  const rules = Object.hasOwn(policy.companies, company) ? policy.companies[company] : undefined;
  if (rules === undefined)
    throw poison('SETTINGS_INVALID', `deciding of order ${order}: the company files do not name company ${company}`);
  const shop = order.slice(0, Math.max(0, order.indexOf(':')));
  return { event, company, order, shop, policy, rules, before };
};

/** Nothing follows from what changes nothing. */
export const follow = (cause: Cause, rules: readonly Rule[]): readonly (Out | Alarm<In>)[] => {
  let state = evolve(cause.before, cause.event);
  if (state === cause.before) return [];
  const all: (Out | Alarm<In>)[] = [];
  for (const rule of rules) {
    const said = rule(state, cause);
    all.push(...said);
    state = said.reduce((now: State, one) => (isAlarm(one) ? now : evolve(now, one)), state);
  }
  return all;
};
