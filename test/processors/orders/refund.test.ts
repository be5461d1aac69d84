import { given, held, heldAndPaid, three } from './given.ts';
import {
  cancelled,
  confirmed,
  moneyAccepted,
  overdueRefund,
  paid,
  placed,
  raised,
  refundAccepted,
  refundAlarm,
  refundPaid,
  refundTold,
  settled,
  share,
  tender,
  wish,
} from './words.ts';

const refundEarly = (key: string, name: string, raisedAt = 0) =>
  raised({
    exception: `refund_early:${key}`,
    kind: 'refund_early',
    raisedAt,
    amountMinor: 121,
    nextAction: 'Find the payment that it belongs to, or why the order is not confirmed.',
    detail: `refund ${name} is more than was taken for the order so far`,
  });
const unmatched = () =>
  raised({
    exception: 'refund_unmatched:shop:726',
    kind: 'refund_unmatched',
    raisedAt: 9,
    amountMinor: 121,
    nextAction: 'Look for the refund at the gateway; repeat it there, or take it back at the shop.',
    detail: 'the shop says that refund 726 went back, no gateway says so',
  });

describe("orders: a refund's two sides", () => {
  it('waits for the other side, whichever comes first, and is accepted once', () => {
    given(...heldAndPaid)
      .when(refundTold(), 7)
      .then(refundAlarm(7, 'shop:726'));
    given(...heldAndPaid)
      .when(refundPaid(), 7)
      .then(refundAlarm(7, 'gateway:stripe|re_1'));
    given(...heldAndPaid, refundTold())
      .when(refundPaid())
      .then(refundAccepted(3));
    given(...heldAndPaid, refundPaid())
      .when(refundTold())
      .then(refundAccepted(3));
  });
  it('says nothing of a side that is repeated', () => {
    given(...heldAndPaid, refundTold(), refundPaid())
      .when(refundTold())
      .then();
    given(...heldAndPaid, refundTold(), refundPaid())
      .when(refundPaid())
      .then();
    given(...heldAndPaid, refundTold())
      .when(refundTold())
      .then();
    given(...heldAndPaid, refundPaid())
      .when(refundPaid())
      .then();
  });
  it("joins by the gateway's id before it joins by amount", () =>
    given(...heldAndPaid, refundPaid(), refundPaid({ refund: 're_2' }))
      .when(refundTold({ gatewayRefund: 're_2' }))
      .then(refundAccepted(3)));
  it('does not join by amount what names another refund, another gateway or another amount', () => {
    given(...heldAndPaid, refundPaid())
      .when(refundTold({ gatewayRefund: 're_2' }), 7)
      .then(refundAlarm(7, 'shop:726'));
    given(...heldAndPaid, refundPaid())
      .when(refundTold({ gateway: 'other' }), 7)
      .then(refundAlarm(7, 'shop:726'));
    given(...heldAndPaid, refundPaid())
      .when(refundTold({ amountMinor: 120 }), 7)
      .then(refundAlarm(7, 'shop:726'));
  });
  it('two refunds of one amount are two', () => {
    const second = refundTold({ refund: '727' });
    given(...heldAndPaid, refundTold(), refundPaid(), second)
      .when(refundPaid({ refund: 're_2' }))
      .then(refundAccepted(4, { refund: '727' }));
    given(...heldAndPaid, refundTold(), refundPaid())
      .when(refundTold({ refund: '727', gatewayRefund: 're_1' }), 5)
      .then(refundAlarm(5, 'shop:727'));
  });
  it('one that the shop only recorded waits for no gateway, and its money is counted once when it comes', () => {
    given(...heldAndPaid)
      .when(refundTold({ movesMoney: false }))
      .then(refundAccepted(3));
    given(...heldAndPaid, refundTold({ movesMoney: false }))
      .when(refundPaid())
      .then();
  });
  it('money without the word of the shop is accepted as money only, after it was waited for', () =>
    given(...heldAndPaid, refundPaid())
      .when(overdueRefund('gateway:stripe|re_1'))
      .then(refundAccepted(3, { refund: 're_1', lines: [], refundedAt: 61 })));
  it('its lines are said under the same name when the shop tells them after all', () =>
    given(...heldAndPaid, refundPaid(), overdueRefund('gateway:stripe|re_1'))
      .when(refundTold())
      .then(refundAccepted(4, { refund: 're_1' })));
  it('one that no gateway confirms is seen by a person, until it comes', () => {
    given(...heldAndPaid, refundTold())
      .when(overdueRefund('shop:726'), 9)
      .then(unmatched());
    given(...heldAndPaid, refundTold(), overdueRefund('shop:726'))
      .when(refundPaid())
      .then(refundAccepted(3), settled('refund_unmatched:shop:726', 'its other side came'));
  });
  it('is said again when the shop corrects it', () =>
    given(...heldAndPaid, refundTold(), refundPaid())
      .when(refundTold({ revision: 2, lines: [share('1', 1000, 100, 21)] }))
      .then(refundAccepted(4, { lines: [share('1', 1000, 100, 21)] })));
  it('a person sees when its sides differ', () =>
    given(...heldAndPaid, refundPaid({ amountMinor: 100 }))
      .when(refundTold({ gatewayRefund: 're_1' }))
      .then(
        refundAccepted(3),
        raised({
          exception: 'refund_unmatched:differs:726',
          kind: 'refund_unmatched',
          amountMinor: 21,
          nextAction: 'Correct the refund at the shop, or book the difference by hand.',
          detail: 'refund 726 is 121 at the shop and 100 at the gateway (minor units)',
        }),
      ));
});

describe('orders: a refund before its money', () => {
  it('is kept until the order is confirmed and the money was taken', () => {
    given(refundPaid(), refundTold(), ...held)
      .when(paid())
      .then(wish('1', 'A', 1000, 2, true), confirmed(), moneyAccepted(2), refundAccepted(3));
    given(...held, paid({ authorizedMinor: 1210, capturedMinor: 0 }), refundTold(), refundPaid())
      .when(paid({ revision: 2, capturedMinor: 1210 }))
      .then(moneyAccepted(2), refundAccepted(3));
  });
  it('a person sees it when the money does not come, until it does', () => {
    given(...held, paid({ authorizedMinor: 1210, capturedMinor: 0 }), refundTold(), refundPaid())
      .when(overdueRefund('gateway:stripe|re_1'), 9)
      .then(refundEarly('shop:726', '726', 9));
    given(
      ...held,
      paid({ authorizedMinor: 1210, capturedMinor: 0 }),
      refundTold(),
      refundPaid(),
      overdueRefund('gateway:stripe|re_1'),
    )
      .when(paid({ revision: 2, capturedMinor: 1210 }))
      .then(moneyAccepted(2), refundAccepted(3), settled('refund_early:shop:726', 'the money was taken'));
    given(refundPaid())
      .when(overdueRefund('gateway:stripe|re_1'), 9)
      .then(refundEarly('gateway:stripe|re_1', 're_1', 9));
  });
  it('never gives back more than was taken, over all refunds', () =>
    given(...heldAndPaid, refundTold({ amountMinor: 1200, movesMoney: false }), refundTold({ refund: '727' }))
      .when(refundPaid(), 3)
      .then(refundAlarm(3, 'gateway:stripe|re_1')));
  it('what nobody states beforehand counts as taken', () =>
    given(...three)
      .when(refundTold({ movesMoney: false, gateway: null }))
      .then(refundAccepted(2)));
  it('is accepted for a withdrawn order, too', () =>
    given(...heldAndPaid, cancelled(), refundTold({ movesMoney: false }))
      .when(refundTold({ refund: '727', movesMoney: false }))
      .then(refundAccepted(5, { refund: '727' })));
  it('says nothing when it was accepted in time', () =>
    given(...heldAndPaid, refundTold(), refundPaid())
      .when(overdueRefund('shop:726'))
      .then());
  it('waits for the gateways that may tell it', () =>
    given(placed({ tenders: [tender({ tender: 'bacs', gateway: null, paymentReference: null })] }))
      .when(refundTold({ gateway: 'web' }), 3)
      .then(refundAlarm(3, 'shop:726', ['woocommerce', 'payments'])));
});
