import { given, held, heldAndPaid } from './given.ts';
import {
  asked,
  cancelled,
  cash,
  changedOnCash,
  closed,
  component,
  confirmed,
  expected,
  expired,
  holdOf,
  minute,
  moneyAccepted,
  paid,
  placed,
  placedOnCash,
  raised,
  refused,
  reinstated,
  reserved,
  resolved,
  retryRequested,
  settled,
  tender,
  tendersReported,
  wish,
  withdrawn,
} from './words.ts';

const claimed = tender({ reportedPaid: true });
const late = (amountMinor: number) =>
  raised({
    exception: 'payment_after_expiry',
    kind: 'payment_after_expiry',
    amountMinor,
    nextAction: 'Ask for stock again (retry the order) if the customer still wants it; else refund the money at the gateway.',
    detail: `${amountMinor} EUR (minor units) came after the order was withdrawn`,
  });
const due = (amountMinor: number) =>
  raised({
    exception: 'refund_due',
    kind: 'refund_due',
    amountMinor,
    nextAction: 'Refund or void the money at the gateway.',
    detail: `${amountMinor} EUR (minor units) are held or taken for an order that is withdrawn`,
  });

describe('orders: hold time', () => {
  it('withdraws when it is over and no money was seen', () =>
    given(...held)
      .when(expired(), 15 * minute)
      .then(wish('1', 'A', 0, 2), withdrawn('hold_expired'), closed(2)));
  it('withdraws also while lines or stock are still asked for', () => {
    given(placed()).when(expired()).then(withdrawn('hold_expired'), closed(2));
    given(placed(), resolved())
      .when(expired())
      .then(wish('1', 'A', 0, 2), withdrawn('hold_expired'), closed(2));
  });
  it('says nothing when the money came first, and nothing twice', () => {
    given(...heldAndPaid)
      .when(expired())
      .then();
    given(placed(), paid()).when(expired()).then();
    given(...held, expired())
      .when(expired())
      .then();
  });
  it('the earlier wins: money after the end is an exception with its amount, not an order', () =>
    given(...held, expired())
      .when(paid())
      .then(late(1210)));
  it('the exception ends when the money went back', () =>
    given(...held, expired(), paid())
      .when(paid({ revision: 2, refundedMinor: 1210 }))
      .then(settled('payment_after_expiry', 'the money went back')));
  it('a person may ask again for an order that had expired, with its money', () => {
    given(...held, expired(), paid())
      .when(retryRequested)
      .then(asked('1', 'sku:A', 2), settled('payment_after_expiry', 'the order stands again'));
    given(...held, expired(), paid(), retryRequested, resolved('1', [component('A')], 2))
      .when(reserved('1', 'A', 1000, 3, true))
      .then(confirmed({ revision: 3 }), moneyAccepted(4));
  });
  it('nobody may ask again for an order that the channel called off', () =>
    given(...held, expired(), cancelled())
      .when(retryRequested)
      .then());
  it('keeps the promise when the channel says that it is paid: a person sees that no money came', () =>
    given(...held, tendersReported([claimed]))
      .when(expired(), 33)
      .then(
        raised({
          exception: 'payment_unmatched',
          kind: 'payment_unmatched',
          raisedAt: 33,
          amountMinor: 1210,
          nextAction: 'Find the payment at the gateway and link it to the order, or withdraw the order.',
          detail: 'the channel says that the order is paid; no such money was seen in its hold time',
        }),
      ));
  it('is confirmed when that money comes after all', () =>
    given(...held, tendersReported([claimed]), expired())
      .when(paid())
      .then(
        wish('1', 'A', 1000, 2, true),
        confirmed({ tenders: [claimed] }),
        moneyAccepted(2),
        settled('payment_unmatched', 'the order is covered, or no longer waits'),
      ));
  it('starts anew when the channel takes its claim back', () =>
    given(...held, tendersReported([claimed]), expired())
      .when(tendersReported([tender()], 3), 20 * minute)
      .then(...holdOf(20 * minute, 15, 2), settled('payment_unmatched', 'the order is covered, or no longer waits')));
  it('starts when an authorization ends before the order could be confirmed', () =>
    given(paid({ authorizedMinor: 1210, capturedMinor: 0 }), placed())
      .when(paid({ revision: 2, authorizedMinor: 0, capturedMinor: 0 }), 9)
      .then(...holdOf(9)));
  it('is not the end of an order that waits for stock with its money', () =>
    given(placed(), paid())
      .when(refused('1', 'A', 1000, 1))
      .then());
  it('ends with what was paid of it due back', () =>
    given(...held, paid({ capturedMinor: 1000, authorizedMinor: 10 }))
      .when(expired())
      .then(wish('1', 'A', 0, 2), withdrawn('hold_expired', { capturedMinor: 1000 }), due(1010)));
});
describe('orders: money after the end', () => {
  it('a refund is due of an order that is cancelled with its money, until it went back', () => {
    given(...heldAndPaid)
      .when(cancelled(), 5)
      .then(wish('1', 'A', 0, 3), withdrawn('cancelled', { revision: 3, wasConfirmed: true, capturedMinor: 1210 }), {
        ...due(1210),
        data: { ...due(1210).data, raisedAt: 5 },
      });
    given(...heldAndPaid, cancelled())
      .when(paid({ revision: 2, refundedMinor: 1210 }))
      .then(moneyAccepted(4, 1210, 1210), closed(5), settled('refund_due', 'the money went back'));
  });
  it('stays paid when the channel tells a late failure after the success', () => {
    given(...heldAndPaid)
      .when(cancelled('payment_failed'))
      .then(
        raised({
          exception: 'payment_unmatched:failed',
          kind: 'payment_unmatched',
          amountMinor: 1210,
          nextAction: 'Set the order right at the channel; or refund the money, then cancel the order.',
          detail: 'the channel says that the payment failed, the gateway says that it is held or taken: the order stands',
        }),
      );
    given(...heldAndPaid, cancelled('payment_failed'))
      .when(reinstated())
      .then(settled('payment_unmatched:failed', 'the channel has set the order right'));
  });
  it('releases an order that waits for its payment when the channel says that it failed', () =>
    given(...held)
      .when(cancelled('payment_failed'))
      .then(wish('1', 'A', 0, 2), withdrawn('payment_failed'), closed(2)));
  it('a person sees money for an order that was cancelled before we heard of it', () =>
    given(cancelled())
      .when(paid())
      .then(
        raised({
          exception: 'payment_after_expiry:stripe|pi_1',
          kind: 'payment_after_expiry',
          amountMinor: 1210,
          nextAction: 'Refund the money at the gateway.',
          detail: '1210 EUR (minor units) came for an order that was cancelled before it reached us',
        }),
      ));
  it('says nothing of trusted money that is seen later, up to the total', () =>
    given(placedOnCash(), resolved(), reserved('1', 'A', 1000, 1, true))
      .when(paid())
      .then(moneyAccepted(2)));
  it('passes a change on to the money that it expects', () =>
    given(placedOnCash(), resolved(), reserved('1', 'A', 1000, 1, true), paid({ capturedMinor: 1210 }))
      .when(changedOnCash({ tenders: [cash, tender({ paymentReference: 'pi_3' })] }))
      .then(
        expected({ paymentReference: 'pi_3' }),
        confirmed({ revision: 3, tenders: [cash, tender({ paymentReference: 'pi_3' })] }),
      ));
});
