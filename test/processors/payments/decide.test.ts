import { authorized, captured, disputed, expected, failed, refundCameBack, refunded, voided } from '../../support/money.ts';
import { applied, given, refundOf, resolved } from './said.ts';

describe('payments: totals', () => {
  it('says nothing of an expectation before there is money', () => given().when(expected('web:1', 1000)).then());
  it('applies a capture to the order that expects it', () =>
    given(expected('web:1', 1000))
      .when(captured(1000))
      .then(applied('web:1', 1, { capturedMinor: 1000 })));
  it('applies money that came before the expectation once it is expected', () =>
    given(captured(1000))
      .when(expected('web:1', 1000))
      .then(applied('web:1', 1, { capturedMinor: 1000 }), resolved('order web:1 expects it')));
  it('counts a capture once, however often it is told', () =>
    given(expected('web:1', 1000), captured(1000)).when(captured(1000)).then());
  it('sums the captures of one payment', () =>
    given(expected('web:1', 1000), captured(400))
      .when(captured(600, { capture: 'ch_2' }))
      .then(applied('web:1', 2, { capturedMinor: 1000 })));
  it('takes what was captured off what is authorized', () =>
    given(expected('web:1', 1000), authorized(1000))
      .when(captured(700, { version: 2 }))
      .then(applied('web:1', 2, { authorizedMinor: 300, capturedMinor: 700 })));
  it('voids the rest when 70 of 100 were captured and the rest was cancelled', () =>
    given(expected('web:1', 100), authorized(100), captured(70, { version: 2 }))
      .when(voided({ version: 3 }))
      .then(applied('web:1', 3, { capturedMinor: 70 })));
  it('lets the rank decide when the void arrived before the authorization', () =>
    given(expected('web:1', 100), voided({ version: 3 }))
      .when(authorized(100, { version: 1 }))
      .then());
  it('lets a capture told again with a higher rank replace its amount', () =>
    given(expected('web:1', 1000), captured(1000))
      .when(captured(900, { version: 2 }))
      .then(applied('web:1', 2, { capturedMinor: 900 })));
  it('counts a dispute once', () =>
    given(expected('web:1', 1000), captured(1000), disputed(1000))
      .when(disputed(1000, { version: 1 }))
      .then());
  it('says what is under dispute', () =>
    given(expected('web:1', 1000), captured(1000))
      .when(disputed(1000))
      .then(applied('web:1', 2, { capturedMinor: 1000, disputedMinor: 1000 })));
});

describe('payments: failed attempts', () => {
  it('says that an attempt failed when nothing was captured', () =>
    given(expected('web:1', 1000))
      .when(failed())
      .then(applied('web:1', 1, { failed: true })));
  it('stays paid when a failure comes after the success, whatever its rank', () => {
    given(expected('web:1', 1000), captured(1000))
      .when(failed({ version: 1 }))
      .then();
    given(expected('web:1', 1000), captured(1000))
      .when(failed({ version: 9 }))
      .then();
  });
  it('is paid once when the success follows the failure', () =>
    given(expected('web:1', 1000), failed())
      .when(captured(1000, { version: 2 }))
      .then(applied('web:1', 2, { capturedMinor: 1000 })));
  it('is not failed while money is held', () =>
    given(expected('web:1', 1000), authorized(1000))
      .when(failed({ version: 2 }))
      .then());
  it('has not failed when the hold ended after the failure', () => {
    const past = [expected('web:1', 1000), authorized(1000), voided({ version: 3 })];
    given(...past)
      .when(failed({ version: 2 }))
      .then();
    given(...past)
      .when(failed({ version: 4 }))
      .then(applied('web:1', 3, { failed: true }));
  });
  it('says a failure without an amount in the currency of the expectation', () =>
    given(expected('web:1', 1000, 'USD'))
      .when(failed())
      .then(applied('web:1', 1, { failed: true, currency: 'USD' })));
});

describe('payments: refunds', () => {
  it('says the totals and the refund, once', () => {
    given(expected('web:1', 1000), captured(1000))
      .when(refunded(300))
      .then(applied('web:1', 2, { capturedMinor: 1000, refundedMinor: 300 }), refundOf('web:1', 're_1', 300));
    given(expected('web:1', 1000), captured(1000), refunded(300)).when(refunded(300)).then();
  });
  it('keeps a refund that came before its capture and counts it when the capture is told', () => {
    given(expected('web:1', 1000))
      .when(refunded(300))
      .then(applied('web:1', 1, { refundedMinor: 300 }), refundOf('web:1', 're_1', 300));
    given(expected('web:1', 1000), refunded(300))
      .when(captured(1000))
      .then(applied('web:1', 2, { capturedMinor: 1000, refundedMinor: 300 }));
  });
  it('takes a refund back that failed', () =>
    given(expected('web:1', 1000), captured(1000), refunded(300))
      .when(refundCameBack(300))
      .then(applied('web:1', 3, { capturedMinor: 1000 })));
  it('says no refund that did not happen', () => given(expected('web:1', 1000), captured(1000)).when(refundCameBack(300)).then());
  it('says a refund once, also when it came back and went again', () =>
    given(expected('web:1', 1000), captured(1000), refunded(300), refundCameBack(300))
      .when(refunded(300, { version: 3 }))
      .then(applied('web:1', 4, { capturedMinor: 1000, refundedMinor: 300 })));
  it('does not count a refund whose failure arrived first', () =>
    given(expected('web:1', 1000), captured(1000), refundCameBack(300, { version: 2 }))
      .when(refunded(300, { version: 1 }))
      .then());
  it('lets the failure count when it and the success have one rank', () => {
    given(expected('web:1', 1000), captured(1000), refundCameBack(300, { version: 1 }))
      .when(refunded(300))
      .then();
    given(expected('web:1', 1000), captured(1000), refunded(300))
      .when(refundCameBack(300, { version: 1 }))
      .then(applied('web:1', 3, { capturedMinor: 1000 }));
  });
});
