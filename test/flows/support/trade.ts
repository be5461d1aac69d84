/** A small trade for flows: shops, products with their codes and stock, orders and their money; and what must hold of all of it. */
import assert from 'node:assert/strict';
import { catalogue } from '../../../processors/catalogue/index.ts';
import { orders } from '../../../processors/orders/index.ts';
import type { State as OrderState } from '../../../processors/orders/state.ts';
import { payments } from '../../../processors/payments/index.ts';
import { stock } from '../../../processors/stock/index.ts';
import type { State as StockState } from '../../../processors/stock/state.ts';
import * as facts from '../../../schemas/generated/facts.ts';
import type { AnyFact } from '../../../schemas/generated/facts.ts';
import type { Policy } from '../../../schemas/policy.ts';
import { acme, policy } from '../../support/policy.ts';
import { flowOf, type Flow } from './flow.ts';

export const minute = 60_000;
/** Three shops; where none says otherwise, a shortage withdraws. */
export const tradePolicy: Policy = {
  ...policy,
  companies: {
    acme: {
      ...acme,
      authority: { ...acme.authority, tenders: { ...acme.authority.tenders, kiosk: { stripe: 'stripe' } } },
      orders: { ...acme.orders, shortage: { default: 'withdraw' } },
    },
  },
  shops: { ...policy.shops, kiosk: { ...policy.shops.web!, shop: 'kiosk' } },
};

export const units = [catalogue, orders, stock, payments];
export interface Part {
  readonly product: string;
  /** Per piece, thousandths. */
  readonly perMilli?: number;
}
export const defined = (code: string, parts: readonly Part[], revision = 1) =>
  facts.codeDefined({
    company: 'acme',
    code,
    revision,
    components: parts.map(({ product, perMilli = 1000 }) => ({ owner: 'acme', product, quantityMilli: perMilli })),
  });
export const baseline = (product: string, quantityMilli: number, location = 'main') =>
  facts.stockBaselineSet({ owner: 'acme', product, location, quantityMilli, takenAt: 0, source: 'count of the day' });
export const adjusted = (product: string, deltaMilli: number, reference: string, happenedAt: number) =>
  facts.stockAdjusted({ owner: 'acme', product, location: 'main', deltaMilli, reference, reason: 'sold at a till', happenedAt });

export const line = (name: string, code: string, quantityMilli = 1000): facts.Line => ({
  line: name,
  kind: 'goods',
  codes: [code],
  description: code,
  quantityMilli,
  netMinor: quantityMilli,
  discountMinor: 0,
  taxes: [{ code: 'nl21', amountMinor: (quantityMilli * 21) / 100 }],
  grossMinor: (quantityMilli * 121) / 100,
  taxIncluded: false,
  unitPrice: '10.00',
});
const cash: facts.Tender = {
  tender: 'cod',
  gateway: null,
  paymentReference: null,
  amountMinor: 0,
  currency: 'EUR',
  reportedPaid: false,
};
type Word = Partial<facts.OrderPlaced> & { readonly order: string };
const word = ({ order, ...over }: Word): facts.OrderPlaced => {
  const lines = over.lines ?? [line('1', 'sku:A')];
  const totalMinor = lines.reduce((sum, one) => sum + one.grossMinor, 0);
  const paid = { tender: 'stripe', gateway: 'stripe', paymentReference: `pi_${order}`, currency: 'EUR', reportedPaid: false };
  return {
    company: 'acme',
    shop: order.split(':')[0]!,
    order,
    revision: 1,
    placedAt: 0,
    currency: 'EUR',
    customer: 'web:c1',
    sealed: null,
    lines,
    totalMinor,
    tenders: [{ ...paid, amountMinor: totalMinor }],
    awaitsPayment: true,
    ...over,
  };
};
export const placed = (over: Word) => facts.orderPlaced(word(over));
/** Nothing is waited for but stock. */
export const placedOnCash = (over: Word) => placed({ tenders: [cash], awaitsPayment: false, ...over });
export const changedOnCash = (over: Word) =>
  facts.orderChanged(word({ revision: 2, tenders: [cash], awaitsPayment: false, ...over }));
export const reinstatedOnCash = (over: Word) =>
  facts.orderReinstated(word({ revision: 3, tenders: [cash], awaitsPayment: false, ...over }));
export const cancelled = (order: string, reason: facts.OrderCancelled['reason'] = 'customer', revision = 2) =>
  facts.orderCancelled({ company: 'acme', shop: order.split(':')[0]!, order, revision, reason });

const payment = (order: string) => ({ company: 'acme', gateway: 'stripe', paymentReference: `pi_${order}`, orderHint: null });
const rank = { authorized: 1, failed: 2, captured: 3, voided: 4, refunded: 5 };
export const authorized = (order: string, amountMinor: number) =>
  facts.paymentAuthorized({ ...payment(order), amountMinor, currency: 'EUR', authorizedAt: 0, version: rank.authorized });
export const captured = (order: string, amountMinor: number, capture = `ch_${order}`) =>
  facts.paymentCaptured({
    ...payment(order),
    ...{ capture, amountMinor, currency: 'EUR', feeMinor: 0, capturedAt: 0, version: rank.captured },
  });
export const failed = (order: string, version = rank.failed) =>
  facts.paymentFailed({ ...payment(order), reason: 'card declined', failedAt: 0, version });
export const refunded = (order: string, amountMinor: number) =>
  facts.refundSucceeded({
    ...payment(order),
    ...{ refund: `re_${order}`, amountMinor, currency: 'EUR', refundedAt: 0, version: rank.refunded },
  });
export const refundTold = (order: string, amountMinor: number) =>
  facts.refundReported({
    ...{
      company: 'acme',
      shop: order.split(':')[0]!,
      order,
      refund: '726',
      revision: 1,
      currency: 'EUR',
      amountMinor,
      lines: [],
    },
    ...{ gateway: 'stripe', gatewayRefund: `re_${order}`, movesMoney: true, refundedAt: 0 },
  });
export const dispatched = (order: string, product: string, quantityMilli: number, shipment: string, dispatchedAt = 1) =>
  facts.shipmentDispatched({
    ...{ company: 'acme', order, shipment, owner: 'acme', product, location: 'main', quantityMilli, dispatchedAt },
  });
export const cameBack = (order: string, product: string, quantityMilli: number) =>
  facts.returnReceived({
    ...{ company: 'acme', order, return: `IN/${order}`, owner: 'acme', product, location: 'main', quantityMilli, receivedAt: 2 },
  });

type DataOf<T extends AnyFact['type']> = Extract<AnyFact, { readonly type: T }>['data'];
/** What was said of a type, of one order or of all. */
export const dataOf = <T extends AnyFact['type']>(flow: Flow, type: T, order?: string): readonly DataOf<T>[] =>
  flow
    .said(type)
    .map(event => event.data as DataOf<T>)
    .filter(data => order === undefined || (data as { readonly order?: string }).order === order);
export const orderOf = (flow: Flow, order: string): OrderState => flow.stateOf(orders, `acme|${order}`) as OrderState;
export const stockOf = (flow: Flow, product: string): StockState => flow.stateOf(stock, `acme|${product}`) as StockState;
export const placeOf = (flow: Flow, product: string, location = 'main') => {
  const { baseMilli = 0, changedMilli = 0, heldMilli = 0 } = stockOf(flow, product).places[location] ?? {};
  return { onHandMilli: baseMilli + changedMilli, heldMilli };
};

/** Nothing is promised twice: at no moment does any place hold more than is there. */
export const neverTwice = (flow: Flow): void => {
  for (const state of flow.statesOf(stock) as readonly StockState[])
    for (const [location, { baselineAt, baseMilli, changedMilli, heldMilli }] of Object.entries(state.places))
      assert.ok(
        baselineAt === null || heldMilli <= Math.max(0, baseMilli + changedMilli),
        `${location} holds ${heldMilli} of ${baseMilli + changedMilli}`,
      );
};
const total = (all: readonly facts.Placement[]): number => all.reduce((sum, one) => sum + one.quantityMilli, 0);
/**
 * When nothing is under way, every wish is answered; stock holds for each line exactly what its order wants, from where the order
 * believes; where it refused or took back, it holds less and a person sees it; and it holds nothing for anybody else.
 */
export const holdsWhatIsWanted = (flow: Flow): void => {
  const left = new Map<string, readonly facts.Placement[]>(
    (flow.statesOf(stock) as readonly StockState[]).flatMap(state =>
      state.holds.range().map(([, one]) => [`${one.order} ${one.line} ${one.component}`, one.placements] as const),
    ),
  );
  for (const [key, state] of flow.entriesOf(orders) as readonly (readonly [string, OrderState])[])
    for (const { line, product, answer, quantityMilli, held } of 'wishes' in state ? state.wishes : []) {
      const id = `${key.split('|')[1] ?? ''} ${line} ${product}`;
      const kept = left.get(id) ?? [];
      left.delete(id);
      assert.notEqual(answer, 'open', `${id} has no answer`);
      if (answer === 'held') assert.deepEqual([total(kept), kept], [quantityMilli, held], id);
      else assert.ok(total(kept) < quantityMilli && state.raised.some(({ open }) => open), `${id} is ${answer}, nobody sees it`);
    }
  assert.deepEqual([...left.keys()], []);
};
/** The four units with their stock and codes; unless told otherwise, after every step nothing is promised twice. */
export const trade = (
  seed: number,
  opening: readonly AnyFact[],
  { rules = tradePolicy, always = neverTwice }: { readonly rules?: Policy; readonly always?: (flow: Flow) => void } = {},
): Flow => {
  const flow = flowOf({ units, policy: rules, seed, always });
  for (const fact of opening) flow.tell(fact);
  flow.settle();
  return flow;
};
/** The same story under many orders of events. */
export const underSeeds = (count: number, story: (seed: number) => void): void => {
  for (let seed = 1; seed <= count; seed++)
    try {
      story(seed);
    } catch (error) {
      throw new Error(`with seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
};
