/** What the catalogue remembers of one code: what it names, and which lines wait for it. */
import { entries, type Entries } from '../../runtime/entries.ts';
import type { Component, FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';
import { answered, type Answered } from './answered.ts';

export type In = FactsOn<typeof topics.codes | typeof topics.lineRequests>;
/** Every fact that `decide` may publish. */
export const says = ['LineResolved', 'LineUnknown'] as const;
export type Out = FactsOn<{ readonly facts: typeof says }>;

/** A line that was told that its code names nothing it could be made of. */
export interface Waiting {
  readonly order: string;
  readonly line: string;
  readonly quantityMilli: number;
  readonly revision: number;
}
export interface State extends Answered {
  /** Of the code; -1 when nothing was ever said of it. */
  readonly revision: number;
  /** Per 1.000; empty: names nothing. */
  readonly components: readonly Component[];
  /** As many as there are open lines whose code is unknown. */
  readonly waiting: Entries<Waiting>;
}
export const initial: State = {
  revision: -1,
  components: [],
  waiting: entries(),
  answers: entries(),
  turns: entries(),
  turn: 0,
  dropped: 0,
};

export const lineId = ({ order, line }: Pick<Waiting, 'order' | 'line'>): string => JSON.stringify([order, line]);
/** The newest question of a line, answered or not. */
export const askedRevision = (state: State, id: string): number =>
  Math.max(state.waiting.get(id)?.revision ?? -1, state.answers.get(id)?.revision ?? -1);

const asked = (state: State, { order, line, quantityMilli, revision }: Waiting): State => {
  const id = lineId({ order, line });
  if (revision <= askedRevision(state, id)) return state;
  return { ...state, waiting: state.waiting.with(id, { order, line, quantityMilli, revision }) };
};

export const evolve = (state: State, fact: In | Out): State => {
  switch (fact.type) {
    case 'CodeDefined': {
      const { revision, components } = fact.data;
      return revision <= state.revision ? state : { ...state, revision, components };
    }
    case 'CodeWithdrawn':
      return fact.data.revision <= state.revision ? state : { ...state, revision: fact.data.revision, components: [] };
    case 'LineAsked':
      return asked(state, fact.data);
    case 'LineResolved': {
      const id = lineId(fact.data);
      return answered({ ...state, waiting: state.waiting.without(id) }, id, fact.data.revision);
    }
    case 'LineUnknown':
      // The line waits since it asked.
      return state;
  }
};
