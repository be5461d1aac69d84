import { given, held, three, threeLine, threeResolved } from './given.ts';

import {
  asked,
  cancelled,
  cash,
  changedOnCash,
  closed,
  dispatched,
  lineOf,
  moneyAccepted,
  paid,
  raised,
  reinstated,
  wish,
  withdrawRequested,
  withdrawn,
  component,
  placed,
  reserved,
  settled,
  resolved,
} from './words.ts';

const unexpected = (quantityMilli: number) =>
  raised({
    exception: 'shipment_unexpected:OUT/1|A|main',
    kind: 'shipment_unexpected',
    nextAction: 'Find out why it left; book its return, or agree with the customer.',
    detail: `dispatch OUT/1 took ${quantityMilli} thousandths of product A that the order does not want`,
  });
const changedLate = (exception: string, detail: string, amountMinor: number, nextAction: string) =>
  raised({ exception, kind: 'changed_after_shipment', amountMinor, nextAction, detail });
const calledOff = (detail: string) =>
  changedLate(
    'changed_after_shipment:2:off',
    detail,
    1210,
    'Agree on a return with the customer, or reinstate the order at the channel.',
  );
const refusedChange = (amountMinor: number) =>
  changedLate(
    'changed_after_shipment:2',
    'the channel changed lines of which a part has left: the order stays as it was',
    amountMinor,
    'Refund or return at the channel what should not have left, or set the order right there.',
  );

describe('orders: called off or changed after a dispatch', () => {
  it('a part has left: the rest is released, the order is closed, a person sees it', () =>
    given(...three, dispatched('A', 1000))
      .when(cancelled())
      .then(wish('1', 'A', 0, 2), closed(3), calledOff('the order was called off after a part had left; the rest is released')));
  it('a person may call off the rest, too', () =>
    given(...three, dispatched('A', 1000))
      .when(withdrawRequested)
      .then(wish('1', 'A', 0, 2), closed(3), {
        ...calledOff('the order was called off after a part had left; the rest is released'),
        data: {
          ...calledOff('the order was called off after a part had left; the rest is released').data,
          exception: 'changed_after_shipment:1:off',
        },
      }));
  it('what a person has called off in the middle of a change stays so when that change is repeated', () => {
    const more = changedOnCash({ lines: [threeLine, lineOf('2', 'B')] });
    given(...three, more, dispatched('A', 1000), withdrawRequested)
      .when(more)
      .then();
  });
  it('all has left: nothing is released, a person sees it', () =>
    given(...three, dispatched('A', 3000))
      .when(cancelled())
      .then(calledOff('the order was called off after all of it had left')));
  it('nobody needs to hear that an order was called off that was delivered and wholly refunded, whichever is told first', () => {
    const delivered = [
      placed({ lines: [threeLine] }),
      paid(),
      resolved('1', [component('A', 3000)]),
      reserved('1', 'A', 3000, 1, true),
      dispatched('A', 3000),
    ];
    const back = paid({ revision: 2, refundedMinor: 1210 });
    given(...delivered, back)
      .when(cancelled())
      .then();
    given(...delivered, cancelled())
      .when(back)
      .then(moneyAccepted(5, 1210, 1210), settled('changed_after_shipment:2:off', 'the money went back'));
  });
  it('the rest is wanted again when the order is reinstated', () =>
    given(...three, dispatched('A', 1000), cancelled())
      .when(reinstated({ lines: [threeResolved], tenders: [cash], awaitsPayment: false }))
      .then(wish('1', 'A', 2000, 3, true)));
  it('stays as it left when the channel only edits what it has called off', () =>
    given(...three, dispatched('A', 1000), cancelled())
      .when(changedOnCash({ revision: 3, lines: [lineOf('1', 'A', 4000)] }))
      .then());
  it('the money of what was called off is not missed', () =>
    given(
      placed({ lines: [threeLine] }),
      paid({ authorizedMinor: 1210, capturedMinor: 0 }),
      resolved('1', [component('A', 3000)]),
      reserved('1', 'A', 3000, 1, true),
      dispatched('A', 1000),
      cancelled(),
    )
      .when(paid({ revision: 2, authorizedMinor: 0, capturedMinor: 403 }))
      .then(moneyAccepted(4, 403)));
  it('an order that left unpaid and is cancelled is withdrawn; a person sees what is gone', () =>
    given(...held, dispatched('A', 1000))
      .when(cancelled())
      .then(withdrawn('cancelled'), closed(2), unexpected(1000)));
  it('a line may grow after a part of it has left', () =>
    given(...three, dispatched('A', 1000))
      .when(changedOnCash({ lines: [lineOf('1', 'A', 4000)] }))
      .then(wish('1', 'A', 3000, 2, true)));
  it('a line may shrink to what has left, and the rest of its money goes with nothing', () =>
    given(...three, dispatched('A', 1000))
      .when(changedOnCash({ lines: [lineOf('1', 'A', 2000)] }))
      .then(wish('1', 'A', 1000, 2, true)));
  it('what has left cannot be changed: the order stays as it was, and a person sees it', () => {
    given(...three, dispatched('A', 2000))
      .when(changedOnCash({ lines: [lineOf('1', 'A', 1000)], totalMinor: 1000 }))
      .then(refusedChange(210));
    given(...three, dispatched('A', 1000))
      .when(changedOnCash({ lines: [lineOf('2', 'B')] }))
      .then(refusedChange(0));
    given(...three, dispatched('A', 3000))
      .when(changedOnCash({ lines: [lineOf('1', 'A', 4000)] }))
      .then(refusedChange(0));
  });
  it('a new line may be added after all has left', () =>
    given(...three, dispatched('A', 3000))
      .when(changedOnCash({ lines: [threeResolved, lineOf('2', 'B')] }))
      .then(asked('2', 'sku:B', 2)));
  it('says nothing when the channel says the same of what has left', () =>
    given(...three, dispatched('A', 3000))
      .when(changedOnCash({ revision: 9, lines: [threeResolved] }))
      .then());
});
