/** The page of units: what each reads, writes and keeps. */
import type { Topic } from '../model.ts';
import { inputsOf, nameOf, ownTopics, writesOf, type Unit } from '../topology.ts';
import { anchor, code, codes, page, plain, table } from './markdown.ts';
import { settingsOf } from './settings-page.ts';

const links = (topics: readonly Topic[]): string =>
  topics.length === 0 ? 'nothing' : topics.map(topic => `[${topic.name}](topics.md#${anchor(topic.name)})`).join(', ');
const notes = (one: Unit): readonly string[] => {
  const settings = Object.keys(settingsOf(one));
  const opens = one.kind === 'sink' && one.unit.opens;
  return [
    ...(one.kind === 'processor' && one.unit.own.length > 0
      ? [`- Seen by itself only (alarms, notes): ${codes(one.unit.own)}`]
      : []),
    ...(one.kind === 'processor' && one.unit.entries.length > 0
      ? [`- State kept entry by entry: ${codes(one.unit.entries)}`]
      : []),
    ...(opens ? ['- Opens sealed fields: it is handed personal data'] : []),
    ...(settings.length > 0 ? [`- Settings: ${codes(settings)}`] : []),
  ];
};
const section = (one: Unit): readonly string[] => [
  `## ${nameOf(one)}`,
  `A ${one.kind}. ${plain(one.unit.doc)}`,
  [
    `- Reads: ${links(inputsOf(one))}`,
    `- Writes: ${one.kind === 'sink' ? 'no topic' : links(writesOf(one))}`,
    ...notes(one),
  ].join('\n'),
];
const own = table(
  ['topic', 'of', 'what it holds'],
  [
    [
      code(ownTopics.changelog('UNIT')),
      'every unit',
      'its state, positions and what it has set aside; compacted; the truth after a crash',
    ],
    [
      code(ownTopics.runs('UNIT')),
      'every unit',
      'the run log: per transaction what was consumed, in which order, by which policy and release',
    ],
    [code(ownTopics.control('UNIT')), 'every unit', 'what an operator decided of events set aside'],
    [code(ownTopics.dlq('UNIT')), 'every unit', 'records that are no events of Onhand, with where they came from'],
    [code(ownTopics.replay('UNIT')), 'sinks', 'references to what shall be brought to the target again'],
    [code(ownTopics.cursors('UNIT')), 'producers', 'where polls have come to'],
  ],
);

export const unitsPage = (units: readonly Unit[]): string =>
  page('Units', [
    '![Units and the topics between them](topology.svg)',
    'A producer turns what a channel says into facts. A processor turns facts into facts, exactly once, with state. A sink brings a system to what was decided. ' +
      'Any of them can run alone: `onhand run NAME`.',
    ...units.flatMap(section),
    '## Topics of their own',
    'Beside the topics between units, each has some that only it and the console read:',
    own,
  ]);
