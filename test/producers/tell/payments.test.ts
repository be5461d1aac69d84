import assert from 'node:assert/strict';
import { phases, tellPayments, type PaymentFact } from '../../../producers/tell/payments.ts';
import { isFailure } from '../../../runtime/failure.ts';
import type { Report, Told } from '../../../runtime/model.ts';
import { paymentCaptured, paymentFailed } from '../../../schemas/generated/facts.ts';

const payment = { company: 'acme', gateway: 'stripe', paymentReference: 'pi_1', orderHint: null, version: 1 };
const captured = (amountMinor: number): PaymentFact =>
  paymentCaptured({ ...payment, capture: 'ch_1', amountMinor, currency: 'EUR', feeMinor: 30, capturedAt: 5 });
const report = (phase: string, facts: readonly PaymentFact[]): Report<PaymentFact> => ({
  object: 'capture:ch_1',
  version: 1,
  settled: true,
  rank: 0,
  phase,
  facts,
});
const told = (phase: string): Told => ({ version: 0, settled: true, rank: 0, content: 'x', phase });

describe('what follows from a report of a gateway', () => {
  it('is what it says, the first time', () => {
    const facts = [captured(700)];
    assert.deepEqual(tellPayments(report(phases.captured(700), facts), undefined), facts);
  });
  it('is nothing when the phase was told: another event says it in other words', () => {
    assert.deepEqual(tellPayments(report(phases.captured(700), [captured(700)]), told('captured 700')), []);
    assert.deepEqual(tellPayments(report(phases.voided, []), told('voided')), []);
  });
  it('is what was captured since, under an id of its own, and its fee is not counted again', () => {
    const [fact, ...more] = tellPayments(report(phases.captured(1000), [captured(1000)]), told('captured 700'));
    assert.deepEqual([fact?.data, more], [{ ...captured(1000).data, capture: 'ch_1:1000', amountMinor: 300, feeMinor: 0 }, []]);
  });
  it('is every attempt that fails', () => {
    const failed = [paymentFailed({ ...payment, reason: 'expired_card', failedAt: 5 })];
    assert.deepEqual(tellPayments(report(phases.attemptFailed, failed), told(phases.attemptFailed)), failed);
  });
  it('is poison for a phase that no payment has', () => {
    assert.throws(
      () => tellPayments(report('open', []), told('voided')),
      error => isFailure(error) && error.kind === 'poison',
    );
  });
});
