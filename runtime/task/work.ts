/**
 * One transaction's work, all of it synchronous: events in, records out, states changed, what was consumed written down.
 * An event whose rule throws, or whose facts do not fit, changes nothing and is set aside with its key; others go on.
 */
import { discriminatorOf, keyOf } from '../identity.ts';
import { isAlarm, type Alarm, type Event, type Fact } from '../model.ts';
import { isFailure, poison, type Failure } from '../failure.ts';
import type { LogRecord, Outgoing } from '../port.ts';
import { headersOf } from '../wire/envelope.ts';
import { partitionOf } from '../wire/partition.ts';
import type { Codec } from '../wire/codec.ts';
import type { Change } from '../store/view.ts';
import { storeKeys, type Consumed, type StoredAlarm } from './keys.ts';
import { loadState, storeState } from './states.ts';
import type { Rules } from './rules.ts';

/** Above this a broker refuses a record by default; one fact that large is a defect. */
const maxRecordBytes = 900_000;

export interface WorkContext {
  readonly rules: Rules;
  readonly codec: Codec;
  /** A topic's name in the cluster and its partition count. */
  readonly place: (topic: string) => { readonly name: string; readonly partitions: number };
  readonly partition: number;
}
export type Taken =
  | { readonly failure: Failure }
  | { readonly failure?: undefined; /** What the run log keeps behind the event. */ readonly notes: readonly Consumed[] };
export interface Work {
  /** Takes one event. A poison failure comes back and nothing has changed; any other is thrown. */
  readonly take: (event: Event) => Taken;
  readonly consumed: Consumed[];
  readonly outputs: Outgoing[];
  readonly counts: Map<string, number>;
  /** The earliest alarm set here, epoch ms; Infinity when none. */
  readonly earliestAlarm: () => number;
  /** Puts the changed states into the transaction. */
  readonly flush: () => void;
}

const asFailure = (error: unknown, doing: string): Failure =>
  isFailure(error)
    ? error
    : poison('RULE_THREW', `${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

/** Counts what is alike in one event: nothing for the first, then `#1` and so on. */
const nthOf = (seen: Map<string, number>, alike: string): string => {
  const nth = seen.get(alike) ?? 0;
  seen.set(alike, nth + 1);
  return nth === 0 ? '' : `#${nth}`;
};

export const beginWork = (context: WorkContext, change: Change): Work => {
  const { rules, codec, place, partition } = context;
  const source = `/onhand/${rules.name}/${partition}`;
  const states = new Map<string, { readonly loaded: unknown; now: unknown }>();
  const outputs: Outgoing[] = [];
  const consumed: Consumed[] = [];
  const counts = new Map<string, number>();
  let earliest = Infinity;
  const stateOf = (key: string) => {
    const found = states.get(key);
    if (found !== undefined) return found;
    const loaded = loadState(rules, change.base, key);
    const held = { loaded, now: loaded };
    states.set(key, held);
    return held;
  };
  const encode = (event: Event, fact: Fact, seen: Map<string, number>, sequence: number): Outgoing => {
    const topic = rules.writes.get(fact.type);
    if (topic === undefined)
      throw poison('FACT_UNDECLARED', `publishing ${fact.type} of ${rules.name}: none of the topics that it writes carries it`);
    const key = keyOf(topic, fact);
    const discriminator = discriminatorOf(key, fact);
    const id = rules.idOf(event, fact, discriminator + nthOf(seen, `${fact.type} ${discriminator}`));
    const value = codec.encode(rules.finish(fact, event));
    if (value.length > maxRecordBytes)
      throw poison(
        'FACT_INVALID',
        `publishing ${fact.type} of ${rules.name}: ${value.length} bytes, more than ${maxRecordBytes}`,
      );
    const bytes = Buffer.from(key);
    const { name, partitions } = place(topic.name);
    return {
      topic: name,
      partition: partitionOf(bytes, partitions),
      key: bytes,
      value,
      headers: headersOf({ id, at: event.at, cause: event.id }, fact.type, source, sequence),
    };
  };
  const setAlarm = (event: Event, one: Alarm, seen: Map<string, number>): Consumed => {
    const discriminator = `${discriminatorOf(event.key, one.fact)}@${one.alarm}`;
    const id = rules.idOf(event, one.fact, discriminator + nthOf(seen, `${one.fact.type} ${discriminator}`));
    change.set(
      storeKeys.alarm(one.alarm, event.key, id),
      JSON.stringify({ fact: one.fact, waitsFor: one.waitsFor, cause: event.id } satisfies StoredAlarm),
    );
    earliest = Math.min(earliest, one.alarm);
    return { sets: id, key: event.key, at: one.alarm, fact: one.fact, waitsFor: one.waitsFor };
  };
  const run = (event: Event): readonly Consumed[] => {
    const held = stateOf(event.key);
    const decided = rules.decide(event, held.now);
    const facts: Fact[] = [];
    const records: Outgoing[] = [];
    const seen = new Map<string, number>();
    for (const one of decided) {
      if (isAlarm(one)) continue;
      facts.push(one);
      if (!rules.own.has(one.type)) records.push(encode(event, one, seen, records.length));
    }
    const after = [event as Fact, ...facts].reduce(rules.evolve, held.now);
    // Nothing above changed anything but this point on does: all or nothing per event.
    held.now = after;
    outputs.push(...records);
    const follows: Consumed[] = [];
    for (const one of decided) if (isAlarm(one)) follows.push(setAlarm(event, one, seen));
    let published = 0;
    for (const fact of facts) {
      counts.set(fact.type, (counts.get(fact.type) ?? 0) + 1);
      if (!rules.own.has(fact.type)) published++;
      else follows.push({ note: fact, key: event.key, ...(published === 0 ? {} : { after: published }) });
    }
    return follows;
  };
  const take = (event: Event): Taken => {
    try {
      return { notes: run(event) };
    } catch (error) {
      const failure = asFailure(error, `${rules.name} deciding on ${event.type} ${event.id}`);
      if (failure.kind !== 'poison') throw failure;
      return { failure };
    }
  };
  return {
    take,
    consumed,
    outputs,
    counts,
    earliestAlarm: () => earliest,
    flush: () => {
      for (const [key, held] of states) if (held.now !== held.loaded) storeState(rules, change, key, held.now);
    },
  };
};

/** Adds a processed record to what was consumed, growing the last run where it follows. */
export const consume = (consumed: Consumed[], topic: string, offset: number): void => {
  const last = consumed.at(-1);
  if (last !== undefined && 'from' in last && last.topic === topic) consumed[consumed.length - 1] = { ...last, to: offset };
  else consumed.push({ topic, from: offset, to: offset });
};
/** A record's coordinates and content, as set aside. */
export const originOf = (record: LogRecord, plainTopic: string) => ({
  topic: plainTopic,
  partition: record.partition,
  offset: record.offset,
  timestamp: record.timestamp,
  key: record.key?.toString() ?? '',
  value: record.value?.toString('base64') ?? null,
  headers: Object.fromEntries(Object.entries(record.headers()).map(([name, value]) => [name, value.toString()])),
});
