/** The record batch encoder and decoder: what is written is read, whatever it is; and nothing is read beyond its bounds. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeBatch, type Encodable } from '../../../runtime/kafka/mended/batches.ts';
import { crc32c } from '../../../runtime/kafka/mended/crc32c.ts';
import { fieldAt, readCommitted, readHeaders, type Make } from '../../../runtime/kafka/mended/records.ts';
import type { Headers } from '../../../runtime/port.ts';
import { encodeHeaders } from '../../../runtime/wire/headers.ts';
import { batchBytes, record, type CraftedBatch } from '../../kafka/mended/fetch-answer.ts';

interface Read {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string])[];
}
const make: Make<Read> = (offset, timestamp, bytes, keyAt, valueAt, headersAt) => ({
  offset,
  timestamp,
  key: fieldAt(bytes, keyAt)?.toString('hex') ?? null,
  value: fieldAt(bytes, valueAt)?.toString('hex') ?? null,
  headers: Object.entries(readHeaders(bytes, headersAt)).map(([name, header]) => [name, header.toString('hex')] as const),
});
const read = (batches: readonly CraftedBatch[], aborted: readonly { producerId: number; firstOffset: number }[] = [], from = 0) =>
  readCommitted(Buffer.concat(batches.map(batchBytes)), aborted, from, make);
const offsetsOf = (records: readonly Read[]): number[] => records.map(({ offset }) => offset);

const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array));
const anyRecord: fc.Arbitrary<Encodable & { readonly headers: Headers }> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc
    .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }), bytes), {
      selector: ([name]) => Buffer.from(name).toString(),
      maxLength: 9,
    })
    .map(pairs => pairs.map(([name, value]) => [Buffer.from(name), value] as const)),
  timestamp: fc.integer({ min: 0, max: 4e12 }),
});

describe('record batches', () => {
  it('are read as they were written, with every codec that Node has', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(0, 1, 4),
        fc.nat(2 ** 40),
        fc.boolean(),
        (records, codec, base, isEncoded) => {
          const given = isEncoded ? records.map(one => ({ ...one, headers: encodeHeaders(one.headers) })) : records;
          const { records: got, next } = read([{ base, codec, records: given }]);
          assert.equal(next, base + records.length);
          const wanted = records.map(({ key, value, headers, timestamp }, index) => ({
            offset: base + index,
            timestamp: timestamp ?? 0,
            key: key?.toString('hex') ?? null,
            value: value?.toString('hex') ?? null,
            headers: Object.entries(
              Object.fromEntries(headers.map(([name, header]) => [name.toString(), header.toString('hex')])),
            ),
          }));
          assert.deepEqual(got.map(sorted), wanted.map(sorted));
        },
      ),
    );
  });

  it('are closed at the size asked for, and hold at least one record', () => {
    const records = Array.from({ length: 10 }, (_, index) => record('x'.repeat(index === 3 ? 5_000 : 100)));
    const options = { now: 5, producerId: 1n, producerEpoch: 0, firstSequence: 0, transactional: false, maxBytes: 400 };
    const counts: number[] = [];
    for (let start = 0; start < records.length; start += counts.at(-1) ?? 1) {
      const batch = encodeBatch(records, start, options);
      counts.push(batch.count);
      assert.ok(batch.count === 1 || batch.bytes.length <= 400);
    }
    assert.deepEqual(counts, [3, 1, 3, 3]);
  });

  it('carry the CRC-32C of the published test vectors', () => {
    assert.equal(crc32c(Buffer.from('123456789'), 0, 9), 0xe3069283);
    assert.equal(crc32c(Buffer.alloc(32), 0, 32), 0x8a9136aa);
    assert.equal(crc32c(Buffer.from('--123456789--'), 2, 11), 0xe3069283);
  });

  it("tell the broker's append time where the topic uses it, else the author's", () => {
    const records = [
      { ...record('a'), timestamp: 10 },
      { ...record('b'), timestamp: 20 },
    ];
    assert.deepEqual(
      read([{ base: 0, records }]).records.map(r => r.timestamp),
      [10, 20],
    );
    assert.deepEqual(
      read([{ base: 0, records, appendTime: 99 }]).records.map(r => r.timestamp),
      [99, 99],
    );
  });

  it('give nothing from before the offset asked for, though the batch began earlier', () => {
    const batch = { base: 10, records: [record('a'), record('b'), record('c')] };
    assert.deepEqual(offsetsOf(read([batch], [], 11).records), [11, 12]);
  });

  it('leave a batch that the broker cut off, and say to read on before it', () => {
    const whole = Buffer.concat(
      [
        { base: 0, records: [record('a')] },
        { base: 1, records: [record('b')] },
      ].map(batchBytes),
    );
    for (const cut of [1, 30, 61]) {
      const { records, next } = readCommitted(whole.subarray(0, whole.length - cut), [], 0, make);
      assert.deepEqual([offsetsOf(records), next], [[0], 1]);
    }
    assert.deepEqual(readCommitted(Buffer.alloc(0), [], 7, make), { records: [], next: 7 });
  });

  it('hide exactly the aborted transactions, however many producers interleave and in whatever order they abort', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.infiniteStream(fc.nat(1_000)), (steps, shuffle) =>
        checkAborts(steps, shuffle),
      ),
    );
  });

  it('refuse lengths that lead out of the batch, and formats that are not known', () => {
    const long = batchBytes({ base: 0, records: [record('abc')] });
    long[61] = 0x7e;
    assert.throws(() => readCommitted(long, [], 0, make), { code: 'RECORD_UNREADABLE' });
    const field = batchBytes({ base: 0, records: [record('abc', null)] });
    field[66] = 0x7e;
    assert.throws(() => readCommitted(field, [], 0, make), { code: 'RECORD_UNREADABLE' });
    const old = batchBytes({ base: 0, records: [record('abc')] });
    old[16] = 1;
    assert.throws(() => readCommitted(old, [], 0, make), { code: 'RECORD_UNREADABLE' });
    const snappy = batchBytes({ base: 0, records: [record('abc')] });
    snappy.writeInt16BE(2, 21);
    assert.throws(() => readCommitted(snappy, [], 0, make), /snappy/);
  });
});

const sorted = (one: Read): Read => ({ ...one, headers: one.headers.toSorted(([a], [b]) => (a < b ? -1 : 1)) });

type Step = { readonly producer: number; readonly does: 'send' | 'commit' | 'abort' };
const step: fc.Arbitrary<Step> = fc.record({
  producer: fc.integer({ min: 1, max: 4 }),
  does: fc.constantFrom('send', 'send', 'send', 'commit', 'abort'),
});

/** Writes the steps as a log with a model beside it, and compares; transactions still open at the end are behind the last stable offset. */
const checkAborts = (steps: readonly Step[], shuffle: Iterator<number>): void => {
  const batches: CraftedBatch[] = [];
  const open = new Map<number, number[]>();
  const committed: number[] = [];
  const aborted: { producerId: number; firstOffset: number }[] = [];
  const closing = [1, 2, 3, 4].map(producer => ({ producer, does: 'commit' as const }));
  for (const { producer, does } of [...steps, ...closing]) {
    const mine = open.get(producer);
    const base = batches.length;
    if (does === 'send') {
      open.set(producer, [...(mine ?? []), base]);
      batches.push({ base, producerId: producer, transactional: true, records: [record('x')] });
    } else if (mine !== undefined) {
      if (does === 'commit') committed.push(...mine);
      else aborted.push({ producerId: producer, firstOffset: mine[0] ?? base });
      batches.push({ base, producerId: producer, control: does });
      open.delete(producer);
    }
  }
  const listed = aborted.toSorted(() => Number(shuffle.next().value) - 500);
  const { records, next } = read(batches, listed);
  assert.deepEqual(
    offsetsOf(records),
    committed.toSorted((a, b) => a - b),
  );
  assert.equal(next, batches.length);
};
