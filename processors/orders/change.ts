/** The channel's word: placed, changed, reinstated, its tenders. A lower revision says nothing; the same one with other content corrects. */
import type { OrderChanged, OrderPlaced, TenderReported } from '../../schemas/generated/facts.ts';
import { raise } from './exceptions.ts';
import { changedLines, questionOf, touchesShipped } from './lines.ts';
import { lineOf, same, saidLines, toResolving, wordOf } from './phases.ts';
import type { Rule } from './rule.ts';
import type { In, State, Word } from './state.ts';

type Told = Extract<In, { readonly type: 'OrderPlaced' | 'OrderChanged' | 'OrderReinstated' }>;

/** Its tenders may have been told anew since. */
const wordNow = (state: Exclude<State, { phase: 'unplaced' }>, data: OrderPlaced): Word => ({
  ...wordOf(data),
  tenders: state.tendersRevision > data.revision ? state.order.tenders : data.tenders,
});
const saysTheSame = (state: State, { data }: Told): boolean =>
  state.phase !== 'unplaced' && same([wordNow(state, data), data.lines.map(lineOf)], [state.order, saidLines(state)]);
const isNews = (state: State, told: Told): boolean => {
  if (told.data.revision !== state.revision) return told.data.revision > state.revision;
  // Who called it off has heard this word already; the channel may take it back within one second.
  if (state.calledOff !== null) return state.calledOff === 'channel' && told.type === 'OrderReinstated';
  return !state.declined && !saysTheSame(state, told);
};
const begun = (state: State, data: OrderPlaced): State =>
  toResolving(state, wordOf(data), data.lines.map(questionOf), { confirmed: false, hold: { is: 'none' } });

export const foldTold = (before: State, fact: Told): State => {
  if (!isNews(before, fact)) return before;
  const { type, data } = fact;
  const { revision } = data;
  const calledOff = type === 'OrderReinstated' ? null : before.calledOff;
  const state: State = { ...before, revision, calledOff, declined: false };
  if (state.phase === 'unplaced') return begun({ ...state, tendersRevision: revision, calledOff: null }, data);
  if (before.calledOff === calledOff && saysTheSame(state, fact)) return state;
  if (touchesShipped(state, data.lines)) return { ...state, declined: true };
  return adopted(state, data, type);
};
const adopted = (before: Exclude<State, { phase: 'unplaced' }>, data: OrderChanged, type: Told['type']): State => {
  const order = wordNow(before, data);
  const state = { ...before, tendersRevision: Math.max(before.tendersRevision, data.revision) };
  switch (state.phase) {
    // Given up once and for all; only its reinstatement by the channel, or a person, asks again.
    case 'withdrawn':
      return type === 'OrderReinstated'
        ? begun(state, { ...data, tenders: order.tenders })
        : { ...state, order, lines: data.lines.map(lineOf) };
    case 'closed':
      if (state.calledOff !== null) return { ...state, order };
      return toResolving(state, order, changedLines(state, data.lines), { confirmed: true });
    case 'confirmed':
      return toResolving(state, order, changedLines(state, data.lines), { confirmed: true });
    case 'resolving':
    case 'asking':
    case 'reserved':
    case 'short':
      return toResolving(state, order, changedLines(state, data.lines), state.deal);
  }
};

/** A person asks again for an order that we had withdrawn; not for one that the channel called off. */
export const foldRevived = (state: State): State =>
  state.phase === 'withdrawn' && state.calledOff !== 'channel'
    ? toResolving({ ...state, calledOff: null }, state.order, state.lines.map(questionOf), {
        confirmed: false,
        hold: { is: 'none' },
      })
    : state;

export const foldTenders = (state: State, { revision, tenders }: TenderReported): State =>
  state.phase === 'unplaced' || revision < state.tendersRevision || same(tenders, state.order.tenders)
    ? state
    : { ...state, tendersRevision: revision, order: { ...state.order, tenders } };

/** What has left cannot be changed: the order stays as it was, and a person sees it. */
export const refuseChange: Rule = (state, cause) => {
  const { event, before } = cause;
  if (event.type !== 'OrderChanged' && event.type !== 'OrderReinstated' && event.type !== 'OrderPlaced') return [];
  if (!state.declined || before.phase === 'unplaced') return [];
  return raise(state, cause, {
    exception: `changed_after_shipment:${event.data.revision}`,
    kind: 'changed_after_shipment',
    amountMinor: Math.abs(event.data.totalMinor - before.order.totalMinor),
    nextAction: 'Refund or return at the channel what should not have left, or set the order right there.',
    detail: 'the channel changed lines of which a part has left: the order stays as it was',
  });
};
