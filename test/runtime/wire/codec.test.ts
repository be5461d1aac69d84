/** Facts to bytes and back, where the registry is not yet what it should be. */
import assert from 'node:assert/strict';
import { codecOf, memoryRegistry } from '../../../runtime/wire/codec.ts';
import { wish } from '../support/counter.ts';

describe('the codec', () => {
  it('asks again for a schema that the registry did not have, so that a retry works once it has', async () => {
    const registry = memoryRegistry();
    let whole = false;
    const codec = codecOf({ ...registry, schemaOf: id => (whole ? registry.schemaOf(id) : Promise.resolve(undefined)) });
    await codec.prepare(['ReservationSet']);
    const value = codec.encode(wish('a'));
    await codec.ensure([value]);
    assert.throws(() => codec.decode(value, 'here'), { code: 'SCHEMA_UNKNOWN' });
    whole = true;
    await codec.ensure([value]);
    assert.equal((codec.decode(value, 'here').data as { order: string }).order, 'a');
  });
});
