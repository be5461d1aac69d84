/**
 * Reserving: all that an order wants, or nothing. All at once first; when one is refused all is given back and asked once more, one
 * product after another, in one order for everybody: so of two orders that want the same things one gets them all.
 */
import { orderShort, type Component } from '../../schemas/generated/facts.ts';
import type { CompanyPolicy } from '../../schemas/policy.ts';
import { ask, release, releaseAll } from './ask.ts';
import { raise, settle, settleAll } from './exceptions.ts';
import { isCovered } from './money.ts';
import { knownLines, relapsed, toAsking, toShort } from './phases.ts';
import type { Cause, Rule } from './rule.ts';
import type { Asking, Confirmed, Holding, Out, State, Wish } from './state.ts';
import { allocationsOf, isSameWish, lacking, surplus, wantedBy, type Wanted } from './wishes.ts';
import { withdraw } from './withdraw.ts';

const isFirm = (state: Holding, rules: CompanyPolicy): boolean =>
  state.phase === 'confirmed' || state.deal.confirmed || isCovered(state, rules);

const isAsked = (wishes: readonly Wish[], wanted: Wanted): boolean =>
  wishes.some(
    one => isSameWish(one, wanted) && one.quantityMilli === wanted.quantityMilli && ['open', 'held'].includes(one.answer),
  );
/** Only what differs from the last wish is said: an edit by one asks for one. */
const together = (state: Asking, cause: Cause): readonly Out[] => {
  const wanted = wantedBy(state.lines, state);
  return [
    ...release(state, cause, surplus(state.wishes, wanted)),
    ...wanted.filter(one => !isAsked(state.wishes, one)).map(one => ask(state, cause, one, isFirm(state, cause.rules))),
  ];
};
const byProduct = (one: Wanted, other: Wanted): number => {
  if (one.owner !== other.owner) return one.owner < other.owner ? -1 : 1;
  if (one.product !== other.product) return one.product < other.product ? -1 : 1;
  return 0;
};
/** All lines of the next product at once: they meet in one place anyway. */
const inTurn = (state: Asking, cause: Cause): readonly Out[] => {
  const [next, ...others] = lacking(state).toSorted(byProduct);
  if (next === undefined || state.wishes.some(one => one.answer === 'open' && one.quantityMilli > 0)) return [];
  return [next, ...others.filter(one => byProduct(one, next) === 0)].map(one =>
    ask(state, cause, one, isFirm(state, cause.rules)),
  );
};
/** What stock took back from a confirmed order is asked for again. */
const keepPromise = (state: Confirmed, cause: Cause): readonly Out[] =>
  state.wishes.filter(one => one.answer === 'lapsed').map(one => ask(state, cause, one, true));

export const askStock: Rule = (state, cause) => {
  switch (state.phase) {
    case 'resolving': {
      const open = new Set(state.lines.flatMap(one => (one.is === 'resolved' ? [] : [one.line.line])));
      const dropped = surplus(state.wishes, wantedBy(knownLines(state), state)).filter(one => !open.has(one.line));
      return release(state, cause, dropped);
    }
    case 'asking':
      if (state.attempt === 'together') return together(state, cause);
      if (state.attempt === 'inTurn') return inTurn(state, cause);
      return state.attempt === 'releasing' ? releaseAll(state, cause) : [];
    case 'confirmed':
      return keepPromise(state, cause);
    // Nothing to ask for, or a person was asked.
    case 'unplaced':
    case 'reserved':
    case 'short':
    case 'withdrawn':
    case 'closed':
      return [];
  }
};

const missingOf = (state: Asking): readonly Component[] => {
  const all = new Map<string, Component>();
  for (const { owner, product, quantityMilli, freeMilli } of state.wishes.filter(one => one.answer === 'refused')) {
    const key = JSON.stringify([owner, product]);
    const missing = (all.get(key)?.quantityMilli ?? 0) + Math.max(1, quantityMilli - Math.max(0, freeMilli));
    all.set(key, { owner, product, quantityMilli: missing });
  }
  return [...all.values()];
};
/** Refused for good: the shortage policy. An order that was confirmed is never given up by a machine. */
export const settleShortage: Rule = (state, cause) => {
  if (state.phase !== 'asking' || state.attempt !== 'refused') return [];
  const { company, order, rules } = cause;
  const { shop, totalMinor } = state.order;
  const { shortage } = rules.orders;
  const named = Object.hasOwn(shortage, shop) ? (shortage[shop] ?? shortage.default) : shortage.default;
  const action = state.deal.confirmed ? 'person' : named;
  const missing = missingOf(state);
  const lines = state.deal.confirmed ? allocationsOf(state.wishes) : [];
  const short = orderShort({ company, shop, order, revision: state.numbers.decision + 1, lines, action, missing });
  if (action === 'withdraw') {
    const numbers = { ...state.numbers, decision: state.numbers.decision + 1 };
    return [short, ...withdraw({ ...state, numbers }, cause, 'short')];
  }
  return [
    ...(state.deal.confirmed ? [] : releaseAll(state, cause)),
    short,
    ...raise(state, cause, {
      exception: 'short',
      kind: 'short',
      amountMinor: totalMinor,
      nextAction: 'Ask for stock again when it is there (retry the order), change the order at the channel, or withdraw it.',
      detail: `stock lacks ${missing.map(one => `${one.quantityMilli} thousandths of product ${one.product}`).join(', ')}`,
    }),
  ];
};
export const foldShort = (state: State): State => (state.phase === 'asking' ? toShort(state) : state);

/** A person asks again; of a confirmed order, for what stock had refused. Also called for a withdrawn order, see change.ts. */
export const foldRetried = (state: State): State => {
  if (state.phase === 'short') return toAsking(state, state.lines);
  return state.phase === 'confirmed' && state.wishes.some(one => one.answer === 'refused')
    ? { ...state, wishes: relapsed(state.wishes) }
    : state;
};

const brokenOf = ({ line, product }: Wish): string => `promise_broken:${line}|${product}`;
/** A confirmed order whose goods went elsewhere, and one that a person saw short: told, and resolved when all is held again. */
export const watchPromises: Rule = (state, cause) => {
  if (state.phase !== 'confirmed') return [];
  const broken = state.wishes.filter(one => one.answer === 'refused');
  const ids = new Set(broken.map(brokenOf));
  return [
    ...settleAll(state, cause, ['short'], 'all is held'),
    ...state.raised
      .filter(one => one.exception.startsWith('promise_broken:') && !ids.has(one.exception))
      .filter(one => !state.wishes.some(wish => brokenOf(wish) === one.exception && wish.answer === 'open'))
      .flatMap(one => settle(state, cause, one.exception, 'it is held again, or has left')),
    ...broken.flatMap(wish =>
      raise(state, cause, {
        exception: brokenOf(wish),
        kind: 'promise_broken',
        amountMinor: state.lines.find(one => one.line === wish.line)?.grossMinor ?? state.order.totalMinor,
        nextAction: 'Get the goods and ask again (retry the order), change the order at the channel, or withdraw it.',
        detail: `${wish.quantityMilli} thousandths of product ${wish.product} were promised to line ${wish.line} and are gone`,
      }),
    ),
  ];
};
