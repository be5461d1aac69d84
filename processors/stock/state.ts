/** What stock remembers of one product of one owner: all its locations, holds and movements. */
import { entries, type Entries } from '../../runtime/entries.ts';
import type { Fact } from '../../runtime/model.ts';
import type { FactsOn } from '../../schemas/generated/facts.ts';
import type { topics } from '../../schemas/topics.ts';
import { holdId, put, ship, type Holds } from './hold.ts';
import { idOf } from './ids.ts';
import { comparable, move, startFrom, type Ledger, type Movement } from './ledger.ts';
import { forget, recalled, remember } from './memory.ts';
import { at, placeOf } from './place.ts';

export type In = FactsOn<typeof topics.stockMovements | typeof topics.stockRequests | typeof topics.stockOperations>;
/** Every fact that `decide` may publish. */
export const says = [
  'StockReserved',
  'ReservationRefused',
  'ReservationRevoked',
  'AvailabilityComputed',
  'StockCorrected',
  'StockDriftFound',
  'ExceptionRaised',
  'ExceptionResolved',
] as const;
/** A note to itself: Odoo's level and ours agree again, so that the same drift would be news. */
export type DriftSettled = Fact<'DriftSettled', { readonly location: string }>;
export type Out = FactsOn<{ readonly facts: typeof says }> | DriftSettled;

export interface State extends Holds, Ledger {
  /** Demand in Odoo that is not ours, by location and reference. */
  readonly externals: Entries<{ readonly revision: number; readonly quantityMilli: number }>;
}
export const initial: State = {
  places: {},
  turn: 0,
  forgotten: 0,
  holds: entries(),
  loose: entries(),
  externals: entries(),
  ledger: entries(),
  remembered: entries(),
  turns: entries(),
};

/** The exception of a location where more is promised than is there. */
export const brokenAt = (location: string): string => `promise_broken:${location}`;
const locationOf = (exception: string): string => exception.slice(brokenAt('').length);

/** What is counted once, by the id of its author; undefined for what moves nothing. */
export const movementOf = (fact: In): (Movement & { readonly id: string; readonly reference: string }) | undefined => {
  const { type, data } = fact;
  switch (type) {
    case 'StockAdjusted':
    case 'MovementConfirmed': {
      const kind = type === 'StockAdjusted' ? 'changed' : 'confirmed';
      return { ...data, kind, id: idOf(type, data.location, data.reference) };
    }
    case 'StockShipped': {
      const id = idOf(type, data.company, data.order, data.line ?? '', data.shipment, data.location);
      const { location, dispatchedAt: happenedAt, shipment: reference } = data;
      return { location, happenedAt, reference, id, kind: 'changed', deltaMilli: 0 - data.quantityMilli };
    }
    case 'StockReturned': {
      const id = idOf(type, data.company, data.order, data.return, data.location);
      const { location, receivedAt: happenedAt, return: reference } = data;
      return { location, happenedAt, reference, id, kind: 'changed', deltaMilli: data.quantityMilli };
    }
    default:
      // The others move nothing.
      return undefined;
  }
};
export const countId = (location: string, reference: string): string => idOf('StockCounted', location, reference);
export const externalId = (location: string, reference: string): string => idOf('ExternalHoldSet', location, reference);
/** The highest revision seen of an external hold. */
export const externalRevision = (state: State, id: string): number =>
  state.externals.get(id)?.revision ?? recalled(state, id) ?? -1;

const moved = (state: State, fact: In): State => {
  const movement = movementOf(fact);
  if (movement === undefined || recalled(state, movement.id) !== undefined) return state;
  const counted = move(remember(state, movement.id), movement);
  return fact.type === 'StockShipped' ? ship(counted, fact.data, fact.data.quantityMilli) : counted;
};
/** The newest count stands, once it can be compared; one before the baseline is kept until that comes. */
const counted = (state: State, { location, ...data }: Extract<In, { type: 'StockCounted' }>['data']): State => {
  const id = countId(location, data.reference);
  if (recalled(state, id) !== undefined) return state;
  const place = placeOf(state.places, location);
  const { countedMilli, countedAt, reference } = data;
  const stands = place.baselineAt === null || comparable(place, countedAt);
  const newest = place.count === null || countedAt > place.count.countedAt;
  return remember(stands && newest ? at(state, location, () => ({ count: { countedMilli, countedAt, reference } })) : state, id);
};
const heldOutside = (state: State, data: Extract<In, { type: 'ExternalHoldSet' }>['data']): State => {
  const { location, reference, revision } = data;
  const id = externalId(location, reference);
  if (revision <= externalRevision(state, id)) return state;
  const quantityMilli = Math.max(0, data.quantityMilli);
  const lessMilli = state.externals.get(id)?.quantityMilli ?? 0;
  const next = at(state, location, place => ({ externalMilli: place.externalMilli + quantityMilli - lessMilli }));
  return quantityMilli === 0
    ? remember({ ...next, externals: next.externals.without(id) }, id, revision)
    : forget({ ...next, externals: next.externals.with(id, { revision, quantityMilli }) }, id);
};
const reserved = (state: State, data: Extract<Out, { type: 'StockReserved' }>['data']): State => {
  const { company, order, line, component, revision, placements, firm } = data;
  const turn = state.turn + 1;
  const age = state.holds.get(holdId(data))?.age ?? turn;
  return put({ ...state, turn }, { company, order, line, component, revision, placements, firm, age });
};
/** What was held stays, at the revision that was refused. */
const refused = (state: State, data: Extract<Out, { type: 'ReservationRefused' }>['data']): State => {
  const hold = state.holds.get(holdId(data));
  return hold === undefined
    ? remember(state, holdId(data), data.revision)
    : { ...state, holds: state.holds.with(holdId(data), { ...hold, revision: data.revision }) };
};

export const evolve = (state: State, fact: In | Out): State => {
  switch (fact.type) {
    case 'StockBaselineSet': {
      const { location, quantityMilli, takenAt } = fact.data;
      return placeOf(state.places, location).baselineAt === null ? startFrom(state, location, quantityMilli, takenAt) : state;
    }
    case 'StockAdjusted':
    case 'MovementConfirmed':
    case 'StockShipped':
    case 'StockReturned':
      return moved(state, fact);
    case 'StockCounted':
      return counted(state, fact.data);
    case 'StockCorrected':
      return move(state, { ...fact.data, kind: 'corrected', happenedAt: fact.data.countedAt });
    case 'ExternalHoldSet':
      return heldOutside(state, fact.data);
    case 'StockLevelSeen': {
      const { location, seenAt, quantityMilli } = fact.data;
      const { level } = placeOf(state.places, location);
      return level !== null && seenAt <= level.seenAt ? state : at(state, location, () => ({ level: { seenAt, quantityMilli } }));
    }
    case 'StockDriftFound':
      return at(state, fact.data.location, () => ({ driftMilli: fact.data.oursMilli - fact.data.theirsMilli }));
    case 'DriftSettled':
      return at(state, fact.data.location, () => ({ driftMilli: 0 }));
    case 'StockReserved':
      return reserved(state, fact.data);
    case 'ReservationRefused':
      return refused(state, fact.data);
    case 'ReservationRevoked': {
      const hold = state.holds.get(holdId(fact.data));
      return hold === undefined ? state : put(state, { ...hold, placements: fact.data.placements });
    }
    case 'ExceptionRaised':
    case 'ExceptionResolved':
      return at(state, locationOf(fact.data.exception), () => ({ broken: fact.type === 'ExceptionRaised' }));
    case 'ReservationSet':
    case 'HoldReleased':
    case 'AvailabilityComputed':
      // What follows from the first two is in the facts that answer them; the third is for readers outside.
      return state;
  }
};
