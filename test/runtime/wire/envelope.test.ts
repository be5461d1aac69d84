/** The envelope: what is stamped is read back, whatever is in it, and however many were stamped before. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { envelopeOf, headersOf } from '../../../runtime/wire/envelope.ts';
import { readHeaders } from '../../../runtime/wire/headers.ts';

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.string({ unit: 'grapheme', minLength: 20, maxLength: 90 }),
  fc.string({ minLength: 1_990, maxLength: 2_100 }),
);
const stamps = fc.record({ id: text, cause: text, at: fc.integer({ min: 0, max: 4e12 }), sequence: fc.nat(300) });
const recordWith = (headers: Buffer) => ({
  ...{ topic: 't', partition: 0, offset: 1, timestamp: 2, key: Buffer.from('k'), value: null },
  headers: () => readHeaders(headers, 0),
});

describe('the envelope', () => {
  it('is read as it was stamped', () => {
    fc.assert(
      fc.property(fc.array(stamps, { maxLength: 20 }), fc.constantFrom('OrderPlaced', 'StockReserved'), (all, type) => {
        // Read after all are written: none may write over another.
        const written = all.map(({ sequence, ...stamp }) => headersOf(stamp, type, '/onhand/stock/3', sequence));
        const read = written.map(headers => envelopeOf(recordWith(headers)));
        assert.deepEqual(
          read,
          all.map(stamp => ({ ...stamp, key: 'k', type, source: '/onhand/stock/3' })),
        );
      }),
    );
  });
  it('names its version and what its value is', () => {
    const headers = readHeaders(headersOf({ id: 'a', cause: 'b', at: 0 }, 'OrderPlaced', '/onhand/orders/0', 0), 0);
    assert.deepEqual(
      Object.entries(headers).map(([name, value]) => `${name}=${value.toString()}`),
      [
        'ce_specversion=1.0',
        'content-type=application/avro',
        'ce_type=onhand.OrderPlaced',
        'ce_source=/onhand/orders/0',
        'ce_id=a',
        'ce_time=1970-01-01T00:00:00.000Z',
        'ce_cause=b',
      ],
    );
  });
});
