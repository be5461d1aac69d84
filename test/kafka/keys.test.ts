/** Sealed fields: who can open them, and that erasing a person's key closes all of theirs, in memory and in PostgreSQL alike. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { keysOf, memoryKeyStore, type KeyStore } from '../../runtime/keys/keys.ts';
import { postgresKeyStore } from '../../runtime/keys/postgres.ts';
import { broker, uniqueName } from '../support/broker.ts';

const contract = (name: string, open: () => Promise<KeyStore>): Mocha.Suite =>
  describe(`a key store: ${name}`, function () {
    this.timeout(60_000);
    let store: KeyStore;
    let now = 1_000;
    before(async () => {
      store = await open();
    });
    after(() => store.close());
    it('opens what was sealed, also in another process', async () => {
      const keys = keysOf(store, () => now);
      await keys.ensure(['person/a'], now);
      const sealed = keys.seal('person/a', { name: 'A. Person' });
      assert.equal(JSON.stringify(sealed).includes('Person'), false);
      const other = keysOf(store, () => now);
      await other.load([sealed.keyId]);
      assert.deepEqual(other.open(sealed), { name: 'A. Person' });
    });
    it('gives all who ask at once the same key', async () => {
      const all = await Promise.all(Array.from({ length: 8 }, () => store.ensure(['person/many'], now)));
      assert.equal(new Set(all.map(one => one.get('person/many')!.key.toString('hex'))).size, 1);
    });
    it('opens nothing of a person whose key was erased, and nothing received before is sealed again', async () => {
      const keys = keysOf(store, () => now);
      await keys.ensure(['person/b'], now);
      const sealed = keys.seal('person/b', { name: 'B' });
      assert.equal(await store.erase('person/b', now), 1);
      now += 120_000;
      await keys.load([sealed.keyId]);
      assert.equal(keys.open(sealed), undefined);
      await keys.ensure(['person/b'], now - 120_000);
      const late = keys.seal('person/b', { name: 'B' });
      assert.equal(keys.open(late), undefined);
    });
    it('keeps the key of a day until no delivery of that day can come any more', async () => {
      const day = Date.UTC(2026, 9, 2);
      const subject = 'intake/2026-10-02';
      const keys = keysOf(store, () => day);
      await keys.ensure([subject], day);
      const sealed = keys.seal(subject, 'raw', day);
      for (const at of [day - 1, day, day + 86_400_000, day + 90_000_000 - 1])
        await assert.rejects(store.erase(subject, at), { kind: 'fatal', code: 'USAGE' });
      await keys.load([sealed.keyId]);
      assert.equal(keys.open(sealed), 'raw');
      assert.equal(await store.erase(subject, day + 90_000_000), 1);
    });
    it('gives a person who comes back after the erasure a new key', async () => {
      const keys = keysOf(store, () => now);
      await keys.ensure(['person/c'], now);
      const before = keys.seal('person/c', 1);
      await store.erase('person/c', now);
      now += 120_000;
      await keys.ensure(['person/c'], now);
      const again = keys.seal('person/c', 2);
      assert.notEqual(again.keyId, before.keyId);
      assert.equal(keys.open(again), 2);
    });
  });

contract('memory', () => Promise.resolve(memoryKeyStore()));
contract('PostgreSQL', async () => {
  const { databaseUrl } = await broker();
  const store = postgresKeyStore({ url: databaseUrl, masterKey: randomBytes(32).toString('base64'), schema: uniqueName('keys') });
  await store.migrate();
  return store;
});
describe('the key store in PostgreSQL', () => {
  it('names the command when its tables are missing', async () => {
    const { databaseUrl } = await broker();
    const store = postgresKeyStore({
      url: databaseUrl,
      masterKey: randomBytes(32).toString('base64'),
      schema: uniqueName('keys'),
    });
    await assert.rejects(store.ensure(['person/x'], 1), /onhand keys migrate/);
    await store.close();
  });
  it('refuses a master key that is not 32 bytes', () => {
    assert.throws(() => postgresKeyStore({ url: 'postgres://127.0.0.1/x', masterKey: 'short' }), /not 32 in base64/);
  });
});
