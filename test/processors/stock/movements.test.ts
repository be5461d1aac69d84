/** On hand is a ledger: what movements, shipments and returns do, and what is taken back when they take what was promised. */
import { stock } from '../../../processors/stock/index.ts';
import {
  availabilityComputed,
  exceptionResolved,
  reservationRefused,
  reservationRevoked,
  stockReserved,
} from '../../../schemas/generated/facts.ts';
import { examplesOf } from '../../laws/returned.ts';
import { policy } from '../../support/policy.ts';
import {
  adjusted,
  answer,
  baseline,
  broken,
  confirmed,
  goods,
  line,
  places,
  refusal,
  returned,
  row,
  shipped,
  wish,
} from './facts.ts';

const given = examplesOf(stock, policy);
const available = (...locations: Parameters<typeof row>) => availabilityComputed(row(...locations));
const revoked = (order: string, by: string, left: Readonly<Record<string, number>>, free: Readonly<Record<string, number>>) =>
  reservationRevoked({
    ...goods,
    ...line(order),
    revision: 1,
    quantityMilli: Object.values(left).reduce((sum, one) => sum + one, 0),
    placements: places(left),
    by,
    free: places(free),
  });

describe('the ledger', () => {
  it('starts from one baseline, and ignores a second', () => {
    given()
      .when(baseline())
      .then(available({ main: { onHand: 1000 } }));
    given(baseline())
      .when(baseline({ quantityMilli: 9000, takenAt: 50 }))
      .then();
  });
  it('counts a movement once, by its reference', () => {
    given(baseline())
      .when(adjusted({ deltaMilli: 500 }))
      .then(available({ main: { onHand: 1500 } }));
    given(baseline(), adjusted({ deltaMilli: 500 }))
      .when(adjusted({ deltaMilli: 500 }))
      .then();
  });
  it('counts one reference at each location that it moved: a transfer', () =>
    given(baseline(), baseline({ location: 'store' }), adjusted())
      .when(adjusted({ location: 'store', deltaMilli: 1000 }))
      .then(available({ main: { onHand: 0 }, store: { onHand: 2000 } })));
  it('does not count again what the baseline already holds', () =>
    given(baseline({ takenAt: 10 }))
      .when(adjusted({ happenedAt: 10 }))
      .then());
  it('keeps movements that come before the baseline, and then counts those that it does not hold', () => {
    const early = [adjusted({ reference: 'a', happenedAt: 10 }), adjusted({ reference: 'b', happenedAt: 11, deltaMilli: -300 })];
    given(...early)
      .when(baseline({ takenAt: 10 }))
      .then(available({ main: { onHand: 700 } }));
    given().when(early[0]!).then();
  });
  it('counts nothing when Odoo confirms what we had counted', () => given(baseline()).when(confirmed()).then());
});

describe('a shipment', () => {
  it('lowers on hand and hold in one, so that nothing more may be promised', () =>
    given(baseline({ quantityMilli: 2000 }), wish({ order: 'A', quantityMilli: 2000, firm: true }))
      .when(shipped({ order: 'A' }))
      .then(available({ main: { onHand: 1000, held: 1000 } })));
  it('is counted once', () =>
    given(baseline({ quantityMilli: 2000 }), shipped({ order: 'A' }))
      .when(shipped({ order: 'A' }))
      .then());
  it('from a location that the hold did not name lowers on hand there, and the hold where it is', () =>
    given(baseline(), baseline({ location: 'store' }), wish({ order: 'A', firm: true }))
      .when(shipped({ order: 'A', location: 'store' }))
      .then(available({ main: { onHand: 1000 }, store: { onHand: 0 } })));
  it('lowers first what was promised from where it left', () =>
    given(baseline(), baseline({ location: 'store' }), wish({ order: 'A', quantityMilli: 2000, firm: true }))
      .when(shipped({ order: 'A', location: 'store' }))
      .then(available({ main: { onHand: 1000, held: 1000 }, store: { onHand: 0 } })));
  it('of more than is held leaves no hold, and on hand says what is there', () =>
    given(baseline({ quantityMilli: 3000 }), wish({ order: 'A' }))
      .when(shipped({ order: 'A', quantityMilli: 2000 }))
      .then(available({ main: { onHand: 1000 } })));
  it('without any hold counts all the same: the goods are gone', () =>
    given(baseline())
      .when(shipped({ order: 'A' }))
      .then(available({ main: { onHand: 0 } })));
  it('that names no line lowers the holds of its order one line after another, and no other order’s', () => {
    const lines = ['1', '2'].map(one => wish({ order: 'A', line: one }));
    given(
      baseline({ quantityMilli: 3000 }),
      ...lines,
      wish({ order: 'AA' }),
      shipped({ order: 'A', line: null, quantityMilli: 1500 }),
    )
      .when(wish({ order: 'A', line: '2', revision: 2, quantityMilli: 0 }))
      .then(
        stockReserved(answer({ order: 'A', line: '2', revision: 2 }, {}, { main: 500 })),
        available({ main: { onHand: 1500, held: 1000 } }),
      );
  });
  it('before its wish still counts, and its wish is then refused when nothing is left', () =>
    given(baseline(), shipped({ order: 'A' }))
      .when(wish({ order: 'A' }))
      .then(reservationRefused({ ...refusal('A'), askedMilli: 1000, freeMilli: 0, free: places({ main: 0 }) })));
  it('is not what is on hand twice when the baseline was taken after it', () =>
    given(baseline({ takenAt: 10 }))
      .when(shipped({ order: 'A', dispatchedAt: 9 }))
      .then());
});

describe('a return', () => {
  it('may be promised at once, and is counted once', () => {
    given(baseline())
      .when(returned({ order: 'A' }))
      .then(available({ main: { onHand: 2000 } }));
    given(baseline(), returned({ order: 'A' }))
      .when(returned({ order: 'A' }))
      .then();
  });
});

describe('a sale in a store counts, whatever was promised', () => {
  const held = [baseline({ quantityMilli: 2000 }), wish({ order: 'A' }), wish({ order: 'B' })];
  it('and takes the youngest hold that is not firm', () => {
    given(...held)
      .when(adjusted({ reference: 'till:7' }))
      .then(revoked('B', 'StockAdjusted:till:7', {}, { main: 0 }), available({ main: { onHand: 1000, held: 1000 } }));
    given(...held, wish({ order: 'B', revision: 2, firm: true }))
      .when(adjusted({ reference: 'till:7' }))
      .then(revoked('A', 'StockAdjusted:till:7', {}, { main: 0 }), available({ main: { onHand: 1000, held: 1000 } }));
  });
  it('a hold keeps its age when it is changed', () =>
    given(...held, wish({ order: 'A', revision: 2, locations: ['main'] }))
      .when(adjusted())
      .then(revoked('B', 'StockAdjusted:move:1', {}, { main: 0 }), available({ main: { onHand: 1000, held: 1000 } })));
  it('and takes no more than is missing, one hold after another', () =>
    given(baseline({ quantityMilli: 4000 }), wish({ order: 'A', quantityMilli: 2000 }), wish({ order: 'B' }))
      .when(adjusted({ deltaMilli: -3000 }))
      .then(
        revoked('B', 'StockAdjusted:move:1', {}, { main: 0 }),
        revoked('A', 'StockAdjusted:move:1', { main: 1000 }, { main: 0 }),
        available({ main: { onHand: 1000, held: 1000 } }),
      ));
  it('takes nothing while what is free suffices', () =>
    given(baseline({ quantityMilli: 3000 }), wish({ order: 'A' }))
      .when(adjusted({ deltaMilli: -2000 }))
      .then(available({ main: { onHand: 1000, held: 1000 } })));
  it('takes holds of its own location only', () =>
    given(baseline(), baseline({ location: 'store' }), wish({ order: 'A' }), wish({ order: 'B' }))
      .when(adjusted())
      .then(
        revoked('A', 'StockAdjusted:move:1', {}, { main: 0, store: 0 }),
        available({ main: { onHand: 0 }, store: { onHand: 1000, held: 1000 } }),
      ));
  it('and when all holds are firm both stand, and a person is told once', () => {
    const firm = [baseline(), wish({ order: 'A', firm: true })];
    given(...firm)
      .when(adjusted(), 77)
      .then(broken('main', 1000, 77), available({ main: { onHand: 0, held: 1000 } }));
    given(...firm, adjusted())
      .when(adjusted({ reference: 'move:2' }))
      .then(available({ main: { onHand: -1000, held: 1000 } }));
  });
  it('until it is covered again', () =>
    given(baseline(), wish({ order: 'A', firm: true }), adjusted())
      .when(adjusted({ reference: 'move:2', deltaMilli: 1000 }))
      .then(
        exceptionResolved({ company: 'acme', subject: 'product:42', exception: 'promise_broken:main', by: 'StockAdjusted' }),
        available({ main: { onHand: 1000, held: 1000 } }),
      ));
  it('what is taken by a promise accepted below zero is no other hold’s loss', () =>
    given(baseline(), wish({ order: 'A' }))
      .when(wish({ order: 'B', firm: true, mustAccept: true }))
      .then(
        stockReserved(answer({ order: 'B', firm: true }, { main: 1000 }, { main: 0 })),
        broken('main', 1000),
        available({ main: { onHand: 1000, held: 2000 } }),
      ));
});
