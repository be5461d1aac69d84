/** The page of topics: key, facts with their fields, how long they are kept, who writes and who reads. */
import type { Topic } from '../model.ts';
import type { Unit } from '../topology.ts';
import {
  factFiles,
  sharedRecords,
  subjectOf,
  type AvroField,
  type AvroOther,
  type AvroRecord,
  type AvroSchema,
} from '../../schemas/load.ts';
import { anchor, code, codes, page, plain, table } from './markdown.ts';
import { readersOf, wiresOf, writersOf, type Wire } from './wiring.ts';

const typeOf = (schema: AvroSchema): string => {
  if (typeof schema === 'string') return sharedRecords.has(schema) ? `[${schema}](#${anchor(schema)})` : code(schema);
  if (Array.isArray(schema)) return (schema as readonly AvroSchema[]).map(typeOf).toReversed().join(' or ');
  const one = schema as AvroRecord | AvroOther;
  return one.type === 'array' ? `list of ${typeOf(one.items)}` : code(one.name);
};
const fieldRow = ({ name, type, doc, values }: AvroField): readonly string[] => [
  code(name),
  typeOf(type),
  plain(doc ?? '') + (values === undefined ? '' : ` One of: ${codes(values)}.`),
];
const fields = (one: AvroRecord): string => table(['field', 'type', 'meaning'], one.fields.map(fieldRow));
const fact = (name: string): readonly string[] => {
  const found = factFiles.get(name);
  return found === undefined ? [] : [`### ${name}`, `${plain(found.doc ?? '')} Subject ${code(subjectOf(name))}.`, fields(found)];
};
const kept = ({ retentionDays, table: isTable }: Topic): string => {
  if (isTable) return 'the newest per key (compacted)';
  return retentionDays === 'forever' ? 'for ever' : `${retentionDays} days`;
};
const section = (wire: Wire, toldBefore: boolean): readonly string[] => {
  const { topic } = wire;
  return [
    `## ${topic.name}`,
    plain(topic.doc),
    [
      `- Key: ${codes(topic.key)}, joined by ${code('|')}`,
      `- Partitions: ${topic.partitions} unless \`topics apply\` was told otherwise`,
      `- Kept: ${kept(topic)}`,
      `- Written by: ${writersOf(wire).join(', ')}`,
      `- Read by: ${readersOf(wire).join(', ')}`,
    ].join('\n'),
    ...(toldBefore
      ? [`Facts: ${topic.facts.map(name => `[${name}](#${anchor(name)})`).join(', ')}.`]
      : topic.facts.flatMap(fact)),
  ];
};

export const topicsPage = (units: readonly Unit[]): string => {
  const wires = wiresOf(units);
  const told = new Set<string>();
  const sections = wires.flatMap(wire => {
    const before = wire.topic.facts.every(name => told.has(name));
    for (const name of wire.topic.facts) told.add(name);
    return section(wire, before);
  });
  return page('Topics', [
    'Values are Avro in Confluent framing, one subject per fact, FULL_TRANSITIVE. Headers are CloudEvents (`ce_id`, `ce_type`, `ce_source`, `ce_time`, `ce_cause`). ' +
      "Timestamps of records are the log's own (LogAppendTime). In a shared cluster `ONHAND_PREFIX` begins every name. " +
      'A field `or null` may be empty. Money is in minor units of the currency named beside it; quantities are thousandths of the stock unit; times are epoch ms UTC.',
    table(
      ['topic', 'key', 'kept', 'written by', 'read by'],
      wires.map(wire => [
        `[${wire.topic.name}](#${anchor(wire.topic.name)})`,
        wire.topic.key.join(', '),
        kept(wire.topic),
        writersOf(wire).join(', '),
        readersOf(wire).join(', '),
      ]),
    ),
    ...sections,
    '## Records within facts',
    ...[...sharedRecords.values()].flatMap(one => [`### ${one.name}`, plain(one.doc ?? ''), fields(one)]),
  ]);
};
