/** What is known of one payment. The gateway's rank (`version`) decides what counts, never arrival; each id is counted once. */
import type { FactsOn, PaymentApplied } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

export const says = ['PaymentApplied', 'RefundApplied', 'ExceptionRaised', 'ExceptionResolved'] as const;
export type Out = FactsOn<{ readonly facts: typeof says }>;
export type In = FactsOn<typeof topics.payments> | FactsOn<typeof topics.paymentOperations>;

/** A capture or a dispute: money of one id. */
export interface Money {
  readonly id: string;
  readonly version: number;
  readonly amountMinor: number;
}
export interface Refund extends Money {
  /** It did not happen, or came back. */
  readonly failed: boolean;
  readonly refundedAt: number;
  /** The order that was told of it. */
  readonly appliedTo: string | null;
}
export interface Totals {
  /** Held, less what of it was taken. */
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly disputedMinor: number;
  readonly failed: boolean;
}
export interface State {
  /** Orders that expect this payment; the first one has it. */
  readonly expected: readonly { readonly order: string; readonly currency: string }[];
  /** The order that the gateway's metadata names, and the rank of that word. */
  readonly hint: { readonly order: string; readonly version: number } | null;
  /** The order that a person named. */
  readonly linked: string | null;
  /** Of the first money that counted; what comes in another one is not added to it. */
  readonly currency: string | null;
  readonly authorization: { readonly version: number; readonly amountMinor: number; readonly voided: boolean } | null;
  /** Rank of the last failed attempt. */
  readonly failedVersion: number | null;
  readonly captures: readonly Money[];
  readonly refunds: readonly Refund[];
  readonly disputes: readonly Money[];
  /** What came in another currency: `capture ch_1`. */
  readonly foreign: readonly string[];
  /** What was last said, and to which order. */
  readonly applied: ({ readonly order: string } & Totals) | null;
  readonly revision: number;
  /** Open exceptions; `detail` tells whether one has changed. */
  readonly open: readonly { readonly exception: string; readonly raisedAt: number; readonly detail: string }[];
}
export const initial: State = {
  expected: [],
  hint: null,
  linked: null,
  currency: null,
  authorization: null,
  failedVersion: null,
  captures: [],
  refunds: [],
  disputes: [],
  foreign: [],
  applied: null,
  revision: 0,
  open: [],
};

/** What a fact of money is, for people and for counting it once; with its currency and amount. */
export const moneyIn = (
  fact: In,
): { readonly what: string; readonly currency: string; readonly amountMinor: number } | undefined => {
  switch (fact.type) {
    case 'PaymentAuthorized':
      return { ...fact.data, what: 'authorization' };
    case 'PaymentCaptured':
      return { ...fact.data, what: `capture ${fact.data.capture}` };
    case 'RefundSucceeded':
    case 'RefundFailed':
      return { ...fact.data, what: `refund ${fact.data.refund}` };
    case 'DisputeOpened':
      return { ...fact.data, what: `dispute ${fact.data.dispute}` };
    // Of these nothing is to be counted.
    case 'PaymentExpected':
    case 'PaymentFailed':
    case 'AuthorizationVoided':
    case 'PaymentLinked':
      return undefined;
  }
};
/** Money in another currency than the payment's. */
const isForeign = (state: State, fact: In): boolean => {
  const money = moneyIn(fact);
  return money !== undefined && state.currency !== null && money.currency !== state.currency;
};

/** A higher rank replaces; of equal rank the larger amount counts, so that arrival does not decide. */
const outranks = (one: Money, other: Money): boolean =>
  one.version > other.version || (one.version === other.version && one.amountMinor > other.amountMinor);
const counted = (all: readonly Money[], { id, version, amountMinor }: Money): readonly Money[] => {
  const one = { id, version, amountMinor };
  const known = all.find(each => each.id === id);
  if (known === undefined) return [...all, one];
  return outranks(one, known) ? all.map(each => (each.id === id ? one : each)) : all;
};
/** A refund that failed outranks its success of the same rank. */
const refundCounted = (all: readonly Refund[], one: Omit<Refund, 'appliedTo'>): readonly Refund[] => {
  const known = all.find(each => each.id === one.id);
  if (known === undefined) return [...all, { ...one, appliedTo: null }];
  const later =
    one.version > known.version ||
    (one.version === known.version && (one.failed === known.failed ? outranks(one, known) : one.failed));
  return later ? all.map(each => (each.id === one.id ? { ...one, appliedTo: known.appliedTo } : each)) : all;
};
const held = (state: State, version: number, amountMinor: number, voided: boolean): State => {
  const known = state.authorization;
  const later =
    known === null ||
    version > known.version ||
    (version === known.version && (voided === known.voided ? amountMinor > known.amountMinor : voided));
  return later ? { ...state, authorization: { version, amountMinor, voided } } : state;
};

const hintedBy = (state: State, { orderHint, version }: { orderHint: string | null; version: number }): State =>
  orderHint === null || (state.hint !== null && state.hint.version >= version)
    ? state
    : { ...state, hint: { order: orderHint, version } };

const gatewaySaid = (state: State, fact: Exclude<In, { type: 'PaymentExpected' | 'PaymentLinked' }>): State => {
  const { data } = fact;
  switch (fact.type) {
    case 'PaymentAuthorized':
      return held(state, data.version, fact.data.amountMinor, false);
    case 'AuthorizationVoided':
      return held(state, data.version, 0, true);
    case 'PaymentFailed':
      return { ...state, failedVersion: Math.max(state.failedVersion ?? data.version, data.version) };
    case 'PaymentCaptured':
      return { ...state, captures: counted(state.captures, { ...fact.data, id: fact.data.capture }) };
    case 'DisputeOpened':
      return { ...state, disputes: counted(state.disputes, { ...fact.data, id: fact.data.dispute }) };
    case 'RefundSucceeded': {
      const { refund: id, version, amountMinor, refundedAt } = fact.data;
      return { ...state, refunds: refundCounted(state.refunds, { id, version, amountMinor, refundedAt, failed: false }) };
    }
    case 'RefundFailed': {
      const { refund: id, version, amountMinor, failedAt } = fact.data;
      return {
        ...state,
        refunds: refundCounted(state.refunds, { id, version, amountMinor, refundedAt: failedAt, failed: true }),
      };
    }
  }
};

/** Money of a lower rank than what is known counts nothing, so its currency does not either. */
const counting = (before: State, after: State, currency: string): State => {
  const parts = ['authorization', 'captures', 'refunds', 'disputes'] as const;
  return parts.some(part => before[part] !== after[part]) ? { ...after, currency } : before;
};

/** It is remembered, and not counted; an authorization keeps its rank, and holds nothing that could be added up. */
const foreignSaid = (state: State, fact: In, what: string): State => {
  const next = fact.type === 'PaymentAuthorized' ? held(state, fact.data.version, 0, false) : state;
  const outranked = fact.type === 'PaymentAuthorized' && next === state;
  return outranked || state.foreign.includes(what) ? next : { ...next, foreign: [...next.foreign, what] };
};

const said = (state: State, { order, revision, ...data }: PaymentApplied): State => {
  const { authorizedMinor, capturedMinor, refundedMinor, disputedMinor, failed } = data;
  return { ...state, revision, applied: { order, authorizedMinor, capturedMinor, refundedMinor, disputedMinor, failed } };
};
const withoutException = (state: State, exception: string): State['open'] =>
  state.open.filter(one => one.exception !== exception);

export const evolve = (state: State, fact: In | Out): State => {
  switch (fact.type) {
    case 'PaymentApplied':
      return said(state, fact.data);
    case 'RefundApplied': {
      const { refund, order } = fact.data;
      return { ...state, refunds: state.refunds.map(one => (one.id === refund ? { ...one, appliedTo: order } : one)) };
    }
    case 'ExceptionRaised': {
      const { exception, raisedAt, detail } = fact.data;
      return { ...state, open: [...withoutException(state, exception), { exception, raisedAt, detail }] };
    }
    case 'ExceptionResolved':
      return { ...state, open: withoutException(state, fact.data.exception) };
    case 'PaymentLinked':
      return { ...state, linked: fact.data.order };
    case 'PaymentExpected': {
      const { order, currency } = fact.data;
      if (state.expected.some(one => one.order === order)) return state;
      return { ...state, expected: [...state.expected, { order, currency }] };
    }
    case 'PaymentAuthorized':
    case 'AuthorizationVoided':
    case 'PaymentFailed':
    case 'PaymentCaptured':
    case 'DisputeOpened':
    case 'RefundSucceeded':
    case 'RefundFailed': {
      const money = moneyIn(fact);
      const hinted = hintedBy(state, fact.data);
      if (money === undefined) return gatewaySaid(hinted, fact);
      if (!isForeign(state, fact)) return counting(hinted, gatewaySaid(hinted, fact), money.currency);
      return foreignSaid(hinted, fact, money.what);
    }
  }
};
