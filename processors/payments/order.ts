/** Which order a payment is for: a person's word, else the first order that expects it, else a hint that may be trusted. */
import type { Policy } from '../../schemas/policy.ts';
import type { State, Totals } from './state.ts';

/** A hint is the gateway's copy of what a shop wrote: trusted when that shop is this company's and its tenders name this gateway. */
const trusted = (order: string, payment: { readonly company: string; readonly gateway: string }, policy: Policy): boolean => {
  const { company, gateway } = payment;
  const shop = order.slice(0, Math.max(order.indexOf(':'), 0));
  if (policy.shops[shop]?.company !== company) return false;
  const tenders = Object.hasOwn(policy.companies, company) ? policy.companies[company]?.authority.tenders : undefined;
  return tenders !== undefined && Object.hasOwn(tenders, shop) && Object.values(tenders[shop] ?? {}).includes(gateway);
};

/** Or why it is for none. */
export type Destination = { readonly order: string } | { readonly none: string };
export const destinationOf = (
  state: State,
  payment: { readonly company: string; readonly gateway: string },
  policy: Policy,
): Destination => {
  const order = state.linked ?? state.expected[0]?.order ?? state.hint?.order;
  if (order === undefined) return { none: 'no order expects it' };
  const wanted = state.expected.find(one => one.order === order)?.currency;
  if (wanted !== undefined && state.currency !== null && wanted !== state.currency)
    return { none: `order ${order} expects it in ${wanted}` };
  const named = state.linked !== null || state.expected.length > 0;
  // Once a hint was followed, a change of the policy does not take the money away again.
  if (named || state.applied?.order === order || trusted(order, payment, policy)) return { order };
  return { none: `the gateway names ${order}, whose shop does not take payments of this gateway` };
};

const sum = (all: readonly { readonly amountMinor: number }[]): number => all.reduce((total, one) => total + one.amountMinor, 0);
export const nothing: Totals = { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0, disputedMinor: 0, failed: false };
export const totalsOf = (state: State): Totals => {
  const { authorization } = state;
  const capturedMinor = sum(state.captures);
  const authorizedMinor =
    authorization === null || authorization.voided ? 0 : Math.max(authorization.amountMinor - capturedMinor, 0);
  return {
    authorizedMinor,
    capturedMinor,
    refundedMinor: sum(state.refunds.filter(refund => !refund.failed)),
    disputedMinor: sum(state.disputes),
    failed: capturedMinor === 0 && authorizedMinor === 0 && (state.failedVersion ?? -1) >= (authorization?.version ?? 0),
  };
};
