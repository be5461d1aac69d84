/**
 * An independent reading of invariant I1 (no oversell): folds the raw log of one product from nothing and shares no code with the rules.
 * In every prefix, at every location: a promise that need not be accepted leaves promised ≤ on hand − external − safety; never below 0.
 */
import type { AnyFact } from '../../schemas/generated/facts.ts';

/** One input and what was said to it. */
export interface Logged {
  readonly input: AnyFact;
  readonly said: readonly AnyFact[];
}
type Data<T extends AnyFact['type']> = Extract<AnyFact, { type: T }>['data'];
const of = <T extends AnyFact['type']>(log: readonly AnyFact[], type: T): readonly Data<T>[] =>
  log.filter(one => one.type === type).map(one => one.data as Data<T>);
const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
/** The first of those that are the same movement: others repeat it. */
const once = <T>(all: readonly T[], id: (one: T) => readonly unknown[]): readonly T[] =>
  all.filter((one, index) => all.findIndex(other => id(other).join() === id(one).join()) === index);
const shipmentId = (one: Data<'StockShipped'>): readonly unknown[] => [one.order, one.line, one.shipment, one.location];

/** The newest count after the baseline, else the baseline, and all that happened since. */
const onHand = (log: readonly AnyFact[], location: string): number => {
  const base = of(log, 'StockBaselineSet').find(one => one.location === location);
  if (base === undefined) return 0;
  const counts = of(log, 'StockCounted').filter(one => one.location === location);
  const start = once(counts, one => [one.reference])
    .map(one => ({ milli: one.countedMilli, time: one.countedAt }))
    .reduce((best, one) => (one.time > best.time ? one : best), { milli: base.quantityMilli, time: base.takenAt });
  const moves = [
    ...once(of(log, 'StockAdjusted'), one => [one.location, one.reference]).map(one => ({ ...one, time: one.happenedAt })),
    ...once(of(log, 'StockShipped'), shipmentId).map(one => ({ ...one, time: one.dispatchedAt, deltaMilli: -one.quantityMilli })),
    ...once(of(log, 'StockReturned'), one => [one.order, one.return, one.location]).map(one => ({
      ...{ ...one, time: one.receivedAt, deltaMilli: one.quantityMilli },
    })),
  ];
  return start.milli + sum(moves.filter(one => one.location === location && one.time > start.time).map(one => one.deltaMilli));
};
/** The highest revision of each demand outside. */
const external = (log: readonly AnyFact[], location: string): number => {
  const newest = of(log, 'ExternalHoldSet').filter(one => one.location === location);
  const highest = newest.toSorted((a, b) => b.revision - a.revision);
  return sum(once(highest, one => [one.reference]).map(one => one.quantityMilli));
};
/** Granted, less released, less shipped. */
const promised = (log: readonly Logged[], location: string): number => {
  const lines = new Map<string, { location: string; quantityMilli: number }[]>();
  const gone = new Set<string>();
  for (const { input, said } of log) {
    if (input.type === 'StockShipped' && !gone.has(shipmentId(input.data).join())) {
      gone.add(shipmentId(input.data).join());
      const { order, line, location: from } = input.data;
      let left = input.data.quantityMilli;
      for (const id of [...lines.keys()].sort().filter(one => one.startsWith(`${order} ${line ?? ''}`)))
        for (const one of lines.get(id)!.toSorted((a, b) => Number(b.location === from) - Number(a.location === from))) {
          const lowered = Math.min(left, one.quantityMilli);
          one.quantityMilli -= lowered;
          left -= lowered;
        }
    }
    for (const { order, line, placements } of [...of(said, 'StockReserved'), ...of(said, 'ReservationRevoked')])
      lines.set(
        `${order} ${line}`,
        placements.map(one => ({ ...one })),
      );
  }
  return sum([...lines.values()].flat().map(one => (one.location === location ? one.quantityMilli : 0)));
};

/** What the log says of a location after its last step, and how many of the last promise were not there. */
export const stockReference = (log: readonly Logged[], location: string, safetyMilli: number) => {
  const inputs = log.map(one => one.input);
  const [heldMilli, beforeMilli] = [promised(log, location), promised(log.slice(0, -1), location)];
  const seen = { onHandMilli: onHand(inputs, location), heldMilli, externalMilli: external(inputs, location) };
  const freeMilli = seen.onHandMilli - seen.externalMilli - safetyMilli - heldMilli;
  const last = inputs.at(-1);
  const made = last?.type === 'ReservationSet' && !last.data.mustAccept && heldMilli > beforeMilli;
  return { seen, freeMilli, oversoldMilli: heldMilli < 0 ? -heldMilli : made ? Math.max(0, -freeMilli) : 0 };
};
