/** Which key a person's data is sealed under, when they were erased and came back. */
import assert from 'node:assert/strict';
import { keysOf, memoryKeyStore } from '../../../runtime/keys/keys.ts';

const erasedAt = 5_000;
describe('sealing for a person who was erased and came back', () => {
  for (const order of [
    [4_000, 6_000],
    [6_000, 4_000],
  ])
    it(`closes what came before and seals what comes after, when asked for ${order.join(' and then ')} ms`, async () => {
      const store = memoryKeyStore();
      await store.ensure(['person/a'], 1_000);
      await store.erase('person/a', erasedAt);
      const keys = keysOf(store, () => 10_000);
      for (const at of order) await keys.ensure(['person/a'], at);
      assert.equal(keys.open(keys.seal('person/a', 'old', 4_000)), undefined);
      assert.equal(keys.open(keys.seal('person/a', 'at the very time', erasedAt)), undefined);
      assert.equal(keys.open(keys.seal('person/a', 'new', 6_000)), 'new');
    });
  it('names what was not sealed with its key as poison, so that its event is set aside and not tried for ever', async () => {
    const keys = keysOf(memoryKeyStore(), () => 1_000);
    await keys.ensure(['person/a', 'person/b'], 1_000);
    const { keyId } = keys.seal('person/a', 'a');
    const other = keys.seal('person/b', 'b');
    assert.throws(() => keys.open({ ...other, keyId }), { kind: 'poison', code: 'KEY_MISSING' });
  });
});
