import { given, held, three } from './given.ts';
import type { In } from '../../../processors/orders/state.ts';
import {
  asked,
  cameBack,
  cancelled,
  closed,
  component,
  confirmedOnCash,
  dispatched,
  left,
  line,
  lineOf,
  moneyAccepted,
  overdueShipment,
  paid,
  placedOnCash,
  raised,
  reserved,
  resolved,
  resolvedLine,
  returnAccepted,
  settled,
  share,
  shipmentAccepted,
  shipmentAlarm,
  shipping,
  toStock,
  wish,
  confirmed,
  expected,
  holdOf,
  placed,
} from './words.ts';

const early = (over: object = {}) =>
  raised({
    exception: 'shipment_early:OUT/1|A|main',
    kind: 'shipment_early',
    amountMinor: 1210,
    nextAction: 'Find out why the order is not confirmed: its payment, its lines, its stock, or the order itself is missing.',
    detail: 'dispatch OUT/1 of product A left before the order was confirmed',
    ...over,
  });
const unexpected = (quantityMilli: number) =>
  raised({
    exception: 'shipment_unexpected:OUT/1|A|main',
    kind: 'shipment_unexpected',
    nextAction: 'Find out why it left; book its return, or agree with the customer.',
    detail: `dispatch OUT/1 took ${quantityMilli} thousandths of product A that the order does not want`,
  });
describe('orders: dispatches', () => {
  it('a part gets its share of the money, the last one the rest, and the order is closed', () => {
    given(...three)
      .when(dispatched('A', 1000))
      .then(left('1', 'A', 1000), shipmentAccepted(2, [share('1', 1000, 333, 70)], { final: false }));
    given(...three, dispatched('A', 1000))
      .when(dispatched('A', 1000, { shipment: 'OUT/2' }))
      .then(
        left('1', 'A', 1000, { shipment: 'OUT/2' }),
        shipmentAccepted(3, [share('1', 1000, 333, 70)], { shipment: 'OUT/2', final: false }),
      );
    given(...three, dispatched('A', 1000), dispatched('A', 1000, { shipment: 'OUT/2' }))
      .when(dispatched('A', 1000, { shipment: 'OUT/3' }))
      .then(
        left('1', 'A', 1000, { shipment: 'OUT/3' }),
        shipmentAccepted(4, [share('1', 1000, 334, 70)], { shipment: 'OUT/3' }),
        closed(5),
      );
  });
  it('counts a dispatch once', () =>
    given(...three, dispatched('A', 1000))
      .when(dispatched('A', 1000))
      .then());
  it('one picking from two locations is two dispatches', () =>
    given(...three, dispatched('A', 1000))
      .when(dispatched('A', 2000, { location: 'store' }))
      .then(
        left('1', 'A', 2000, { location: 'store' }),
        shipmentAccepted(3, [share('1', 2000, 667, 140)], { location: 'store' }),
        closed(4),
      ));
  it('shipping goes with the first dispatch', () =>
    given(
      placedOnCash({ lines: [lineOf('1', 'A', 2000), shipping()] }),
      resolved('1', [component('A', 2000)]),
      reserved('1', 'A', 2000, 1, true),
    )
      .when(dispatched('A', 1000))
      .then(
        left('1', 'A', 1000),
        shipmentAccepted(2, [share('1', 1000, 500, 105), share('s1', 1000, 500, 105)], { final: false }),
      ));
  it('lines that share a product take what they want of it, one after another', () =>
    given(
      placedOnCash({ lines: [lineOf('1', 'A'), lineOf('2', 'A', 2000)] }),
      resolved('1'),
      resolved('2', [component('A', 2000)]),
      reserved('1', 'A', 1000, 1, true),
      reserved('2', 'A', 2000, 1, true),
    )
      .when(dispatched('A', 2000))
      .then(
        left('1', 'A', 1000),
        left('2', 'A', 1000),
        shipmentAccepted(2, [share('1', 1000, 1000, 210), share('2', 1000, 500, 105)], { final: false }),
      ));
  it("a kit's line gets its share by what left of its components, and the rest with the last", () => {
    const kit = line({ quantityMilli: 2000, netMinor: 100, taxes: [], grossMinor: 100 });
    const past: readonly In[] = [
      placedOnCash({ lines: [kit] }),
      resolved('1', [component('A', 2000), component('B', 4000)]),
      reserved('1', 'A', 2000, 1, true),
      reserved('1', 'B', 4000, 1, true),
    ];
    given(...past)
      .when(dispatched('B', 4000))
      .then(left('1', 'B', 4000), shipmentAccepted(2, [share('1', 1333, 66, 0)], { product: 'B', final: false }));
    given(...past, dispatched('B', 4000))
      .when(dispatched('A', 2000))
      .then(left('1', 'A', 2000), shipmentAccepted(3, [share('1', 667, 34, 0)]), closed(4));
  });
  it('tells stock of an early one at once, and keeps it until the order is confirmed', () => {
    given()
      .when(dispatched('A', 1000), 40)
      .then(left(null, 'A', 1000), shipmentAlarm(40, 'A', ['stripe', 'woocommerce', 'payments']));
    given(...held)
      .when(dispatched('A', 1000), 40)
      .then(left('1', 'A', 1000), shipmentAlarm(40, 'A', ['stripe', 'payments']));
    given(...held, dispatched('A', 1000))
      .when(paid())
      .then(confirmed({ allocations: [] }), moneyAccepted(2), shipmentAccepted(3, [share('1', 1000, 1000, 210)]), closed(4));
  });
  it('one that left before its order came is not asked of stock again', () => {
    given(dispatched('A', 1000))
      .when(placed({ lines: [lineOf('1', 'A', 3000)] }), 9)
      .then(expected(), asked('1', 'sku:A', 1, 3000), ...holdOf(9));
    given(dispatched('A', 1000), placed({ lines: [lineOf('1', 'A', 3000)] }))
      .when(resolved('1', [component('A', 3000)]))
      .then(wish('1', 'A', 2000, 1));
  });
  it('a person sees one that stays early, until the order is confirmed', () => {
    given(...held, dispatched('A', 1000))
      .when(overdueShipment('A'), 77)
      .then(early({ raisedAt: 77 }));
    given(...held, dispatched('A', 1000), overdueShipment('A'))
      .when(paid())
      .then(
        confirmed({ allocations: [] }),
        moneyAccepted(2),
        shipmentAccepted(3, [share('1', 1000, 1000, 210)]),
        settled('shipment_early:OUT/1|A|main', 'the order is confirmed'),
        closed(4),
      );
    given(dispatched('A', 1000))
      .when(overdueShipment('A'))
      .then(early({ amountMinor: null, currency: null }));
  });
  it('says nothing when it was accepted in time', () =>
    given(...held, dispatched('A', 1000), paid())
      .when(overdueShipment('A'))
      .then());
  it('more than the order wants is told to stock, shared as far as it is wanted, and seen by a person', () =>
    given(...three)
      .when(dispatched('A', 3500))
      .then(
        left('1', 'A', 3000),
        left(null, 'A', 500),
        shipmentAccepted(2, [share('1', 3000, 1000, 210)]),
        unexpected(500),
        closed(3),
      ));
  it('counts what left before when it looks for more than is wanted', () =>
    given(...three, dispatched('A', 2000, { shipment: 'OUT/0' }))
      .when(dispatched('A', 2000))
      .then(
        left('1', 'A', 1000),
        left(null, 'A', 1000),
        shipmentAccepted(3, [share('1', 1000, 334, 70)]),
        unexpected(1000),
        closed(4),
      ));
  it('what leaves for a withdrawn order is told to stock and seen by a person', () =>
    given(...held, cancelled())
      .when(dispatched('A', 1000))
      .then(left(null, 'A', 1000), unexpected(1000)));
  it('an answer of stock that does not know of the dispatch yet is lowered by it', () =>
    given(placedOnCash({ lines: [lineOf('1', 'A', 3000)] }), resolved('1', [component('A', 3000)]), dispatched('A', 1000))
      .when(reserved('1', 'A', 3000, 1, true))
      .then(
        confirmedOnCash({
          lines: [resolvedLine(lineOf('1', 'A', 3000), [component('A', 3000)])],
          allocations: [{ line: '1', component: 'A', owner: 'acme', product: 'A', location: 'main', quantityMilli: 2000 }],
        }),
        shipmentAccepted(2, [share('1', 1000, 333, 70)], { final: false }),
      ));
});

describe('orders: returns', () => {
  it('tells stock at once, and systems when it had left before', () => {
    given(...three, dispatched('A', 1000))
      .when(cameBack('A', 1000))
      .then(toStock('A', 1000), returnAccepted(3, 'A', 1000));
    given(...three)
      .when(cameBack('A', 1000))
      .then(toStock('A', 1000));
    given(...three, cameBack('A', 1000))
      .when(dispatched('A', 1000))
      .then(
        left('1', 'A', 1000),
        shipmentAccepted(2, [share('1', 1000, 333, 70)], { final: false }),
        returnAccepted(3, 'A', 1000),
      );
  });
  it('counts a return once', () =>
    given(...three, dispatched('A', 1000), cameBack('A', 1000))
      .when(cameBack('A', 1000))
      .then());
  it('accepts no more than what left', () =>
    given(...three, dispatched('A', 1000))
      .when(cameBack('A', 2000))
      .then(toStock('A', 2000)));
});
