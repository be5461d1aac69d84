import assert from 'node:assert/strict';
import { contentOf, telling } from '../../../producers/tell/news.ts';
import { tellOrders, unwanted, wanted, type OrderFact } from '../../../producers/tell/orders.ts';
import type { Report, Told } from '../../../runtime/model.ts';
import { isFailure } from '../../../runtime/failure.ts';
import { paymentCaptured, refundReported, type OrderPlaced, type Tender } from '../../../schemas/generated/facts.ts';

const placed: OrderPlaced = {
  company: 'acme',
  shop: 'web',
  order: 'web:1',
  revision: 1000,
  placedAt: 0,
  currency: 'EUR',
  customer: 'web:c1',
  sealed: null,
  lines: [],
  totalMinor: 0,
  tenders: [],
  awaitsPayment: false,
};
const card: Tender = {
  tender: 'stripe',
  gateway: 'stripe',
  paymentReference: 'pi_1',
  amountMinor: 100,
  currency: 'EUR',
  reportedPaid: false,
};
const report = (phase: string, version: number, facts: readonly OrderFact[], object = 'order'): Report<OrderFact> => ({
  object,
  version,
  settled: false,
  rank: 0,
  phase,
  facts,
});
const open = (revision: number, totalMinor = 0) => report('open', revision, wanted({ ...placed, revision, totalMinor }));
const cancelled = (revision: number, tenders: readonly Tender[] = []) =>
  report('cancelled', revision, unwanted({ company: 'acme', shop: 'web', order: 'web:1', revision, reason: 'unknown' }, tenders));
/** The types said of each report in turn. */
const says = (...reports: readonly Report<OrderFact>[]): readonly (readonly string[])[] => {
  const told = new Map<string, Told | undefined>();
  return reports.map(one => {
    const next = telling(
      one,
      contentOf(one, text => text),
      told.get(one.object),
      tellOrders,
    );
    told.set(one.object, next.told);
    return next.facts.map(fact => fact.type);
  });
};

describe('tell of orders', () => {
  it('places an order once, then says what changed', () =>
    assert.deepEqual(says(open(1), open(1), open(2, 5), open(1)), [['OrderPlaced'], [], ['OrderChanged'], []]));
  it('says nothing when the modified time moved and nothing else', () =>
    assert.deepEqual(says(open(1), open(2), open(3)), [['OrderPlaced'], [], []]));
  it('cancels what was told and reinstates what is wanted again', () =>
    assert.deepEqual(says(open(1), cancelled(2), cancelled(3), open(4)), [
      ['OrderPlaced'],
      ['OrderCancelled'],
      [],
      ['OrderReinstated'],
    ]));
  it('says nothing of an order that was cancelled before it was ever told', () => assert.deepEqual(says(cancelled(2)), [[]]));
  it('names the payment of a cancelled order before it cancels, and one that is named later', () =>
    assert.deepEqual(says(open(1), cancelled(2, [card]), cancelled(3, [{ ...card, paymentReference: 'pi_2' }])), [
      ['OrderPlaced'],
      ['TenderReported', 'OrderCancelled'],
      ['TenderReported'],
    ]));
  it('says money of which the channel is the authority once, whatever is edited later', () => {
    const money = (amountMinor: number) =>
      report(
        'captured',
        1,
        [
          paymentCaptured({
            company: 'acme',
            gateway: 'web',
            paymentReference: 'web:1',
            orderHint: 'web:1',
            capture: 'web:1',
            amountMinor,
            currency: 'EUR',
            feeMinor: 0,
            capturedAt: 0,
            version: 1,
          }),
        ],
        'payment',
      );
    assert.deepEqual(says(money(1), money(2), money(1), money(3)), [['PaymentCaptured'], [], [], []]);
  });
  it('says each refund once, and again only when it says something else', () => {
    const refund = (refund: string, rank: number) => ({
      ...report(
        'refunded',
        1,
        [
          refundReported({
            company: 'acme',
            shop: 'web',
            order: 'web:1',
            refund,
            revision: 1,
            currency: 'EUR',
            amountMinor: 5,
            lines: [],
            gateway: null,
            gatewayRefund: null,
            movesMoney: rank > 0,
            refundedAt: 0,
          }),
        ],
        `refund:${refund}`,
      ),
      rank,
    });
    assert.deepEqual(says(refund('1', 0), refund('2', 0), refund('1', 0), refund('1', 1), refund('1', 0)), [
      ['RefundReported'],
      ['RefundReported'],
      [],
      ['RefundReported'],
      [],
    ]);
  });
  it('refuses a phase that it does not know, and takes no name of Object for one', () => {
    for (const phase of ['shipped', 'constructor', '__proto__'])
      assert.throws(
        () => tellOrders(report(phase, 1, []), undefined),
        error => isFailure(error) && error.kind === 'poison',
      );
  });
});
