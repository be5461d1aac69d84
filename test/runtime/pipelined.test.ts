/**
 * Transactions of a backlog: the next one is worked on while the former is written, on states that stay in memory. What the former had
 * changed is not seen any more once it has failed, nothing is left out, and nothing is said twice.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { MemoryFaults } from '../../runtime/memory/log.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

type Fate = ReturnType<NonNullable<MemoryFaults['around']>>;
/** What becomes of the steps of transactions, in turn; fine once the list is through. */
const fated = (fates: readonly Fate[]) => {
  const left = [...fates];
  let on = false;
  const around = (what: string): Fate => {
    if (!on || what === 'append') return 'ok';
    return left.shift() ?? 'ok';
  };
  return { around, begin: () => void (on = true), isThrough: () => left.length === 0 };
};
const products = ['1', '2', '3'];
const countsOf = async (one: MemoryWorld): Promise<Readonly<Record<string, readonly number[]>>> => {
  const said = (await one.read('reservations.v1')).map(event => event.data as { product: string; quantityMilli: number });
  return Object.fromEntries(
    products.map(product => [product, said.filter(one => one.product === product).map(({ quantityMilli }) => quantityMilli)]),
  );
};
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('transactions that follow one another', () => {
  it('count every wish once and in order, whichever of their steps fail or have no known outcome', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Fate>('ok', 'ok', 'ok', 'refused', 'lost before', 'lost after'), {
          minLength: 4,
          maxLength: 14,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (fates, maxBatch, restarts) => {
          const fate = fated(fates);
          const one = await memoryWorld({
            units: [{ kind: 'processor', unit: counter }],
            policy,
            partitions: 1,
            faults: { around: fate.around },
            limits: { maxBatch },
          });
          await one.publish(...upTo(12).flatMap(i => products.map(product => wish(`o${i}`, 1000, product))));
          fate.begin();
          if (restarts) await one.restart();
          // Longer than a task waits before it opens again.
          do await one.clock.advance(6_000);
          while (!fate.isThrough());
          await one.clock.advance(6_000);
          await one.settle();
          assert.deepEqual(await countsOf(one), Object.fromEntries(products.map(product => [product, upTo(12)])));
          // What the store and the changelog hold is what the next life goes on with.
          await one.restart();
          await one.publish(...products.map(product => wish('last', 1000, product)));
          await one.settle();
          assert.deepEqual(await countsOf(one), Object.fromEntries(products.map(product => [product, upTo(13)])));
          await one.close();
        },
      ),
      { numRuns: 40 },
    );
  });
  it('fire an alarm once, though the next one begins before the one that fired it is written', async () => {
    const one = await memoryWorld({
      units: [{ kind: 'processor', unit: counter }],
      policy,
      partitions: 1,
      limits: { maxBatch: 1 },
    });
    await one.restart([]);
    await one.publish(...['a', 'b', 'c'].map(order => wish(order, 60)));
    await one.clock.advance(61_000);
    await one.publish(...upTo(10).map(i => wish(`o${i}`)));
    await one.restart();
    await one.settle();
    const fired = (await one.read('reservations.v1'))
      .map(event => event.data as { order: string; revision: number })
      .filter(({ revision }) => revision === 60);
    assert.deepEqual(fired.map(({ order }) => order).sort(), ['a', 'b', 'c']);
    await one.close();
  });
});
