/**
 * One transaction's work, all of it synchronous: events in, records out, states changed, what was consumed written down.
 * An event whose rule throws, or whose facts do not fit, changes nothing and is set aside with its key; others go on.
 */
import { discriminatorOf, keyOf } from '../identity.ts';
import { isAlarm, type Alarm, type Event, type Fact } from '../model.ts';
import { isFailure, poison, type Failure } from '../failure.ts';
import type { LogRecord, Outgoing } from '../port.ts';
import { headersOf } from '../wire/envelope.ts';
import { murmur2, partitionOf } from '../wire/partition.ts';
import type { Codec } from '../wire/codec.ts';
import type { Change } from '../store/view.ts';
import { longestKey, storeKeys, type Consumed, type StoredAlarm } from './keys.ts';
import { heldOf, type Held, type Kept } from './kept.ts';
import { afresh, checkSize, loadState, settleState, StateTooLarge, storeState } from './states.ts';
import type { Rules } from './rules.ts';

/** Above this a broker refuses a record by default; one fact that large is a defect. */
const maxRecordBytes = 900_000;

/** A state with more in memory than this is read anew the next time: most of what it held will not be asked for. */
const heaviest = 2_000;
/** What one value weighs, about: a state's main part counts as so many. */
const bytesPerValue = 100;
/** All that followed was published. */
const silently: Taken = { notes: [] };

export interface WorkContext {
  readonly rules: Rules;
  readonly codec: Codec;
  /** A topic's name in the cluster and its partition count. */
  readonly place: (topic: string) => { readonly name: string; readonly partitions: number };
  readonly partition: number;
  /** What earlier transactions of the session left in memory. */
  readonly kept: Kept;
  /** Keys whose state was found too large to be stored: their events are looked at one by one. */
  readonly suspects: Set<string>;
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
  /** Puts the changed states into the transaction, whose changes must then be staged: what is kept counts on it. */
  readonly flush: () => void;
}

const asFailure = (error: unknown, doing: string): Failure =>
  isFailure(error)
    ? error
    : poison('RULE_THREW', `${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

/** Undefined where an event has one fact or alarm only: nothing is like it. */
type Seen = Map<string, number> | undefined;
/** Counts what is alike in one event: nothing for the first, then `#1` and so on. */
const nthOf = (seen: Seen, type: string, discriminator: string): string => {
  if (seen === undefined) return '';
  const alike = `${type} ${discriminator}`;
  const nth = seen.get(alike) ?? 0;
  seen.set(alike, nth + 1);
  return nth === 0 ? '' : `#${nth}`;
};

export const beginWork = (context: WorkContext, change: Change): Work => {
  const { rules, codec, place, partition, kept, suspects } = context;
  const source = `/onhand/${rules.name}/${partition}`;
  const touched: Held[] = [];
  const outputs: Outgoing[] = [];
  const consumed: Consumed[] = [];
  const counts = new Map<string, number>();
  let earliest = Infinity;
  const stateOf = (key: string): Held => {
    let held = kept.get(key);
    if (held === undefined) {
      held = heldOf(key, loadState(rules, change.base, key));
      kept.add(held);
    }
    if (held.touched) return held;
    held.touched = true;
    touched.push(held);
    return held;
  };
  /** Most facts travel under the key of what they follow from. */
  const addressed = (to: string, key: string, held: Held, value: Buffer, headers: Buffer): Outgoing => {
    const { name: topic, partitions } = place(to);
    if (key !== held.key) {
      const bytes = Buffer.from(key);
      return { topic, partition: partitionOf(bytes, partitions), key: bytes, value, headers };
    }
    if (held.bytes === undefined) {
      held.bytes = Buffer.from(key);
      held.hash = murmur2(held.bytes) & 0x7fffffff;
    }
    return { topic, partition: held.hash % partitions, key: held.bytes, value, headers };
  };
  const encode = (event: Event, fact: Fact, held: Held, seen: Seen, sequence: number): Outgoing => {
    const topic = rules.writes.get(fact.type);
    if (topic === undefined)
      throw poison('FACT_UNDECLARED', `publishing ${fact.type} of ${rules.name}: none of the topics that it writes carries it`);
    const key = keyOf(topic, fact);
    if (key.length > longestKey)
      throw poison(
        'FACT_INVALID',
        `publishing ${fact.type} of ${rules.name}: its key on ${topic.name} has ${key.length} characters, and ${longestKey} are the most`,
      );
    const discriminator = discriminatorOf(key, fact);
    const id = rules.idOf(event, fact, discriminator + nthOf(seen, fact.type, discriminator));
    const value = codec.encode(rules.finish(fact, event));
    if (value.length > maxRecordBytes)
      throw poison(
        'FACT_INVALID',
        `publishing ${fact.type} of ${rules.name}: ${value.length} bytes, more than ${maxRecordBytes}`,
      );
    const headers = headersOf({ id, at: event.at, cause: event.id }, fact.type, source, sequence);
    return addressed(topic.name, key, held, value, headers);
  };
  const setAlarm = (event: Event, one: Alarm, seen: Seen): Consumed => {
    const discriminator = `${discriminatorOf(event.key, one.fact)}@${one.alarm}`;
    const id = rules.idOf(event, one.fact, discriminator + nthOf(seen, one.fact.type, discriminator));
    change.set(
      storeKeys.alarm(one.alarm, event.key, id),
      JSON.stringify({ fact: one.fact, waitsFor: one.waitsFor, cause: event.id } satisfies StoredAlarm),
    );
    earliest = Math.min(earliest, one.alarm);
    return { sets: id, key: event.key, at: one.alarm, fact: one.fact, waitsFor: one.waitsFor };
  };
  const run = (event: Event): Taken => {
    const held = stateOf(event.key);
    const now = held.now === rules.initial ? afresh(rules) : held.now;
    const decided = rules.decide(event, now);
    const seen: Seen = decided.length > 1 ? new Map<string, number>() : undefined;
    let published = 0;
    for (const one of decided)
      if (!isAlarm(one) && !rules.own.has(one.type)) outputs.push(encode(event, one, held, seen, published++));
    let after = rules.evolve(now, event);
    for (const one of decided) if (!isAlarm(one)) after = rules.evolve(after, one);
    if (suspects.has(event.key)) checkSize(rules, event.key, after);
    // Nothing above changed anything but what `take` takes back; this point on does: all or nothing per event.
    if (after !== now) held.now = after;
    for (const one of decided) if (!isAlarm(one)) counts.set(one.type, (counts.get(one.type) ?? 0) + 1);
    return published === decided.length ? silently : { notes: followed(event, decided, seen) };
  };
  /** Sets the alarms; answers what the run log keeps behind the event. */
  const followed = (event: Event, decided: readonly (Fact | Alarm)[], seen: Seen): readonly Consumed[] => {
    const follows: Consumed[] = [];
    for (const one of decided) if (isAlarm(one)) follows.push(setAlarm(event, one, seen));
    let published = 0;
    for (const one of decided) {
      if (isAlarm(one)) continue;
      if (!rules.own.has(one.type)) published++;
      else follows.push({ note: one, key: event.key, ...(published === 0 ? {} : { after: published }) });
    }
    return follows;
  };
  const take = (event: Event): Taken => {
    const before = outputs.length;
    try {
      return run(event);
    } catch (error) {
      outputs.length = before;
      const failure = asFailure(error, `${rules.name} deciding on ${event.type} ${event.id}`);
      if (failure.kind !== 'poison') throw failure;
      return { failure };
    }
  };
  const stored = ({ key, now }: Held): boolean => {
    try {
      return storeState(rules, change, key, now);
    } catch (error) {
      if (error instanceof StateTooLarge) suspects.add(error.key);
      throw error;
    }
  };
  const flush = (): void => {
    for (const held of touched) {
      held.touched = false;
      if (held.now === held.loaded) continue;
      if (stored(held)) {
        held.loaded = held.now;
        const main = change.layer.get(storeKeys.state(held.key))?.length ?? 0;
        kept.weigh(held, settleState(rules, held.now) + Math.ceil(main / bytesPerValue));
      }
      if (held.now !== held.loaded || held.weight > heaviest) kept.forget(held.key);
    }
    kept.trim();
  };
  return {
    take,
    consumed,
    outputs,
    counts,
    earliestAlarm: () => earliest,
    flush,
  };
};

/** Adds a processed record to what was consumed, growing the last run where it follows. */
export const consume = (consumed: Consumed[], topic: string, offset: number): void => {
  const last = consumed.at(-1);
  // Grown in place: one run may stand for thousands of records.
  if (last !== undefined && 'from' in last && last.topic === topic) (last as { to: number }).to = offset;
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
