/** Who writes and who reads each topic, asked of the units' declarations. */
import type { Topic } from '../model.ts';
import { inputsOf, nameOf, writesOf, type Unit } from '../topology.ts';
import { allTopics, topics as catalogue } from '../../schemas/topics.ts';

export interface Wire {
  readonly topic: Topic;
  /** Units by name, in flow order. */
  readonly writers: readonly string[];
  readonly readers: readonly string[];
  /** The producer whose source writes it, for an intake. */
  readonly source: string | undefined;
  /** Channels (an intake) or people (by the console) write it. */
  readonly outside: boolean;
}
/** Facts that the console publishes for a person. */
export const byPeople: readonly string[] = [
  'CodeDefined',
  'CodeWithdrawn',
  'OrderWithdrawRequested',
  'OrderRetryRequested',
  'OrderExceptionResolved',
  'PaymentLinked',
  'HoldReleased',
];
export const wiresOf = (units: readonly Unit[]): readonly Wire[] =>
  allTopics.map(topic => {
    const has = (topics: readonly Topic[]): boolean => topics.some(one => one.name === topic.name);
    const intake = units.find(one => one.kind === 'producer' && one.unit.intake.name === topic.name);
    return {
      topic,
      writers: units.filter(one => has(writesOf(one))).map(nameOf),
      readers: units.filter(one => has(inputsOf(one))).map(nameOf),
      source: intake === undefined ? undefined : intake.unit.name,
      outside: intake !== undefined || topic.name === catalogue.audit.name || topic.facts.some(type => byPeople.includes(type)),
    };
  });
/** In words, for a page. */
export const writersOf = ({ topic, writers, source, outside }: Wire): readonly string[] => {
  if (topic.name === catalogue.audit.name) return ['`onhand`, of every act of a person'];
  if (source !== undefined) return [`the source of ${source}`];
  return [...writers, ...(outside ? ['people, by `onhand`'] : [])];
};
export const readersOf = ({ topic, readers }: Wire): readonly string[] => {
  if (readers.length > 0) return readers;
  if (topic.name === catalogue.audit.name) return ['people, by `onhand audit`; readers outside'];
  return [topic.name.startsWith('exceptions.') ? 'people, by `onhand exceptions`; readers outside' : 'readers outside'];
};
