/** The only one that applies money to orders: what gateways say of one payment, counted once, as totals for the order it is for. */
import { processor } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { decide } from './decide.ts';
import { evolve, initial, type In, type Out, type State } from './state.ts';

export const payments = processor<State, In, Out>({
  name: 'payments',
  doc: 'Applies what gateways say of a payment to the order it is for, as totals.',
  reads: [topics.payments, topics.paymentOperations],
  writes: [topics.orderPayments, topics.exceptions],
  initial,
  decide,
  evolve,
});
