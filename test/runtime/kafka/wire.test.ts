import assert from 'node:assert/strict';
import { named, parseAddress } from '../../../runtime/kafka/wire.ts';

describe('a Kafka address', () => {
  it('is a host and a port', () => {
    assert.deepEqual(parseAddress('broker.internal:9092'), { host: 'broker.internal', port: 9092 });
    assert.deepEqual(parseAddress('127.0.0.1:1'), { host: '127.0.0.1', port: 1 });
    assert.deepEqual(parseAddress('[::1]:9092'), { host: '::1', port: 9092 });
    assert.equal(named({ host: 'broker', port: 9092 }), 'broker:9092');
  });

  it('is refused, by what was given, when either is missing', () => {
    for (const text of ['broker', 'broker:', ':9092', 'broker:0', 'broker:70000', 'broker:http', '']) {
      assert.throws(() => parseAddress(text), { code: 'SETTINGS_INVALID', message: new RegExp(`"${text}"`) });
    }
  });
});
