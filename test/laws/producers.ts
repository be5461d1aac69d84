/**
 * The laws every producer keeps, for any deliveries (style.md, habit 26). Call `producerLaws` once per unit, inside no describe.
 * A failure prints the seed and the shortest input found; ONHAND_SEED=N runs the same inputs again.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isFailure } from '../../runtime/failure.ts';
import type { Delivery, Fact, Producer, Report, ShopContext, Told } from '../../runtime/model.ts';
import { contentOf, telling } from '../../producers/tell/news.ts';
import type { Policy } from '../../schemas/policy.ts';
import { deepFreeze } from '../support/given.ts';
import { misfits } from './fits.ts';
import { seed } from './processors.ts';

/** As the runtime's keyed hash: 22 characters. */
export const testHash = (text: string): string => createHmac('sha256', 'test').update(text).digest('base64url').slice(0, 22);

export const contextOf = (delivery: Pick<Delivery, 'shop'>, policy: Policy): ShopContext => {
  const shop = policy.shops[delivery.shop];
  assert.ok(shop, `the policy of the test has no shop ${delivery.shop}`);
  return { shop, policy, hash: testHash };
};

export interface Played<F extends Fact> {
  readonly facts: readonly F[];
  /** By shop, aggregate and object. */
  readonly told: ReadonlyMap<string, Told>;
}
type Unit<F extends Fact> = Pick<Producer<F>, 'name' | 'writes' | 'translate' | 'tell'>;

/** Tells reports of one shop and aggregate after what was told. */
const tellAll = <F extends Fact>(
  unit: Unit<F>,
  delivery: Delivery,
  reports: readonly Report<F>[],
  before: Played<F>,
): Played<F> => {
  const told = new Map(before.told);
  const facts = reports.flatMap(report => {
    const key = [delivery.shop, delivery.aggregate, report.object].join('|');
    const next = telling(report, contentOf(report, testHash), told.get(key), unit.tell);
    if (next.told !== undefined) told.set(key, next.told);
    return next.facts;
  });
  return { facts: [...before.facts, ...facts], told };
};
export const nothingTold: Played<never> = { facts: [], told: new Map() };
/** What deliveries, one after another, amount to, as the runtime plays them. One that is poison is set aside. */
export const playDeliveries = <F extends Fact>(
  unit: Unit<F>,
  deliveries: readonly Delivery[],
  policy: Policy,
  before: Played<F> = nothingTold,
): Played<F> => deliveries.reduce((state, delivery) => tellAll(unit, delivery, reportsOf(unit, delivery, policy), state), before);

/** What a delivery reports; nothing when it is poison. Any other error is a defect and passes through. */
export const reportsOf = <F extends Fact>(unit: Unit<F>, delivery: Delivery, policy: Policy): readonly Report<F>[] => {
  try {
    return unit.translate(deepFreeze(delivery), contextOf(delivery, policy));
  } catch (error) {
    if (isFailure(error) && error.kind === 'poison') return [];
    throw error;
  }
};

/** A copy in which the `at`-th place (counted depth first, the root included) holds something else. */
const replaced = (value: unknown, at: number, by: unknown): unknown => {
  let left = at;
  const walk = (part: unknown): unknown => {
    if (left-- === 0) return by;
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map(walk);
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
};
const places = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, part) => sum + places(part), 1) : 1;

/** A sealed field as it is on the wire: the runtime seals after tell. */
const sealed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sealed);
  if ('open' in value && 'keyId' in value) return { keyId: value.keyId, bytes: '' };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, sealed(part)]));
};
const fits = (unit: Unit<Fact>, report: Report): void => {
  assert.notEqual(report.object, '');
  assert.ok(Number.isSafeInteger(report.version) && report.version >= 0, `${report.object} has the version ${report.version}`);
  assert.ok(Number.isSafeInteger(report.rank), `${report.object} has the rank ${report.rank}`);
  for (const fact of report.facts) {
    assert.deepEqual(JSON.parse(JSON.stringify(fact)), fact, `${fact.type} is not plain JSON`);
    assert.deepEqual(misfits(sealed(fact) as Fact, unit.writes, []), []);
  }
};

const checks = {
  'throws nothing but poison, on any JSON and on any one thing wrong': (unit: Unit<Fact>, policy: Policy) =>
    fc.property(arbitraryOf(unit), fc.nat(), fc.jsonValue({ maxDepth: 3 }), fc.boolean(), (delivery, at, any, whole) => {
      const body = whole ? any : replaced(delivery.body, at % places(delivery.body), any);
      reportsOf(unit, { ...delivery, body }, policy).forEach(report => fits(unit, report));
    }),
  'leaves the delivery unchanged, and says the same when asked again': (unit: Unit<Fact>, policy: Policy) =>
    fc.property(arbitraryOf(unit), delivery => {
      assert.deepEqual(reportsOf(unit, delivery, policy), reportsOf(unit, structuredClone(delivery), policy));
    }),
  'the same delivery, told again, says nothing': (unit: Unit<Fact>, policy: Policy) =>
    fc.property(fc.array(arbitraryOf(unit), { minLength: 1, maxLength: 6 }), fc.nat(), (deliveries, at) => {
      const once = playDeliveries(unit, deliveries, policy);
      assert.deepEqual(playDeliveries(unit, [deliveries[at % deliveries.length]!], policy, once), once);
    }),
  'an older version, whenever it comes, says nothing': (unit: Unit<Fact>, policy: Policy) =>
    fc.property(arbitraryOf(unit), fc.array(arbitraryOf(unit), { maxLength: 5 }), (delivery, others) => {
      const now = playDeliveries(unit, others, policy);
      const older = reportsOf(unit, delivery, policy).filter(
        report => report.version < (now.told.get([delivery.shop, delivery.aggregate, report.object].join('|'))?.version ?? 0),
      );
      assert.deepEqual(tellAll(unit, delivery, older, now), now);
    }),
  'any order of arrival ends in the same told': (unit: Unit<Fact>, policy: Policy) =>
    fc.property(
      fc
        .array(arbitraryOf(unit), { minLength: 1, maxLength: 6 })
        .chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([one, other]) => {
        const told = (list: readonly Delivery[]) => new Map([...playDeliveries(unit, list, policy).told].sort());
        assert.deepEqual(told(one), told(other));
      },
    ),
  'every fact that may be said fits its schema, its topic and its key': (unit: Unit<Fact>, policy: Policy) =>
    fc.property(arbitraryOf(unit), delivery => reportsOf(unit, delivery, policy).forEach(report => fits(unit, report))),
} as const;
const arbitraries = new WeakMap<object, fc.Arbitrary<Delivery>>();
const arbitraryOf = (unit: object): fc.Arbitrary<Delivery> => arbitraries.get(unit)!;

/**
 * Runs every law. `deliveries` should be of few objects, so that several are about one, and mostly ones that can be translated:
 * at least half must say something, or the laws would hold of nothing.
 */
export const producerLaws = <F extends Fact>(
  unit: Unit<F>,
  deliveries: fc.Arbitrary<Delivery>,
  policy: Policy,
  runs = 100,
): void => {
  const any = unit as unknown as Unit<Fact>;
  arbitraries.set(any, deliveries);
  describe(`laws of the producer ${unit.name} (seed ${seed})`, () => {
    for (const [rule, law] of Object.entries(checks))
      it(rule, () => {
        fc.assert(law(any, policy) as fc.IProperty<unknown>, { seed, numRuns: runs });
      });
    it('says something of most deliveries, or the laws would hold of nothing', () => {
      const sample = fc.sample(deliveries, { seed, numRuns: 100 });
      const silent = sample.filter(delivery => playDeliveries(any, [delivery], policy).facts.length === 0);
      assert.ok(silent.length <= sample.length / 2, `${silent.length} of ${sample.length} deliveries say nothing`);
    });
  });
};
