/** Refunds: the shop tells lines and tax, the gateway tells the money; both sides are joined and counted once, when due. */
import { alarm } from '../../runtime/model.ts';
import { refundAccepted, type RefundAccepted, type RefundApplied, type RefundReported } from '../../schemas/generated/facts.ts';
import { raise, settle } from './exceptions.ts';
import { moneyUnits } from './hold.ts';
import { authorOf, totalsIn } from './money.ts';
import { refundOverdue, type RefundOverdue } from './own.ts';
import { same } from './phases.ts';
import type { Cause, Rule } from './rule.ts';
import { isConfirmed, type AcceptedRefund, type Money, type Out, type Refund, type Report, type State } from './state.ts';

const minuteMs = 60_000;

const reportOf = (data: RefundReported, known: readonly Refund[]): Report => ({
  refund: data.refund,
  revision: data.revision,
  currency: data.currency,
  amountMinor: data.amountMinor,
  lines: data.lines,
  gateway: data.gateway,
  // Two reports cannot be of one refund of the gateway: the second one is matched by its amount.
  gatewayRefund: known.some(one => one.is === 'joined' && one.money.refund === data.gatewayRefund) ? null : data.gatewayRefund,
  movesMoney: data.movesMoney,
  refundedAt: data.refundedAt,
});
const moneyOf = (data: RefundApplied): Money => ({
  gateway: data.gateway,
  paymentReference: data.paymentReference,
  refund: data.refund,
  amountMinor: data.amountMinor,
  currency: data.currency,
  refundedAt: data.refundedAt,
});
const isById = (report: Report, money: Money): boolean => report.gatewayRefund === money.refund;
const isByAmount = (report: Report, money: Money): boolean =>
  report.gatewayRefund === null &&
  (report.gateway === null || report.gateway === money.gateway) &&
  report.currency === money.currency &&
  report.amountMinor === money.amountMinor;

const replaced = (state: State, one: Refund, other: Refund): State => ({
  ...state,
  refunds: state.refunds.map(each => (each === one ? other : each)),
});

/** What was accepted before is said again when more is known of it. */
const restated = (accepted: AcceptedRefund | null): AcceptedRefund | null =>
  accepted === null ? null : { ...accepted, stale: true };

export const foldReported = (state: State, data: RefundReported): State => {
  const known = state.refunds.find(one => one.is !== 'paid' && one.report.refund === data.refund);
  const others = state.refunds.filter(one => one !== known);
  const report = reportOf(data, others);
  if (known !== undefined && known.is !== 'paid') {
    if (data.revision < known.report.revision || same(report, known.report)) return state;
    if (known.is === 'joined') return replaced(state, known, { ...known, report, accepted: restated(known.accepted) });
  }
  const accepted = known?.accepted ?? null;
  const paid = others.filter(one => one.is === 'paid').filter(one => accepted === null || one.accepted === null);
  const match = paid.find(one => isById(report, one.money)) ?? paid.find(one => isByAmount(report, one.money));
  const refunds = others.filter(one => one !== match);
  const overdue = (known ?? match)?.overdue ?? false;
  const now = { report, overdue, accepted: restated(accepted ?? match?.accepted ?? null) };
  const one: Refund = match === undefined ? { is: 'reported', ...now } : { is: 'joined', money: match.money, ...now };
  return { ...state, refunds: [...refunds, one] };
};
export const foldApplied = (state: State, data: RefundApplied): State => {
  const money = moneyOf(data);
  const isKnown = state.refunds.some(
    one => one.is !== 'reported' && one.money.gateway === money.gateway && one.money.refund === money.refund,
  );
  if (isKnown) return state;
  const reported = state.refunds.filter(one => one.is === 'reported');
  const match = reported.find(one => isById(one.report, money)) ?? reported.find(one => isByAmount(one.report, money));
  return match === undefined
    ? { ...state, refunds: [...state.refunds, { is: 'paid', money, overdue: false, accepted: null }] }
    : replaced(state, match, { ...match, is: 'joined', money });
};
export const foldAccepted = (state: State, { refund, amountMinor }: RefundAccepted): State => {
  const found = state.refunds.find(one => isPending(one) && nameOf(one) === refund);
  return found === undefined ? state : replaced(state, found, { ...found, accepted: { refund, amountMinor, stale: false } });
};
export const foldOverdue = (state: State, { refund }: RefundOverdue): State => {
  const found = state.refunds.find(one => keysOf(one).includes(refund) && isPending(one) && !one.overdue);
  return found === undefined ? state : replaced(state, found, { ...found, overdue: true });
};

const isPending = ({ accepted }: Refund): boolean => accepted === null || accepted.stale;
/** The name under which it was accepted before, else the shop's, else the gateway's. */
const nameOf = (one: Refund): string => one.accepted?.refund ?? (one.is === 'paid' ? one.money.refund : one.report.refund);
/** Each side has its own key: an alarm that was set for one finds it after they were joined. */
const keysOf = (one: Refund): readonly string[] => [
  ...(one.is === 'paid' ? [] : [`shop:${one.report.refund}`]),
  ...(one.is === 'reported' ? [] : [`gateway:${one.money.gateway}|${one.money.refund}`]),
];
const amountOf = (one: Refund): number => (one.is === 'paid' ? one.money.amountMinor : one.report.amountMinor);

/** Both sides are there, or the other one will not come: no gateway moves this money, or it was waited for. */
const isWhole = (one: Refund): boolean => one.is === 'joined' || (one.is === 'paid' ? one.overdue : !one.report.movesMoney);

/** What may be given back: what was taken, and what nobody states (cash on delivery), less what was accepted before. */
const refundable = (state: Exclude<State, { phase: 'unplaced' }>, { rules }: Cause): number => {
  const { shop, currency, tenders } = state.order;
  const unstated = tenders.filter(one => authorOf(shop, one.tender, rules) === undefined);
  return (
    totalsIn(state.payments, currency).capturedMinor +
    unstated.reduce((sum, one) => sum + one.amountMinor, 0) -
    state.refunds.reduce((sum, one) => sum + (one.accepted?.amountMinor ?? 0), 0)
  );
};

const acceptedOf = (state: Exclude<State, { phase: 'unplaced' }>, cause: Cause, one: Refund, revision: number): Out => {
  const { company, order } = cause;
  const { shop } = state.order;
  const { currency, amountMinor, refundedAt } = one.is === 'paid' ? one.money : one.report;
  const lines = one.is === 'paid' ? [] : one.report.lines;
  return refundAccepted({ company, shop, order, revision, refund: nameOf(one), currency, amountMinor, lines, refundedAt });
};

/** Due once the order was confirmed, or when it is withdrawn; never more than was taken. */
export const acceptRefunds: Rule = (state, cause) => {
  if (state.phase === 'unplaced' || !(isConfirmed(state) || state.phase === 'withdrawn')) return [];
  let left = refundable(state, cause);
  let revision = state.numbers.decision;
  return state.refunds.flatMap((one): readonly Out[] => {
    const more = amountOf(one) - (one.accepted?.amountMinor ?? 0);
    if (!isPending(one) || !isWhole(one) || more > left) return [];
    left -= more;
    revision += 1;
    return [
      acceptedOf(state, cause, one, revision),
      ...keysOf(one).flatMap(key => [
        ...settle(state, cause, `refund_early:${key}`, 'the money was taken'),
        ...settle(state, cause, `refund_unmatched:${key}`, 'its other side came'),
      ]),
      ...differing(state, cause, one),
    ];
  });
};

const differing = (state: State, cause: Cause, one: Refund): readonly Out[] =>
  one.is !== 'joined' || one.money.amountMinor === one.report.amountMinor
    ? []
    : raise(state, cause, {
        exception: `refund_unmatched:differs:${one.report.refund}`,
        kind: 'refund_unmatched',
        amountMinor: Math.abs(one.money.amountMinor - one.report.amountMinor),
        currency: one.money.currency,
        nextAction: 'Correct the refund at the shop, or book the difference by hand.',
        detail: `refund ${one.report.refund} is ${one.report.amountMinor} at the shop and ${one.money.amountMinor} at the gateway (minor units)`,
      });

/** One that waits too long for its other side, or for the money that it takes back. */
export const watchRefunds: Rule = (state, cause) =>
  state.refunds.flatMap((one): readonly Out[] => {
    const key = keysOf(one)[0] ?? '';
    const currency = one.is === 'paid' ? one.money.currency : one.report.currency;
    const amountMinor = amountOf(one);
    if (!isPending(one) || !one.overdue) return [];
    if (!isWhole(one))
      return raise(state, cause, {
        exception: `refund_unmatched:${key}`,
        kind: 'refund_unmatched',
        ...{ amountMinor, currency },
        nextAction: 'Look for the refund at the gateway; repeat it there, or take it back at the shop.',
        detail: `the shop says that refund ${nameOf(one)} went back, no gateway says so`,
      });
    return raise(state, cause, {
      exception: `refund_early:${key}`,
      kind: 'refund_early',
      ...{ amountMinor, currency },
      nextAction: 'Find the payment that it belongs to, or why the order is not confirmed.',
      detail: `refund ${nameOf(one)} is more than was taken for the order so far`,
    });
  });

/** One that is not accepted yet is looked at again. */
export const awaitRefund: Rule = (state, { event, company, order, shop, rules, policy }) => {
  if (event.type !== 'RefundReported' && event.type !== 'RefundApplied') return [];
  const spoken =
    event.type === 'RefundReported' ? `shop:${event.data.refund}` : `gateway:${event.data.gateway}|${event.data.refund}`;
  const found = state.refunds.find(one => keysOf(one).includes(spoken));
  if (found === undefined || !isPending(found)) return [];
  const tenders = 'order' in state ? state.order.tenders : [];
  return [
    alarm(
      event.at + rules.orders.earlyMinutes * minuteMs,
      refundOverdue({ company, order, refund: spoken }),
      moneyUnits(shop, tenders, rules, policy),
    ),
  ];
};
