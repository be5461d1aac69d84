import { given, givenPerson, held, heldAndPaid } from './given.ts';
import {
  allocation,
  changed,
  closed,
  component,
  confirmed,
  expired,
  lineOf,
  moneyAccepted,
  paid,
  placed,
  raised,
  refused,
  reserved,
  resolved,
  resolvedLine,
  retryRequested,
  revoked,
  settled,
  short,
  wish,
  withdrawn,
  withdrawRequested,
} from './words.ts';
import type { In } from '../../../processors/orders/state.ts';

/** B before A on the order, so that the order of asking is seen. */
const two = [lineOf('1', 'B'), lineOf('2', 'A')];
const asking: readonly In[] = [placed({ lines: two }), resolved('1', [component('B')]), resolved('2')];
/** Line 2 was refused, both releases are answered: asked once more, A first. */
const inTurn: readonly In[] = [...asking, refused('2', 'A', 1000, 1), reserved('1', 'B', 0, 2), reserved('2', 'A', 0, 2)];
const shortOf = (what: string, over: { readonly raisedAt?: number; readonly amountMinor?: number } = {}) =>
  raised({
    exception: 'short',
    kind: 'short',
    amountMinor: 2420,
    nextAction: 'Ask for stock again when it is there (retry the order), change the order at the channel, or withdraw it.',
    detail: `stock lacks ${what}`,
    ...over,
  });

describe('orders: reserving all or nothing', () => {
  it('gives everything back at the first refusal, also what was not answered yet', () =>
    given(...asking)
      .when(refused('2', 'A', 1000, 1))
      .then(wish('1', 'B', 0, 2), wish('2', 'A', 0, 2)));
  it('waits until all is given back, then asks one product after another, in one order for everybody', () => {
    given(...asking, refused('2', 'A', 1000, 1), reserved('2', 'A', 0, 2))
      .when(reserved('1', 'B', 1000, 1))
      .then();
    given(...asking, refused('2', 'A', 1000, 1), reserved('2', 'A', 0, 2))
      .when(reserved('1', 'B', 0, 2))
      .then(wish('2', 'A', 1000, 3));
  });
  it('asks for the next product after the last answer, and is reserved after the last one', () => {
    given(...inTurn)
      .when(reserved('2', 'A', 1000, 3))
      .then(wish('1', 'B', 1000, 4));
    given(...inTurn, reserved('2', 'A', 1000, 3), reserved('1', 'B', 1000, 4))
      .when(paid({ capturedMinor: 2420 }))
      .then(
        wish('2', 'A', 1000, 5, true),
        wish('1', 'B', 1000, 5, true),
        confirmed({
          lines: [resolvedLine(two[0]!, [component('B')]), resolvedLine(two[1]!, [component('A')])],
          totalMinor: 2420,
          capturedMinor: 2420,
          allocations: [allocation('2', 'A', 1000), allocation('1', 'B', 1000)],
        }),
        moneyAccepted(2, 2420),
      );
  });
  it('asks two lines of one product in one breath when it asks in turn', () => {
    const lines = [lineOf('1', 'A', 3000), lineOf('2', 'A', 3000)];
    given(
      placed({ lines }),
      resolved('1', [component('A', 3000)]),
      resolved('2', [component('A', 3000)]),
      reserved('1', 'A', 3000, 1),
      refused('2', 'A', 3000, 1, 2000),
      reserved('1', 'A', 0, 2),
    )
      .when(reserved('2', 'A', 0, 2))
      .then(wish('1', 'A', 3000, 3), wish('2', 'A', 3000, 3));
  });
  it('withdraws when it is refused again, where the policy says so', () =>
    given(...inTurn, reserved('2', 'A', 1000, 3))
      .when(refused('1', 'B', 1000, 4, 400))
      .then(
        short('withdraw', [component('B', 600)]),
        wish('2', 'A', 0, 5),
        wish('1', 'B', 0, 5),
        withdrawn('short', { revision: 2 }),
        closed(3),
      ));
  it('asks a person where the policy says so; what was held is free again', () =>
    givenPerson(...inTurn, reserved('2', 'A', 1000, 3))
      .when(refused('1', 'B', 1000, 4, 400), 88)
      .then(
        wish('2', 'A', 0, 5),
        wish('1', 'B', 0, 5),
        short('person', [component('B', 600)]),
        shortOf('600 thousandths of product B', { raisedAt: 88 }),
      ));
  it('asks all at once again when a person asks for it', () =>
    givenPerson(...inTurn, refused('2', 'A', 1000, 3))
      .when(retryRequested)
      .then(wish('1', 'B', 1000, 5), wish('2', 'A', 1000, 5)));
  it('withdraws a short order when a person says so, or when its hold time is over', () => {
    givenPerson(...inTurn, refused('2', 'A', 1000, 3))
      .when(withdrawRequested)
      .then(withdrawn('short', { revision: 2 }), settled('short', 'the order is withdrawn'), closed(3));
    givenPerson(...inTurn, refused('2', 'A', 1000, 3))
      .when(expired())
      .then(withdrawn('hold_expired', { revision: 2 }), settled('short', 'the order is withdrawn'), closed(3));
  });
  it('says nothing of an answer to an earlier wish, and of an answer that is repeated', () => {
    given(...asking, refused('2', 'A', 1000, 1))
      .when(reserved('1', 'B', 1000, 1))
      .then();
    given(...held)
      .when(reserved('1', 'A', 1000, 1))
      .then();
  });
});

describe('orders: promises that stock takes back', () => {
  it('asks anew for what is missing, and is not reserved meanwhile', () => {
    given(...held)
      .when(revoked('1', 'A', 0, 1))
      .then(wish('1', 'A', 1000, 2));
    given(...held, revoked('1', 'A', 0, 1))
      .when(paid())
      .then();
  });
  it('gives everything back when that is refused, as at first', () =>
    given(...held, revoked('1', 'A', 0, 1))
      .when(refused('1', 'A', 1000, 2))
      .then(wish('1', 'A', 0, 3)));
  it('asks anew for what was promised to a confirmed order; refused, a person sees the broken promise', () => {
    given(...heldAndPaid, reserved('1', 'A', 1000, 2, true))
      .when(revoked('1', 'A', 0, 2))
      .then(wish('1', 'A', 1000, 3, true));
    given(...heldAndPaid, reserved('1', 'A', 1000, 2, true), revoked('1', 'A', 0, 2))
      .when(refused('1', 'A', 1000, 3), 99)
      .then(
        raised({
          exception: 'promise_broken:1|A',
          kind: 'promise_broken',
          raisedAt: 99,
          amountMinor: 1210,
          nextAction: 'Get the goods and ask again (retry the order), change the order at the channel, or withdraw it.',
          detail: '1000 thousandths of product A were promised to line 1 and are gone',
        }),
      );
  });
  it('knows what is left of a hold that was taken back while it became firm', () =>
    given(
      ...heldAndPaid,
      revoked('1', 'A', 400, 1),
      refused('1', 'A', 1000, 2, 400),
      changed({ lines: [lineOf('1', 'A', 2000)] }),
    )
      .when(refused('1', 'A', 2000, 3, 400))
      .then(
        short('person', [component('A', 1600)], { revision: 3, lines: [allocation('1', 'A', 400)] }),
        shortOf('1600 thousandths of product A', { amountMinor: 1210 }),
      ));
  it('tries again when a person asks, and the exception ends when all is held', () => {
    const broken: readonly In[] = [...heldAndPaid, revoked('1', 'A', 0, 2), refused('1', 'A', 1000, 2), retryRequested];
    given(...heldAndPaid, refused('1', 'A', 1000, 2))
      .when(retryRequested)
      .then(wish('1', 'A', 1000, 3, true));
    given(...broken)
      .when(reserved('1', 'A', 1000, 3, true))
      .then(settled('promise_broken:1|A', 'it is held again, or has left'));
  });
});
