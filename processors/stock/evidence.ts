/** What follows from evidence: a count becomes a correction, a level of Odoo's may state a drift; neither sets a figure. */
import { stockCorrected, stockDriftFound } from '../../schemas/generated/facts.ts';
import type { Policy } from '../../schemas/policy.ts';
import { companyOf, isOdoos } from './available.ts';
import { comparable, inBaseline, placeAt } from './ledger.ts';
import { recalled } from './memory.ts';
import { onHandOf, placeOf, type Level, type Place } from './place.ts';
import { countId, evolve, movementOf, type In, type Out, type State } from './state.ts';

type Data<Type extends In['type']> = Extract<In, { type: Type }>['data'];

/** What Odoo calls these: the owner's books show a drift under the company whose rules hold for it. */
const drift = (
  { owner, product, location }: Pick<Data<'StockLevelSeen'>, 'owner' | 'product' | 'location'>,
  oursMilli: number,
  theirs: Level,
  policy: Policy,
): Out => {
  const company = companyOf(policy, owner)?.company ?? owner;
  const { quantityMilli: theirsMilli, seenAt } = theirs;
  return stockDriftFound({ company, subject: `product:${product}`, owner, product, location, oursMilli, theirsMilli, seenAt });
};

/** The difference between a location's count and what was on hand at that time. */
const correction = (state: State, data: Pick<Data<'StockCounted'>, 'owner' | 'product' | 'location'>): readonly Out[] => {
  const { owner, product, location } = data;
  const { count } = placeOf(state.places, location);
  if (count === null) return [];
  const { countedMilli, countedAt, reference } = count;
  const deltaMilli = countedMilli - onHandOf(placeAt(state, location, countedAt));
  return deltaMilli === 0 ? [] : [stockCorrected({ owner, product, location, deltaMilli, reference, countedAt })];
};

/** A count that is older than the ledger keeps cannot be compared: a person sees it beside what is on hand now. */
export const onCount = (data: Data<'StockCounted'>, event: In, state: State, policy: Policy): readonly Out[] => {
  const place = placeOf(state.places, data.location);
  if (recalled(state, countId(data.location, data.reference)) !== undefined) return [];
  if (inBaseline(place, data.countedAt) || place.baselineAt === null) return [];
  if (!comparable(place, data.countedAt))
    return [drift(data, onHandOf(place), { quantityMilli: data.countedMilli, seenAt: data.countedAt }, policy)];
  // Of the newest count, which an older one does not replace: that one still agrees.
  return correction(evolve(state, event), data);
};
/** The baseline makes a count comparable that came before it. */
export const onBaseline = (data: Data<'StockBaselineSet'>, event: In, state: State): readonly Out[] =>
  placeOf(state.places, data.location).baselineAt === null ? correction(evolve(state, event), data) : [];

/** A movement from before the newest count that reaches us after it: the count stands, so what the movement does is corrected away. */
export const onMovement = (event: In, state: State): readonly Out[] => {
  const movement = movementOf(event);
  if (movement === undefined || movement.kind !== 'changed' || recalled(state, movement.id) !== undefined) return [];
  const { location, happenedAt, reference, deltaMilli } = movement;
  const { baselineAt, count } = placeOf(state.places, location);
  if (baselineAt === null || happenedAt <= baselineAt || count === null || happenedAt > count.countedAt) return [];
  const { owner, product } = event.data;
  const made = { owner, product, location, reference: `${count.reference}/${reference}`, countedAt: count.countedAt };
  return deltaMilli === 0 ? [] : [stockCorrected({ ...made, deltaMilli: 0 - deltaMilli })];
};

/** Ours, less what of ours Odoo has not done yet. Where Odoo is the author, all but our corrections came from there. */
const oursOf = (place: Place, odoos: boolean): number => {
  const unconfirmedMilli = place.correctedMilli + (odoos ? 0 : place.changedMilli) - place.confirmedMilli;
  return onHandOf(place) - unconfirmedMilli;
};
/**
 * The law: ours = Odoo's and what is unconfirmed, at the time of the level. Odoo may know of a dispatch before it has come to us through
 * its order: a difference that holds may explain is stated only when the level before it still disagrees as of its own time.
 */
export const onLevel = (data: Data<'StockLevelSeen'>, state: State, policy: Policy): readonly Out[] => {
  const { owner, location, quantityMilli, seenAt } = data;
  const place = placeOf(state.places, location);
  const toleranceMilli = companyOf(policy, owner)?.stock.driftToleranceMilli ?? 0;
  const ours = (level: Level): number => oursOf(placeAt(state, location, level.seenAt), isOdoos(policy, owner, location));
  const disagrees = (level: Level): boolean =>
    comparable(place, level.seenAt) && Math.abs(ours(level) - level.quantityMilli) > toleranceMilli;
  if (!comparable(place, seenAt) || (place.level !== null && seenAt <= place.level.seenAt)) return [];
  if (!disagrees(data)) return place.driftMilli === 0 ? [] : [{ type: 'DriftSettled', data: { location } }];
  const driftMilli = ours(data) - quantityMilli;
  const onItsWay = driftMilli > 0 && driftMilli <= place.heldMilli && (place.level === null || !disagrees(place.level));
  return driftMilli === place.driftMilli || onItsWay ? [] : [drift(data, ours(data), data, policy)];
};
