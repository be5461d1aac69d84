/** What the gateway's word on each id is worth now. The difference that a fact makes is what is booked, so copies book nothing. */
import type { FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';

export const says = ['JournalPrepared'] as const;
export type Out = FactsOn<{ readonly facts: typeof says }>;
export type In = FactsOn<typeof topics.payments>;

export type Kind = 'capture' | 'refund' | 'dispute';
/** What a fact says of one id. */
export interface Word {
  readonly kind: Kind;
  readonly id: string;
  readonly currency: string;
  readonly version: number;
  readonly cameBack: boolean;
  readonly amountMinor: number;
  readonly feeMinor: number;
  /** When it happened, epoch ms UTC. */
  readonly at: number;
}
export interface Known extends Omit<Word, 'at'> {
  /** How many journals booked its amount, and its fee: each has its own id. */
  readonly journals: number;
  readonly feeJournals: number;
}
export interface State {
  readonly known: readonly Known[];
}
export const initial: State = { known: [] };

export const wordOf = (fact: In): Word | undefined => {
  switch (fact.type) {
    case 'PaymentCaptured':
      return {
        ...money(fact.data),
        kind: 'capture',
        id: fact.data.capture,
        feeMinor: fact.data.feeMinor,
        at: fact.data.capturedAt,
      };
    case 'RefundSucceeded':
      return { ...money(fact.data), kind: 'refund', id: fact.data.refund, at: fact.data.refundedAt };
    case 'RefundFailed':
      return { ...money(fact.data), kind: 'refund', id: fact.data.refund, cameBack: true, at: fact.data.failedAt };
    case 'DisputeOpened':
      return { ...money(fact.data), kind: 'dispute', id: fact.data.dispute, at: fact.data.openedAt };
    // No money moved.
    case 'PaymentExpected':
    case 'PaymentAuthorized':
    case 'PaymentFailed':
    case 'AuthorizationVoided':
      return undefined;
  }
};
const money = (data: { readonly currency: string; readonly version: number; readonly amountMinor: number }) => {
  const { currency, version, amountMinor } = data;
  return { currency, version, amountMinor, feeMinor: 0, cameBack: false };
};

/** What of it moved: a refund that came back moved nothing. */
export const moved = (one: Pick<Word, 'cameBack' | 'amountMinor'> | undefined): number =>
  one === undefined || one.cameBack ? 0 : one.amountMinor;
export const find = (state: State, { kind, id }: Pick<Word, 'kind' | 'id'>): Known | undefined =>
  state.known.find(one => one.kind === kind && one.id === id);

/** The gateway's rank decides; in a tie the coming back, then the larger figures, so that arrival does not. One id has one currency. */
const outranks = (word: Word, known: Known): boolean => {
  if (word.currency !== known.currency) return false;
  const ranks = [
    word.version - known.version,
    Number(word.cameBack) - Number(known.cameBack),
    word.amountMinor - known.amountMinor,
    word.feeMinor - known.feeMinor,
  ];
  return (ranks.find(rank => rank !== 0) ?? 0) > 0;
};

export const evolve = (state: State, fact: In | Out): State => {
  // A journal follows from a word, which says it all.
  const word = fact.type === 'JournalPrepared' ? undefined : wordOf(fact);
  if (word === undefined) return state;
  const known = find(state, word);
  if (known !== undefined && !outranks(word, known)) return state;
  const { kind, id, currency, version, cameBack, amountMinor, feeMinor } = word;
  const next: Known = {
    kind,
    id,
    currency,
    version,
    cameBack,
    amountMinor,
    feeMinor,
    journals: (known?.journals ?? 0) + Number(moved(word) !== moved(known)),
    feeJournals: (known?.feeJournals ?? 0) + Number(word.feeMinor !== (known?.feeMinor ?? 0)),
  };
  return { known: known === undefined ? [...state.known, next] : state.known.map(one => (one === known ? next : one)) };
};
