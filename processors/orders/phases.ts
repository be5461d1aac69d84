/** How an order goes from one phase to the next: each phase is made whole here, so that none drags along what is another's. */
import type { Line, OrderPlaced, ResolvedLine } from '../../schemas/generated/facts.ts';
import type {
  Asking,
  Attempt,
  Closed,
  Confirmed,
  Deal,
  Question,
  Reserved,
  Resolving,
  Short,
  State,
  Unplaced,
  Wish,
  Withdrawn,
  Word,
} from './state.ts';

type Kept = Omit<Unplaced, 'phase'>;
const kept = (state: State): Kept => ({
  revision: state.revision,
  tendersRevision: state.tendersRevision,
  declined: state.declined,
  calledOff: state.calledOff,
  numbers: state.numbers,
  expected: state.expected,
  payments: state.payments,
  shipments: state.shipments,
  given: state.given,
  returns: state.returns,
  refunds: state.refunds,
  raised: state.raised,
});

export const wordOf = (data: Omit<OrderPlaced, 'company'>): Word => ({
  shop: data.shop,
  placedAt: data.placedAt,
  currency: data.currency,
  customer: data.customer,
  sealed: data.sealed,
  totalMinor: data.totalMinor,
  tenders: data.tenders,
  awaitsPayment: data.awaitsPayment,
});
/** A line as the channel says it, without what it was resolved to. */
export const lineOf = (line: Line): Line => ({
  line: line.line,
  kind: line.kind,
  codes: line.codes,
  description: line.description,
  quantityMilli: line.quantityMilli,
  netMinor: line.netMinor,
  discountMinor: line.discountMinor,
  taxes: line.taxes,
  grossMinor: line.grossMinor,
  taxIncluded: line.taxIncluded,
  unitPrice: line.unitPrice,
});
export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The lines as the channel last said them. */
export const saidLines = (state: Exclude<State, Unplaced>): readonly Line[] =>
  state.phase === 'resolving' ? state.lines.map(one => lineOf(one.line)) : state.lines.map(lineOf);
/** The lines whose components are known. */
export const knownLines = (state: State): readonly ResolvedLine[] => {
  switch (state.phase) {
    case 'unplaced':
    case 'withdrawn':
      return [];
    case 'resolving':
      return state.lines.flatMap(one => (one.is === 'resolved' ? [one.line] : []));
    case 'asking':
    case 'reserved':
    case 'short':
    case 'confirmed':
    case 'closed':
      return state.lines;
  }
};

/** What was refused before may be asked once more. */
export const relapsed = (wishes: readonly Wish[]): readonly Wish[] =>
  wishes.map(one => (one.answer === 'refused' ? { ...one, answer: 'lapsed' } : one));

export const toResolving = (state: State, order: Word, lines: readonly Question[], deal: Deal): Resolving => ({
  ...kept(state),
  phase: 'resolving',
  order,
  deal,
  wishes: 'wishes' in state ? relapsed(state.wishes) : [],
  lines,
});
export const toAsking = (state: Resolving | Reserved | Short, lines: readonly ResolvedLine[]): Asking => ({
  ...kept(state),
  phase: 'asking',
  order: state.order,
  deal: state.deal,
  wishes: relapsed(state.wishes),
  lines,
  attempt: 'together',
});
export const withAttempt = (state: Asking, attempt: Attempt): Asking => ({ ...state, attempt });
export const toReserved = (state: Asking): Reserved => ({
  ...kept(state),
  phase: 'reserved',
  order: state.order,
  deal: state.deal,
  wishes: state.wishes,
  lines: state.lines,
});
export const toShort = (state: Asking): Short => ({
  ...kept(state),
  phase: 'short',
  order: state.order,
  deal: state.deal,
  wishes: state.wishes,
  lines: state.lines,
});
export const toConfirmed = (state: Reserved): Confirmed => ({
  ...kept(state),
  phase: 'confirmed',
  order: state.order,
  lines: state.lines,
  wishes: state.wishes,
});
export const toWithdrawn = (state: Exclude<State, Unplaced>, keptMinor: number): Withdrawn => ({
  ...kept(state),
  phase: 'withdrawn',
  order: state.order,
  lines: saidLines(state),
  keptMinor,
  closed: false,
});
export const toClosed = (state: Exclude<State, Unplaced | Withdrawn>): Closed => ({
  ...kept(state),
  phase: 'closed',
  order: state.order,
  lines: knownLines(state),
});
