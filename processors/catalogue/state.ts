/** What the catalogue remembers of one code: what it names, and which lines wait for it. */
import { entries, type Entries } from '../../runtime/entries.ts';
import { forget, recalled, remember, type Remembered } from '../../runtime/remembered.ts';
import type { Component, FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

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
/**
 * The revisions of answered questions are remembered, the newest 10,000 per code: orders asks once per line and revision, so only a
 * question repeated by an operator could be older, and its order ignores a second answer.
 */
export interface State extends Remembered {
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
  remembered: entries(),
  turns: entries(),
  turn: 0,
  forgotten: 0,
};

export const lineId = ({ order, line }: Pick<Waiting, 'order' | 'line'>): string => JSON.stringify([order, line]);
/** The newest question of a line, answered or not. */
export const askedRevision = (state: State, id: string): number => state.waiting.get(id)?.revision ?? recalled(state, id) ?? -1;

const asked = (state: State, { order, line, quantityMilli, revision }: Waiting): State => {
  const id = lineId({ order, line });
  if (revision <= askedRevision(state, id)) return state;
  return forget({ ...state, waiting: state.waiting.with(id, { order, line, quantityMilli, revision }) }, id);
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
      return remember({ ...state, waiting: state.waiting.without(id) }, id, fact.data.revision);
    }
    case 'LineUnknown':
      // The line waits since it asked.
      return state;
  }
};
