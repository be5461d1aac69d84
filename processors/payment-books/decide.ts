/**
 * Capture: clearing to customer deposits. Fee: fees to clearing. Refund: refunds payable to clearing, and back when it failed.
 * Dispute: the bank took the money back for now, so a claim (disputes) to clearing, until it is decided.
 */
import type { Event } from '../../runtime/model.ts';
import type { Policy } from '../../schemas/policy.ts';
import { bookkeeping, journalId, journalOf, type Posting } from '../journal.ts';
import { evolve, find, moved, wordOf, type In, type Kind, type Out, type State } from './state.ts';

/** Which roles an amount moves between, debit first; the gateway has its own clearing account where one is named. */
const sides = (kind: Kind | 'fee', gateway: string): readonly [string, string] => {
  const clearing = `clearing:${gateway}`;
  switch (kind) {
    case 'capture':
      return [clearing, 'deposits'];
    case 'fee':
      return ['fees', clearing];
    case 'refund':
      return ['refundsPayable', clearing];
    case 'dispute':
      return ['disputes', clearing];
  }
};
/** A negative amount, a correction, changes the sides. */
const postings = (kind: Kind | 'fee', gateway: string, minor: number): readonly Posting[] => {
  const [debit, credit] = sides(kind, gateway);
  return [
    { role: debit, minor },
    { role: credit, minor: -minor },
  ];
};

export const decide = (event: Event<In>, state: State, policy: Policy): readonly Out[] => {
  const { company, gateway, paymentReference } = event.data;
  const word = wordOf(event);
  const books = bookkeeping(policy, company);
  if (word === undefined || books === undefined) return [];
  const before = find(state, word);
  const after = find(evolve(state, event), word);
  if (after === undefined || after === before) return [];
  const { id, at, currency } = word;
  const book = (kind: Kind | 'fee', minor: number, count: number): readonly Out[] => {
    const journal = journalId(kind, gateway, paymentReference, id, ...(count > 1 ? [String(count)] : []));
    const correction = count > 1 ? ', corrected' : '';
    const description = `${kind} ${id} of payment ${paymentReference} at ${gateway}${correction}`;
    return journalOf({ journal, at, currency, description, event: event.id, postings: postings(kind, gateway, minor) }, books);
  };
  return [
    ...book(word.kind, moved(after) - moved(before), after.journals),
    ...book('fee', after.feeMinor - (before?.feeMinor ?? 0), after.feeJournals),
  ];
};
