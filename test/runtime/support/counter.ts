/** A processor for tests of the runtime: it counts the wishes for a product. 13 thousandths throw; 60 are answered a minute later, 61 twice. */
import { alarm, processor, type Fact } from '../../../runtime/model.ts';
import { entries, type Entries } from '../../../runtime/entries.ts';
import { topics } from '../../../schemas/topics.ts';
import { reservationSet, stockReserved, type FactsOn, type ReservationSet } from '../../../schemas/generated/facts.ts';

type Due = Fact<'Due', { readonly order: string }>;
interface State {
  readonly count: number;
  readonly seen: Entries<number>;
}
export const wish = (order: string, quantityMilli = 1000, product = '1') =>
  reservationSet({
    owner: 'acme',
    product,
    company: 'acme',
    shop: 'web',
    order,
    line: '1',
    component: product,
    revision: 1,
    quantityMilli,
    locations: ['main'],
    firm: false,
    mustAccept: false,
  });
const said = (data: ReservationSet, quantityMilli: number) =>
  stockReserved({
    company: data.company,
    order: data.order,
    line: data.line,
    component: data.component,
    owner: data.owner,
    product: data.product,
    revision: data.revision,
    quantityMilli,
    placements: [],
    firm: false,
    free: [],
  });

export const counter = processor<State, FactsOn<typeof topics.stockRequests> | Due, FactsOn<typeof topics.reservations>>({
  name: 'counter',
  doc: 'Counts, for the runtime tests.',
  reads: [topics.stockRequests],
  writes: [topics.reservations],
  own: ['Due'],
  entries: ['seen'],
  initial: { count: 0, seen: entries() },
  decide: (event, state) => {
    if (event.type === 'Due') return [said({ ...wish(event.data.order).data, revision: 60 }, state.count)];
    if (event.type !== 'ReservationSet') return [];
    if (event.data.quantityMilli === 13) throw new Error('thirteen');
    if (event.data.quantityMilli === 60) return [alarm(event.at + 60_000, { type: 'Due', data: { order: event.data.order } })];
    const due = (order: string) => alarm(event.at + 60_000, { type: 'Due', data: { order } } satisfies Due);
    if (event.data.quantityMilli === 61) return [due(`${event.data.order}-1`), due(`${event.data.order}-2`)];
    return [said(event.data, state.count + 1)];
  },
  evolve: (state, fact) =>
    fact.type === 'ReservationSet' ? { count: state.count + 1, seen: state.seen.with(fact.data.order, state.count) } : state,
});
