/** Money: totals per payment, when an order is covered, what is accepted of it, and what a person must see. */
import {
  paymentAccepted,
  paymentExpected,
  type PaymentAccepted,
  type PaymentApplied,
  type Tender,
} from '../../schemas/generated/facts.ts';
import type { CompanyPolicy } from '../../schemas/policy.ts';
import { forgetMoney } from './exceptions.ts';
import type { Rule } from './rule.ts';
import { isConfirmed, type Out, type Payment, type State, type Word } from './state.ts';

interface Totals {
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}
/** Over all payments in one currency. */
export const totalsIn = (payments: readonly Payment[], currency: string): Totals =>
  payments
    .filter(one => one.currency === currency)
    .reduce<Totals>(
      (sum, one) => ({
        authorizedMinor: sum.authorizedMinor + one.authorizedMinor,
        capturedMinor: sum.capturedMinor + one.capturedMinor,
        refundedMinor: sum.refundedMinor + one.refundedMinor,
      }),
      { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0 },
    );
/** Held or taken and not given back. */
export const keptOf = ({ authorizedMinor, capturedMinor, refundedMinor }: Totals): number =>
  authorizedMinor + capturedMinor - refundedMinor;

/** The gateway that authors a tender's money, or the shop itself; undefined: nobody states it beforehand (cash on delivery). */
export const authorOf = (shop: string, tender: string, { authority }: CompanyPolicy): string | undefined => {
  const tenders = Object.hasOwn(authority.tenders, shop) ? authority.tenders[shop] : undefined;
  return tenders !== undefined && Object.hasOwn(tenders, tender) ? tenders[tender] : undefined;
};
export const authoredTenders = (order: Word, rules: CompanyPolicy): readonly Tender[] =>
  order.tenders.filter(one => authorOf(order.shop, one.tender, rules) !== undefined);

/** What must be seen before the order is confirmed: the total, less what nobody states beforehand once the channel has let it pass. */
export const owedOf = (order: Word, rules: CompanyPolicy): number => {
  if (order.awaitsPayment) return order.totalMinor;
  const authored = authoredTenders(order, rules);
  if (authored.length === 0) return 0;
  const unstated = order.tenders.filter(one => !authored.includes(one)).reduce((sum, one) => sum + one.amountMinor, 0);
  return order.totalMinor - unstated;
};
type Paid = Pick<State, 'payments'> & { readonly order: Word };
/** What was not even authorized of it. */
export const missingOf = ({ order, payments }: Paid, rules: CompanyPolicy): number => {
  const { authorizedMinor, capturedMinor } = totalsIn(payments, order.currency);
  return Math.max(0, owedOf(order, rules) - authorizedMinor - capturedMinor);
};
/** Money that was all given back covers nothing. */
export const isCovered = (state: Paid, rules: CompanyPolicy): boolean =>
  missingOf(state, rules) === 0 &&
  (owedOf(state.order, rules) <= 0 || keptOf(totalsIn(state.payments, state.order.currency)) > 0);
/** The channel says it is paid: a claim, not money. */
export const isReportedPaid = (order: Word, rules: CompanyPolicy): boolean =>
  authoredTenders(order, rules).some(one => one.reportedPaid);

export const paymentKey = ({ gateway, paymentReference }: Pick<Payment, 'gateway' | 'paymentReference'>): string =>
  `${gateway}|${paymentReference}`;

export const foldApplied = (state: State, data: PaymentApplied): State => {
  const known = state.payments.find(one => paymentKey(one) === paymentKey(data));
  if (known !== undefined && known.revision >= data.revision) return state;
  const payment: Payment = {
    gateway: data.gateway,
    paymentReference: data.paymentReference,
    revision: data.revision,
    currency: data.currency,
    authorizedMinor: data.authorizedMinor,
    capturedMinor: data.capturedMinor,
    refundedMinor: data.refundedMinor,
    accepted: known?.accepted ?? null,
  };
  const payments =
    known === undefined ? [...state.payments, payment] : state.payments.map(one => (one === known ? payment : one));
  return { ...state, payments, raised: forgetMoney(state.raised) };
};
export const foldAccepted = (state: State, data: PaymentAccepted): State => ({
  ...state,
  payments: state.payments.map(one => {
    const { capturedMinor, refundedMinor } = data;
    return paymentKey(one) === paymentKey(data) ? { ...one, accepted: { capturedMinor, refundedMinor } } : one;
  }),
});

/** Each reference that a tender names is announced once, so that its money finds the order. */
export const expectPayments: Rule = (state, { company, order, rules }) => {
  if (state.phase === 'unplaced') return [];
  const { shop, tenders } = state.order;
  const announced = new Set(state.expected);
  return tenders.flatMap((one): readonly Out[] => {
    const gateway = one.gateway ?? authorOf(shop, one.tender, rules);
    const paymentReference = one.paymentReference ?? (gateway === shop ? order : undefined);
    if (gateway === undefined || paymentReference === undefined) return [];
    const key = paymentKey({ gateway, paymentReference });
    if (announced.has(key)) return [];
    announced.add(key);
    const { amountMinor, currency } = one;
    return [paymentExpected({ company, gateway, paymentReference, order, shop, amountMinor, currency })];
  });
};

/** Money is passed on once the order was confirmed; what came before is kept until then. */
export const acceptMoney: Rule = (state, { company, order }) => {
  if (state.phase === 'unplaced') return [];
  let revision = state.numbers.decision;
  return state.payments.flatMap((one): readonly Out[] => {
    const { gateway, paymentReference, currency, capturedMinor, refundedMinor, accepted } = one;
    if (!isConfirmed(state) && accepted === null) return [];
    const before = accepted ?? { capturedMinor: 0, refundedMinor: 0 };
    if (before.capturedMinor === capturedMinor && before.refundedMinor === refundedMinor) return [];
    revision += 1;
    const { shop } = state.order;
    return [
      paymentAccepted({ company, shop, order, revision, gateway, paymentReference, currency, capturedMinor, refundedMinor }),
    ];
  });
};
