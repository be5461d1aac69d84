/** Keeps the books of orders: what was dispatched becomes revenue and tax, what is refunded becomes owed to the customer, once. */
import { processor } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { decide } from './decide.ts';
import { evolve, initial, type In, type Out, type State } from './state.ts';

export const orderBooks = processor<State, In, Out>({
  name: 'order-books',
  doc: 'Books what is decided of orders: dispatches and refunds.',
  reads: [topics.orderDecisions],
  writes: [topics.journals],
  initial,
  decide,
  evolve,
});
