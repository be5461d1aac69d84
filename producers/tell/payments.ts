/** What follows from a report about a payment, a capture of it, a refund or a dispute: shared by all gateways. */
import { poison } from '../../runtime/failure.ts';
import type { Report, Tell, Told } from '../../runtime/model.ts';
import { paymentCaptured, type FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

/** What gateways say. */
export type PaymentFact = Exclude<FactsOn<typeof topics.payments>, { readonly type: 'PaymentExpected' }>;

/**
 * The phases that gateways' producers report. Each object has its own told; an amount in a phase is in minor units.
 * Of the payment itself: `attempt-failed`, `authorized <amount>`, `voided`, `captured` (nothing to say: its captures are told by
 * themselves), `released` (captured in part, the rest given back). Of one capture: `captured <amount>`, the total taken by it so far.
 * Of one refund: `refund-pending`, `refunded`, `refund-failed`. Of one dispute: `inquiry`, `disputed`.
 */
export const phases = {
  attemptFailed: 'attempt-failed',
  authorized: (amountMinor: number) => `authorized ${amountMinor}`,
  voided: 'voided',
  taken: 'captured',
  released: 'released',
  captured: (amountMinor: number) => `captured ${amountMinor}`,
  refundPending: 'refund-pending',
  refunded: 'refunded',
  refundFailed: 'refund-failed',
  inquiry: 'inquiry',
  disputed: 'disputed',
} as const;

const capturedSoFar = (phase: string): number => Number(/^captured (\d+)$/.exec(phase)?.[1] ?? 0);

/** A gateway gives a capture's total: what is more than was told is another capture, or it would be counted twice. */
const newlyCaptured = (report: Report<PaymentFact>, told: Told): readonly PaymentFact[] =>
  report.facts.flatMap(fact => {
    if (fact.type !== 'PaymentCaptured') return [];
    const amountMinor = fact.data.amountMinor - capturedSoFar(told.phase);
    const capture = `${fact.data.capture}:${fact.data.amountMinor}`;
    return amountMinor > 0 ? [paymentCaptured({ ...fact.data, capture, amountMinor, feeMinor: 0 })] : [];
  });

/** A report that is news is either another phase, or says the same of it in other words (a later event about it): then nothing follows. */
export const tellPayments: Tell<PaymentFact> = (report, told) => {
  // Every attempt that fails is said: the reason may be another one.
  if (report.phase === phases.attemptFailed) return report.facts;
  if (told === undefined) return report.facts;
  if (told.phase === report.phase) return [];
  if (report.phase.startsWith('captured ')) return newlyCaptured(report, told);
  // An inquiry that became a dispute, a refund that came back, an authorization of another amount.
  if (known(report.phase)) return report.facts;
  throw poison('DELIVERY_UNTRANSLATABLE', `telling ${report.object}: its phase ${report.phase} is none of a payment`);
};
const known = (phase: string): boolean =>
  phase.startsWith('authorized ') || Object.values(phases).some(one => typeof one === 'string' && one === phase);
