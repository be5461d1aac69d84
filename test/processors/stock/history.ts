/** Random histories of one product, in which anything may happen that its topics allow; used by the laws and by the reference model. */
import fc from 'fast-check';
import { holdId } from '../../../processors/stock/hold.ts';
import { countId, externalId, movementOf, type In, type State } from '../../../processors/stock/state.ts';
import { under } from '../../../processors/stock/ids.ts';
import type { Input } from '../../laws/play.ts';
import { adjusted, baseline, confirmed, counted, level, outside, released, returned, shipped, wish } from './facts.ts';

/** Also a name that every object has by inheritance. */
const location = fc.constantFrom('main', 'store', 'main', 'store', 'main', 'store', 'main', 'store', 'constructor');
const order = fc.constantFrom('web:1', 'web:2', 'outlet:3', 'outlet:4');
const line = fc.constantFrom('1', '2');
const quantityMilli = fc.constantFrom(0, 500, 1000, 2000, 3000);
const deltaMilli = fc.constantFrom(-2000, -1000, 0, 1000, 3000);
const time = fc.integer({ min: 1, max: 40 });
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const revision = fc.integer({ min: 0, max: 12 });

const wishes = fc
  .record({
    order,
    line,
    revision,
    quantityMilli,
    firm: fc.boolean(),
    mustAccept: fc.integer({ min: 0, max: 7 }).map(one => one === 0),
    locations: fc.constantFrom(['main', 'store'], ['store', 'main'], ['main'], ['store'], ['main', 'main'], ['constructor'], []),
  })
  .map(wish);
const movements = fc.oneof(
  fc.record({ location, deltaMilli, reference: name, happenedAt: time }).map(adjusted),
  fc.record({ location, deltaMilli, reference: name, happenedAt: time }).map(confirmed),
  fc.record({ location, order, line: fc.option(line), shipment: name, quantityMilli, dispatchedAt: time }).map(shipped),
  fc.record({ location, order, return: name, quantityMilli, receivedAt: time }).map(returned),
);
const evidence = fc.oneof(
  fc.record({ location, countedMilli: quantityMilli, countedAt: time, reference: name }).map(counted),
  fc.record({ location, quantityMilli, seenAt: time }).map(level),
);
const others = fc.oneof(
  fc.record({ location, quantityMilli: fc.constantFrom(2000, 5000), takenAt: fc.constantFrom(0, 5) }).map(baseline),
  fc.record({ location, reference: name, revision, quantityMilli }).map(outside),
  fc.record({ order }).map(released),
);
const inputs: fc.Arbitrary<In> = fc.oneof(
  { weight: 5, arbitrary: wishes },
  { weight: 4, arbitrary: movements },
  { weight: 2, arbitrary: evidence },
  { weight: 1, arbitrary: others },
);
/** Most begin with what is on hand, as most do in life. */
const begun = fc
  .boolean()
  .map(known => (known ? [baseline({ quantityMilli: 3000 }), baseline({ location: 'store', quantityMilli: 2000 })] : []));
export const histories: fc.Arbitrary<readonly Input<In>[]> = fc
  .tuple(begun, fc.array(inputs, { maxLength: 24 }))
  .map(([first, rest]) => [...first, ...rest].map(fact => ({ fact })));

/** What is absolute, or counted once. */
export const absolute = (fact: In): { readonly subject: string; readonly revision: number } | undefined => {
  const movement = movementOf(fact);
  if (movement !== undefined) return { subject: movement.id, revision: 0 };
  switch (fact.type) {
    case 'ReservationSet':
      return { subject: holdId(fact.data), revision: fact.data.revision };
    case 'ExternalHoldSet':
      return { subject: externalId(fact.data.location, fact.data.reference), revision: fact.data.revision };
    case 'StockCounted':
      return { subject: countId(fact.data.location, fact.data.reference), revision: 0 };
    case 'StockLevelSeen':
      return { subject: `level ${fact.data.location}`, revision: fact.data.seenAt };
    case 'StockBaselineSet':
      return { subject: `baseline ${fact.data.location}`, revision: 0 };
    default:
      // A person's release is for the hold that there is now.
      return undefined;
  }
};

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
/** What is wrong with a state: totals and indexes that do not say what the entries say. */
export const wrongIn = (state: State): string | undefined => {
  const holds = state.holds.range().map(([, hold]) => hold);
  const loose = holds.filter(hold => !hold.firm).flatMap(hold => hold.placements);
  if (state.loose.size !== loose.length) return `${state.loose.size} in the order of age, ${loose.length} not firm`;
  if (state.turns.size !== state.remembered.size) return `${state.turns.size} turns for ${state.remembered.size} remembered`;
  for (const [location, place] of Object.entries(state.places)) {
    const held = sum(
      holds.flatMap(hold => hold.placements.filter(one => one.location === location)).map(one => one.quantityMilli),
    );
    if (held !== place.heldMilli) return `${location}: ${place.heldMilli} held in total, ${held} in holds`;
    if (held < 0) return `${location}: ${held} held`;
    const external = sum([...under(state.externals, externalId(location, '').slice(0, -1))].map(([, one]) => one.quantityMilli));
    if (external !== place.externalMilli) return `${location}: ${place.externalMilli} external in total, ${external} in entries`;
    const moves = [...under(state.ledger, `${location}|`)]
      .map(([, one]) => one)
      .filter(one => one.happenedAt > (place.baselineAt ?? 0));
    const changed = sum(moves.filter(one => one.kind === 'changed').map(one => one.deltaMilli));
    if (changed !== place.changedMilli) return `${location}: ${place.changedMilli} changed in total, ${changed} in the ledger`;
  }
  return undefined;
};
