import { given, held, heldAndPaid } from './given.ts';
import {
  asked,
  cash,
  changed,
  closed,
  component,
  confirmed,
  confirmedOnCash,
  expected,
  line,
  moneyAccepted,
  paid,
  placed,
  placedOnCash,
  raised,
  reserved,
  resolved,
  resolvedByPerson,
  settled,
  shipmentAccepted,
  share,
  tender,
  wish,
} from './words.ts';

/** Stock's answer to the wish that became firm. */
const firm = reserved('1', 'A', 1000, 2, true);
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
