/**
 * Facts of the trade as their schemas are today, read by a release that knows one field more of the fact and of each record in it, beside
 * facts that this later release wrote itself. The codec is the shipping one.
 */
import type { Fact } from '../../runtime/model.ts';
import { codecOf, type Registry, type Schemas } from '../../runtime/wire/codec.ts';
import { factSchemas, type AvroRecord, type AvroSchema } from '../../schemas/load.ts';
import { answer, given } from './given.ts';

const facts = ['OrderPlaced', 'ReservationSet', 'StockReserved', 'LineResolved', 'PaymentApplied', 'OrderConfirmed'];
const added = { name: 'addedLater', type: ['null', 'string'], default: null } as const;

const isRecord = (schema: AvroSchema): schema is AvroRecord =>
  typeof schema === 'object' && 'type' in schema && schema.type === 'record';
const isArray = (schema: AvroSchema): schema is { readonly type: 'array'; readonly items: AvroSchema } =>
  typeof schema === 'object' && 'type' in schema && schema.type === 'array';
const later = (schema: AvroSchema): AvroSchema => {
  if (isRecord(schema)) return { ...schema, fields: [...schema.fields.map(one => ({ ...one, type: later(one.type) })), added] };
  if (isArray(schema)) return { ...schema, items: later(schema.items) };
  return Array.isArray(schema) ? (schema as readonly AvroSchema[]).map(later) : schema;
};
/** A value of the size that facts have: three lines, texts of some letters. */
const valueOf = (schema: AvroSchema, named: Map<string, AvroRecord>): unknown => {
  if (isRecord(schema)) {
    named.set(`onhand.${schema.name}`, schema);
    // Nothing is in the new field: both versions carry the same.
    return Object.fromEntries(schema.fields.map(one => [one.name, one.name === added.name ? null : valueOf(one.type, named)]));
  }
  if (isArray(schema)) return Array.from({ length: 3 }, () => valueOf(schema.items, named));
  if (Array.isArray(schema))
    return valueOf(
      (schema as readonly AvroSchema[]).findLast(one => one !== 'null')!,
      named,
    );
  switch (schema) {
    case 'string':
      return 'web:10000727';
    case 'long':
      return 1_767_225_600_000;
    case 'int':
      return 2_100;
    case 'boolean':
      return true;
    default: {
      const known = typeof schema === 'string' ? named.get(schema) : undefined;
      if (known === undefined) throw new Error(`no value is known for ${JSON.stringify(schema)}`);
      return valueOf(known, named);
    }
  }
};
const today: Schemas = new Map(facts.map(fact => [fact, factSchemas.get(fact)!]));
const tomorrow: Schemas = new Map([...today].map(([fact, schema]) => [fact, later(schema) as AvroRecord]));
const ofTomorrow = 100;
const registry = (base: number): Registry => ({
  idsOf: names => Promise.resolve(new Map(names.map(name => [name, base + facts.indexOf(name)]))),
  schemaOf: id => Promise.resolve((id >= ofTomorrow ? tomorrow : today).get(facts[id % ofTomorrow] ?? '')),
});
const former = codecOf(registry(0), today);
const latter = codecOf(registry(ofTomorrow), tomorrow);
await Promise.all([former.prepare(facts), latter.prepare(facts)]);
const factsOf = (schemas: Schemas): readonly Fact[] =>
  facts.map(type => ({ type, data: valueOf(schemas.get(type)!, new Map()) }));
const older = factsOf(today).map(former.encode);
const current = factsOf(tomorrow).map(latter.encode);
await latter.ensure([...older, ...current]);

const roundMs = Number(given('ROUND_MS'));
const perTurn = 200;
/** Time that this process computed, ms: nothing here waits, and what else the machine does is not ours. */
const computedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** Decodes in a second of computing. */
const rate = (values: readonly Buffer[]): number => {
  const begun = computedMs();
  let [count, taken] = [0, 0];
  for (; taken < roundMs; taken = computedMs() - begun, count += perTurn)
    for (let i = 0; i < perTurn; i++) latter.decode(values[i % values.length]!, 'bench');
  return (count * 1000) / taken;
};
// Both decoders are compiled before either is measured.
for (let warm = 0; warm < 3; warm++) [older, current].map(rate);
const samples = Array.from({ length: Number(given('ROUNDS')) }, () => ({ older: rate(older), current: rate(current) }));
const each = facts.map((fact, i) => ({ fact, ratio: rate([older[i]!]) / rate([current[i]!]) }));
answer({ samples, each });
