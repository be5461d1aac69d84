/** Facts to bytes and back: Avro in Confluent framing, by avsc with cached resolvers. The registry is asked once per schema. */
import avsc from 'avsc';
import type { Fact } from '../model.ts';
import { fatal, poison } from '../failure.ts';
import { factSchemas, type AvroRecord } from '../../schemas/load.ts';

export interface Registry {
  /** Ids of the current schemas by fact; a fact whose current schema is not registered is absent. Throws transient REGISTRY_UNREACHABLE. */
  readonly idsOf: (facts: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /** The schema of an id as JSON, or undefined when the registry has none. */
  readonly schemaOf: (id: number) => Promise<object | undefined>;
}
export interface Codec {
  /** Throws fatal SCHEMA_MISSING, naming the command, when one is not registered. */
  readonly prepare: (facts: readonly string[]) => Promise<void>;
  /** Fetches the schemas that these values were written with. */
  readonly ensure: (values: readonly (Buffer | null)[]) => Promise<void>;
  /** Throws poison FACT_INVALID naming the field. */
  readonly encode: (fact: Fact) => Buffer;
  /** Throws poison SCHEMA_UNKNOWN or RECORD_UNREADABLE. */
  readonly decode: (value: Buffer | null, where: string) => Fact;
}

interface LongInternals {
  _write: (tap: unknown, value: number) => void;
  _check: (value: unknown, ...rest: readonly unknown[]) => boolean;
}
/** avsc zigzags in doubles: below this a number would come back with the other sign. */
const leastLong = -(2 ** 52);
/** A long that refuses what it could not give back; avsc freezes its own. */
const exactLong = (): avsc.Type => {
  const long = new avsc.types.LongType();
  const { _write: write, _check: check } = long as unknown as LongInternals;
  const exact: LongInternals = {
    _write: (tap, value) => {
      if (value < leastLong) throw new Error('it is below -2^52');
      write.call(long, tap, value);
    },
    _check: (value, ...rest) => check.call(long, typeof value === 'number' && value < leastLong ? undefined : value, ...rest),
  };
  return Object.create(long, Object.getOwnPropertyDescriptors(exact)) as avsc.Type;
};
const typeHook = (schema: unknown): avsc.Type | undefined => (schema === 'long' ? exactLong() : undefined);

/** Where a value does not fit, as `lines.0.netMinor`; values themselves are not told, they may be personal. */
const misfit = (type: avsc.Type, data: unknown): string => {
  const paths: string[] = [];
  type.isValid(data, { errorHook: path => void paths.push(path.join('.')) });
  return paths.slice(0, 5).join(', ') || 'the record itself';
};
const slabSize = 1 << 20;

/** The current schema of each fact, standing alone, by the fact's name. */
export type Schemas = ReadonlyMap<string, AvroRecord>;

/** Avro types by fact, made when first asked for. */
const typesOf = (schemas: Schemas): ((fact: string) => avsc.Type | undefined) => {
  const types = new Map<string, avsc.Type>();
  return fact => {
    const found = types.get(fact);
    const schema = schemas.get(fact);
    if (found !== undefined || schema === undefined) return found;
    const type = avsc.Type.forSchema(schema as unknown as avsc.Schema, { typeHook });
    types.set(fact, type);
    return type;
  };
};

export const codecOf = (registry: Registry, schemas: Schemas = factSchemas): Codec => {
  const typeOf = typesOf(schemas);
  const idsByFact = new Map<string, number>();
  const readers = new Map<number, { readonly fact: string; readonly type: avsc.Type; readonly resolver: unknown } | undefined>();
  let slab = Buffer.allocUnsafeSlow(slabSize);
  let at = 0;
  const load = async (id: number): Promise<void> => {
    const schema = (await registry.schemaOf(id)) as { readonly name?: string } | undefined;
    // Not remembered: a retry asks again, once the registry has it.
    if (schema === undefined) return;
    const fact = schema.name?.replace(/^onhand\./, '');
    const type = fact === undefined ? undefined : typeOf(fact);
    if (fact === undefined || type === undefined) return void readers.set(id, undefined);
    const writer = avsc.Type.forSchema(schema as avsc.Schema);
    try {
      const resolver =
        JSON.stringify(writer.schema()) === JSON.stringify(type.schema()) ? undefined : type.createResolver(writer);
      readers.set(id, { fact, type, resolver });
    } catch {
      readers.set(id, undefined);
    }
  };
  const idOf = (value: Buffer | null): number | undefined =>
    value !== null && value.length > 5 && value[0] === 0 ? value.readInt32BE(1) : undefined;
  return {
    prepare: async facts => {
      const ids = await registry.idsOf(facts);
      const missing = facts.filter(fact => !ids.has(fact));
      if (missing.length > 0)
        throw fatal(
          'SCHEMA_MISSING',
          `starting: the registry lacks the current schema of ${missing.join(', ')}; run \`onhand schemas apply\``,
        );
      for (const [fact, id] of ids) idsByFact.set(fact, id);
    },
    ensure: async values => {
      const unknown = new Set<number>();
      for (const value of values) {
        const id = idOf(value);
        if (id !== undefined && !readers.has(id)) unknown.add(id);
      }
      for (const id of unknown) await load(id);
    },
    encode: fact => {
      const type = typeOf(fact.type);
      const id = idsByFact.get(fact.type);
      if (type === undefined || id === undefined)
        throw poison(
          'FACT_INVALID',
          `encoding ${fact.type}: there is no such fact, or its topic is not among those the unit writes`,
        );
      if (slabSize - at < 65_536) {
        slab = Buffer.allocUnsafeSlow(slabSize);
        at = 0;
      }
      try {
        const end = type.encode(fact.data, slab, at + 5);
        if (end < 0) {
          const bytes = type.toBuffer(fact.data);
          const large = Buffer.allocUnsafe(5 + bytes.length);
          large[0] = 0;
          large.writeInt32BE(id, 1);
          bytes.copy(large, 5);
          return large;
        }
        const from = at;
        slab[from] = 0;
        slab.writeInt32BE(id, from + 1);
        at = end;
        return slab.subarray(from, end);
      } catch (error) {
        throw poison('FACT_INVALID', `encoding ${fact.type}: does not fit its schema at ${misfit(type, fact.data)}`, {
          cause: error,
        });
      }
    },
    decode: (value, where) => {
      const id = idOf(value);
      if (value === null || id === undefined)
        throw poison(
          'RECORD_UNREADABLE',
          `reading ${where}: ${value === null ? 'it has no value' : 'it does not begin with a schema id'}`,
        );
      const reader = readers.get(id);
      if (reader === undefined)
        throw poison('SCHEMA_UNKNOWN', `reading ${where}: schema ${id} is unknown to the registry or to this release`);
      try {
        const decoded = reader.type.decode(value, 5, reader.resolver as Parameters<avsc.Type['decode']>[2]);
        if (decoded.offset !== value.length) throw new Error(`${value.length - decoded.offset} bytes are left over`);
        return { type: reader.fact, data: decoded.value };
      } catch (error) {
        throw poison(
          'RECORD_UNREADABLE',
          `reading ${where} as ${reader.fact}: ${error instanceof Error ? error.message : 'bytes do not fit'}`,
          { cause: error },
        );
      }
    },
  };
};
/** A registry in memory, for flows without one; ids by the order of the facts. */
export const memoryRegistry = (schemas: Schemas = factSchemas): Registry => {
  const names = [...schemas.keys()];
  return {
    idsOf: facts =>
      Promise.resolve(new Map(facts.filter(fact => names.includes(fact)).map(fact => [fact, names.indexOf(fact) + 1]))),
    schemaOf: id => Promise.resolve(schemas.get(names[id - 1] ?? '')),
  };
};
