/** What is known of one order: a union by phase. What may come at any time, also before the order, is kept in every phase. */
import type {
  FactsOn,
  Line,
  OrderPlaced,
  PaymentApplied,
  Placement,
  RefundApplied,
  RefundReported,
  ResolvedLine,
  ReturnReceived,
  ShipmentDispatched,
  Tax,
} from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';
import type { AlarmFact, Note } from './own.ts';

export const says = [
  'LineAsked',
  'ReservationSet',
  'StockShipped',
  'StockReturned',
  'PaymentExpected',
  'OrderConfirmed',
  'OrderShort',
  'OrderWithdrawn',
  'PaymentAccepted',
  'ShipmentAccepted',
  'ReturnAccepted',
  'RefundAccepted',
  'OrderClosed',
  'ExceptionRaised',
  'ExceptionResolved',
] as const;
export type Out = FactsOn<{ readonly facts: typeof says }> | Note;
export type In =
  | FactsOn<
      | typeof topics.orders
      | typeof topics.resolvedLines
      | typeof topics.reservations
      | typeof topics.orderPayments
      | typeof topics.fulfilments
      | typeof topics.returns
      | typeof topics.orderOperations
    >
  | AlarmFact;

/** What the channel says of the order, but for its lines. */
export type Word = Pick<
  OrderPlaced,
  'shop' | 'placedAt' | 'currency' | 'customer' | 'sealed' | 'totalMinor' | 'tenders' | 'awaitsPayment'
>;

/** A line on its way to be resolved: its codes are asked one after another; when all are unknown it waits by name. */
export type Question =
  | {
      readonly is: 'open';
      readonly line: Line;
      /** The number under which it was asked, 0 before; one number for all codes of a round. */
      readonly number: number;
      /** How many of its codes were asked. */
      readonly tried: number;
      /** For the answer to the last of them. */
      readonly waits: boolean;
    }
  | { readonly is: 'unknown'; readonly line: Line; readonly number: number }
  | { readonly is: 'resolved'; readonly line: ResolvedLine };

/**
 * What one line wants of one product and what stock last said. open: asked, not answered. lapsed: to be asked anew, because stock took
 * it back or because a refused wish is tried once more. The key is line, owner and product.
 */
export interface Wish {
  readonly line: string;
  readonly owner: string;
  readonly product: string;
  readonly revision: number;
  /** Wanted, less what was shipped since; thousandths. 0: released, kept until stock has answered. */
  readonly quantityMilli: number;
  readonly firm: boolean;
  readonly answer: 'open' | 'held' | 'refused' | 'lapsed';
  /** What stock holds: exact when it is held, as far as stock has told when it is not. */
  readonly held: readonly Placement[];
  /** What was shipped while the answer was open: the answer does not know of it. */
  readonly shipped: readonly Placement[];
  /** What the locations could promise when it was refused. */
  readonly freeMilli: number;
}

export type Payment = Omit<PaymentApplied, 'company' | 'order' | 'disputedMinor' | 'failed'> & {
  /** What was said in PaymentAccepted, null before. */
  readonly accepted: { readonly capturedMinor: number; readonly refundedMinor: number } | null;
};

/** What of a dispatch is for which line; null: for none that is known. */
export interface Part {
  readonly line: string | null;
  readonly quantityMilli: number;
}
export type Shipment = Omit<ShipmentDispatched, 'company' | 'order'> & {
  readonly parts: readonly Part[];
  readonly accepted: boolean;
  readonly overdue: boolean;
};
/** What of a line's money and quantity has gone with dispatches so far. */
export interface Given {
  readonly line: string;
  readonly quantityMilli: number;
  readonly netMinor: number;
  readonly taxes: readonly Tax[];
}
export type Return = Omit<ReturnReceived, 'company' | 'order'> & { readonly accepted: boolean };

export type Report = Omit<RefundReported, 'company' | 'order' | 'shop'>;
export type Money = Omit<RefundApplied, 'company' | 'order'>;
/** A refund has two sides, the shop's lines and the gateway's money. */
export type Refund = { readonly overdue: boolean; readonly accepted: AcceptedRefund | null } & (
  | { readonly is: 'reported'; readonly report: Report }
  | { readonly is: 'paid'; readonly money: Money }
  | { readonly is: 'joined'; readonly report: Report; readonly money: Money }
);

/** What a person was told. One that a person has resolved is remembered, so that it is not raised again for the same amount. */
export interface Raised {
  readonly exception: string;
  readonly amountMinor: number | null;
  readonly raisedAt: number;
  readonly open: boolean;
}

/** As it was last said; stale: the shop has said more of it since. */
export interface AcceptedRefund {
  readonly refund: string;
  readonly amountMinor: number;
  readonly stale: boolean;
}

interface Kept {
  /** The highest of the channel's word; -1 before its first. */
  readonly revision: number;
  readonly tendersRevision: number;
  /** What it said last could not be done: something of it had left. */
  readonly declined: boolean;
  /** Who called the order off, until it is reinstated. */
  readonly calledOff: 'channel' | 'person' | null;
  /** The last number of each kind that was given out. */
  readonly numbers: { readonly decision: number; readonly wish: number; readonly question: number; readonly hold: number };
  /** Gateway and reference of payments that were announced, joined by `|`. */
  readonly expected: readonly string[];
  readonly payments: readonly Payment[];
  readonly shipments: readonly Shipment[];
  readonly given: readonly Given[];
  readonly returns: readonly Return[];
  readonly refunds: readonly Refund[];
  readonly raised: readonly Raised[];
}
interface Placed extends Kept {
  readonly order: Word;
}
/** over: a person sees that the money is missing. */
export type Hold = { readonly is: 'none' | 'over' } | { readonly is: 'running'; readonly hold: number; readonly minutes: number };
/** Whether the order was confirmed before (a change is under way), or how long its promise is held. */
export type Deal = { readonly confirmed: true } | { readonly confirmed: false; readonly hold: Hold };
interface Open extends Placed {
  readonly deal: Deal;
  readonly wishes: readonly Wish[];
}

/** Nothing was placed yet; facts of it may be here already. */
export type Unplaced = Kept & { readonly phase: 'unplaced' };
export type Resolving = Open & { readonly phase: 'resolving'; readonly lines: readonly Question[] };
/**
 * together: all at once. releasing: one was refused, all is given back. inTurn: once more, one product after another.
 * refused: that was refused, too.
 */
export type Attempt = 'together' | 'releasing' | 'inTurn' | 'refused';
export type Asking = Open & {
  readonly phase: 'asking';
  readonly lines: readonly ResolvedLine[];
  readonly attempt: Attempt;
};
/** All is held; only the money is waited for. */
export type Reserved = Open & { readonly phase: 'reserved'; readonly lines: readonly ResolvedLine[] };
/** A person decides. */
export type Short = Open & { readonly phase: 'short'; readonly lines: readonly ResolvedLine[] };
export type Confirmed = Placed & {
  readonly phase: 'confirmed';
  readonly lines: readonly ResolvedLine[];
  readonly wishes: readonly Wish[];
};
export type Withdrawn = Placed & {
  readonly phase: 'withdrawn';
  readonly lines: readonly Line[];
  /** What was held or taken and not given back when it was withdrawn; minor units. */
  readonly keptMinor: number;
  readonly closed: boolean;
};
/** All that will leave has left. */
export type Closed = Placed & { readonly phase: 'closed'; readonly lines: readonly ResolvedLine[] };

export type State = Unplaced | Resolving | Asking | Reserved | Short | Confirmed | Withdrawn | Closed;
/** Phases in which stock may hold something for the order. */
export type Holding = Resolving | Asking | Reserved | Short | Confirmed;

export const initial: State = {
  phase: 'unplaced',
  revision: -1,
  tendersRevision: -1,
  declined: false,
  calledOff: null,
  numbers: { decision: 0, wish: 0, question: 0, hold: 0 },
  expected: [],
  payments: [],
  shipments: [],
  given: [],
  returns: [],
  refunds: [],
  raised: [],
};

export const isHolding = (state: State): state is Holding => 'wishes' in state;
/** Said to systems at least once and not withdrawn since. */
export const isConfirmed = (state: State): boolean =>
  state.phase === 'confirmed' || state.phase === 'closed' || ('deal' in state && state.deal.confirmed);
