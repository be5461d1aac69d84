/** What the examples of payments expect to be said; what an example does not name has a plain value. */
import { payments } from '../../../processors/payments/index.ts';
import {
  exceptionRaised,
  exceptionResolved,
  paymentApplied,
  refundApplied,
  type ExceptionRaised,
  type PaymentApplied,
} from '../../../schemas/generated/facts.ts';
import { examplesOf } from '../../laws/returned.ts';
import { noon, payment } from '../../support/money.ts';
import { policy } from '../../support/policy.ts';

export const given = examplesOf(payments, policy);
const none = { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0, disputedMinor: 0, failed: false };
export const applied = (order: string, revision: number, totals: Partial<PaymentApplied>) =>
  paymentApplied({ ...payment, order, revision, currency: 'EUR', ...none, ...totals });
export const refundOf = (order: string, refund: string, amountMinor: number) =>
  refundApplied({ ...payment, order, refund, amountMinor, currency: 'EUR', refundedAt: noon });
const subject = 'payment:stripe:pi_1';
export const raised = (what: Partial<ExceptionRaised> & { readonly detail: string }) =>
  exceptionRaised({
    company: 'acme',
    subject,
    exception: 'payment_unmatched',
    kind: 'payment_unmatched',
    raisedAt: noon,
    amountMinor: 1000,
    currency: 'EUR',
    nextAction: 'Link the payment to its order, or refund it at the gateway.',
    ...what,
  });
export const resolved = (by: string, exception = 'payment_unmatched') =>
  exceptionResolved({ company: 'acme', subject, exception, by });
export const figures = (authorizedMinor: number, capturedMinor: number, refundedMinor = 0) =>
  `authorized ${authorizedMinor}, captured ${capturedMinor}, refunded ${refundedMinor}, disputed 0 (minor units of EUR)`;
