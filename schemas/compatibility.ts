/** Whether versions of a fact's schema can read each other, without a registry: what a release is refused for, and a law of the tests. */
import avsc from 'avsc';
import type { AvroOther, AvroRecord, AvroSchema } from './load.ts';

const typeOf = (schema: AvroRecord): avsc.Type => avsc.Type.forSchema(schema as unknown as avsc.Schema);
/** Words that a text may be, by where it stands. Avro does not know of them, so no registry would miss one. */
const wordsIn = (schema: AvroSchema, path = ''): ReadonlyMap<string, readonly string[]> => {
  if (typeof schema === 'string') return new Map();
  if (Array.isArray(schema)) return new Map((schema as readonly AvroSchema[]).flatMap(one => [...wordsIn(one, path)]));
  const one = schema as AvroRecord | AvroOther;
  if (one.type === 'array') return wordsIn(one.items, `${path}[]`);
  return new Map(
    one.fields.flatMap(({ name, type, values }) => [
      ...(values === undefined ? [] : [[`${path}.${name}`, values] as const]),
      ...wordsIn(type, `${path}.${name}`),
    ]),
  );
};
const unread = (reader: AvroRecord, writer: AvroRecord, readers: string, writers: string): readonly string[] => {
  try {
    typeOf(reader).createResolver(typeOf(writer));
    return [];
  } catch (error) {
    return [`${readers} cannot read what ${writers} wrote: ${error instanceof Error ? error.message : String(error)}`];
  }
};

/** All that is wrong between an earlier version and a later one, in words: each must read what the other wrote (FULL). */
export const incompatibilities = (earlier: AvroRecord, later: AvroRecord): readonly string[] => [
  ...unread(later, earlier, 'the later version', 'the earlier one'),
  ...unread(earlier, later, 'the earlier version', 'the later one'),
  ...[...wordsIn(earlier)].flatMap(([path, words]) => {
    const left = wordsIn(later).get(path);
    const gone = left === undefined ? [] : words.filter(word => !left.includes(word));
    return gone.length === 0 ? [] : [`the later version no longer knows ${gone.join(', ')} at ${path.slice(1)}`];
  }),
];
