/** Says what the lines of orders are made of. Reads what codes name and what orders ask; says which components, or that a code is unknown. */
import { processor } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { decide } from './decide.ts';
import { evolve, initial } from './state.ts';

export const catalogue = processor({
  name: 'catalogue',
  doc: 'Turns a line of an order into the products that it is made of.',
  reads: [topics.codes, topics.lineRequests],
  writes: [topics.resolvedLines],
  entries: ['waiting', 'answers', 'turns'],
  initial,
  decide,
  evolve,
});
