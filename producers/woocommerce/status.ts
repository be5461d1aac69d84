/** What a status of WooCommerce means for an order, and which of two within one second is the later. */
import type { OrderCancelled } from '../../schemas/generated/facts.ts';

export type Status =
  /** Not an order yet: nothing is said. */
  | { readonly is: 'draft' }
  | { readonly is: 'open'; readonly rank: number; readonly awaitsPayment: boolean }
  | { readonly is: 'cancelled'; readonly rank: number; readonly reason: OrderCancelled['reason'] };

const cancelled = (rank: number, reason: OrderCancelled['reason']): Status => ({ is: 'cancelled', rank, reason });
/** Each status has a rank of its own, so that the rank decides the phase. */
export const phases: Readonly<Record<string, Status>> = {
  'auto-draft': { is: 'draft' },
  'checkout-draft': { is: 'draft' },
  pending: { is: 'open', rank: 10, awaitsPayment: true },
  'on-hold': { is: 'open', rank: 20, awaitsPayment: true },
  failed: cancelled(30, 'payment_failed'),
  processing: { is: 'open', rank: 40, awaitsPayment: false },
  completed: { is: 'open', rank: 50, awaitsPayment: false },
  // The customer, the shop or the clock: WooCommerce does not say who.
  cancelled: cancelled(60, 'unknown'),
  refunded: cancelled(70, 'unknown'),
  trash: cancelled(80, 'deleted'),
};
/** Deleted for good: no body is left. */
export const deletedRank = 90;
