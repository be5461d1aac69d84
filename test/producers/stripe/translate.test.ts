/** What Stripe's events say in the trade's words, told as the runtime tells them. */
import assert from 'node:assert/strict';
import { stripe } from '../../../producers/stripe/index.ts';
import { isFailure } from '../../../runtime/failure.ts';
import type { Delivery, Shop } from '../../../runtime/model.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { charge, delivered, dispute, event, intent, refund } from '../../fixtures/stripe/events.ts';
import { contextOf, playDeliveries } from '../../laws/producers.ts';
import { policy } from '../../support/policy.ts';

const withOptions = (options: Shop['options']): Policy => ({
  ...policy,
  shops: { ...policy.shops, stripe: { ...policy.shops['stripe']!, options } },
});
const hinting = withOptions({ livemode: false, orderHint: 'order_id', orderShop: 'web' });
const told = (deliveries: readonly Delivery[], of: Policy = hinting) => playDeliveries(stripe, deliveries, of).facts;
/** Type, the id and amount that count, in short. */
const short = (deliveries: readonly Delivery[], of?: Policy): readonly string[] =>
  told(deliveries, of).map(({ type, data }) => {
    const {
      capture,
      refund: back,
      dispute: claim,
      amountMinor,
      reason,
    } = data as unknown as Record<string, string | number | undefined>;
    return [type, capture ?? back ?? claim ?? reason, amountMinor].filter(part => part !== undefined).join(' ');
  });
const at = (seconds: number) => 1_790_000_000 + seconds;
const payment = { company: 'acme', gateway: 'stripe', paymentReference: 'pi_1', orderHint: 'web:1001' };

const capturable = (seconds = 1, held = 2599) =>
  delivered(
    event(
      'payment_intent.amount_capturable_updated',
      intent({ amount_capturable: held, status: 'requires_capture' }),
      at(seconds),
    ),
  );
const failed = (
  seconds: number,
  error: object = { code: 'card_declined', decline_code: 'insufficient_funds', type: 'card_error' },
) => delivered(event('payment_intent.payment_failed', intent({ last_payment_error: error }), at(seconds)));
const succeeded = (seconds = 2, fields: object = {}) =>
  delivered(
    event(
      'payment_intent.succeeded',
      intent({ amount_received: 2599, status: 'succeeded', latest_charge: 'ch_1', ...fields }),
      at(seconds),
    ),
  );
const charged = (seconds = 2, fields: object = {}) => delivered(event('charge.succeeded', charge({ ...fields }), at(seconds)));
const canceled = (seconds = 3) => delivered(event('payment_intent.canceled', intent({ status: 'canceled' }), at(seconds)));
const refunded = (type: string, status: string, seconds = 5, fields: object = {}) =>
  delivered(event(type, refund({ status, ...fields }), at(seconds)));

describe('what Stripe says', () => {
  it('gives a whole fact, with the order that the metadata names', () => {
    assert.deepEqual(told([capturable(), charged()]), [
      {
        type: 'PaymentAuthorized',
        data: { ...payment, amountMinor: 2599, currency: 'EUR', authorizedAt: at(1) * 1000, version: at(1) * 1000 + 2 },
      },
      {
        type: 'PaymentCaptured',
        data: {
          ...payment,
          capture: 'ch_1',
          amountMinor: 2599,
          currency: 'EUR',
          feeMinor: 0,
          capturedAt: at(2) * 1000,
          version: at(2) * 1000 + 4,
        },
      },
    ]);
  });
  it('names no order when the company file does not say whose orders the metadata names', () => {
    const [fact] = told([charged()], withOptions({}));
    assert.equal((fact?.data as { orderHint: unknown }).orderHint, null);
  });
  it('keeps the order of another key, and nothing of a key that is absent', () => {
    const other = withOptions({ orderHint: 'wc_order', orderShop: 'outlet' });
    const hints = told([charged(1, { metadata: { wc_order: '77' } }), canceled()], other).map(fact => fact.data.orderHint);
    assert.deepEqual(hints, ['outlet:77']);
    assert.equal(told([charged()], other)[0]?.data.orderHint, null);
  });

  it('counts a capture once, whether the charge or the PaymentIntent tells it, and in either order', () => {
    const both = [charged(2), succeeded(2), succeeded(3), charged(2)];
    assert.deepEqual(short(both), ['PaymentCaptured ch_1 2599']);
    assert.deepEqual(short(both.toReversed()), ['PaymentCaptured ch_1 2599']);
  });
  it('takes the charge of older API versions from the list in the PaymentIntent', () => {
    const listed = { latest_charge: undefined, charges: { data: [charge({ captured: false, id: 'ch_0' }), charge()] } };
    assert.deepEqual(short([succeeded(2, listed), charged()]), ['PaymentCaptured ch_1 2599']);
  });
  it('leaves the capture to the charge when the PaymentIntent does not name it', () => {
    assert.deepEqual(short([succeeded(2, { latest_charge: null })]), []);
  });
  it('takes the fee from an expanded balance transaction in the currency of the charge only', () => {
    const fee = (currency: string) =>
      told([charged(2, { balance_transaction: { id: 'txn_1', fee: 84, currency } })]).map(
        fact => (fact.data as { feeMinor?: number }).feeMinor,
      );
    assert.deepEqual([fee('eur'), fee('usd')], [[84], [0]]);
  });
  it('says authorized for a charge that is not captured, and captured when it is', () => {
    const uncaptured = charged(1, { captured: false, amount_captured: 0, payment_intent: null });
    const captured = delivered(event('charge.captured', charge({ payment_intent: null }), at(9)));
    assert.deepEqual(short([uncaptured, captured]), ['PaymentAuthorized 2599', 'PaymentCaptured ch_1 2599']);
  });
  it('says authorized once for the charge and its PaymentIntent', () => {
    const uncaptured = charged(1, { captured: false, amount_captured: 0 });
    assert.deepEqual(short([uncaptured, capturable(1)]), ['PaymentAuthorized 2599']);
  });
  it('says authorized again when more is held', () => {
    assert.deepEqual(short([capturable(1, 2599), capturable(5, 3000)]), ['PaymentAuthorized 2599', 'PaymentAuthorized 3000']);
  });

  it('scenario 8: a late payment_failed after success says nothing, also when it was created after it', () => {
    assert.deepEqual(short([charged(2), succeeded(2), failed(1)]), ['PaymentCaptured ch_1 2599']);
    assert.deepEqual(short([charged(2), succeeded(2), failed(30)]), ['PaymentCaptured ch_1 2599']);
    assert.deepEqual(short([capturable(1), failed(2)]), ['PaymentAuthorized 2599']);
  });
  it('scenario 9: success after failure on one PaymentIntent is paid once, every attempt that failed is said', () => {
    assert.deepEqual(short([failed(1), failed(2, { code: 'expired_card' }), succeeded(3), charged(3)]), [
      'PaymentFailed insufficient_funds',
      'PaymentFailed expired_card',
      'PaymentCaptured ch_1 2599',
    ]);
  });
  it('gives a failure without a readable code as unknown', () => {
    assert.deepEqual(short([failed(1, { code: 'Sample Buyer <buyer@example.test>' })]), ['PaymentFailed unknown']);
  });
  it('scenario 10: a refund before its capture is said as it comes; what is due is for the orders', () => {
    assert.deepEqual(short([refunded('refund.created', 'succeeded'), charged(9)]), [
      'RefundSucceeded re_1 1000',
      'PaymentCaptured ch_1 2599',
    ]);
  });
  it('scenario 11: authorized, then settled: two facts of one payment, each once', () => {
    const events = [capturable(1), succeeded(50), delivered(event('charge.captured', charge(), at(50))), charged(50)];
    assert.deepEqual(short([...events, ...events]), ['PaymentAuthorized 2599', 'PaymentCaptured ch_1 2599']);
  });
  it('scenario 14: 70 of 100 captured gives the rest back, whichever event comes first', () => {
    const taken = charge({ amount: 10_000, amount_captured: 7000, amount_refunded: 3000 });
    const part = [delivered(event('charge.captured', taken, at(50))), succeeded(50, { amount: 10_000, amount_received: 7000 })];
    const expected = ['PaymentAuthorized 10000', 'PaymentCaptured ch_1 7000', 'AuthorizationVoided'];
    assert.deepEqual(short([capturable(1, 10_000), ...part]), expected);
    assert.deepEqual(short([capturable(1, 10_000), ...part.toReversed()]), expected);
  });
  it('scenario 14, a charge without a PaymentIntent', () => {
    const taken = charge({ amount: 10_000, amount_captured: 7000, amount_refunded: 3000, payment_intent: null });
    assert.deepEqual(short([delivered(event('charge.captured', taken, at(50)), 'ch_1')]), [
      'PaymentCaptured ch_1 7000',
      'AuthorizationVoided',
    ]);
  });
  it('counts what a second capture of one charge took, not its total again, and in any order', () => {
    const captured = (amount: number, seconds: number) =>
      delivered(event('charge.captured', charge({ amount: 10_000, amount_captured: amount }), at(seconds)));
    assert.deepEqual(short([captured(4000, 1), captured(10_000, 2)]), [
      'PaymentCaptured ch_1 4000',
      'PaymentCaptured ch_1:10000 6000',
    ]);
    assert.deepEqual(short([captured(10_000, 2), captured(4000, 1)]), ['PaymentCaptured ch_1 10000']);
    const sameSecond = [5000, 6000, 7000, 8000, 9000].map(amount => captured(amount, 1));
    const total = (deliveries: readonly Delivery[]) =>
      told(deliveries).reduce((sum, fact) => sum + (fact.type === 'PaymentCaptured' ? fact.data.amountMinor : 0), 0);
    assert.deepEqual([total(sameSecond), total(sameSecond.toReversed())], [9000, 9000]);
  });
  it('says the end of an authorization once: cancelled, or expired', () => {
    const expired = delivered(event('charge.expired', charge({ captured: false, amount_captured: 0 }), at(3)));
    assert.deepEqual(short([capturable(1), expired, canceled(4), canceled(4)]), [
      'PaymentAuthorized 2599',
      'AuthorizationVoided',
    ]);
  });

  it('says a refund once, whatever events tell it', () => {
    const events = ['refund.created', 'refund.updated', 'charge.refund.updated'].map(type => refunded(type, 'succeeded'));
    assert.deepEqual(short(events), ['RefundSucceeded re_1 1000']);
  });
  it('says nothing of a refund that is pending, and that it failed when it does', () => {
    const pending = refunded('refund.created', 'pending', 5);
    assert.deepEqual(short([pending]), []);
    assert.deepEqual(short([pending, refunded('refund.updated', 'succeeded', 9)]), ['RefundSucceeded re_1 1000']);
    assert.deepEqual(short([pending, refunded('refund.failed', 'failed', 9)]), ['RefundFailed re_1 1000']);
  });
  it('says that a refund came back, and not again that it succeeded', () => {
    const [done, back] = [refunded('refund.created', 'succeeded', 5), refunded('charge.refund.updated', 'failed', 900)];
    assert.deepEqual(short([done, back]), ['RefundSucceeded re_1 1000', 'RefundFailed re_1 1000']);
    assert.deepEqual(short([back, done]), ['RefundFailed re_1 1000']);
  });
  it('counts two refunds of one charge as two, never from the cumulative charge.refunded', () => {
    const cumulative = delivered(event('charge.refunded', charge({ amount_refunded: 2000, refunded: false }), at(7)));
    assert.deepEqual(
      short([refunded('refund.created', 'succeeded'), cumulative, refunded('refund.created', 'succeeded', 6, { id: 're_2' })]),
      ['RefundSucceeded re_1 1000', 'RefundSucceeded re_2 1000'],
    );
  });
  it('says a dispute when it takes money: an inquiry does not until its withdrawal', () => {
    const opened = (status: string) => delivered(event('charge.dispute.created', dispute({ status }), at(20)));
    const withdrawn = delivered(event('charge.dispute.funds_withdrawn', dispute(), at(30)));
    assert.deepEqual(short([opened('needs_response'), withdrawn]), ['DisputeOpened dp_1 2599']);
    assert.deepEqual(short([opened('warning_needs_response')]), []);
    assert.deepEqual(short([opened('warning_needs_response'), withdrawn]), ['DisputeOpened dp_1 2599']);
  });
  it('says nothing of any other event', () => {
    for (const type of ['customer.created', 'payout.paid', 'charge.updated', 'charge.refunded', 'charge.failed', 'invoice.paid'])
      assert.deepEqual(short([delivered(event(type, charge()))]), [], type);
  });
  it('says nothing of a charge that has not succeeded', () => {
    assert.deepEqual(short([charged(2, { status: 'pending', captured: true })]), []);
    assert.deepEqual(short([charged(2, { amount_captured: 0 })]), []);
  });

  const amounts: readonly (readonly [string, number, number | 'poison'])[] = [
    ['eur', 2599, 2599],
    ['jpy', 2599, 2599],
    ['huf', 259_900, 259_900],
    ['isk', 500, 5],
    ['isk', 550, 'poison'],
    ['ugx', 500, 5],
    ['mga', 500, 50_000],
    ['kwd', 5120, 5120],
    ['xxx', 100, 'poison'],
  ];
  for (const [currency, amount, expected] of amounts)
    it(`takes ${amount} of ${currency} as ${expected === 'poison' ? 'no amount' : `${expected} minor units`}`, () => {
      const translate = () =>
        stripe.translate(charged(2, { currency, amount, amount_captured: amount }), contextOf({ shop: 'stripe' }, hinting));
      if (expected === 'poison')
        assert.throws(translate, error => isFailure(error) && error.kind === 'poison' && error.code === 'AMOUNT_INVALID');
      else
        assert.deepEqual(
          translate()[0]?.facts.map(fact => 'amountMinor' in fact.data && fact.data.amountMinor),
          [expected],
        );
    });

  it('refuses an event of the other mode', () => {
    const live = { ...charged(), body: event('charge.succeeded', charge(), at(1), { livemode: true }) };
    assert.throws(
      () => stripe.translate(live, contextOf(live, hinting)),
      error => isFailure(error) && error.kind === 'poison' && /livemode is true/.test(error.message),
    );
  });
  it('names the place in what it cannot read, and never a text', () => {
    const broken = delivered(event('charge.succeeded', charge({ amount: 'Sample Buyer' }), at(1)));
    assert.throws(
      () => stripe.translate(broken, contextOf(broken, hinting)),
      error =>
        isFailure(error) &&
        /^reading charge\.succeeded evt_\d+\.data\.object\.amount: found text, expected a whole number$/.test(error.message),
    );
  });
});

describe("a Stripe account's options", () => {
  const problems = (options: Shop['options']) => stripe.checkShop({ ...policy.shops['stripe']!, options });
  it('may be absent, or whole', () => {
    assert.deepEqual([problems({}), problems({ livemode: true, orderHint: 'order_id', orderShop: 'web' })], [[], []]);
  });
  it('are all checked', () => {
    assert.equal(problems({ livemode: 'yes', orderHint: '', orderShop: 'web:1' }).length, 3);
    assert.match(problems({ orderHint: 'order_id' })[0] ?? '', /does not say whose orders/);
  });
});
