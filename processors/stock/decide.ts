/** The rules of stock: what is answered to a wish, and what follows from movements, counts and levels. */
import type { Event } from '../../runtime/model.ts';
import { availabilityComputed, reservationRefused, reservationRevoked, stockReserved } from '../../schemas/generated/facts.ts';
import type { Placement } from '../../schemas/generated/facts.ts';
import type { Policy } from '../../schemas/policy.ts';
import { availabilityOf, freeAt, freeOf, shareOf, type Product } from './available.ts';
import { onBaseline, onCount, onLevel, onMovement } from './evidence.ts';
import { holdId, totalOf } from './hold.ts';
import { own } from './ids.ts';
import { recalled } from './memory.ts';
import { brokenPromises, onRelease, revocations } from './promise.ts';
import { sourceFrom } from './source-from.ts';
import { evolve, type In, type Out, type State } from './state.ts';

/** Every wish is answered once; a refused one leaves what is held as it was. */
const onWish = (data: Extract<In, { type: 'ReservationSet' }>['data'], state: State, policy: Policy): readonly Out[] => {
  const id = holdId(data);
  const hold = state.holds.get(id);
  if (data.revision <= (hold?.revision ?? recalled(state, id) ?? -1)) return [];
  const { placements, mostMilli } = sourceFrom(
    data,
    hold?.placements ?? [],
    location => freeAt(state.places, data, policy, location),
    freeMilli => shareOf(own(policy.companies, data.company), data.shop, freeMilli),
  );
  const { company, order, line, component, owner, product, revision, firm } = data;
  const about = { company, order, line, component, owner, product, revision, free: [] };
  return placements === undefined
    ? [reservationRefused({ ...about, askedMilli: data.quantityMilli, freeMilli: mostMilli })]
    : [stockReserved({ ...about, quantityMilli: totalOf(placements), placements, firm })];
};

const answer = (event: In, state: State, policy: Policy): readonly Out[] => {
  switch (event.type) {
    case 'ReservationSet':
      return onWish(event.data, state, policy);
    case 'HoldReleased':
      return onRelease(event.data, state);
    case 'StockBaselineSet':
      return onBaseline(event.data, event, state);
    case 'StockCounted':
      return onCount(event.data, event, state, policy);
    case 'StockLevelSeen':
      return onLevel(event.data, state, policy);
    case 'StockAdjusted':
    case 'StockShipped':
    case 'StockReturned':
    case 'MovementConfirmed':
      return onMovement(event, state);
    case 'ExternalHoldSet':
      return [];
  }
};

/** What orders are told is free: as it is after all of the event. */
const withFree = (fact: Out, free: readonly Placement[]): Out => {
  switch (fact.type) {
    case 'StockReserved':
      return stockReserved({ ...fact.data, free });
    case 'ReservationRefused':
      return reservationRefused({ ...fact.data, free });
    case 'ReservationRevoked':
      return reservationRevoked({ ...fact.data, free });
    default:
      // The others tell nothing of it.
      return fact;
  }
};
/** Once per event, and only when the table's row is another. */
const availability = (before: State, after: State, product: Product, policy: Policy): readonly Out[] => {
  const row = availabilityOf(after.places, product, policy);
  const { owner, product: id } = product;
  return JSON.stringify(row) === JSON.stringify(availabilityOf(before.places, product, policy))
    ? []
    : [availabilityComputed({ owner, product: id, ...row })];
};

export const decide = (event: Event<In>, state: State, policy: Policy): readonly Out[] => {
  const answered = answer(event, state, policy);
  const then = [event, ...answered].reduce<State>(evolve, state);
  const taken = revocations(event, state, then);
  const after = taken.reduce(evolve, then);
  const free = freeOf(after.places, event.data, policy);
  return [
    ...[...answered, ...taken].map(fact => withFree(fact, free)),
    ...brokenPromises(event, after, policy),
    ...availability(state, after, event.data, policy),
  ];
};
