/** A product with 100,000 open holds costs per event what one with 10 costs: counted in entries read from the store, not in time. */
import assert from 'node:assert/strict';
import { entries, type Base, type Entries } from '../../../runtime/entries.ts';
import { stock } from '../../../processors/stock/index.ts';
import type { In, State } from '../../../processors/stock/state.ts';
import { stockReserved } from '../../../schemas/generated/facts.ts';
import { restored } from '../../laws/stored.ts';
import { event, step } from '../../support/given.ts';
import { policy } from '../../support/policy.ts';
import { adjusted, answer, baseline, counted, level, outside, released, returned, shipped, wish } from './facts.ts';

/** Stored entries that count how many of them were read. */
const counting = <V>(all: Entries<V>, read: () => void): Entries<V> => {
  const stored = all.range();
  const index = new Map(stored);
  const place = (id: string): number => {
    let [low, high] = [0, stored.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (stored[middle]![0] < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const base: Base<V> = {
    size: stored.length,
    get: id => (read(), index.get(id)),
    *range({ from, reverse = false }) {
      const start = from === undefined ? (reverse ? stored.length : 0) : place(from);
      for (
        let at = reverse ? (stored[start]?.[0] === from ? start : start - 1) : start;
        at >= 0 && at < stored.length;
        at += reverse ? -1 : 1
      ) {
        read();
        yield stored[at]!;
      }
    },
  };
  return entries(base);
};

const take = (state: State, fact: In): State => step(stock, state, event(fact), policy).state;
const withHolds = (count: number): State => {
  let state = take(restored(stock, stock.initial), baseline({ quantityMilli: (count + 5) * 1000 }));
  for (let n = 0; n < count; n++) state = stock.evolve(state, stockReserved(answer({ order: `web:${n}` }, { main: 1000 }, {})));
  return state;
};
const acts: Readonly<Record<string, readonly In[]>> = {
  'a new wish': [wish({ order: 'new' })],
  'a wish refused': [wish({ order: 'new', quantityMilli: 9_000_000_000 })],
  'a wish made firm': [wish({ order: 'web:5', revision: 2, firm: true })],
  'a release': [wish({ order: 'web:5', revision: 2, quantityMilli: 0 })],
  'a shipment': [shipped({ order: 'web:5' })],
  'a shipment without a line': [shipped({ order: 'web:5', line: null })],
  'a return': [returned({ order: 'web:5' })],
  'a sale that takes the youngest hold': [adjusted({ deltaMilli: -6000 })],
  'a count': [counted({ countedAt: 5, countedMilli: 9_000_000_000 })],
  'a level': [level()],
  'a hold outside': [outside()],
  'a release by a person': [released({ order: 'web:5' })],
};

describe('what an event costs does not grow with the open holds', () => {
  const reads = new Map<string, number[]>();
  before(function () {
    this.timeout(60_000);
    for (const count of [10, 100_000]) {
      const state = withHolds(count);
      for (const [act, facts] of Object.entries(acts)) {
        let read = 0;
        const stored = { ...state } as Record<string, unknown>;
        for (const field of stock.entries) stored[field] = counting(state[field] as Entries<unknown>, () => void (read += 1));
        facts.reduce(take, stored as unknown as State);
        reads.set(act, [...(reads.get(act) ?? []), read]);
      }
    }
  });
  // Ranges are read page by page, so a page more than there are holds may be read of the many.
  const page = 17;
  for (const act of Object.keys(acts))
    it(act, () => {
      const [few, many] = reads.get(act)!;
      assert.ok(many! <= few! + 4 * page, `${few} entries read with 10 holds, ${many} with 100,000`);
    });
});
