import assert from 'node:assert/strict';
import { examplesOf } from '../../laws/returned.ts';
import { payments } from '../../../processors/payments/index.ts';
import {
  exceptionRaised,
  exceptionResolved,
  paymentApplied,
  refundApplied,
  type ExceptionRaised,
  type PaymentApplied,
} from '../../../schemas/generated/facts.ts';
import {
  authorized,
  captured,
  disputed,
  expected,
  failed,
  linked,
  noon,
  payment,
  refundCameBack,
  refunded,
  voided,
} from '../../support/money.ts';
import { event, step } from '../../support/given.ts';
import { policy, policyWith, acme } from '../../support/policy.ts';

const given = examplesOf(payments, policy);
const none = { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0, disputedMinor: 0, failed: false };
const applied = (order: string, revision: number, totals: Partial<PaymentApplied>) =>
  paymentApplied({ ...payment, order, revision, currency: 'EUR', ...none, ...totals });
const refundOf = (order: string, refund: string, amountMinor: number) =>
  refundApplied({ ...payment, order, refund, amountMinor, currency: 'EUR', refundedAt: noon });
const subject = 'payment:stripe:pi_1';
const raised = (what: Partial<ExceptionRaised> & { readonly detail: string }) =>
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
const resolved = (by: string, exception = 'payment_unmatched') => exceptionResolved({ company: 'acme', subject, exception, by });
const figures = (authorizedMinor: number, capturedMinor: number, refundedMinor = 0) =>
  `authorized ${authorizedMinor}, captured ${capturedMinor}, refunded ${refundedMinor}, disputed 0 (minor units of EUR)`;

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

describe('payments: which order', () => {
  it('follows a hint of a shop that takes payments of the gateway', () =>
    given()
      .when(captured(1000, { orderHint: 'web:1' }))
      .then(applied('web:1', 1, { capturedMinor: 1000 })));
  it('does not follow a hint of a shop that is not known, and says so', () =>
    given()
      .when(captured(1000, { orderHint: 'other:1' }), noon)
      .then(
        raised({
          detail: `the gateway names other:1, whose shop does not take payments of this gateway; ${figures(0, 1000)}`,
        }),
      ));
  it('does not follow a hint of a shop whose tenders do not name the gateway', () =>
    examplesOf(payments, policyWith({ authority: { ...acme.authority, tenders: { web: { bacs: 'web' } } } }))()
      .when(captured(1000, { orderHint: 'web:1' }), noon)
      .then(
        raised({ detail: `the gateway names web:1, whose shop does not take payments of this gateway; ${figures(0, 1000)}` }),
      ));
  it('does not follow a hint of a shop of another company', () => {
    const { web } = policy.shops;
    examplesOf(payments, { ...policy, shops: { ...policy.shops, web: { ...web!, company: 'other' } } })()
      .when(captured(1000, { orderHint: 'web:1' }), noon)
      .then(
        raised({ detail: `the gateway names web:1, whose shop does not take payments of this gateway; ${figures(0, 1000)}` }),
      );
  });
  it('follows the hint of the highest rank, and of one rank the first', () => {
    const second = { capture: 'ch_2', orderHint: 'web:2' };
    given(captured(400, { orderHint: 'web:1' }))
      .when(captured(600, second))
      .then(applied('web:1', 2, { capturedMinor: 1000 }));
    given(captured(400, { orderHint: 'web:1' }))
      .when(captured(600, { ...second, version: 2 }))
      .then(applied('web:1', 2, {}), applied('web:2', 3, { capturedMinor: 1000 }));
  });
  it('leaves money with the order that a hint named when that shop is taken out of the files', () => {
    const { state } = step(payments, payments.initial, event(captured(400, { orderHint: 'web:1' })), policy);
    const without = policyWith({ authority: { ...acme.authority, tenders: {} } });
    const { outputs } = step(payments, state, event(captured(600, { capture: 'ch_2', orderHint: 'web:1' })), without);
    assert.deepEqual(outputs, [applied('web:1', 2, { capturedMinor: 1000 })]);
  });
  it('does not take a name that every object has for a shop', () =>
    given()
      .when(captured(1000, { orderHint: 'constructor:1' }), noon)
      .then(
        raised({
          detail: `the gateway names constructor:1, whose shop does not take payments of this gateway; ${figures(0, 1000)}`,
        }),
      ));
  it('moves the money when another order expects it than the one the gateway named', () =>
    given(captured(1000, { orderHint: 'web:1' }))
      .when(expected('web:2', 1000))
      .then(applied('web:1', 2, {}), applied('web:2', 3, { capturedMinor: 1000 })));
  it('has a refund that moves with the money corrected by a person', () =>
    given(captured(1000, { orderHint: 'web:1' }), refunded(300, { orderHint: 'web:1' }))
      .when(expected('web:2', 1000), noon)
      .then(
        applied('web:1', 3, {}),
        applied('web:2', 4, { capturedMinor: 1000, refundedMinor: 300 }),
        refundOf('web:2', 're_1', 300),
        raised({
          exception: 'refund_unmatched:re_1',
          kind: 'refund_unmatched',
          amountMinor: 300,
          nextAction: 'Take the refund back from order web:1 by hand.',
          detail: 'refund re_1 was counted for order web:1, its payment is for order web:2',
        }),
      ));
  it('gives the money to the first of two orders that expect it, and shows the second', () =>
    given(expected('web:1', 1000), captured(1000))
      .when(expected('web:2', 500), noon)
      .then(
        raised({
          exception: 'payment_unmatched:order web:2',
          amountMinor: 500,
          nextAction: 'Link the payment to the order that it is for.',
          detail: 'order web:2 expects this payment, which is for order web:1',
        }),
      ));
  it('says nothing when an order that lost expects it again', () =>
    given(expected('web:1', 1000), expected('web:2', 500)).when(expected('web:2', 500)).then());
  it('moves the money to the order that a person names, and settles the conflict', () =>
    given(expected('web:1', 1000), captured(1000), expected('web:2', 1000))
      .when(linked('web:2'))
      .then(
        applied('web:1', 2, {}),
        applied('web:2', 3, { capturedMinor: 1000 }),
        resolved('linked to web:2 by kim', 'payment_unmatched:order web:2'),
      ));
});

describe('payments: money for no order', () => {
  it('is shown with its amount and what to do', () =>
    given()
      .when(captured(1000), noon)
      .then(raised({ detail: `no order expects it; ${figures(0, 1000)}` })));
  it('is shown again with the new amount, since when it first was', () =>
    given(event(captured(400), 5))
      .when(captured(600, { capture: 'ch_2' }), noon)
      .then(raised({ raisedAt: 5, detail: `no order expects it; ${figures(0, 1000)}` })));
  it('is money that is only held, too', () =>
    given()
      .when(authorized(1000), noon)
      .then(raised({ detail: `no order expects it; ${figures(1000, 0)}` })));
  it('is applied and resolved when a person links it', () =>
    given(captured(1000))
      .when(linked('web:7'))
      .then(applied('web:7', 1, { capturedMinor: 1000 }), resolved('linked to web:7 by kim')));
  it('is resolved when all of it went back', () =>
    given(captured(1000)).when(refunded(1000)).then(resolved('nothing of it is left')));
  it('is resolved when the held money was let go', () =>
    given(authorized(1000))
      .when(voided({ version: 2 }))
      .then(resolved('nothing of it is left')));
  it('is not a failed attempt', () => given().when(failed()).then());
});

describe('payments: currencies', () => {
  it('does not apply money in another currency than the order expects', () =>
    given(expected('web:1', 1000, 'USD'))
      .when(captured(1000), noon)
      .then(raised({ detail: `order web:1 expects it in USD; ${figures(0, 1000)}` })));
  it('takes money back from the order that a hint named when that order turns out to expect another currency', () =>
    given(captured(1000, { orderHint: 'web:1' }))
      .when(expected('web:1', 1000, 'USD'), noon)
      .then(applied('web:1', 2, {}), raised({ raisedAt: noon, detail: `order web:1 expects it in USD; ${figures(0, 1000)}` })));
  it('does not add up two currencies of one payment, and shows the second', () => {
    const past = [expected('web:1', 1000), captured(1000)];
    const odd = captured(900, { capture: 'ch_2', currency: 'USD' });
    given(...past)
      .when(odd, noon)
      .then(
        raised({
          exception: 'payment_unmatched:capture ch_2',
          amountMinor: 900,
          currency: 'USD',
          nextAction: 'Refund it at the gateway, or apply it by hand.',
          detail: 'capture ch_2 is in USD, the payment is in EUR: it is not counted',
        }),
      );
    given(...past, odd)
      .when(odd)
      .then();
  });
  it('does not count as held what is held in another currency', () => {
    const odd = authorized(1000, { currency: 'USD', version: 2 });
    given(expected('web:1', 1000), captured(1000))
      .when(odd, noon)
      .then(
        raised({
          exception: 'payment_unmatched:authorization',
          currency: 'USD',
          nextAction: 'Refund it at the gateway, or apply it by hand.',
          detail: 'authorization is in USD, the payment is in EUR: it is not counted',
        }),
      );
    given(expected('web:1', 1000), captured(1000), voided({ version: 3 }))
      .when(odd)
      .then();
  });
  it('does not take the currency of a word that does not count', () =>
    given(expected('web:1', 1000), voided({ version: 2 }), authorized(500, { currency: 'USD', version: 1 }))
      .when(captured(1000))
      .then(applied('web:1', 1, { capturedMinor: 1000 })));
});
