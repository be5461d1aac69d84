/** A state that grew beyond what a changelog takes is set aside with its key, and ends no session again and again. */
import assert from 'node:assert/strict';
import { entries, type Entries } from '../../runtime/entries.ts';
import { processor } from '../../runtime/model.ts';
import { memoryWorld, type MemoryWorld } from '../../runtime/memory/run.ts';
import type { Parked } from '../../runtime/task/keys.ts';
import type { FactsOn } from '../../schemas/generated/facts.ts';
import { topics } from '../../schemas/topics.ts';
import { policy } from '../support/policy.ts';
import { wish } from './support/counter.ts';

const million = 1_000_000;
interface State {
  readonly text: string;
  readonly notes: Entries<string>;
}
/** Keeps so many millions of characters as a wish has thousandths; in a collection when there are more than a hundred. */
const hoarder = processor<State, FactsOn<typeof topics.stockRequests>, FactsOn<typeof topics.reservations>>({
  name: 'hoarder',
  doc: 'Keeps too much, for the runtime tests.',
  reads: [topics.stockRequests],
  writes: [topics.reservations],
  entries: ['notes'],
  initial: { text: '', notes: entries() },
  decide: (event, state) => {
    if (event.type !== 'ReservationSet') return [];
    const { company, order, line, component, owner, product } = event.data;
    const quantityMilli = state.text.length + state.notes.size;
    const said = {
      company,
      order,
      line,
      component,
      owner,
      product,
      quantityMilli,
      revision: 1,
      placements: [],
      firm: false,
      free: [],
    };
    return [{ type: 'StockReserved', data: said }];
  },
  evolve: (state, fact) => {
    if (fact.type !== 'ReservationSet') return state;
    const { order, quantityMilli } = fact.data;
    if (quantityMilli > 100) return { ...state, notes: state.notes.with(order, 'x'.repeat((quantityMilli - 100) * million)) };
    return { ...state, text: 'é'.repeat(quantityMilli * million) };
  },
});

describe('a state that is too large to be stored', () => {
  let world: MemoryWorld;
  beforeEach(async () => {
    world = await memoryWorld({ units: [{ kind: 'processor', unit: hoarder }], policy, partitions: 1 });
  });
  afterEach(() => world.close());
  const said = async (): Promise<readonly string[]> =>
    (await world.read('reservations.v1')).map(event => (event.data as { readonly order: string }).order);
  const parked = async (): Promise<readonly (readonly [string, string])[]> => {
    const all = new Map<string, Parked>();
    await world.client.scan('hoarder.changelog', ({ key, value }) => {
      const name = key!.toString();
      if (name.startsWith('k\0') && value !== null) all.set(name, JSON.parse(value.toString()) as Parked);
    });
    return [...all.values()].map(one => [one.key, one.code] as const);
  };

  for (const [name, quantity] of [
    ['by itself', 2],
    ['by an entry of it', 104],
  ] as const)
    it(`${name} sets aside its event and what is behind it; what came before and other keys flow`, async () => {
      await world.publish(wish('before', 1, '1'));
      await world.settle();
      await world.client.publish(
        [
          wish('small', 1, '1'),
          wish('other', 1, '2'),
          wish('large', quantity, '1'),
          wish('behind', quantity, '1'),
          wish('more', 1, '2'),
        ],
        '/onhand/test/0',
      );
      await world.settle();
      assert.deepEqual([...(await said())].sort(), ['before', 'more', 'other', 'small']);
      assert.deepEqual(await parked(), [
        ['acme|1', 'STATE_TOO_LARGE'],
        ['acme|1', 'KEY_PARKED'],
      ]);
      assert.deepEqual(world.errors, []);
      await world.restart();
      await world.publish(wish('later', 1, '2'));
      await world.settle();
      assert.ok((await said()).includes('later'));
    });
  it('is told apart from one that is large and fits', async () => {
    await world.publish(wish('large', 1, '1'), wish('entry', 103, '1'), wish('after', 1, '1'));
    await world.settle();
    assert.deepEqual(await said(), ['large', 'entry', 'after']);
  });
});
