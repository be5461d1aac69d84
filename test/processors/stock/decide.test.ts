/** What stock answers to wishes, rule by rule. */
import { stock } from '../../../processors/stock/index.ts';
import { availabilityComputed, reservationRefused, reservationRevoked, stockReserved } from '../../../schemas/generated/facts.ts';
import { examplesOf } from '../../laws/returned.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { answer, baseline, broken, goods, line, outside, places, refusal, released, row, shipped, wish } from './facts.ts';

const given = examplesOf(stock, policy);
const two = [baseline({ quantityMilli: 2000 }), baseline({ location: 'store', quantityMilli: 1000 })];
const available = (...locations: Parameters<typeof row>) => availabilityComputed(row(...locations));

describe('stock answers a wish', () => {
  it('reserves what is free, and says what may still be promised', () =>
    given(...two)
      .when(wish({ order: 'A' }))
      .then(
        stockReserved(answer({ order: 'A' }, { main: 1000 }, { main: 1000, store: 1000 })),
        available({ main: { onHand: 2000, held: 1000 }, store: { onHand: 1000 } }),
      ));
  it('refuses a wish that asks for more than is available, with the number that was', () =>
    given(baseline(), wish({ order: 'A' }))
      .when(wish({ order: 'B', quantityMilli: 2000 }))
      .then(reservationRefused({ ...refusal('B'), askedMilli: 2000, freeMilli: 0, free: places({ main: 0 }) })));
  it('refuses a thousandth more than there is', () =>
    given(baseline())
      .when(wish({ order: 'A', quantityMilli: 1001 }))
      .then(reservationRefused({ ...refusal('A'), askedMilli: 1001, freeMilli: 1000, free: places({ main: 1000 }) })));
  it('promises nothing where no baseline is known', () =>
    given()
      .when(wish({ order: 'A' }))
      .then(reservationRefused({ ...refusal('A'), askedMilli: 1000, freeMilli: 0, free: [] })));
  it('fills from the locations in the order given', () =>
    given(...two)
      .when(wish({ order: 'A', quantityMilli: 2500, locations: ['store', 'main'] }))
      .then(
        stockReserved(answer({ order: 'A' }, { store: 1000, main: 1500 }, { main: 500, store: 0 })),
        available({ main: { onHand: 2000, held: 1500 }, store: { onHand: 1000, held: 1000 } }),
      ));
  it('takes nothing from a location that is not asked for', () =>
    given(...two)
      .when(wish({ order: 'A', quantityMilli: 2500, locations: ['main'] }))
      .then(
        reservationRefused({ ...refusal('A'), askedMilli: 2500, freeMilli: 2000, free: places({ main: 2000, store: 1000 }) }),
      ));
  it('counts a location named twice once', () =>
    given(baseline())
      .when(wish({ order: 'A', quantityMilli: 2000, locations: ['main', 'main'] }))
      .then(reservationRefused({ ...refusal('A'), askedMilli: 2000, freeMilli: 1000, free: places({ main: 1000 }) })));
  it('holds what was promised elsewhere already even below zero, at the first location', () =>
    given(...two)
      .when(wish({ order: 'A', quantityMilli: 4000, mustAccept: true }))
      .then(
        stockReserved(answer({ order: 'A' }, { main: 3000, store: 1000 }, { main: 0, store: 0 })),
        broken('main', 1000),
        available({ main: { onHand: 2000, held: 3000 }, store: { onHand: 1000, held: 1000 } }),
      ));
  it('says nothing to a wish that is repeated or older', () => {
    const past = [baseline({ quantityMilli: 5000 }), wish({ order: 'A', revision: 3 })];
    given(...past)
      .when(wish({ order: 'A', revision: 3 }))
      .then();
    given(...past)
      .when(wish({ order: 'A', revision: 2, quantityMilli: 0 }))
      .then();
  });
  it('remembers the revision of a hold that was released, and of a wish that was refused', () => {
    const past = [baseline(), wish({ order: 'A', revision: 3 }), wish({ order: 'A', revision: 4, quantityMilli: 0 })];
    given(...past)
      .when(wish({ order: 'A', revision: 4 }))
      .then();
    given(wish({ order: 'A', revision: 3 }), baseline())
      .when(wish({ order: 'A', revision: 3 }))
      .then();
  });
  it('leaves what is held as it was when more is refused', () =>
    given(baseline(), wish({ order: 'A' }), wish({ order: 'A', revision: 2, quantityMilli: 2000 }))
      .when(wish({ order: 'B' }))
      .then(reservationRefused({ ...refusal('B'), askedMilli: 1000, freeMilli: 0, free: places({ main: 0 }) })));
  it('releases for 0, and answers so even when nothing was held', () => {
    given(baseline(), wish({ order: 'A' }))
      .when(wish({ order: 'A', revision: 2, quantityMilli: 0 }))
      .then(stockReserved(answer({ order: 'A', revision: 2 }, {}, { main: 1000 })), available({ main: { onHand: 1000 } }));
    given(baseline())
      .when(wish({ order: 'A', quantityMilli: 0, locations: [] }))
      .then(stockReserved(answer({ order: 'A' }, {}, { main: 1000 })));
  });
  it('makes a hold firm where it is, which changes nothing of what may be promised', () =>
    given(baseline(), wish({ order: 'A' }))
      .when(wish({ order: 'A', revision: 2, firm: true, locations: ['store', 'main'] }))
      .then(stockReserved(answer({ order: 'A', revision: 2, firm: true }, { main: 1000 }, { main: 0 }))));
  it('moves a hold when its location is no longer asked for', () =>
    given(...two, wish({ order: 'A' }))
      .when(wish({ order: 'A', revision: 2, locations: ['store'] }))
      .then(
        stockReserved(answer({ order: 'A', revision: 2 }, { store: 1000 }, { main: 2000, store: 0 })),
        available({ main: { onHand: 2000 }, store: { onHand: 1000, held: 1000 } }),
      ));
});

describe('stock holds back', () => {
  const rules = { ...acme.stock, safetyMilli: { default: 0, '42': 500 }, sharePercent: { outlet: 50 } };
  const careful = examplesOf(stock, policyWith({ stock: rules }));
  it('safety stock, per location', () =>
    careful(...two)
      .when(wish({ order: 'A', quantityMilli: 2500 }))
      .then(
        reservationRefused({ ...refusal('A'), askedMilli: 2500, freeMilli: 2000, free: places({ main: 1500, store: 500 }) }),
      ));
  it('what Odoo promised to others, the highest revision of it', () => {
    given(...two, outside({ revision: 2, quantityMilli: 1500 }), outside({ revision: 1, quantityMilli: 0 }))
      .when(wish({ order: 'A', locations: ['main'] }))
      .then(reservationRefused({ ...refusal('A'), askedMilli: 1000, freeMilli: 500, free: places({ main: 500, store: 1000 }) }));
    given(baseline(), outside())
      .when(outside({ revision: 2, quantityMilli: 0 }))
      .then(available({ main: { onHand: 1000 } }));
    given(baseline(), outside(), outside({ revision: 2, quantityMilli: 0 }))
      .when(outside({ revision: 2 }))
      .then();
  });
  it('from a shop with a share all but its part of what is free, whatever the other shops may', () => {
    careful(...two)
      .when(wish({ order: 'outlet:A', quantityMilli: 1500 }))
      .then(
        reservationRefused({
          ...refusal('outlet:A'),
          askedMilli: 1500,
          freeMilli: 1000,
          free: places({ main: 1500, store: 500 }),
        }),
      );
    careful(...two)
      .when(wish({ order: 'outlet:A' }))
      .then(
        stockReserved(answer({ order: 'outlet:A' }, { main: 1000 }, { main: 500, store: 500 })),
        available({ main: { onHand: 2000, held: 1000, safety: 500 }, store: { onHand: 1000, safety: 500 } }, [
          { shop: 'outlet', availableMilli: 500 },
        ]),
      );
  });
});

describe('a hold', () => {
  it('is taken back when a person releases it, and its order is told', () =>
    given(baseline(), wish({ order: 'A', firm: true }))
      .when(released({ order: 'A' }))
      .then(
        reservationRevoked({
          ...goods,
          ...line('A'),
          revision: 1,
          quantityMilli: 0,
          placements: [],
          by: 'HoldReleased:ann',
          free: places({ main: 1000 }),
        }),
        available({ main: { onHand: 1000 } }),
      ));
  it('that is not there is not released', () =>
    given(baseline())
      .when(released({ order: 'A' }))
      .then());
  it('is not released after it was shipped: nothing of it is left (cancel after shipment)', () =>
    given(baseline(), wish({ order: 'A', firm: true }), shipped({ order: 'A' }))
      .when(wish({ order: 'A', revision: 2, quantityMilli: 0 }))
      .then(stockReserved(answer({ order: 'A', revision: 2 }, {}, { main: 0 }))));
  it('gives back only the remainder after it was shipped in part (cancel after partial shipment)', () =>
    given(baseline({ quantityMilli: 3000 }), wish({ order: 'A', quantityMilli: 3000, firm: true }), shipped({ order: 'A' }))
      .when(wish({ order: 'A', revision: 2, quantityMilli: 0 }))
      .then(stockReserved(answer({ order: 'A', revision: 2 }, {}, { main: 2000 })), available({ main: { onHand: 2000 } })));
  it('that is edited by one more or one less moves by the difference only', () => {
    const past = [...two, wish({ order: 'A', quantityMilli: 2000 })];
    given(...past)
      .when(wish({ order: 'A', revision: 2, quantityMilli: 3000 }))
      .then(
        stockReserved(answer({ order: 'A', revision: 2 }, { main: 2000, store: 1000 }, { main: 0, store: 0 })),
        available({ main: { onHand: 2000, held: 2000 }, store: { onHand: 1000, held: 1000 } }),
      );
    given(...past)
      .when(wish({ order: 'A', revision: 2, quantityMilli: 1000 }))
      .then(
        stockReserved(answer({ order: 'A', revision: 2 }, { main: 1000 }, { main: 1000, store: 1000 })),
        available({ main: { onHand: 2000, held: 1000 }, store: { onHand: 1000 } }),
      );
  });
});
