import { given, three } from './given.ts';
import {
  allocation,
  asked,
  changedOnCash,
  closed,
  component,
  confirmedOnCash,
  dispatched,
  left,
  lineOf,
  placedOnCash,
  raised,
  refused,
  reserved,
  resolved,
  resolvedLine,
  retryRequested,
  share,
  shipmentAccepted,
  short,
  wish,
} from './words.ts';
import type { In } from '../../../processors/orders/state.ts';

/** B before A on the order, so that the order of asking is seen. */
const two = [lineOf('1', 'B'), lineOf('2', 'A')];
const shortOf = (what: string, over: { readonly raisedAt?: number; readonly amountMinor?: number } = {}) =>
  raised({
    exception: 'short',
    kind: 'short',
    amountMinor: 2420,
    nextAction: 'Ask for stock again when it is there (retry the order), change the order at the channel, or withdraw it.',
    detail: `stock lacks ${what}`,
    ...over,
  });

describe('orders: changed before anything left', () => {
  const confirmedTwo: readonly In[] = [
    placedOnCash({ lines: two }),
    resolved('1', [component('B')]),
    resolved('2'),
    reserved('1', 'B', 1000, 1, true),
    reserved('2', 'A', 1000, 1, true),
  ];
  it('asks for the difference only, and confirms again when it is held', () => {
    const more = lineOf('1', 'B', 2000);
    given(...confirmedTwo)
      .when(changedOnCash({ lines: [more, two[1]!] }))
      .then(wish('1', 'B', 2000, 2, true));
    given(...confirmedTwo, changedOnCash({ lines: [more, two[1]!] }))
      .when(reserved('1', 'B', 2000, 2, true))
      .then(
        confirmedOnCash({
          revision: 2,
          lines: [resolvedLine(more, [component('B', 2000)]), resolvedLine(two[1]!, [component('A')])],
          totalMinor: 2420,
          allocations: [allocation('1', 'B', 2000), allocation('2', 'A', 1000)],
        }),
      );
  });
  it('asks the catalogue for new lines only, releases dropped ones at once', () =>
    given(...confirmedTwo)
      .when(changedOnCash({ lines: [two[1]!, lineOf('3', 'C')] }))
      .then(asked('3', 'sku:C', 2), wish('1', 'B', 0, 2)));
  it('confirms a change that touches neither lines nor stock at once', () =>
    given(...confirmedTwo)
      .when(changedOnCash({ lines: two, customer: 'web:c8' }))
      .then(
        confirmedOnCash({
          revision: 2,
          customer: 'web:c8',
          lines: [resolvedLine(two[0]!, [component('B')]), resolvedLine(two[1]!, [component('A')])],
          totalMinor: 2420,
          allocations: [allocation('1', 'B', 1000), allocation('2', 'A', 1000)],
        }),
      ));
  it('keeps what a confirmed order holds when a change is refused: a person decides', () =>
    given(...confirmedTwo, changedOnCash({ lines: [lineOf('1', 'B', 3000), two[1]!] }))
      .when(refused('1', 'B', 3000, 2, 1500))
      .then(
        short('person', [component('B', 1500)], {
          revision: 2,
          lines: [allocation('1', 'B', 1000), allocation('2', 'A', 1000)],
        }),
        shortOf('1500 thousandths of product B'),
      ));
  it('asks again for what was refused when a person asks', () =>
    given(...confirmedTwo, changedOnCash({ lines: [lineOf('1', 'B', 3000), two[1]!] }), refused('1', 'B', 3000, 2, 1500))
      .when(retryRequested)
      .then(wish('1', 'B', 3000, 3, true)));
  it('releases a dropped line and confirms the rest at once', () =>
    given(...confirmedTwo)
      .when(changedOnCash({ lines: [two[1]!] }))
      .then(
        wish('1', 'B', 0, 2),
        confirmedOnCash({
          revision: 2,
          lines: [resolvedLine(two[1]!, [component('A')])],
          allocations: [allocation('2', 'A', 1000)],
        }),
      ));
  it('allocates nothing of what has left before stock answered that it holds less', () => {
    const less = lineOf('1', 'A', 2000);
    given(...three, changedOnCash({ lines: [less] }))
      .when(dispatched('A', 2000))
      .then(
        left('1', 'A', 2000),
        confirmedOnCash({ revision: 2, lines: [resolvedLine(less, [component('A', 2000)])], allocations: [] }),
        shipmentAccepted(3, [share('1', 2000, 1000, 210)]),
        closed(4),
      );
  });
  it('goes on from there when the channel changes the order back', () =>
    given(...confirmedTwo, changedOnCash({ lines: [lineOf('1', 'B', 3000), two[1]!] }), refused('1', 'B', 3000, 2, 1500))
      .when(changedOnCash({ revision: 3, lines: two }))
      .then(wish('1', 'B', 1000, 3, true)));
  it('says nothing of a change that is lower, repeated, or says the same', () => {
    given(...confirmedTwo, changedOnCash({ lines: two, revision: 4 }))
      .when(changedOnCash({ lines: [two[0]!], revision: 3 }))
      .then();
    given(...confirmedTwo)
      .when(changedOnCash({ lines: two, revision: 1 }))
      .then();
  });
});
