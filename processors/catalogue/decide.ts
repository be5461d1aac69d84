/** The rules of the catalogue: a line is answered at once, and again when its code comes to name something. */
import type { Event } from '../../runtime/model.ts';
import { lineResolved, lineUnknown, type Component } from '../../schemas/generated/facts.ts';
import { componentsFor } from './components-for.ts';
import { askedRevision, lineId, type In, type Out, type State, type Waiting } from './state.ts';

const resolved = ({ company, code }: In['data'], per: readonly Component[], asked: Waiting): readonly Out[] => {
  const components = componentsFor(per, asked.quantityMilli);
  const { order, line, revision } = asked;
  return components === undefined ? [] : [lineResolved({ company, code, order, line, revision, components })];
};

export const decide = (event: Event<In>, state: State): readonly Out[] => {
  switch (event.type) {
    case 'LineAsked': {
      const { company, code, order, line, revision } = event.data;
      if (revision <= askedRevision(state, lineId(event.data))) return [];
      const answer = resolved(event.data, state.components, event.data);
      return answer.length > 0 ? answer : [lineUnknown({ company, code, order, line, revision })];
    }
    case 'CodeDefined':
      if (event.data.revision <= state.revision) return [];
      return state.waiting.range().flatMap(([, asked]) => resolved(event.data, event.data.components, asked));
    case 'CodeWithdrawn':
      return [];
  }
};
