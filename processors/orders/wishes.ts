/** Wishes: what each line wants held of each product, what stock has answered, and where that leads. */
import type {
  Allocation,
  Placement,
  ReservationRefused,
  ReservationRevoked,
  ReservationSet,
  ResolvedLine,
  StockReserved,
} from '../../schemas/generated/facts.ts';
import { toAsking, toReserved, withAttempt } from './phases.ts';
import { isSameStock, matched, shippedOf } from './shipped.ts';
import { isHolding, type Asking, type State, type Wish } from './state.ts';

export type Wanted = Pick<Wish, 'line' | 'owner' | 'product' | 'quantityMilli'>;
export const isSameWish = (one: Omit<Wanted, 'quantityMilli'>, other: Omit<Wanted, 'quantityMilli'>): boolean =>
  one.line === other.line && isSameStock(one, other);

/** What the lines still want: their components, less what has left. */
export const wantedBy = (lines: readonly ResolvedLine[], state: Pick<State, 'shipments'>): readonly Wanted[] =>
  lines.flatMap(({ line, components }) =>
    components
      .map(({ owner, product, quantityMilli }) => {
        const left = quantityMilli - shippedOf(state, line, { owner, product });
        return { line, owner, product, quantityMilli: Math.max(0, left) };
      })
      .filter(one => one.quantityMilli > 0),
  );

const isGranted = (wish: Wish | undefined, wanted: Wanted): boolean =>
  wish?.answer === 'held' && wish.quantityMilli === wanted.quantityMilli;
/** Wanted and not held. */
export const lacking = (state: Asking): readonly Wanted[] =>
  wantedBy(state.lines, state).filter(
    one =>
      !isGranted(
        state.wishes.find(wish => isSameWish(wish, one)),
        one,
      ),
  );
/** Held or asked for, but no longer wanted. */
export const surplus = (wishes: readonly Wish[], wanted: readonly Wanted[]): readonly Wish[] =>
  wishes.filter(wish => wish.quantityMilli > 0 && !wanted.some(one => isSameWish(one, wish)));

/** Of what is wanted: a release may not be answered yet. */
export const allocationsOf = (wishes: readonly Wish[]): readonly Allocation[] =>
  wishes
    .filter(one => one.quantityMilli > 0)
    .flatMap(({ line, owner, product, held }) =>
      held.map(({ location, quantityMilli }) => ({ line, component: product, owner, product, location, quantityMilli })),
    );

/** Placements less what was shipped: from its location first, then from wherever else it was promised, as stock does it. */
export const without = (placements: readonly Placement[], shipped: Placement): readonly Placement[] => {
  let left = shipped.quantityMilli;
  const lower = (all: readonly Placement[], here: boolean): readonly Placement[] =>
    all.map(one => {
      if ((one.location === shipped.location) !== here) return one;
      const taken = Math.min(left, one.quantityMilli);
      left -= taken;
      return { location: one.location, quantityMilli: one.quantityMilli - taken };
    });
  return lower(lower(placements, true), false).filter(one => one.quantityMilli > 0);
};

const withWish = (state: State, of: Omit<Wanted, 'quantityMilli'>, change: (wish: Wish) => Wish | undefined): State => {
  if (!isHolding(state)) return state;
  const wish = state.wishes.find(one => isSameWish(one, of));
  const changed = wish === undefined ? undefined : change(wish);
  if (wish === undefined || changed === wish) return state;
  return { ...state, wishes: state.wishes.flatMap(one => (one === wish ? (changed ?? []) : one)) };
};
/** A release that stock has answered is over. */
const unlessOver = (wish: Wish): Wish | undefined => (wish.quantityMilli === 0 && wish.answer !== 'open' ? undefined : wish);

export const foldSet = (state: State, data: ReservationSet): State => {
  if (!isHolding(state)) return state;
  const { line, owner, product, revision, quantityMilli, firm } = data;
  const before = state.wishes.find(one => isSameWish(one, data));
  const held = before?.held ?? [];
  const wish: Wish = { line, owner, product, revision, quantityMilli, firm, answer: 'open', held, shipped: [], freeMilli: 0 };
  const wishes = before === undefined ? [...state.wishes, wish] : state.wishes.map(one => (one === before ? wish : one));
  return { ...state, wishes, numbers: { ...state.numbers, wish: Math.max(state.numbers.wish, revision) } };
};
export const foldReserved = (state: State, data: StockReserved): State =>
  withWish(state, data, wish =>
    wish.revision !== data.revision || wish.answer !== 'open'
      ? wish
      : unlessOver({ ...wish, answer: 'held', held: wish.shipped.reduce(without, data.placements), shipped: [] }),
  );
export const foldRefused = (state: State, data: ReservationRefused): State =>
  withWish(state, data, wish =>
    wish.revision !== data.revision || wish.answer !== 'open'
      ? wish
      : unlessOver({ ...wish, answer: 'refused', shipped: [], freeMilli: data.freeMilli }),
  );
/** One that speaks of an earlier wish only says what is left of the hold: the answer to the later wish is on its way, or came. */
export const foldRevoked = (state: State, data: ReservationRevoked): State =>
  withWish(state, data, wish => {
    const held = data.placements;
    if (wish.answer === 'open') return { ...wish, held };
    if (wish.revision !== data.revision) return wish;
    return { ...wish, answer: wish.answer === 'held' ? 'lapsed' : wish.answer, held };
  });
/** What left is no longer wanted and no longer held. */
export const foldLeft = (state: State, of: Omit<Wanted, 'quantityMilli'>, shipped: Placement): State =>
  withWish(state, of, wish =>
    unlessOver({
      ...wish,
      quantityMilli: Math.max(0, wish.quantityMilli - shipped.quantityMilli),
      held: without(wish.held, shipped),
      shipped: wish.answer === 'open' ? [...wish.shipped, shipped] : [],
    }),
  );

/** Where what is known leads: lines resolved → asking; refused → give back, or give up; all held → reserved. */
export const advance = (state: State): State => {
  switch (state.phase) {
    case 'resolving': {
      const lines = state.lines.flatMap(one => (one.is === 'resolved' ? [one.line] : []));
      if (lines.length < state.lines.length) return state;
      return advance({ ...toAsking(state, lines), shipments: matched(state.shipments, lines) });
    }
    case 'asking':
      return advanceAsking(state);
    case 'reserved':
      return state.wishes.some(one => one.answer === 'lapsed') ? toAsking(state, state.lines) : state;
    // In these nothing is under way.
    case 'unplaced':
    case 'short':
    case 'confirmed':
    case 'withdrawn':
    case 'closed':
      return state;
  }
};
const advanceAsking = (state: Asking): State => {
  const isRefused = state.wishes.some(one => one.answer === 'refused');
  const isHeld = lacking(state).length === 0 && surplus(state.wishes, wantedBy(state.lines, state)).length === 0;
  if (isHeld) return toReserved(state);
  switch (state.attempt) {
    case 'together':
      // A confirmed order keeps what it holds: a change that stock refuses must not cost it what it was promised.
      return isRefused ? withAttempt(state, state.deal.confirmed ? 'refused' : 'releasing') : state;
    case 'releasing':
      return state.wishes.length === 0 ? withAttempt(state, 'inTurn') : state;
    case 'inTurn':
      return isRefused ? withAttempt(state, 'refused') : state;
    case 'refused':
      return state;
  }
};
