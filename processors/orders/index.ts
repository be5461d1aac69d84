/** The process of one order, the only unit with time: asks for its lines, its stock and its money, and says what is decided of it. */
import { processor } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { own } from './own.ts';
import { initial, type In, type Out, type State } from './state.ts';

export const orders = processor<State, In, Out>({
  name: 'orders',
  doc: 'Takes an order from placed to closed: resolved, reserved, paid, confirmed, shipped; changed, cancelled, refunded, returned.',
  reads: [
    topics.orders,
    topics.resolvedLines,
    topics.reservations,
    topics.orderPayments,
    topics.fulfilments,
    topics.returns,
    topics.orderOperations,
  ],
  writes: [topics.lineRequests, topics.stockRequests, topics.payments, topics.orderDecisions, topics.exceptions],
  own,
  initial,
  decide,
  evolve,
});
