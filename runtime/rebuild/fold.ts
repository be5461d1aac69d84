/**
 * The fold: takes a task's run log, transaction by transaction, with the inputs and outputs that it tells of, and arrives at the state
 * that must have come of it. No rule decides anything here, so what policy or release decided does not matter.
 */
import type { Event, Fact } from '../model.ts';
import type { LogRecord } from '../port.ts';
import type { Store } from '../store/store.ts';
import type { Consumed } from '../task/keys.ts';
import { recordOf } from '../task/parking.ts';
import { commandOf, isKeyOf } from '../task/refused.ts';
import { eventOf } from '../task/rules.ts';
import { nameOf, ownTopics } from '../topology.ts';
import { claimsOf, parted } from './claims.ts';
import type { Parted } from './differing.ts';
import type { Outputs, Said } from './outputs.ts';
import type { Transaction } from './runs.ts';
import { shadowOf } from './shadow.ts';
import { foldedBy, gone, type RebuildWorld } from './world.ts';

/** One event as it was worked on, with what was said then. */
export interface Step {
  readonly event: Event;
  /** Absent for an alarm. */
  readonly record?: LogRecord;
  readonly said: readonly Said[];
  /** Facts to itself, in order. */
  readonly notes: readonly Fact[];
  /** The ids of the alarms that it set. */
  readonly sets: readonly string[];
  readonly transaction: Transaction;
}
/** Hears every step in its order; `prepare` is called before the steps of a transaction. */
export interface Listener {
  readonly prepare: (records: readonly LogRecord[], transaction: Transaction) => Promise<void>;
  readonly step: (step: Step) => void;
  readonly end: () => Promise<void>;
}
export interface FoldOptions {
  readonly world: RebuildWorld;
  readonly partition: number;
  /** Holds the state to begin with. */
  readonly store: Store;
  /** Where each input goes on, by plain topic; absent: from its beginning. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: Outputs;
  /** Where outputs were last joined, by `topic/partition`. */
  readonly joined: ReadonlyMap<string, number>;
  /** The transaction behind which it begins; absent: the beginning. */
  readonly after?: number;
  readonly listener?: Listener;
  /** A store key whose values after each transaction are wanted. */
  readonly watch?: string;
}
export interface Counts {
  transactions: number;
  records: number;
  alarms: number;
  facts: number;
  notes: number;
}
export interface Fold {
  readonly take: (transaction: Transaction) => Promise<void>;
  /** Ends the fold: all that was read up to these positions must have been told of. */
  readonly end: (positions: Readonly<Record<string, number>>) => Promise<void>;
  readonly counts: Counts;
  /** Next offsets of inputs, and of outputs by `topic/partition`. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly joined: ReadonlyMap<string, number>;
  /** Every transaction was numbered. An earlier release numbered none, and did not tell which alarms were set. */
  readonly numbered: () => boolean;
  readonly watched: readonly Watched[];
}
export interface Watched {
  readonly transaction: Transaction;
  readonly value: string | null;
}
/** Events folded before what they changed is written to the store. */
const batch = 2_000;
const follows = (item: Consumed | undefined): boolean => item !== undefined && ('note' in item || 'sets' in item);
/** Published facts and notes in the order in which the rule said them; a table's older facts may have been compacted away. */
const inOrder = (said: readonly Said[], behind: readonly Consumed[]): readonly Fact[] => {
  const notes = behind.filter(one => 'note' in one);
  const places = said.map((one, i) => [one.sequence + 1, i, one.fact] as const);
  const all = [...places, ...notes.map((one, i) => [(one.after ?? 0) + 0.5, i, one.note] as const)];
  return all.sort((one, other) => one[0] - other[0] || one[1] - other[1]).map(([, , fact]) => fact);
};

export const foldOf = (options: FoldOptions): Fold => {
  const { world, partition, outputs, listener, watch } = options;
  const { codec, names, unit } = world;
  const control = ownTopics.control(nameOf(unit));
  const shadow = shadowOf(foldedBy(unit), options.store, partition);
  const claims = claimsOf(world, partition, options.inputs);
  const joined = new Map(options.joined);
  const counts: Counts = { transactions: 0, records: 0, alarms: 0, facts: 0, notes: 0 };
  const watched: Watched[] = [];
  let numbered = true;
  let last = options.after;
  let wrote = new Map<string, number>();

  const work = (at: Transaction, event: Event, behind: readonly Consumed[], record?: LogRecord): void => {
    const said = outputs.take(partition, event.id);
    for (const one of said) {
      const place = `${one.topic}/${one.partition}`;
      joined.set(place, Math.max(joined.get(place) ?? 0, one.offset + 1));
      wrote.set(one.topic, (wrote.get(one.topic) ?? 0) + 1);
    }
    shadow.fold(event, inOrder(said, behind));
    for (const one of behind) if ('sets' in one) shadow.setAlarm(one, event.id);
    const notes = behind.flatMap(one => ('note' in one ? [one.note] : []));
    counts.facts += said.length;
    counts.notes += notes.length;
    const sets = behind.flatMap(one => ('sets' in one ? [one.sets] : []));
    listener?.step({ event, said, notes, sets, transaction: at, ...(record === undefined ? {} : { record }) });
  };
  const records = (at: Transaction, item: Extract<Consumed, { readonly from: number }>, behind: readonly Consumed[]): void => {
    let record: LogRecord | undefined = claims.take(at, item.topic, item.from);
    while (record !== undefined) {
      const next = claims.more(item.topic, item.to);
      counts.records++;
      work(at, eventOf(codec, record), next === undefined ? behind : [], record);
      record = next;
    }
  };
  const retried = (at: Transaction, topic: string, offset: number, behind: readonly Consumed[], scope: string): void => {
    const found = shadow.takeHead(scope);
    if (found?.topic !== topic || found.offset !== offset)
      throw parted(at, {
        what: 'set aside',
        key: scope,
        of: `${topic}@${offset}`,
        says: `${topic}/${partition}@${offset} was tried again and is not the first that was set aside of ${scope}`,
      });
    const record = recordOf(found, names.topic(topic));
    work(at, eventOf(codec, record), behind, record);
  };
  const unset = (at: Transaction, key: string, id: string): Parted =>
    parted(at, { what: 'alarm', key, of: id, says: `an alarm of ${key} fell due that nothing in the run log had set` });
  const alarm = (at: Transaction, item: Extract<Consumed, { readonly alarm: string }>, behind: readonly Consumed[]): void => {
    const { alarm: id, key, at: due, fact } = item;
    let cause = shadow.takeAlarm({ at: due, key, id })?.cause;
    if (cause === undefined && shadow.head(key)?.alarm?.id === id) cause = shadow.takeHead(key)?.alarm?.cause;
    if (cause === undefined && numbered) throw unset(at, key, id);
    counts.alarms++;
    work(at, { ...fact, id, key, at: due, cause: cause ?? id }, behind);
  };
  /** Does what one item tells, with what follows it; answers the scope that an operator's word is about. */
  const obey = (at: Transaction, item: Consumed, behind: readonly Consumed[], scope: string): string => {
    if ('from' in item) records(at, item, behind);
    else if ('retried' in item) retried(at, item.topic, item.retried, behind, scope);
    else if ('alarm' in item) alarm(at, item, behind);
    else if ('parked' in item) {
      const due = shadow.takeAlarm({ at: item.at, key: item.key, id: item.parked });
      if (due === undefined) throw unset(at, item.key, item.parked);
      shadow.setAside({ alarm: due }, item.code);
    } else if ('skipped' in item && item.code === 'SKIPPED') shadow.takeHead(scope);
    else if ('skipped' in item) {
      const record = claims.take(at, item.topic, item.skipped);
      counts.records++;
      if (item.topic === control) return commandOf(record)?.scope ?? '';
      if (item.code === 'KEY_PARKED' || isKeyOf({ unit }, item.topic, record.key?.toString() ?? ''))
        shadow.setAside({ record, topic: item.topic }, item.code);
    }
    return scope;
  };
  const prepare = async (at: Transaction): Promise<void> => {
    const held = await claims.prepare(at);
    const scopes = held.filter(one => one.topic === names.topic(control)).map(one => commandOf(one)?.scope ?? '');
    const again = scopes
      .flatMap(scope => shadow.aside(scope))
      .filter(item => item.alarm === undefined)
      .map(item => recordOf(item, names.topic(item.topic)));
    await codec.ensure(again.map(record => record.value));
    await listener?.prepare([...held, ...again], at);
  };
  const checkNumber = (at: Transaction): void => {
    const before = last;
    numbered &&= at.n !== undefined;
    last = at.n ?? last;
    if (at.n === undefined || at.n === (before ?? 0) + 1 || (before === undefined && !numbered)) return;
    throw parted(at, {
      what: 'run log',
      key: `${ownTopics.runs(nameOf(unit))}/${partition}@${at.offset}`,
      says: `after transaction ${before ?? 0} the run log tells of transaction ${at.n}: what lies between is lost`,
    });
  };
  const checkOutputs = (at: Transaction): void => {
    const doing = `joining what transaction ${at.n ?? at.offset} wrote`;
    for (const topic of unit.unit.writes) {
      const [told, found] = [at.wrote?.[topic.name] ?? 0, wrote.get(topic.name) ?? 0];
      if (at.wrote === undefined || told === found || (topic.table && found < told)) continue;
      for (const [place, start] of outputs.starts) {
        const known = options.joined.get(place) ?? 0;
        if (found < told && place.startsWith(`${topic.name}/`) && start > known)
          throw gone(doing, topic.name, Number(place.slice(topic.name.length + 1)), known, start);
      }
      throw parted(at, {
        what: 'outputs',
        key: topic.name,
        rebuilt: told,
        stored: found,
        says: `transaction ${at.n ?? at.offset} wrote ${told} records to ${topic.name}, and ${found} of them are there`,
      });
    }
    wrote = new Map();
  };
  return {
    counts,
    inputs: claims.next,
    joined,
    watched,
    numbered: () => numbered,
    take: async at => {
      checkNumber(at);
      await prepare(at);
      counts.transactions++;
      let scope = '';
      for (let i = 0; i < at.consumed.length;) {
        let next = i + 1;
        while (follows(at.consumed[next])) next++;
        scope = obey(at, at.consumed[i]!, at.consumed.slice(i + 1, next), scope);
        i = next;
      }
      checkOutputs(at);
      if (shadow.pending() < batch && watch === undefined) return;
      const value = await shadow.flush(watch);
      await outputs.settle();
      if (value !== undefined) watched.push({ transaction: at, value });
    },
    end: async positions => {
      await shadow.flush();
      await outputs.settle();
      await claims.end(positions);
      await listener?.end();
    },
  };
};
