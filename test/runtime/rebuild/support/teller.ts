/** A processor whose state tells the order of all that it took and said: digits of a wish's quantity say what it does. */
import { hash } from 'node:crypto';
import { alarm, processor, type Alarm, type Fact } from '../../../../runtime/model.ts';
import { entries, type Entries } from '../../../../runtime/entries.ts';
import { stockReserved, type FactsOn } from '../../../../schemas/generated/facts.ts';
import { topics } from '../../../../schemas/topics.ts';

type Mark = Fact<'Mark', { readonly nth: number }>;
type Due = Fact<'Due', { readonly does: number }>;
interface State {
  readonly trail: string;
  readonly lately: Entries<number>;
}
type Said = FactsOn<typeof topics.reservations> | Mark;
/** 1 is published, 2 a note to itself, 3 an alarm in a second which publishes and notes, 4 throws; the rest does nothing. */
export const does = { publish: 1, note: 2, alarm: 3, throw: 4 } as const;
/** Entries that are kept; older ones go. */
const most = 5;

const sayings = (digits: number, at: number, product: string): readonly (Said | Alarm<Due>)[] =>
  [...String(digits)].flatMap((digit, nth): readonly (Said | Alarm<Due>)[] => {
    switch (Number(digit)) {
      case does.publish:
        return [
          stockReserved({
            company: 'acme',
            order: `o${nth}`,
            line: '1',
            component: product,
            owner: 'acme',
            product,
            revision: nth,
            quantityMilli: digits,
            placements: [],
            firm: false,
            free: [],
          }),
        ];
      case does.note:
        return [{ type: 'Mark', data: { nth } }];
      case does.alarm:
        return [alarm(at + 1_000, { type: 'Due', data: { does: 212 } })];
      case does.throw:
        throw new Error('four');
      default:
        return [];
    }
  });
const next = (state: State, fact: { readonly type: string; readonly data: unknown }): State => {
  const trail = hash('sha256', state.trail + JSON.stringify([fact.type, fact.data]), 'hex').slice(0, 12);
  const lately = state.lately.with(trail, state.lately.size);
  const [oldest] = lately.range({ limit: 1 })[0] ?? [''];
  return { trail, lately: lately.size > most ? lately.without(oldest) : lately };
};

export const teller = processor<State, FactsOn<typeof topics.stockRequests> | Due, Said>({
  name: 'teller',
  doc: 'Keeps the trail of all that it took and said, for the rebuild tests.',
  reads: [topics.stockRequests],
  writes: [topics.reservations],
  own: ['Mark', 'Due'],
  entries: ['lately'],
  initial: { trail: '', lately: entries() },
  decide: (event, _state) => {
    if (event.type === 'Due') return sayings(event.data.does, event.at, event.key.split('|')[1]!);
    return event.type === 'ReservationSet' ? sayings(event.data.quantityMilli, event.at, event.data.product) : [];
  },
  evolve: next,
});
