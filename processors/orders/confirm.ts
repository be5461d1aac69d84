/** Confirming: all is held and the money is there or trusted. Said whole each time; and closing, when nothing more is expected. */
import { orderConfirmed } from '../../schemas/generated/facts.ts';
import { ask } from './ask.ts';
import { isCovered, totalsIn } from './money.ts';
import { toConfirmed } from './phases.ts';
import type { Rule } from './rule.ts';
import type { State } from './state.ts';
import { allocationsOf, wantedBy } from './wishes.ts';
import { closedOf, isSettled } from './withdraw.ts';

/** A change of a confirmed order is confirmed when it is held: money that is then missing is a person's to see, not a stop. */
export const confirm: Rule = (state, cause) => {
  if (state.phase !== 'reserved' || !(state.deal.confirmed || isCovered(state, cause.rules))) return [];
  const { shop, placedAt, currency, customer, sealed, totalMinor, tenders } = state.order;
  const { authorizedMinor, capturedMinor } = totalsIn(state.payments, currency);
  return [
    ...state.wishes.filter(one => !one.firm && one.quantityMilli > 0).map(one => ask(state, cause, one, true)),
    orderConfirmed({
      company: cause.company,
      shop,
      order: cause.order,
      revision: state.numbers.decision + 1,
      ...{ placedAt, currency, customer, sealed, lines: state.lines, totalMinor, tenders },
      allocations: allocationsOf(state.wishes),
      authorizedMinor,
      capturedMinor,
    }),
  ];
};
export const foldConfirmed = (state: State): State => (state.phase === 'reserved' ? toConfirmed(state) : state);

/** All has left; or withdrawn, and no money is left of it. */
export const close: Rule = (state, cause) => {
  if (state.phase === 'confirmed') return wantedBy(state.lines, state).length === 0 ? [closedOf(state, cause)] : [];
  return state.phase === 'withdrawn' && !state.closed && isSettled(state) ? [closedOf(state, cause)] : [];
};
