/** Keeps what each location may still promise. Reads wishes, movements and counts; says what is reserved, refused, revoked and available. */
import { processor } from '../../runtime/model.ts';
import { topics } from '../../schemas/topics.ts';
import { decide } from './decide.ts';
import { evolve, initial } from './state.ts';

export const stock = processor({
  name: 'stock',
  doc: 'Keeps what each location may still promise, and alone promises it.',
  reads: [topics.stockMovements, topics.stockRequests, topics.stockOperations],
  writes: [topics.reservations, topics.availability, topics.stockDecisions, topics.exceptions],
  own: ['DriftSettled'],
  entries: ['holds', 'loose', 'externals', 'ledger', 'remembered', 'turns'],
  initial,
  decide,
  evolve,
});
