/** Holds: what is promised to which line from where. The totals and the order of the youngest are kept beside them. */
import type { Entries } from '../../runtime/entries.ts';
import type { Placement } from '../../schemas/generated/facts.ts';
import { idOf, under } from './ids.ts';
import { forget, remember, sortable, type Memory } from './memory.ts';
import { at, type Places } from './place.ts';

/** Whose hold it is. */
export interface Claim {
  readonly company: string;
  readonly order: string;
  readonly line: string;
  readonly component: string;
}
export interface Hold extends Claim {
  readonly revision: number;
  readonly placements: readonly Placement[];
  /** Never revoked for another. */
  readonly firm: boolean;
  /** The turn in which it was made. */
  readonly age: number;
}
export interface Holds extends Memory {
  readonly places: Places;
  readonly holds: Entries<Hold>;
  /** The holds that are not firm, by location and age: the youngest is found without looking at the others. */
  readonly loose: Entries<string>;
}

export const holdId = (claim: Claim): string => idOf(claim.company, claim.order, claim.line, claim.component);
export const totalOf = (placements: readonly Placement[]): number => placements.reduce((sum, one) => sum + one.quantityMilli, 0);
export const heldAt = (placements: readonly Placement[], location: string): number =>
  totalOf(placements.filter(one => one.location === location));

const looseId = (location: string, age: number): string => idOf(location) + sortable(age);
/** Takes a hold (sign -1) out of the totals and the order of age, or (sign 1) puts it in. */
const accounted = <S extends Holds>(before: S, id: string, hold: Hold, sign: 1 | -1): S =>
  hold.placements.reduce((state, { location, quantityMilli }) => {
    const moved = at(state, location, place => ({ heldMilli: place.heldMilli + sign * quantityMilli }));
    if (hold.firm) return moved;
    const loose = looseId(location, hold.age);
    return { ...moved, loose: sign === 1 ? moved.loose.with(loose, id) : moved.loose.without(loose) };
  }, before);

/** The hold is now this; with nothing left in it, only its revision is remembered. */
export const put = <S extends Holds>(before: S, hold: Hold): S => {
  const id = holdId(hold);
  const old = before.holds.get(id);
  const free = old === undefined ? before : accounted(before, id, old, -1);
  if (totalOf(hold.placements) === 0) return remember({ ...free, holds: free.holds.without(id) }, id, hold.revision);
  return accounted(forget({ ...free, holds: free.holds.with(id, hold) }, id), id, hold, 1);
};

/** What is left of placements when this much left: first from that location, then wherever else it was promised from. */
const without = (placements: readonly Placement[], location: string, quantityMilli: number): readonly Placement[] => {
  let left = quantityMilli;
  const less = new Map<string, number>();
  for (const one of [...placements.filter(p => p.location === location), ...placements.filter(p => p.location !== location)]) {
    const taken = Math.min(left, one.quantityMilli);
    left -= taken;
    less.set(one.location, one.quantityMilli - taken);
  }
  return placements.map(one => ({ ...one, quantityMilli: less.get(one.location) ?? 0 })).filter(one => one.quantityMilli > 0);
};
/** Lowers the holds of what was shipped: of the line, or of the order's lines one after another where no line is named. */
export const ship = <S extends Holds>(
  before: S,
  shipped: { readonly company: string; readonly order: string; readonly line: string | null; readonly location: string },
  quantityMilli: number,
): S => {
  const prefix =
    shipped.line === null ? idOf(shipped.company, shipped.order) : idOf(shipped.company, shipped.order, shipped.line);
  let left = Math.max(0, quantityMilli);
  let state = before;
  for (const [, hold] of [...under(before.holds, prefix)]) {
    const held = totalOf(hold.placements);
    const lowered = Math.min(left, held);
    left -= lowered;
    if (lowered > 0) state = put(state, { ...hold, placements: without(hold.placements, shipped.location, lowered) });
  }
  return state;
};

/** Which not firm holds, youngest first, must give back how much at a location so that `quantityMilli` is freed, as far as they go. */
export const youngest = (
  state: Holds,
  location: string,
  quantityMilli: number,
): readonly { readonly hold: Hold; readonly quantityMilli: number }[] => {
  const found: { hold: Hold; quantityMilli: number }[] = [];
  let left = quantityMilli;
  for (const [, id] of under(state.loose, idOf(location), true)) {
    if (left <= 0) break;
    const hold = state.holds.get(id);
    if (hold === undefined) continue;
    const taken = Math.min(left, heldAt(hold.placements, location));
    left -= taken;
    found.push({ hold, quantityMilli: taken });
  }
  return found;
};
