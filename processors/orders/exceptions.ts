/** What a person must see of an order: raised once, again when its amount changes, resolved when it is no longer so. */
import {
  exceptionRaised,
  exceptionResolved,
  type ExceptionRaised,
  type OrderExceptionResolved,
} from '../../schemas/generated/facts.ts';
import type { Cause, Rule } from './rule.ts';
import type { Out, Raised, State } from './state.ts';

export const subjectOf = (order: string): string => `order:${order}`;

type What = Pick<ExceptionRaised, 'exception' | 'kind' | 'amountMinor' | 'nextAction' | 'detail'> & {
  /** Of the amount; the order's when absent. */
  readonly currency?: string;
};
const knownOf = (state: State, exception: string): Raised | undefined => state.raised.find(one => one.exception === exception);

/** Its age counts from when it was first raised. */
export const raise = (state: State, { company, order, event }: Cause, { currency, ...what }: What): readonly Out[] => {
  const known = knownOf(state, what.exception);
  if (known?.amountMinor === what.amountMinor) return [];
  return [
    exceptionRaised({
      company,
      subject: subjectOf(order),
      ...what,
      raisedAt: known?.open === true ? known.raisedAt : event.at,
      currency: what.amountMinor === null ? null : (currency ?? ('order' in state ? state.order.currency : null)),
    }),
  ];
};
export const settle = (state: State, { company, order }: Cause, exception: string, by: string): readonly Out[] =>
  knownOf(state, exception)?.open === true ? [exceptionResolved({ company, subject: subjectOf(order), exception, by })] : [];
/** All open ones of some kinds. */
export const settleAll = (state: State, cause: Cause, kinds: readonly string[], by: string): readonly Out[] =>
  state.raised
    .filter(one => kinds.includes(one.exception.split(':', 1)[0] ?? ''))
    .flatMap(one => settle(state, cause, one.exception, by));

const without = (raised: readonly Raised[], exception: string): readonly Raised[] =>
  raised.filter(one => one.exception !== exception);

export const foldRaised = (state: State, { exception, amountMinor, raisedAt }: ExceptionRaised): State => ({
  ...state,
  raised: [...without(state.raised, exception), { exception, amountMinor, raisedAt, open: true }],
});
/** What a person has resolved was closed by then and stays remembered. */
export const foldResolved = (state: State, exception: string): State =>
  knownOf(state, exception)?.open === true ? { ...state, raised: without(state.raised, exception) } : state;
export const foldByPerson = (state: State, { exception }: OrderExceptionResolved): State =>
  knownOf(state, exception)?.open === true
    ? { ...state, raised: state.raised.map(one => (one.exception === exception ? { ...one, open: false } : one)) }
    : state;
/** When money moves, what a person has resolved of money is looked at anew. */
export const forgetMoney = (raised: readonly Raised[]): readonly Raised[] =>
  raised.filter(one => one.open || !/^(overpaid|underpaid|payment_|refund_due)/.test(one.exception));

export const resolveByPerson: Rule = (_state, { event, company, order }) =>
  event.type !== 'OrderExceptionResolved'
    ? []
    : [
        exceptionResolved({
          company,
          subject: subjectOf(order),
          exception: event.data.exception,
          by: `${event.data.actor}: ${event.data.reason}`,
        }),
      ];
