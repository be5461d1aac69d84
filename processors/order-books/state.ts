/** What of one order was agreed, shipped, refunded and taken, per currency; and the balances that were booked for it. */
import type {
  FactsOn,
  OrderConfirmed,
  PaymentAccepted,
  RefundAccepted,
  ShipmentAccepted,
} from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';
import type { Posting } from '../journal.ts';
import { balancesOf } from './balances.ts';
import { add, merged, total, type Cell } from './cells.ts';

export const says = ['JournalPrepared'] as const;
export type Out = FactsOn<{ readonly facts: typeof says }>;
export type In = FactsOn<typeof topics.orderDecisions>;

export interface Refund {
  readonly refund: string;
  readonly revision: number;
  readonly cells: readonly Cell[];
  /** What the lines do not explain: money only; negative where less is paid back than the lines say. */
  readonly restMinor: number;
}
export interface Book {
  readonly currency: string;
  /** Lines of shipping, whose revenue is its own role. */
  readonly shippingLines: readonly string[];
  /** The most that was ever agreed: what a change took off stays in deposits until it is refunded. */
  readonly agreed: readonly Cell[];
  readonly totalMinor: number;
  readonly captured: readonly { readonly payment: string; readonly revision: number; readonly minor: number }[];
  readonly shipped: readonly Cell[];
  readonly refunds: readonly Refund[];
  /** What the journals so far amount to, by role: the next one brings it to what it then is. */
  readonly booked: readonly Posting[];
}
export interface State {
  readonly books: readonly Book[];
  /** Dispatches that were booked: `WH/OUT/1 7`. */
  readonly shipments: readonly string[];
}
export const initial: State = { books: [], shipments: [] };

const emptyBook = (currency: string): Book => ({
  currency,
  shippingLines: [],
  agreed: [],
  totalMinor: 0,
  captured: [],
  shipped: [],
  refunds: [],
  booked: [],
});
export const bookOf = (state: State, currency: string): Book =>
  state.books.find(book => book.currency === currency) ?? emptyBook(currency);
const withBook = (state: State, book: Book): State => ({
  ...state,
  books: state.books.some(one => one.currency === book.currency)
    ? state.books.map(one => (one.currency === book.currency ? book : one))
    : [...state.books, book],
});

type LineMoney = Pick<RefundAccepted['lines'][number], 'line' | 'netMinor' | 'taxes'>;
const cellsOf = (lines: readonly LineMoney[]): readonly Cell[] =>
  lines.flatMap(({ line, netMinor, taxes }) => [
    { line, part: 'net', minor: netMinor },
    ...taxes.map(({ code, amountMinor }) => ({ line, part: `tax:${code}`, minor: amountMinor })),
  ]);
const confirmed = (state: State, { currency, lines, totalMinor }: OrderConfirmed): State => {
  const book = bookOf(state, currency);
  const shipping = lines.filter(line => line.kind === 'shipping').map(line => line.line);
  return withBook(state, {
    ...book,
    shippingLines: [...new Set([...book.shippingLines, ...shipping])],
    agreed: merged([...book.agreed, ...merged(cellsOf(lines), add)], Math.max),
    totalMinor: Math.max(book.totalMinor, totalMinor),
  });
};
const taken = (state: State, { currency, gateway, paymentReference, revision, capturedMinor }: PaymentAccepted): State => {
  const book = bookOf(state, currency);
  const payment = JSON.stringify([gateway, paymentReference]);
  if (book.captured.some(one => one.payment === payment && one.revision >= revision)) return state;
  const others = book.captured.filter(one => one.payment !== payment);
  return withBook(state, { ...book, captured: [...others, { payment, revision, minor: capturedMinor }] });
};

/** After a dispatch or a refund the books are brought to what they now should be, whether or not this company keeps them with us. */
const settled = (state: State, book: Book): State => withBook(state, { ...book, booked: balancesOf(book) });
const shipmentOf = ({ shipment, revision }: ShipmentAccepted): string => `${shipment} ${revision}`;
const shipped = (state: State, data: ShipmentAccepted): State => {
  const known = shipmentOf(data);
  if (state.shipments.includes(known)) return state;
  const book = bookOf(state, data.currency);
  const next = settled(state, { ...book, shipped: merged([...book.shipped, ...cellsOf(data.lines)], add) });
  return { ...next, shipments: [...state.shipments, known] };
};
const refunded = (state: State, { currency, refund, revision, amountMinor, lines }: RefundAccepted): State => {
  const book = bookOf(state, currency);
  if (state.books.some(one => one.refunds.some(known => known.refund === refund && known.revision >= revision))) return state;
  const cells = merged(cellsOf(lines), add);
  const others = book.refunds.filter(one => one.refund !== refund);
  return settled(state, { ...book, refunds: [...others, { refund, revision, cells, restMinor: amountMinor - total(cells) }] });
};

export const evolve = (state: State, fact: In | Out): State => {
  switch (fact.type) {
    case 'OrderConfirmed':
      return confirmed(state, fact.data);
    case 'PaymentAccepted':
      return taken(state, fact.data);
    case 'ShipmentAccepted':
      return shipped(state, fact.data);
    case 'RefundAccepted':
      return refunded(state, fact.data);
    // A journal follows from the fact before it; the others move no money.
    case 'JournalPrepared':
    case 'OrderShort':
    case 'OrderWithdrawn':
    case 'ReturnAccepted':
    case 'OrderClosed':
      return state;
  }
};
