/** Laws of the rebuild, over random histories of a unit whose state tells the order of everything. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MemoryFaults } from '../../../runtime/memory/log.ts';
import { memoryWorld, type MemoryWorld } from '../../../runtime/memory/run.ts';
import { placeOf } from '../../../runtime/rebuild/compare.ts';
import { ownTopics, type Unit } from '../../../runtime/topology.ts';
import { partitionOf } from '../../../runtime/wire/partition.ts';
import { policy } from '../../support/policy.ts';
import { wish } from '../support/counter.ts';
import { random } from './support/random.ts';
import { verdicts } from './support/rebuilt.ts';
import { teller } from './support/teller.ts';

const unit: Unit = { kind: 'processor', unit: teller };
const count = 2;
type Act =
  | { readonly act: 'wish'; readonly product: number; readonly digits: number }
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'restart' }
  | { readonly act: 'word'; readonly product: number; readonly action: 'retry' | 'skip' };
const product = fc.integer({ min: 0, max: 4 });
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ act: fc.constant('wish' as const), product, digits: fc.integer({ min: 1, max: 4_444 }) }),
    },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }) },
    { weight: 1, arbitrary: fc.constant({ act: 'restart' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant('word' as const),
        product,
        action: fc.constantFrom('retry' as const, 'skip' as const),
      }),
    },
  ),
  { minLength: 5, maxLength: 30 },
);
const lossy = (seed: number): MemoryFaults & { on: boolean } => {
  const draw = random(seed);
  const faults = {
    on: true,
    // Those who publish wait for an answer, and time stands still meanwhile.
    around: (what: string) => {
      const at = draw();
      if (!faults.on || what === 'append' || at > 0.15) return 'ok' as const;
      return at < 0.05 ? ('lost before' as const) : at < 0.1 ? ('lost after' as const) : ('refused' as const);
    },
  };
  return faults;
};
const played = async (history: readonly Act[], seed: number): Promise<MemoryWorld> => {
  const faults = lossy(seed);
  const world = await memoryWorld({ units: [unit], policy, partitions: count, faults });
  for (const [i, one] of history.entries()) {
    if (one.act === 'wish') await world.publish(wish(`o${i}`, one.digits, String(one.product)));
    else if (one.act === 'wait') await world.clock.advance(one.ms);
    else if (one.act === 'restart') await world.restart();
    else {
      const scope = `acme|${one.product}`;
      const partition = partitionOf(Buffer.from(scope), count);
      const command = { action: one.action, scope, actor: 'test', reason: 'test' };
      await world.client.write(ownTopics.control('teller'), partition, scope, command);
    }
  }
  faults.on = false;
  // A transaction that was left open hides what is written behind it until its task is opened again.
  await world.restart();
  await world.settle();
  return world;
};

describe('rebuild, by law', function () {
  this.timeout(60_000);
  it('is equal after any history, and different with its key when any one stored value is altered', () =>
    fc.assert(
      fc.asyncProperty(acts, fc.integer(), fc.nat(), async (history, seed, which) => {
        const world = await played(history, seed);
        try {
          for (const found of await verdicts(world, unit, { count })) assert.equal(found.is, 'equal', JSON.stringify(found));
          const stored = new Map<string, { readonly partition: number; readonly value: string }>();
          await world.client.scan(ownTopics.changelog('teller'), ({ partition, key, value }) => {
            const name = key!.toString();
            if (!/^[seak]\0/.test(name)) return;
            if (value === null) stored.delete(name);
            else stored.set(name, { partition, value: value.toString() });
          });
          if (stored.size === 0) return;
          const [name, { partition }] = [...stored][which % stored.size]!;
          const topic = world.names.topic(ownTopics.changelog('teller'));
          await world.client.append([{ topic, partition, key: Buffer.from(name), value: null }]);
          const found = await verdicts(world, unit, { count });
          const { what, key, of } = found[partition]!.difference!;
          assert.deepEqual({ what, key, ...(of === undefined ? {} : { of }) }, placeOf(name));
          assert.equal(found[1 - partition]!.is, 'equal');
        } finally {
          await world.close();
        }
      }),
      { numRuns: 60 },
    ));
});
