import { given, held, heldAndPaid } from './given.ts';
import {
  asked,
  cancelled,
  cash,
  changed,
  changedOnCash,
  closed,
  component,
  confirmed,
  confirmedOnCash,
  expected,
  expired,
  holdOf,
  line,
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
  resolvedByPerson,
  retryRequested,
  settled,
  shipmentAccepted,
  share,
  tender,
  tendersReported,
  wish,
  withdrawn,
} from './words.ts';

/** Stock's answer to the wish that became firm. */
const firm = reserved('1', 'A', 1000, 2, true);
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

describe('orders: covered and confirmed', () => {
  it('is confirmed when it is held and captured: the hold becomes firm, the money is passed on', () =>
    given(...held)
      .when(paid())
      .then(wish('1', 'A', 1000, 2, true), confirmed(), moneyAccepted(2)));
  it('is confirmed when it is authorized; nothing was taken yet', () =>
    given(...held)
      .when(paid({ authorizedMinor: 1210, capturedMinor: 0 }))
      .then(wish('1', 'A', 1000, 2, true), confirmed({ authorizedMinor: 1210, capturedMinor: 0 })));
  it('waits for the last cent, over all payments', () => {
    given(...held)
      .when(paid({ capturedMinor: 1209 }))
      .then();
    given(...held, paid({ capturedMinor: 1209 }))
      .when(paid({ paymentReference: 'pi_2', capturedMinor: 0, authorizedMinor: 1 }))
      .then(wish('1', 'A', 1000, 2, true), confirmed({ capturedMinor: 1209, authorizedMinor: 1 }), moneyAccepted(2, 1209));
  });
  it('keeps money that comes before the order, and asks firmly from the start', () => {
    given(paid()).when(placed()).then(expected(), asked());
    given(paid(), placed())
      .when(resolved())
      .then(wish('1', 'A', 1000, 1, true));
    given(paid(), placed(), resolved())
      .when(reserved('1', 'A', 1000, 1, true))
      .then(confirmed(), moneyAccepted(2));
  });
  it('trusts what nobody states beforehand, once the channel waits for no payment', () => {
    given(placedOnCash(), resolved())
      .when(reserved('1', 'A', 1000, 1, true))
      .then(confirmedOnCash());
    given(placedOnCash({ awaitsPayment: true }), resolved())
      .when(reserved('1', 'A', 1000, 1))
      .then();
  });
  it('waits only for what is stated of an order with two tenders', () => {
    const tenders = [{ ...cash, tender: 'giftcard', amountMinor: 1000 }, tender({ amountMinor: 210 })];
    given(placed({ tenders, awaitsPayment: false }), resolved(), reserved('1', 'A', 1000, 1))
      .when(paid({ capturedMinor: 210 }))
      .then(wish('1', 'A', 1000, 2, true), confirmed({ tenders, capturedMinor: 210 }), moneyAccepted(2, 210));
  });
  it('confirms a free order when it is held', () =>
    given(placed({ totalMinor: 0, tenders: [] }), resolved())
      .when(reserved('1', 'A', 1000, 1, true))
      .then(confirmed({ totalMinor: 0, tenders: [], capturedMinor: 0 })));
  it('is not covered by money that was all given back', () =>
    given(...held)
      .when(paid({ refundedMinor: 1210 }))
      .then());
  it('does not count money in another currency, and a person sees it', () =>
    given(...held)
      .when(paid({ currency: 'USD' }), 50)
      .then(
        raised({
          exception: 'payment_unmatched:stripe|pi_1',
          kind: 'payment_unmatched',
          raisedAt: 50,
          amountMinor: 1210,
          currency: 'USD',
          nextAction: 'Refund it at the gateway, or change the currency of the order.',
          detail: 'the payment is in USD, the order in EUR: it is not counted',
        }),
      ));
  it('counts totals of a payment by revision, never by arrival', () => {
    given(...heldAndPaid)
      .when(paid({ capturedMinor: 5 }))
      .then();
    given(...held, paid({ revision: 3, capturedMinor: 5 }))
      .when(paid({ revision: 2 }))
      .then();
  });
  it('passes on totals as they change, and says nothing when they do not', () => {
    given(...held, paid({ authorizedMinor: 1210, capturedMinor: 0 }))
      .when(paid({ revision: 2 }))
      .then(moneyAccepted(2));
    given(...heldAndPaid)
      .when(paid({ revision: 2, disputedMinor: 1210 }))
      .then();
  });
  it('an order of which nothing can leave is delivered when it is confirmed', () => {
    const service = line({ kind: 'fee', codes: [] });
    given(placed({ lines: [service] }))
      .when(paid(), 90)
      .then(
        confirmed({ lines: [{ ...service, components: [] }], allocations: [] }),
        moneyAccepted(2),
        shipmentAccepted(3, [share('1', 1000, 1000, 210)], {
          shipment: 'none',
          product: null,
          location: null,
          dispatchedAt: 90,
        }),
        closed(4),
      );
  });
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

describe('orders: money that does not agree', () => {
  const over = (amountMinor: number, raisedAt = 0) =>
    raised({
      exception: 'overpaid',
      kind: 'overpaid',
      raisedAt,
      amountMinor,
      nextAction: 'Refund the difference at the gateway.',
      detail: `${1210 + amountMinor} EUR (minor units) were taken and kept for a total of 1210`,
    });
  const second = (over: object = {}) => paid({ paymentReference: 'pi_2', capturedMinor: 40, ...over });
  it('a person sees what was paid too much, once, and again with its age when the amount changes', () => {
    given(...heldAndPaid)
      .when(second(), 8)
      .then({ ...moneyAccepted(3, 40), data: { ...moneyAccepted(3, 40).data, paymentReference: 'pi_2' } }, over(40, 8));
    given(...heldAndPaid, second())
      .when(second({ revision: 2, authorizedMinor: 5 }))
      .then();
  });
  it('ends when it was refunded', () =>
    given(...heldAndPaid, second())
      .when(paid({ revision: 2, refundedMinor: 40 }))
      .then(moneyAccepted(4, 1210, 40), settled('overpaid', 'the money agrees with the total')));
  it('is not raised again for the same amount after a person has resolved it, but looked at anew when money moves', () => {
    given(...heldAndPaid, second())
      .when(resolvedByPerson('overpaid'))
      .then(settled('overpaid', 'ann: the customer called'));
    given(...heldAndPaid, firm, second(), resolvedByPerson('overpaid'))
      .when(changed({ customer: 'web:c8' }))
      .then(confirmed({ revision: 4, customer: 'web:c8', capturedMinor: 1250 }));
    given(...heldAndPaid, second(), resolvedByPerson('overpaid'))
      .when(second({ revision: 2, authorizedMinor: 5 }), 99)
      .then(over(40, 99));
  });
  it('a person sees a confirmed order whose money is gone', () =>
    given(...held, paid({ authorizedMinor: 1210, capturedMinor: 0 }))
      .when(paid({ revision: 2, authorizedMinor: 0, capturedMinor: 0 }), 12)
      .then(
        raised({
          exception: 'underpaid',
          kind: 'underpaid',
          raisedAt: 12,
          amountMinor: 1210,
          nextAction: 'Ask the customer for the rest, or withdraw the order before it leaves.',
          detail: 'the order is confirmed for 1210 EUR (minor units), 1210 of it are neither taken nor authorized',
        }),
      ));
  it('ends when the channel changes the order to what was paid', () => {
    const less = line({ netMinor: 900, taxes: [{ code: 'nl21', amountMinor: 189 }], grossMinor: 1089 });
    given(...heldAndPaid, firm, paid({ revision: 2, capturedMinor: 1089 }))
      .when(changed({ lines: [less] }))
      .then(
        confirmed({ revision: 4, lines: [{ ...less, components: [component('A')] }], totalMinor: 1089, capturedMinor: 1089 }),
        settled('underpaid', 'the money agrees with the total'),
      );
  });
  it('says that a person has resolved only what is open', () =>
    given(...heldAndPaid)
      .when(resolvedByPerson('overpaid'))
      .then());
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
