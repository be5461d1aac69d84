/** A processor with two inputs for tests of the runtime: a wish is held for two seconds; a movement meanwhile is its payment. */
import { alarm, processor, type Fact } from '../../../runtime/model.ts';
import { stockAdjusted, stockReserved, type FactsOn } from '../../../schemas/generated/facts.ts';
import { topics } from '../../../schemas/topics.ts';

type Due = Fact<'Due', { readonly order: string }>;
interface State {
  readonly paid: boolean;
  readonly wishes: number;
}
export const holdMs = 2_000;
const said = (order: string, product: string, quantityMilli: number) =>
  stockReserved({
    company: 'acme',
    order,
    line: '1',
    component: product,
    owner: 'acme',
    product,
    revision: 1,
    quantityMilli,
    placements: [],
    firm: false,
    free: [],
  });

/** Says 1 when the hold of a paid wish ends, 0 when that of an unpaid one does; 2 and more: the count of wishes, at once. */
export const holder = processor<
  State,
  FactsOn<typeof topics.stockRequests> | FactsOn<typeof topics.stockMovements> | Due,
  FactsOn<typeof topics.reservations>
>({
  name: 'holder',
  doc: 'Holds, for the runtime tests.',
  reads: [topics.stockRequests, topics.stockMovements],
  writes: [topics.reservations],
  own: ['Due'],
  initial: { paid: false, wishes: 0 },
  decide: (event, state) => {
    if (event.type === 'Due') return [said(event.data.order, event.key.split('|')[1]!, state.paid ? 1 : 0)];
    if (event.type !== 'ReservationSet') return [];
    if (event.data.firm) return [said(event.data.order, event.data.product, state.wishes + 2)];
    return [alarm(event.at + holdMs, { type: 'Due', data: { order: event.data.order } })];
  },
  evolve: (state, fact) =>
    fact.type === 'ReservationSet'
      ? { ...state, wishes: state.wishes + 1 }
      : fact.type === 'StockAdjusted'
        ? { ...state, paid: true }
        : state,
});
export const payment = (product: string) =>
  stockAdjusted({ owner: 'acme', product, location: 'main', deltaMilli: 1000, reference: 'r', reason: 'test', happenedAt: 0 });
