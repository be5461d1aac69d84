/** Reads the .avsc files: one per fact, shared records written in where they are first named, so that each schema stands alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type AvroSchema = string | readonly AvroSchema[] | AvroRecord | AvroOther;
export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}
export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
  /** Of text: the words it may be. No Avro enum, which could never gain a word under FULL_TRANSITIVE. */
  readonly values?: readonly string[];
}
export interface AvroOther {
  readonly type: 'array';
  readonly items: AvroSchema;
}

const folder = import.meta.dirname;
const read = (path: string): AvroRecord => JSON.parse(readFileSync(path, 'utf8')) as AvroRecord;
const files = (path: string): readonly string[] =>
  readdirSync(path)
    .filter(name => name.endsWith('.avsc'))
    .sort();

/** Shared records by name. */
export const sharedRecords: ReadonlyMap<string, AvroRecord> = new Map(
  files(join(folder, 'shared')).map(name => [name.replace('.avsc', ''), read(join(folder, 'shared', name))]),
);

const inline = (schema: AvroSchema, seen: Set<string>): AvroSchema => {
  if (typeof schema === 'string') {
    const shared = sharedRecords.get(schema);
    if (shared === undefined || seen.has(schema)) return shared === undefined ? schema : `onhand.${schema}`;
    seen.add(schema);
    return inline(shared, seen);
  }
  if (Array.isArray(schema)) return (schema as readonly AvroSchema[]).map(one => inline(one, seen));
  const one = schema as AvroRecord | AvroOther;
  if (one.type === 'record') return { ...one, fields: one.fields.map(field => ({ ...field, type: inline(field.type, seen) })) };
  return { ...one, items: inline(one.items, seen) };
};

/** The facts' schemas as they are written in the files (shared records by name), by fact. */
export const factFiles: ReadonlyMap<string, AvroRecord> = new Map(
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !['shared', 'generated', 'history'].includes(entry.name))
    .flatMap(entry => files(join(folder, entry.name)).map(name => read(join(folder, entry.name, name))))
    .map(record => [record.name, record]),
);

/** The facts' schemas, each standing alone, as registered. */
export const factSchemas: ReadonlyMap<string, AvroRecord> = new Map(
  [...factFiles].map(([name, record]) => [name, inline(record, new Set()) as AvroRecord]),
);
/** The earlier versions of a fact's schema, oldest first, the current one last once it is released (`schemas/history/FACT/N.avsc`). */
export const schemaHistory = (fact: string): readonly AvroRecord[] => {
  try {
    const names = [...files(join(folder, 'history', fact))].sort((a, b) => parseInt(a) - parseInt(b));
    return names.map(name => read(join(folder, 'history', fact, name)));
  } catch {
    return [];
  }
};
/** One subject per record. */
export const subjectOf = (fact: string): string => `onhand.${fact}`;
