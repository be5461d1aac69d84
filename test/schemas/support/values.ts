/** Any value that a schema allows, drawn from the schema itself. */
import fc from 'fast-check';
import type { AvroField, AvroOther, AvroRecord, AvroSchema } from '../../../schemas/load.ts';

type Records = ReadonlyMap<string, AvroRecord>;
const fullName = ({ name, namespace = 'onhand' }: AvroRecord): string => `${namespace}.${name}`;
/** Records by their full names, wherever they are written out. */
const recordsIn = (schema: AvroSchema): readonly (readonly [string, AvroRecord])[] => {
  if (typeof schema === 'string') return [];
  if (Array.isArray(schema)) return (schema as readonly AvroSchema[]).flatMap(recordsIn);
  const one = schema as AvroRecord | AvroOther;
  if (one.type === 'array') return recordsIn(one.items);
  return [[fullName(one), one], ...one.fields.flatMap(field => recordsIn(field.type))];
};

const primitives: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
  string: () => fc.string({ unit: 'binary', maxLength: 20 }),
  // What the codec gives back exactly; it refuses the rest.
  long: () => fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 52n), max: 2n ** 53n - 2n }).map(Number)),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
};
const valueOf = (schema: AvroSchema, records: Records): fc.Arbitrary<unknown> => {
  if (typeof schema === 'string') {
    const record = records.get(schema);
    if (record !== undefined) return recordOf(record, records);
    const primitive = primitives[schema];
    if (primitive === undefined)
      throw new Error(`no values of the type ${schema} can be drawn: teach test/schemas/support/values.ts`);
    return primitive();
  }
  if (Array.isArray(schema)) return fc.oneof(...(schema as readonly AvroSchema[]).map(one => valueOf(one, records)));
  const one = schema as AvroRecord | AvroOther;
  return one.type === 'array' ? fc.array(valueOf(one.items, records), { maxLength: 3 }) : recordOf(one, records);
};
const fieldOf = ({ values, type }: AvroField, records: Records): fc.Arbitrary<unknown> =>
  values === undefined ? valueOf(type, records) : fc.constantFrom(...values);
const recordOf = (record: AvroRecord, records: Records): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.record(Object.fromEntries(record.fields.map(field => [field.name, fieldOf(field, records)])), { noNullPrototype: true });

export const anyOf = (schema: AvroRecord): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  recordOf(schema, new Map(recordsIn(schema)));
