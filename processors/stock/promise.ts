/** What follows when more is promised than is there: not firm holds are taken back, youngest first; what is left over, a person sees. */
import type { Event } from '../../runtime/model.ts';
import { exceptionRaised, exceptionResolved, reservationRevoked } from '../../schemas/generated/facts.ts';
import type { Policy } from '../../schemas/policy.ts';
import { companyOf } from './available.ts';
import { holdId, totalOf, youngest, type Hold } from './hold.ts';
import { placeOf, uncoveredOf } from './place.ts';
import { brokenAt, movementOf, type In, type Out, type State } from './state.ts';

/** `free` is filled in when all of the event is known. */
export const revoked = (
  { owner, product }: In['data'],
  { company, order, line, component, revision }: Hold,
  placements: Hold['placements'],
  by: string,
): Out =>
  reservationRevoked({
    ...{ company, order, line, component, owner, product, revision, placements, by },
    quantityMilli: totalOf(placements),
    free: [],
  });

/** Only what this event took: a promise that was accepted below zero before is nobody else's loss. */
export const revocations = (event: In, before: State, after: State): readonly Out[] => {
  if (event.type === 'ReservationSet') return [];
  const by = `${event.type}:${movementOf(event)?.reference ?? ('reference' in event.data ? event.data.reference : '')}`;
  return Object.keys(after.places).flatMap(location => {
    const missingMilli = uncoveredOf(placeOf(after.places, location)) - uncoveredOf(placeOf(before.places, location));
    return youngest(after, location, missingMilli).map(({ hold, quantityMilli }) => {
      const placements = hold.placements
        .map(one => (one.location === location ? { ...one, quantityMilli: one.quantityMilli - quantityMilli } : one))
        .filter(one => one.quantityMilli > 0);
      return revoked(event.data, hold, placements, by);
    });
  });
};

/** A person took a hold back. */
export const onRelease = (data: Extract<In, { type: 'HoldReleased' }>['data'], state: State): readonly Out[] => {
  const hold = state.holds.get(holdId(data));
  return hold === undefined ? [] : [revoked(data, hold, [], `HoldReleased:${data.actor}`)];
};

/** More is promised at a location than is there and nothing can be taken back: raised once, and resolved when it is covered again. */
export const brokenPromises = (event: Event<In>, after: State, policy: Policy): readonly Out[] =>
  Object.keys(after.places)
    .sort()
    .flatMap((location): readonly Out[] => {
      const place = placeOf(after.places, location);
      const missingMilli = uncoveredOf(place);
      if (missingMilli > 0 === place.broken) return [];
      const { owner, product } = event.data;
      const company = companyOf(policy, owner)?.company ?? owner;
      const about = { company, subject: `product:${product}`, exception: brokenAt(location) };
      if (place.broken) return [exceptionResolved({ ...about, by: event.type })];
      const detail = `at ${location} ${missingMilli} thousandths more of product ${product} (owner ${owner}) are promised than are there`;
      const nextAction = 'find, move or buy the goods, or withdraw an order';
      const raised = { kind: 'promise_broken', raisedAt: event.at, amountMinor: null, currency: null } as const;
      return [exceptionRaised({ ...about, ...raised, nextAction, detail })];
    });
