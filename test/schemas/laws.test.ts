/** The laws of every schema: encode then decode is the same; each version reads its predecessors, and they read it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import fc from 'fast-check';
import { isFailure } from '../../runtime/failure.ts';
import { codecOf, memoryRegistry, type Codec } from '../../runtime/wire/codec.ts';
import { incompatibilities } from '../../schemas/compatibility.ts';
import { factSchemas, schemaHistory, type AvroField, type AvroRecord, type AvroSchema } from '../../schemas/load.ts';
import { seed } from '../laws/processors.ts';
import { anyOf } from './support/values.ts';

/** Decoded records are of classes that avsc makes; what they say is compared. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const check = (property: fc.IProperty<[Readonly<Record<string, unknown>>]>): void => fc.assert(property, { seed, numRuns: 60 });

describe(`laws of the schemas (seed ${seed})`, () => {
  let codec: Codec;
  before(async () => {
    codec = codecOf(memoryRegistry());
    await codec.prepare([...factSchemas.keys()]);
    for (const type of factSchemas.keys()) {
      const [value] = fc.sample(anyOf(factSchemas.get(type)!), { seed, numRuns: 1 });
      await codec.ensure([codec.encode({ type, data: value })]);
    }
  });
  for (const [type, schema] of factSchemas) {
    it(`${type}: encoded and decoded it is the same`, () =>
      check(
        fc.property(anyOf(schema), data => {
          const decoded = codec.decode(codec.encode({ type, data }), 'a test');
          assert.deepEqual({ type: decoded.type, data: plain(decoded.data) }, { type, data });
        }),
      ));
    it(`${type}: a field that is missing, or of another type, is refused and named`, () => {
      const [data] = fc.sample(anyOf(schema), { seed, numRuns: 1 });
      for (const { name, default: fallback } of schema.fields)
        for (const wrong of [...(fallback === undefined ? [undefined] : []), { no: 'such value' }])
          assert.throws(
            () => codec.encode({ type, data: { ...data, [name]: wrong } }),
            error => isFailure(error) && error.code === 'FACT_INVALID' && error.message.includes(name),
            `${name}: ${JSON.stringify(wrong)}`,
          );
    });
    it(`${type}: every version reads every other`, () => {
      const versions = [...schemaHistory(type), schema];
      const wrong = versions.flatMap((later, at) =>
        versions
          .slice(0, at)
          .flatMap((earlier, before) =>
            incompatibilities(earlier, later).map(problem => `${before + 1} and ${at + 1}: ${problem}`),
          ),
      );
      assert.deepEqual(wrong, []);
    });
    it(`${type}: what earlier versions wrote is read by this release`, async () => {
      for (const [index, earlier] of schemaHistory(type).entries()) await readsWhatWasWritten(type, earlier, index + 1);
    });
  }
  it('a number that could not be given back exactly is refused, not turned into another', () => {
    const data = { company: 'acme', code: 'sku:A', order: 'web:1', line: '1', revision: 1 };
    const asked = (quantityMilli: number) => ({ type: 'LineAsked', data: { ...data, quantityMilli } });
    for (const exact of [-(2 ** 52), 2 ** 53 - 2])
      assert.deepEqual(plain(codec.decode(codec.encode(asked(exact)), 'a test')), asked(exact));
    for (const inexact of [-(2 ** 52) - 1, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 2 ** 60, 1.5, NaN, Infinity])
      assert.throws(
        () => codec.encode(asked(inexact)),
        error => isFailure(error) && error.code === 'FACT_INVALID' && error.message.includes('quantityMilli'),
        String(inexact),
      );
  });
  it('the versions of a fact are numbered from 1 on, and no fact that was released is gone', () => {
    const folder = join(import.meta.dirname, '..', '..', 'schemas', 'history');
    assert.ok(existsSync(folder), 'nothing was released: `npm run schemas:release`');
    for (const fact of readdirSync(folder)) {
      assert.ok(factSchemas.has(fact), `${fact} was released and is gone: records of it are kept for ever`);
      const names = readdirSync(join(folder, fact)).sort((a, b) => parseInt(a) - parseInt(b));
      assert.deepEqual(
        names,
        names.map((_, index) => `${index + 1}.avsc`),
      );
      for (const one of schemaHistory(fact)) assert.equal(one.name, fact);
    }
  });
});

const readsWhatWasWritten = async (type: string, earlier: AvroRecord, version: number): Promise<void> => {
  const id = 1_000 + version;
  const codec = codecOf({ ...memoryRegistry(), schemaOf: asked => Promise.resolve(asked === id ? earlier : undefined) });
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  await codec.ensure([Buffer.concat([header, Buffer.from([0])])]);
  const writer = avsc.Type.forSchema(earlier as unknown as avsc.Schema);
  check(
    fc.property(anyOf(earlier), data => {
      const read = codec.decode(Buffer.concat([header, writer.toBuffer(data)]), 'a test');
      const known = plain(read.data) as Readonly<Record<string, unknown>>;
      assert.equal(read.type, type);
      for (const { name } of earlier.fields) if (name in known) assert.deepEqual(known[name], data[name], name);
    }),
  );
};

describe('versions of a schema that cannot read each other', () => {
  const field = (name: string, type: AvroSchema, more: Partial<AvroField> = {}): AvroField => ({ name, type, ...more });
  const record = (...fields: readonly AvroField[]): AvroRecord => ({
    type: 'record',
    name: 'Probe',
    namespace: 'onhand',
    fields,
  });
  const released = record(
    field('order', 'string'),
    field('kind', 'string', { values: ['goods', 'fee'] }),
    field('note', 'string', { default: '' }),
  );
  const [order, kind, note] = released.fields as readonly [AvroField, AvroField, AvroField];
  const refused: readonly (readonly [what: string, later: AvroRecord, said: RegExp])[] = [
    ['a field is added without a default', record(...released.fields, field('at', 'long')), /later version cannot read.*at/s],
    ['a field without a default is taken away', record(kind, note), /earlier version cannot read.*order/s],
    ['a field is renamed', record(field('orderId', 'string'), kind, note), /later version cannot read.*orderId/s],
    ['a field gets another type', record(field('order', 'long'), kind, note), /cannot read/],
    ['a field may be null from now on', record(field('order', ['null', 'string']), kind, note), /earlier version cannot read/],
    ['a word is taken away', record(order, field('kind', 'string', { values: ['goods'] }), note), /no longer knows fee at kind/],
  ];
  for (const [what, later, said] of refused)
    it(`are found: ${what}`, () => assert.match(incompatibilities(released, later).join('\n'), said));
  const taken: readonly (readonly [what: string, later: AvroRecord])[] = [
    ['nothing changed', released],
    ['a field with a default is added', record(...released.fields, field('at', ['null', 'long'], { default: null }))],
    ['a field with a default is taken away', record(order, kind)],
    ['a word is added', record(order, field('kind', 'string', { values: ['goods', 'fee', 'gift'] }), note)],
    ['fields stand in another order', record(note, kind, order)],
    ['a doc is written anew', record({ ...order, doc: 'Which order.' }, kind, note)],
  ];
  for (const [what, later] of taken)
    it(`are told from those that can: ${what}`, () => assert.deepEqual(incompatibilities(released, later), []));
});
