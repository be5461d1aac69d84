/** Writes the TypeScript types of all facts from the .avsc files; `--check` compares instead, for CI. */
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { factFiles, sharedRecords, type AvroField, type AvroOther, type AvroRecord, type AvroSchema } from './load.ts';
import { allTopics } from './topics.ts';

const typeOf = (schema: AvroSchema): string => {
  if (typeof schema === 'string') {
    const known: Readonly<Record<string, string>> = {
      string: 'string',
      boolean: 'boolean',
      long: 'number',
      int: 'number',
      bytes: 'Uint8Array',
      null: 'null',
    };
    return known[schema] ?? schema;
  }
  if (Array.isArray(schema)) return (schema as readonly AvroSchema[]).map(typeOf).reverse().join(' | ');
  const one = schema as AvroRecord | AvroOther;
  if (one.type === 'array') return `readonly (${typeOf(one.items)})[]`;
  throw new Error(`the record ${one.name} is written inside another: put it into schemas/shared`);
};
const fieldType = (field: AvroField): string => field.values?.map(value => `'${value}'`).join(' | ') ?? typeOf(field.type);
const record = (one: AvroRecord): string =>
  `/** ${one.doc ?? ''} */\nexport interface ${one.name} {\n${one.fields.map(field => `  /** ${field.doc ?? ''} */\n  readonly ${field.name}: ${fieldType(field)};`).join('\n')}\n}`;
const lower = (name: string): string => name[0]!.toLowerCase() + name.slice(1);
const union = (names: readonly string[]): string => names.map(name => `Fact<'${name}', ${name}>`).join(' | ');

const source = (): string => {
  const facts = [...factFiles.values()];
  return [
    '/** Generated from the .avsc files by `make docs`; do not edit. */',
    "import type { Fact, Sealed } from '../../runtime/model.ts';",
    ...[...sharedRecords.values()].filter(one => one.name !== 'Sealed').map(record),
    ...facts.map(record),
    `/** Every fact there is. */\nexport type AnyFact = ${union(facts.map(one => one.name))};`,
    "/** The facts of a topic, or of several. */\nexport type FactsOn<T extends { readonly facts: readonly string[] }> = Extract<AnyFact, { readonly type: T['facts'][number] }>;",
    ...facts.map(
      one =>
        `/** ${one.doc ?? ''} */\nexport const ${lower(one.name)} = (data: ${one.name}): Fact<'${one.name}', ${one.name}> => ({ type: '${one.name}', data });`,
    ),
  ].join('\n\n');
};
/** Each fact is on a topic and each topic's facts exist with its key fields: else nothing is written. */
const problems = (): readonly string[] => [
  ...[...factFiles.keys()]
    .filter(name => !allTopics.some(topic => topic.facts.includes(name)))
    .map(name => `${name} is on no topic`),
  ...allTopics.flatMap(topic =>
    topic.facts.flatMap(name => {
      const found = factFiles.get(name);
      if (found === undefined) return [`${topic.name} names ${name}, which has no .avsc`];
      return topic.key
        .filter(key => !found.fields.some(field => field.name === key))
        .map(key => `${name} on ${topic.name} lacks the key field ${key}`);
    }),
  ),
  ...[...factFiles.values(), ...sharedRecords.values()].flatMap(one =>
    one.fields.filter(field => !field.doc).map(field => `${one.name}.${field.name} has no doc`),
  ),
];

const wrong = problems();
if (wrong.length > 0) throw new Error(wrong.join('\n'));
const target = join(import.meta.dirname, 'generated', 'facts.ts');
const formatted = await format(source(), {
  parser: 'typescript',
  printWidth: 130,
  singleQuote: true,
  trailingComma: 'all',
  arrowParens: 'avoid',
});
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== formatted) {
    console.error('schemas/generated/facts.ts is not what the .avsc files say: run `make docs`.');
    process.exitCode = 1;
  }
} else {
  mkdirSync(join(import.meta.dirname, 'generated'), { recursive: true });
  writeFileSync(target, formatted);
}
