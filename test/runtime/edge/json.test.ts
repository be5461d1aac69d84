import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isFailure } from '../../../runtime/failure.ts';
import { maxDepth, readJson } from '../../../runtime/edge/json.ts';

const read = (text: string | Uint8Array): unknown => readJson(Buffer.from(text), 'a delivery');
const refused = (text: string | Uint8Array, part: RegExp): void =>
  assert.throws(
    () => read(text),
    error => {
      assert.ok(isFailure(error) && error.kind === 'poison' && error.code === 'BODY_MALFORMED', String(error));
      assert.match(error.message, part);
      return true;
    },
  );
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('strict JSON', () => {
  it('reads all that JSON.stringify writes as JSON.parse does', () =>
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), value => {
        const text = JSON.stringify(value);
        if (/"__proto__"|"prototype"/.test(text)) return;
        assert.deepEqual(read(text), JSON.parse(text));
        assert.deepEqual(read(JSON.stringify(value, null, 2)), JSON.parse(text));
      }),
    ));
  it('never throws anything but a refusal, whatever the bytes', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({
            unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', 'u', '1', 'd', '8', 'e', '-', '.', ' ', '\n', 'n'),
          }),
        ),
        bytes => {
          try {
            read(bytes);
          } catch (error) {
            assert.ok(isFailure(error) && error.code === 'BODY_MALFORMED', String(error));
          }
        },
      ),
      { numRuns: 2_000 },
    ));
  it('refuses what is not JSON, not UTF-8, or begins with a byte order mark', () => {
    for (const text of ['', '{', '{"a":}', "{'a':1}", '[1,]', 'NaN', '{"a":1}x', '"\n"', '01', '-'])
      refused(text, /it is not JSON/);
    refused(Uint8Array.of(0x22, 0xc3, 0x22), /not UTF-8/);
    refused('\ufeff{}', /byte order mark/);
  });
  it('refuses keys that change the prototype of whoever copies them', () => {
    refused('{"a":{"__proto__":{"x":1}}}', /__proto__/);
    refused('{"\\u005f_proto__":1}', /__proto__/);
    refused('{"constructor":{"prototype":{"x":1}}}', /prototype/);
    assert.deepEqual(read('{"constructor":"Ford","prototype":true}'), { constructor: 'Ford', prototype: true });
  });
  it('refuses the same key twice in one object, however it is written, and takes it in two', () => {
    refused('{"id":1,"x":{"id":2},"id":3}', /same key twice/);
    refused('{"id":1,"i\\u0064":2}', /same key twice/);
    assert.deepEqual(read('[{"id":1},{"id":1,"x":{"id":"id"}}]'), [{ id: 1 }, { id: 1, x: { id: 'id' } }]);
  });
  it('refuses half a character and takes a whole one', () => {
    refused('{"a":"\\ud83d"}', /half a character/);
    refused('{"\\uDE00":1}', /half a character/);
    assert.deepEqual(read('["\\ud83d\\ude00"]'), ['😀']);
  });
  it('refuses numbers beyond all bounds', () => {
    refused('[1e999]', /number/);
    assert.deepEqual(read('[1e10,-0.5,1E-3]'), [1e10, -0.5, 1e-3]);
  });
  it('refuses what is nested too deep, at once', () => {
    assert.deepEqual(JSON.stringify(read(nested(maxDepth))), nested(maxDepth));
    refused(nested(maxDepth + 1), /deeper/);
    const started = performance.now();
    refused('['.repeat(1_000_000), /deeper/);
    assert.ok(performance.now() - started < 1_000);
  });
  it('shows nothing of the content', () => {
    for (const text of ['{"name":"Noor","name":"Noor"}', '{"name":"Noor"', '{"Noor":"\\ud800"}'])
      assert.throws(
        () => read(text),
        (error: Error) => !`${error.message}${String(error.cause)}`.includes('Noor'),
      );
  });
});
