/** Facts about one payment, for the tests of those who read payments.v1: what a test does not name has a plain value. */
import {
  authorizationVoided,
  disputeOpened,
  paymentAuthorized,
  paymentCaptured,
  paymentExpected,
  paymentFailed,
  paymentLinked,
  refundFailed,
  refundSucceeded,
  type FactsOn,
  type PaymentCaptured,
  type RefundFailed,
  type RefundSucceeded,
} from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

export type PaymentFact = FactsOn<typeof topics.payments>;

export const payment = { company: 'acme', gateway: 'stripe', paymentReference: 'pi_1' } as const;
/** Noon in Amsterdam on an open day. */
export const noon = Date.parse('2026-10-05T10:00:00Z');
const said = { ...payment, orderHint: null as string | null, currency: 'EUR', version: 1 };
const bare = { ...payment, orderHint: null as string | null, version: 1 };

interface Said {
  readonly orderHint?: string | null;
  readonly currency?: string;
  readonly version?: number;
}
export const expected = (order: string, amountMinor: number, currency = 'EUR') =>
  paymentExpected({ ...payment, order, shop: order.split(':')[0]!, amountMinor, currency });
export const linked = (order: string, actor = 'kim') => paymentLinked({ ...payment, order, actor, reason: 'the customer wrote' });
export const authorized = (amountMinor: number, with_: Said = {}) =>
  paymentAuthorized({ ...said, ...with_, amountMinor, authorizedAt: noon });
export const captured = (amountMinor: number, with_: Partial<PaymentCaptured> = {}) =>
  paymentCaptured({ ...said, capture: 'ch_1', feeMinor: 0, capturedAt: noon, ...with_, amountMinor });
export const refunded = (amountMinor: number, with_: Partial<RefundSucceeded> = {}) =>
  refundSucceeded({ ...said, refund: 're_1', refundedAt: noon, ...with_, amountMinor });
export const refundCameBack = (amountMinor: number, with_: Partial<RefundFailed> = {}) =>
  refundFailed({ ...said, refund: 're_1', failedAt: noon, version: 2, ...with_, amountMinor });
export const disputed = (amountMinor: number, with_: Said & { readonly dispute?: string } = {}) =>
  disputeOpened({ ...said, dispute: 'dp_1', openedAt: noon, ...with_, amountMinor });
export const failed = (with_: Omit<Said, 'currency'> = {}) =>
  paymentFailed({ ...bare, ...with_, reason: 'card_declined', failedAt: noon });
export const voided = (with_: Omit<Said, 'currency'> = {}) => authorizationVoided({ ...bare, ...with_, voidedAt: noon });
