/** Keyed hashes stand in ids and states for ever: the same key and text give the same hash in every release. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { keyedHash } from '../../runtime/run.ts';

describe('a keyed hash', () => {
  it('is what the first release made of this key and text', () => {
    assert.equal(keyedHash('key')('The quick brown fox jumps over the lazy dog'), '97yD9DBThCSxMpjmqm-xQ-');
  });
  for (const key of ['', 'clé 鍵 🔑', 'k'.repeat(100)])
    it(`is the beginning of the HMAC by SHA-256 under the key as UTF-8, one of ${key.length} units`, () => {
      const hash = keyedHash(key);
      for (const text of ['', 'ada@example.test', 'Zoë'])
        assert.equal(hash(text), createHmac('sha256', key).update(text).digest('base64url').slice(0, 22));
    });
});
