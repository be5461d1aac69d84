/** Which location a wish is served from. */
import type { Placement } from '../../schemas/generated/facts.ts';
import { heldAt } from './hold.ts';

export interface Wish {
  readonly quantityMilli: number;
  /** In order of priority. */
  readonly locations: readonly string[];
  /** Promised elsewhere already: what nothing is free for is held at the first location. */
  readonly mustAccept: boolean;
}
export interface Sourced {
  /** Undefined: it does not suffice. */
  readonly placements: readonly Placement[] | undefined;
  /** The most that this wish could have had, with what it holds already. */
  readonly mostMilli: number;
}

/**
 * What is held stays where it is, as far as its location is still asked for; more is taken, and less is kept, in the order of the
 * locations. `free` is what a location may still promise; `shareOf` is the part of it that the shop may.
 */
export const sourceFrom = (
  wish: Wish,
  held: readonly Placement[],
  free: (location: string) => number,
  shareOf: (freeMilli: number) => number,
): Sourced => {
  const locations = [...new Set(wish.locations)];
  const wanted = Math.max(0, wish.quantityMilli);
  const keeps = locations.map(location => ({ location, keptMilli: heldAt(held, location), freeMilli: free(location) }));
  const keptMilli = keeps.reduce((sum, one) => sum + one.keptMilli, 0);
  const shareMilli = shareOf(keeps.reduce((sum, one) => sum + one.freeMilli, 0));
  const mostMilli = keptMilli + shareMilli;
  const [first] = locations;
  if (wanted > mostMilli && !(wish.mustAccept && first !== undefined)) return { placements: undefined, mostMilli };
  let less = Math.min(wanted, keptMilli);
  let more = wanted - less;
  const placements = keeps.map(one => {
    const kept = Math.min(one.keptMilli, less);
    const added = Math.min(one.freeMilli, more);
    less -= kept;
    more -= added;
    return { location: one.location, quantityMilli: kept + added };
  });
  const whole = placements.map((one, index) => (index === 0 ? { ...one, quantityMilli: one.quantityMilli + more } : one));
  return { placements: whole.filter(one => one.quantityMilli > 0), mostMilli };
};
