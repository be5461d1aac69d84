/** Keys and ids: what readers and stores hold on to. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { discriminatorOf, keyOf, keyParts, processedId, producedId } from '../../runtime/identity.ts';
import { murmur2, partitionOf } from '../../runtime/wire/partition.ts';
import { topics } from '../../schemas/topics.ts';
import { lineUnknown } from '../../schemas/generated/facts.ts';

const unknown = (line: string, order = 'web:1') => lineUnknown({ company: 'acme', order, line, code: 'sku:A', revision: 1 });

describe('keys', () => {
  it('hold no NUL, which parts the keys of stores', () => {
    assert.throws(() => keyOf(topics.resolvedLines, unknown('1', 'web:\u00001')), { code: 'FACT_INVALID', kind: 'poison' });
  });
  it('are the key fields joined, and tell their parts again whatever is in them', () => {
    assert.equal(keyOf(topics.resolvedLines, unknown('1')), 'acme|web:1');
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (company, order) => {
        const key = keyOf(topics.resolvedLines, lineUnknown({ company, order, line: '1', code: 'c', revision: 1 }));
        assert.deepEqual(keyParts(key), [company, order]);
      }),
    );
  });
  it('are refused when a part is empty', () => {
    assert.throws(() => keyOf(topics.resolvedLines, unknown('1', '')), /order is "", not an id/);
  });
  it("fall on the partitions that Kafka's own clients choose", () => {
    // Vectors of org.apache.kafka.common.utils.UtilsTest#testMurmur2.
    const vectors: readonly (readonly [string, number])[] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ];
    for (const [text, hash] of vectors) assert.equal(murmur2(Buffer.from(text)), hash, text);
    for (let i = 0; i < 100; i++) assert.equal([0, 1, 2].includes(partitionOf(Buffer.from(`k${i}`), 3)), true);
  });
});
describe('ids of facts', () => {
  it('depend on cause, unit, type and what tells equal types apart, never on a position', () => {
    const id = (line: string): string =>
      processedId('cause', 'catalogue', 'LineUnknown', discriminatorOf('acme|web:1', unknown(line)));
    assert.equal(id('1'), id('1'));
    assert.notEqual(id('1'), id('2'));
    assert.notEqual(id('1'), processedId('cause', 'other', 'LineUnknown', discriminatorOf('acme|web:1', unknown('1'))));
  });
  it('do not run together: no two different inputs make one text', () => {
    assert.notEqual(producedId('a', 'bc', 'v', 't', 'd'), producedId('ab', 'c', 'v', 't', 'd'));
  });
  it('are as they were: these are written in topics', () => {
    assert.deepEqual(
      [processedId('c', 'u', 't', 'd'), producedId('s', 'o', 'v', 't', 'd')],
      ['uaeVx4cfUukgrHrUBRp5i5', 'Uo9BRUdtL1B3iUDoVipOCi'],
    );
  });
});
