/**
 * Dispatch: customer deposits to revenue and tax per code. Refund: of what was shipped, returns and tax to refunds payable;
 * of what was not, deposits to refunds payable. Each journal is the difference to what was booked before.
 */
import type { Event } from '../../runtime/model.ts';
import type { Policy } from '../../schemas/policy.ts';
import { bookkeeping, journalId, journalOf, orderParts } from '../journal.ts';
import { difference } from './balances.ts';
import { bookOf, evolve, type In, type Out, type State } from './state.ts';

/** What is booked, of what, and when it happened; undefined for what moves no money. */
const booked = (
  fact: In,
): { readonly kind: string; readonly id: string; readonly at: number; readonly currency: string } | undefined => {
  switch (fact.type) {
    case 'ShipmentAccepted':
      return { kind: 'dispatch', id: fact.data.shipment, at: fact.data.dispatchedAt, currency: fact.data.currency };
    case 'RefundAccepted':
      return { kind: 'refund-owed', id: fact.data.refund, at: fact.data.refundedAt, currency: fact.data.currency };
    case 'OrderConfirmed':
    case 'PaymentAccepted':
    case 'OrderShort':
    case 'OrderWithdrawn':
    case 'ReturnAccepted':
    case 'OrderClosed':
      return undefined;
  }
};

export const decide = (event: Event<In>, state: State, policy: Policy): readonly Out[] => {
  const { company, order, revision } = event.data;
  const what = booked(event);
  const books = bookkeeping(policy, company);
  const now = evolve(state, event);
  if (what === undefined || books === undefined || now === state) return [];
  const { kind, id, at, currency } = what;
  return journalOf(
    {
      // One picking is decided product by product, so the decision's revision makes the id its own.
      journal: journalId(kind, ...orderParts(order), id, String(revision)),
      at,
      currency,
      description: `${kind.replace('-', ' ')} ${id} of order ${order}`,
      event: event.id,
      postings: difference(bookOf(state, currency).booked, bookOf(now, currency).booked),
    },
    books,
  );
};
