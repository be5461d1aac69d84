/** What a task runs, the same for processors and producers: read a record as an event, decide, evolve, name and seal what comes out. */
import type { Alarm, AnyProcessor, Event, Fact, Topic } from '../model.ts';
import { poison } from '../failure.ts';
import type { LogRecord } from '../port.ts';
import { processedId } from '../identity.ts';
import { envelopeOf } from '../wire/envelope.ts';
import type { Codec } from '../wire/codec.ts';
import type { Policy } from '../../schemas/policy.ts';
import { longestKey } from './keys.ts';
import type { StateShape } from './states.ts';

export interface Rules extends StateShape {
  /** The topics it may write, by the facts that they carry. */
  readonly writes: ReadonlyMap<string, Topic>;
  /** Types of its own facts, which are kept in the run log. */
  readonly own: ReadonlySet<string>;
  /** Everything that reading and sealing these records will need from elsewhere; the only step that waits. */
  readonly prepare: (records: readonly LogRecord[]) => Promise<void>;
  /** Throws poison when the record is no event. */
  readonly read: (record: LogRecord) => Event;
  readonly decide: (event: Event, state: unknown) => readonly (Fact | Alarm)[];
  readonly evolve: (state: unknown, fact: Fact) => unknown;
  readonly idOf: (event: Event, fact: Fact, discriminator: string) => string;
  /** Seals what must not travel open. */
  readonly finish: (fact: Fact, event: Event) => Fact;
}

export const topicsByFact = (topics: readonly Topic[]): ReadonlyMap<string, Topic> =>
  new Map(topics.flatMap(topic => topic.facts.map(fact => [fact, topic])));
/** Reads a record as an event of the wire. */
export const eventOf = (codec: Codec, record: LogRecord): Event => {
  const { id, key, at, cause } = envelopeOf(record);
  const where = `${record.topic}/${record.partition}@${record.offset}`;
  if (key.length > longestKey)
    throw poison('RECORD_UNREADABLE', `reading ${where}: its key has ${key.length} characters, and ${longestKey} are the most`);
  const fact = codec.decode(record.value, where);
  return { ...fact, id, key, at, cause };
};

export const processorRules = (unit: AnyProcessor, codec: Codec, policy: Policy): Rules => ({
  name: unit.name,
  initial: unit.initial,
  entries: unit.entries,
  stateVersion: unit.stateVersion,
  upgrade: unit.upgrade,
  writes: topicsByFact(unit.writes),
  own: new Set(unit.own),
  prepare: records => codec.ensure(records.map(record => record.value)),
  read: record => eventOf(codec, record),
  decide: (event, state) => unit.decide(event, state, policy) as readonly (Fact | Alarm)[],
  evolve: (state, fact) => unit.evolve(state, fact) as unknown,
  idOf: (event, fact, discriminator) => processedId(event.id, unit.name, fact.type, discriminator),
  finish: fact => fact,
});
