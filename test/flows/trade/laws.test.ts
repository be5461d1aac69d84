/** Any trade, in any order of events: nothing is promised twice, and when all is settled stock holds what open orders still want. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orders } from '../../../processors/orders/index.ts';
import type { State } from '../../../processors/orders/state.ts';
import type { AnyFact } from '../../../schemas/generated/facts.ts';
import { seed } from '../../laws/processors.ts';
import type { Flow } from '../support/flow.ts';
import {
  adjusted,
  authorized,
  baseline,
  cameBack,
  cancelled,
  captured,
  changedOnCash,
  dataOf,
  defined,
  dispatched,
  holdsWhatIsWanted,
  line,
  minute,
  orderOf,
  placed,
  placedOnCash,
  refunded,
  reinstatedOnCash,
  trade,
} from '../support/trade.ts';

const opening = [
  defined('sku:A', [{ product: 'A' }]),
  defined('sku:B', [{ product: 'B' }]),
  defined('sku:kit', [{ product: 'A', perMilli: 2000 }, { product: 'B' }]),
  baseline('A', 5000),
  baseline('A', 2000, 'store'),
  baseline('B', 3000),
];
const codes = ['sku:A', 'sku:B', 'sku:kit', 'sku:nobody'];
const linesOf = (n: number) => [
  line('1', codes[n % 4]!, 1000 * (1 + (n % 3))),
  ...(n % 2 === 0 ? [line('2', codes[(n + 2) % 3]!, 1000)] : []),
];
type Act = readonly [what: string, buyer: number, n: number];
/** What happens next in the trade; revisions rise, so that a later word is news. */
const factOf = ([what, buyer, n]: Act, turn: number): AnyFact => {
  const order = `${['web', 'outlet', 'kiosk'][buyer % 3]!}:${buyer}`;
  const word = { order, revision: turn, lines: linesOf(n) };
  const product = n % 2 === 0 ? 'A' : 'B';
  switch (what) {
    case 'place':
      return placed(word);
    case 'placeOnCash':
      return placedOnCash(word);
    case 'change':
      return changedOnCash(word);
    case 'cancel':
      return cancelled(order, n % 2 === 0 ? 'customer' : 'payment_failed', turn);
    case 'reinstate':
      return reinstatedOnCash(word);
    case 'authorize':
      return authorized(order, 1210 * n);
    case 'capture':
      return captured(order, 1210 * n);
    case 'refund':
      return refunded(order, 605);
    case 'ship':
      return dispatched(order, product, 1000 * (1 + (n % 2)), `OUT/${turn}`, turn);
    case 'back':
      return cameBack(order, product, 1000);
    case 'define':
      return defined('sku:nobody', [{ product: 'B' }], turn);
    case 'restock':
      return adjusted(product, 1000, `in ${turn}`, turn);
    default:
      return adjusted(product, -1000, `till ${turn}`, turn);
  }
};
const acts = [
  ...['place', 'place', 'placeOnCash', 'placeOnCash', 'placeOnCash', 'change', 'change', 'cancel', 'reinstate'],
  ...['authorize', 'capture', 'capture', 'refund', 'back', 'define', 'restock', 'settle', 'later'],
];
const withSales = [...acts, 'ship', 'ship', 'till'];
const script = (what: readonly string[]) =>
  fc.tuple(
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.array(fc.tuple(fc.constantFrom(...what), fc.nat({ max: 5 }), fc.nat({ max: 7 })), { maxLength: 40 }),
  );
const channels: Readonly<Record<string, string>> = {
  authorize: 'stripe',
  capture: 'stripe',
  refund: 'stripe',
  ship: 'odoo',
  back: 'odoo',
};
const told = (drawn: number, story: readonly Act[], always?: (flow: Flow) => void): Flow => {
  const flow = always === undefined ? trade(drawn, opening) : trade(drawn, opening, { always });
  story.forEach((act, index) => {
    const [what, , n] = act;
    if (what === 'settle') flow.settle();
    else if (what === 'later') flow.advance(minute * 7 * n);
    else flow.tell(factOf(act, index + 1), channels[what] ?? 'shops');
  });
  flow.settle();
  return flow;
};
/** What sinks were told is promised, by decisions alone: the last word of each order that stands and is not being changed. */
const toldPromised = (flow: Flow, product: string): number => {
  const last = new Map<string, number>();
  for (const { order, allocations } of dataOf(flow, 'OrderConfirmed'))
    last.set(
      order,
      allocations.reduce((sum, one) => sum + (one.product === product ? one.quantityMilli : 0), 0),
    );
  return [...last].reduce((sum, [order, promised]) => sum + (orderOf(flow, order).phase === 'confirmed' ? promised : 0), 0);
};
const statesOf = (flow: Flow): readonly State[] => flow.statesOf(orders) as readonly State[];

describe(`laws of orders with stock, catalogue and payments (seed ${seed})`, function () {
  this.timeout(120_000);
  it('nothing is promised twice, at any moment', () =>
    // `trade` asks after every step; sales in stores take what is promised, so that they are left to the next law.
    fc.assert(
      fc.property(script(acts), ([drawn, story]) => {
        const flow = told(drawn, story);
        const came = (product: string): number =>
          [...dataOf(flow, 'StockBaselineSet'), ...dataOf(flow, 'StockAdjusted'), ...dataOf(flow, 'ReturnReceived')]
            .filter(one => one.product === product)
            .reduce((sum, one) => sum + ('deltaMilli' in one ? one.deltaMilli : one.quantityMilli), 0);
        for (const product of ['A', 'B']) assert.ok(toldPromised(flow, product) <= came(product), product);
      }),
      { seed, numRuns: 150 },
    ));
  it('when all is settled, stock holds what open orders still want, and no more than is there', () =>
    fc.assert(
      fc.property(script(withSales), ([drawn, story]) => {
        const flow = told(drawn, story, () => undefined);
        holdsWhatIsWanted(flow);
      }),
      { seed, numRuns: 200 },
    ));
  it('when all hold times are over, every order is decided, waits for a person, or for its line by name', () =>
    fc.assert(
      fc.property(script(withSales), ([drawn, story]) => {
        const flow = told(drawn, story, () => undefined);
        flow.advance(60 * 24 * 60 * minute);
        for (const state of statesOf(flow)) {
          const isUnknown = state.phase === 'resolving' && state.lines.some(one => one.is === 'unknown');
          const isEnd = ['unplaced', 'confirmed', 'withdrawn', 'closed', 'short'].includes(state.phase);
          assert.ok(isEnd || isUnknown, `an order is left ${state.phase}`);
        }
        holdsWhatIsWanted(flow);
      }),
      { seed, numRuns: 150 },
    ));
  it('money accepted is money applied, for every confirmed order', () =>
    fc.assert(
      fc.property(script(withSales), ([drawn, story]) => {
        const flow = told(drawn, story, () => undefined);
        for (const { order } of dataOf(flow, 'OrderConfirmed')) {
          const state = flow.stateOf(orders, `acme|${order}`) as State;
          if (state.phase !== 'confirmed' && state.phase !== 'closed') continue;
          const applied = dataOf(flow, 'PaymentApplied', order).at(-1);
          const accepted = dataOf(flow, 'PaymentAccepted', order).at(-1);
          assert.equal(accepted?.capturedMinor ?? 0, applied?.capturedMinor ?? 0, order);
          assert.equal(accepted?.refundedMinor ?? 0, applied?.refundedMinor ?? 0, order);
        }
      }),
      { seed, numRuns: 150 },
    ));
});
