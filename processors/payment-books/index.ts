/** Keeps the books of payments: what was captured, refunded, charged as a fee or disputed becomes a balanced journal, once. */
import { processor } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { decide } from './decide.ts';
import { evolve, initial, type In, type Out, type State } from './state.ts';

export const paymentBooks = processor<State, In, Out>({
  name: 'payment-books',
  doc: 'Books what gateways say of money: captures, fees, refunds, disputes.',
  reads: [topics.payments],
  writes: [topics.journals],
  initial,
  decide,
  evolve,
});
