import assert from 'node:assert/strict';
import { payments } from '../../../processors/payments/index.ts';
import { examplesOf } from '../../laws/returned.ts';
import { event, step } from '../../support/given.ts';
import { authorized, captured, expected, failed, linked, noon, refunded, voided } from '../../support/money.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { applied, figures, given, raised, refundOf, resolved } from './said.ts';

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
