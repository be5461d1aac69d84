/** Hold time: how long a promise stands without money. It starts when an order that stands is not covered, and ends once. */
import { alarm } from '../../runtime/model.ts';
import type { CompanyPolicy, Policy } from '../../schemas/policy.ts';
import { authoredTenders, authorOf, isCovered, isReportedPaid } from './money.ts';
import { holdExpired, holdStarted, type HoldExpired, type HoldStarted } from './own.ts';
import type { Rule } from './rule.ts';
import type { Hold, State, Word } from './state.ts';
import { withdraw } from './withdraw.ts';

const minuteMs = 60_000;
/** The longest of its tenders'. */
const minutesOf = ({ tenders }: Word, { orders: { holdMinutes } }: CompanyPolicy): number =>
  tenders.length === 0
    ? holdMinutes.default
    : Math.max(
        ...tenders.map(({ tender }) =>
          Object.hasOwn(holdMinutes, tender) ? (holdMinutes[tender] ?? holdMinutes.default) : holdMinutes.default,
        ),
      );

/** Who must have said all that reached them before a time counts as passed without money: the gateways' producers, then payments. */
export const moneyUnits = (
  shop: string,
  tenders: Word['tenders'],
  rules: CompanyPolicy,
  { shops }: Policy,
): readonly string[] => {
  const all = Object.hasOwn(rules.authority.tenders, shop) ? Object.values(rules.authority.tenders[shop] ?? {}) : [];
  const named = tenders.flatMap(one => authorOf(shop, one.tender, rules) ?? []);
  const gateways = named.length > 0 ? named : all;
  const channels = gateways.flatMap(one => (Object.hasOwn(shops, one) ? (shops[one]?.channel ?? []) : []));
  return [...[...new Set(channels)].sort(), 'payments'];
};

const withHold = (state: State, hold: Hold): State =>
  'deal' in state && !state.deal.confirmed ? { ...state, deal: { confirmed: false, hold } } : state;

export const foldStarted = (state: State, { hold, minutes }: HoldStarted): State =>
  withHold({ ...state, numbers: { ...state.numbers, hold } }, { is: 'running', hold, minutes });
export const foldExpired = (state: State, { hold }: HoldExpired): State => {
  const isRunning = 'deal' in state && !state.deal.confirmed && state.deal.hold.is === 'running' && state.deal.hold.hold === hold;
  return isRunning ? withHold(state, { is: 'over' }) : state;
};

/** Another tender may have another hold time: then it is counted anew from the change. */
export const startHold: Rule = (state, { event, company, order, rules, policy }) => {
  if (!('deal' in state) || state.deal.confirmed || isCovered(state, rules)) return [];
  const minutes = minutesOf(state.order, rules);
  const { hold: running } = state.deal;
  if (running.is === 'running' && running.minutes === minutes) return [];
  if (running.is === 'over' && isReportedPaid(state.order, rules)) return [];
  const hold = state.numbers.hold + 1;
  const until = event.at + minutes * minuteMs;
  const waitsFor = moneyUnits(state.order.shop, authoredTenders(state.order, rules), rules, policy);
  return [holdStarted({ company, order, hold, minutes, until }), alarm(until, holdExpired({ company, order, hold }), waitsFor)];
};

/** A claim of payment keeps the promise for a person to look at; else the goods go to others. */
export const expire: Rule = (state, cause) =>
  !('deal' in state) || isCovered(state, cause.rules) || isReportedPaid(state.order, cause.rules)
    ? []
    : withdraw(state, cause, 'hold_expired');
