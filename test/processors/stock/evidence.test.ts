/** Counts become corrections, levels of Odoo’s may state a drift: compared with what was on hand at their time. */
import assert from 'node:assert/strict';
import { keepsMost } from '../../../processors/stock/ledger.ts';
import { stock } from '../../../processors/stock/index.ts';
import { availabilityComputed, reservationRevoked, stockCorrected, stockDriftFound } from '../../../schemas/generated/facts.ts';
import { examplesOf } from '../../laws/returned.ts';
import { restored } from '../../laws/stored.ts';
import { event, step } from '../../support/given.ts';
import { acme, policy, policyWith } from '../../support/policy.ts';
import { adjusted, baseline, confirmed, counted, goods, level, line, places, row, shipped, wish } from './facts.ts';

const given = examplesOf(stock, policy);
const available = (onHand: number, held = 0) => availabilityComputed(row({ main: { onHand, held } }));
const corrected = (deltaMilli: number, countedAt = 10, reference = 'count:1') =>
  stockCorrected({ ...goods, location: 'main', deltaMilli, reference, countedAt });
const drift = (oursMilli: number, theirsMilli: number, seenAt = 20) =>
  stockDriftFound({ ...goods, company: 'acme', subject: 'product:42', location: 'main', oursMilli, theirsMilli, seenAt });
const settled = { type: 'DriftSettled', data: { location: 'main' } } as const;

describe('a count', () => {
  it('that differs becomes a correction by the difference', () =>
    given(baseline())
      .when(counted({ countedMilli: 700 }))
      .then(corrected(-300), available(700)));
  it('that agrees says nothing', () => given(baseline()).when(counted()).then());
  it('is compared with what was on hand when it was taken, not with what is there now', () => {
    given(baseline(), adjusted({ happenedAt: 11 }))
      .when(counted({ countedAt: 10 }))
      .then();
    given(baseline(), adjusted({ happenedAt: 10 }))
      .when(counted({ countedAt: 10 }))
      .then(corrected(1000), available(1000));
    given(baseline({ quantityMilli: 3000 }), shipped({ order: 'A', dispatchedAt: 11 }))
      .when(counted({ countedMilli: 2500 }))
      .then(corrected(-500), available(1500));
  });
  it('stands against a movement from before it that reaches us after it', () =>
    given(baseline({ quantityMilli: 3000 }), counted({ countedMilli: 2000 }))
      .when(adjusted({ happenedAt: 9 }))
      .then(corrected(1000, 10, 'count:1/move:1')));
  it('is counted once, and one that is older than the newest says nothing', () => {
    given(baseline(), counted({ countedMilli: 700 }))
      .when(counted({ countedMilli: 600 }))
      .then();
    given(baseline(), counted({ countedMilli: 700 }))
      .when(counted({ reference: 'count:0', countedAt: 9 }))
      .then();
  });
  it('from before the baseline says nothing', () =>
    given(baseline({ takenAt: 10 }))
      .when(counted({ countedMilli: 0, countedAt: 10 }))
      .then());
  it('that comes before the baseline waits for it', () => {
    given().when(counted()).then();
    given(counted({ countedMilli: 700 }))
      .when(baseline({ takenAt: 5 }))
      .then(corrected(-300), available(700));
  });
  it('that finds less than is promised takes the youngest hold', () =>
    given(baseline({ quantityMilli: 2000 }), wish({ order: 'A' }), wish({ order: 'B' }))
      .when(counted())
      .then(
        corrected(-1000),
        reservationRevoked({
          ...{ ...goods, ...line('B'), revision: 1, quantityMilli: 0, placements: [], by: 'StockCounted:count:1' },
          free: places({ main: 0 }),
        }),
        available(1000, 1000),
      ));
  it('older than all movements that are kept is shown to a person once, and corrects nothing', () => {
    const moves = Array.from({ length: keepsMost + 1 }, (_, index) =>
      adjusted({ reference: `m${index}`, happenedAt: 100 + index, deltaMilli: 1 }),
    );
    const state = [baseline(), ...moves].reduce(
      (s, fact) => step(stock, s, event(fact), policy).state,
      restored(stock, stock.initial),
    );
    const old = counted({ countedMilli: 5, countedAt: 99 });
    const shown = step(stock, state, event(old), policy);
    assert.deepEqual(shown.facts, [drift(1000 + keepsMost + 1, 5, 99)]);
    assert.deepEqual(step(stock, shown.state, event(old), policy).facts, []);
    assert.equal(state.places.main?.movements, keepsMost);
  });
});

describe('a level of Odoo’s', () => {
  it('that agrees says nothing, and one that differs states the drift once', () => {
    given(baseline()).when(level()).then();
    given(baseline())
      .when(level({ quantityMilli: 1500 }))
      .then(drift(1000, 1500));
    given(baseline(), level({ quantityMilli: 1500 }))
      .when(level({ quantityMilli: 1500, seenAt: 30 }))
      .then();
    given(baseline(), level({ quantityMilli: 1500 }))
      .when(level({ quantityMilli: 1800, seenAt: 30 }))
      .then(drift(1000, 1800, 30));
  });
  it('that agrees again settles it silently, so that the same drift is news', () => {
    const past = [baseline(), level({ quantityMilli: 1500 })];
    given(...past)
      .when(level({ seenAt: 30 }))
      .then(settled);
    given(...past, level({ seenAt: 30 }))
      .when(level({ quantityMilli: 1500, seenAt: 40 }))
      .then(drift(1000, 1500, 40));
  });
  it('never changes a figure', () =>
    given(baseline(), level({ quantityMilli: 0 }))
      .when(adjusted({ deltaMilli: 1 }))
      .then(available(1001)));
  it('is compared with what was on hand at its time', () =>
    given(baseline(), adjusted({ happenedAt: 21 }))
      .when(level({ seenAt: 20 }))
      .then());
  it('older than one that was seen says nothing, nor does one from before the baseline or without one', () => {
    given(baseline(), level({ seenAt: 30 }))
      .when(level({ quantityMilli: 0, seenAt: 29 }))
      .then();
    given(baseline({ takenAt: 20 }))
      .when(level({ quantityMilli: 0, seenAt: 20 }))
      .then();
    given().when(level()).then();
  });
  it('may differ by the tolerance', () => {
    const lenient = examplesOf(stock, policyWith({ stock: { ...acme.stock, driftToleranceMilli: 500 } }));
    lenient(baseline())
      .when(level({ quantityMilli: 1500 }))
      .then();
    lenient(baseline())
      .when(level({ quantityMilli: 1501 }))
      .then(drift(1000, 1501));
  });
  it('may be lower by a dispatch that is still on its way to us, until the next level shows that none was', () => {
    const past = [baseline(), wish({ order: 'A', firm: true })];
    given(...past)
      .when(level({ quantityMilli: 0 }))
      .then();
    given(...past, level({ quantityMilli: 0 }), shipped({ order: 'A', dispatchedAt: 15 }))
      .when(level({ quantityMilli: 0, seenAt: 30 }))
      .then();
    given(...past, level({ quantityMilli: 0 }))
      .when(level({ quantityMilli: 0, seenAt: 30 }))
      .then(drift(1000, 0, 30));
  });
});

describe('where Odoo is not the author, what we counted is unconfirmed until Odoo has done it', () => {
  const main = { ...acme.authority.locations.main!, author: 'till' };
  const given = examplesOf(
    stock,
    policyWith({ authority: { ...acme.authority, locations: { ...acme.authority.locations, main } } }),
  );
  const past = [baseline({ quantityMilli: 2000 }), shipped({ order: 'A' })];
  it('so a level without our shipment agrees, and one with it before the confirmation does not', () => {
    given(...past)
      .when(level({ quantityMilli: 2000 }))
      .then();
    given(...past)
      .when(level({ quantityMilli: 1000 }))
      .then(drift(2000, 1000));
  });
  it('and once confirmed the level must have it', () => {
    given(...past, confirmed())
      .when(level({ quantityMilli: 1000 }))
      .then();
    given(...past, confirmed())
      .when(level({ quantityMilli: 2000 }))
      .then(drift(1000, 2000));
  });
  it('in whichever order the two reach us, each counted once', () => {
    given(baseline({ quantityMilli: 2000 }), confirmed(), ...past.slice(1))
      .when(level({ quantityMilli: 1000 }))
      .then();
    given(...past, confirmed())
      .when(confirmed())
      .then();
    given(...past, confirmed(), confirmed())
      .when(level({ quantityMilli: 1000 }))
      .then();
  });
  it('our corrections are unconfirmed wherever they are', () =>
    examplesOf(stock, policy)(baseline(), counted({ countedMilli: 700 }))
      .when(level())
      .then());
});
