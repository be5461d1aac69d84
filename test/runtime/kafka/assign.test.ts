/** The assigner: pure, so that every member would compute the same; its promises hold for any group. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignPartitions, type Claimant } from '../../../runtime/kafka/assign.ts';

const claimants: fc.Arbitrary<readonly Claimant[]> = fc.uniqueArray(
  fc.record({
    memberId: fc.string({ minLength: 1, maxLength: 4 }),
    owned: fc.array(fc.integer({ min: -1, max: 14 }), { maxLength: 14 }),
    generation: fc.integer({ min: -1, max: 5 }),
  }),
  { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 6 },
);
const count = fc.integer({ min: 0, max: 12 });

const shown = (assigned: ReadonlyMap<string, readonly number[]>): Record<string, readonly number[]> =>
  Object.fromEntries(assigned);
const balanced = (sizes: readonly number[]): boolean => Math.max(...sizes) - Math.min(...sizes) <= 1;

describe('the assigner', () => {
  it('hands out every partition number exactly once, evenly, in ascending order', () => {
    fc.assert(
      fc.property(claimants, count, (members, partitions) => {
        const assigned = assignPartitions(members, partitions);
        assert.deepEqual([...assigned.keys()].toSorted(), members.map(({ memberId }) => memberId).toSorted());
        const all = [...assigned.values()].flat().toSorted((a, b) => a - b);
        assert.deepEqual(
          all,
          Array.from({ length: partitions }, (_, partition) => partition),
        );
        assert.ok(balanced([...assigned.values()].map(({ length }) => length)));
        for (const mine of assigned.values())
          assert.deepEqual(
            mine,
            mine.toSorted((a, b) => a - b),
          );
      }),
    );
  });

  it('says the same in whatever order the members are listed', () => {
    fc.assert(
      fc.property(claimants, count, fc.infiniteStream(fc.integer()), (members, partitions, order) => {
        const shuffled = members.map(member => [order.next().value as number, member] as const).toSorted(([a], [b]) => a - b);
        assert.deepEqual(
          shown(
            assignPartitions(
              shuffled.map(([, member]) => member),
              partitions,
            ),
          ),
          shown(assignPartitions(members, partitions)),
        );
      }),
    );
  });

  it('moves nothing when the same members come again', () => {
    fc.assert(
      fc.property(claimants, count, (members, partitions) => {
        const first = assignPartitions(members, partitions);
        const again = members.map(({ memberId }) => ({ memberId, owned: first.get(memberId) ?? [], generation: 6 }));
        assert.deepEqual(shown(assignPartitions(again, partitions)), shown(first));
      }),
    );
  });

  it('takes from each member no more than the even share asks, when others join or leave', () => {
    fc.assert(
      fc.property(claimants, count, fc.boolean(), (members, partitions, joins) => {
        const first = assignPartitions(members, partitions);
        const stay = members.map(({ memberId }) => ({ memberId, owned: first.get(memberId) ?? [], generation: 6 }));
        const changed = joins ? [...stay, { memberId: 'joined', owned: [], generation: -1 }] : stay.slice(1);
        const second = assignPartitions(changed, partitions);
        for (const { memberId, owned } of changed) {
          const kept = owned.filter(partition => second.get(memberId)?.includes(partition)).length;
          assert.ok(kept >= Math.min(owned.length, Math.floor(partitions / changed.length)));
        }
      }),
    );
  });

  it('believes the later generation when two claim the same partition', () => {
    const assigned = assignPartitions(
      [
        { memberId: 'zombie', owned: [0, 1], generation: 3 },
        { memberId: 'holder', owned: [0, 1], generation: 7 },
      ],
      4,
    );
    assert.deepEqual(shown(assigned), { holder: [0, 1], zombie: [2, 3] });
  });
});
