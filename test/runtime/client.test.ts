/** Reading topics from outside the units. */
import assert from 'node:assert/strict';
import { clientOf } from '../../runtime/client.ts';
import { memoryWorld } from '../../runtime/memory/run.ts';
import { namesOf } from '../../runtime/topology.ts';
import { policy } from '../support/policy.ts';
import { counter, wish } from './support/counter.ts';

describe('a scan of a topic', () => {
  it('goes on behind what retention takes away meanwhile', async () => {
    const world = await memoryWorld({ units: [{ kind: 'processor', unit: counter }], policy, partitions: 1, run: [] });
    await world.publish(wish('a'), wish('b'), wish('c'));
    const client = clientOf({
      log: {
        ...world.log,
        fetch: (requests, waitMs) => {
          const [bounds] = requests;
          if (bounds!.from === 0) world.log.truncate(bounds!, 2);
          return world.log.fetch(requests, waitMs);
        },
      },
      names: namesOf('memory.'),
      codec: world.codec,
      clock: world.clock,
    });
    const found = await client.events('stock-requests.v1');
    assert.deepEqual(
      found.map(one => one.record.offset),
      [2],
    );
    await world.close();
  });
});
