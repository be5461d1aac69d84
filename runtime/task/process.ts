/** The pump of processors and producers: takes records and due alarms in order, decides, and writes one transaction after another. */
import { poison, type Failure } from '../failure.ts';
import type { Event } from '../model.ts';
import type { LogRecord } from '../port.ts';
import { nameOf, ownTopics } from '../topology.ts';
import { placeIn, type TaskContext } from './context.ts';
import { gateOf } from './gate.ts';
import { alarmOf, separator, storeKeys, type DueAlarm } from './keys.ts';
import { commandOf, dlqRecord, isKeyOf } from './refused.ts';
import { parkedAlarm, parkedRecord, parkingOf, recordOf, whyOf, type Parking } from './parking.ts';
import { keptStates } from './kept.ts';
import type { Rules } from './rules.ts';
import type { Pump, Session } from './task.ts';
import { beginWork, consume, type Work } from './work.ts';
import type { Change, Readable } from '../store/view.ts';

const allAlarms = { gte: `a${separator}`, lt: 'a\x01' };
/** Alarms looked at per turn: those held back by a gate are passed over. */
const alarmsPerTurn = 1_000;
/** Values of states that a session keeps in memory between transactions, once or twice; some 100 bytes each. */
const keptValues = 120_000;

interface Turn {
  readonly change: Change;
  readonly work: Work;
  dlq: number;
  /** Records by topic. */
  readonly consumed: Map<string, number>;
  /** Records and alarms. */
  taken: number;
  /** Task time until which every alarm was looked at and is held by its gate: gates open between turns. */
  quietUntil: number;
  /** The store key from which alarms are still to be looked at: those before it fired in this turn, or are held. */
  from: string;
  /** How much of what was consumed was looked through for alarms that it set. */
  seen: number;
}

export const processPump = (rules: Rules): Pump => {
  // Known from one session to the next: the one that finds a state too large ends.
  const suspects = new Set<string>();
  return { run: session => run(session, rules, suspects) };
};

const run = async (session: Session, rules: Rules, suspects: Set<string>): Promise<void> => {
  const { context, partition, opened, inputs } = session;
  const { clock, limits, metrics, logger } = context;
  const unit = nameOf(context.unit);
  const parking = parkingOf(opened.view);
  const clusterPositions = (): ReadonlyMap<string, number> =>
    new Map(Object.entries(inputs.positions()).map(([topic, offset]) => [`${context.names.topic(topic)}/${partition}`, offset]));
  const passed = (targets: ReadonlyMap<string, number>): boolean => {
    const now = clusterPositions();
    return [...targets].every(([at, target]) => (now.get(at) ?? Infinity) >= target);
  };
  const gate = gateOf(context, partition, inputs.time, passed, session.wake);
  /** Epoch ms of the earliest alarm; alarms held by a gate keep it low, so that they are looked at again. */
  let nextAlarm = firstAlarm(opened.view)?.at ?? Infinity;
  let begunAt = -Infinity;
  const places = new Map<string, ReturnType<ReturnType<typeof placeIn>>>();
  const look = placeIn(context);
  const place: typeof look = topic => {
    const found = places.get(topic) ?? look(topic);
    places.set(topic, found);
    return found;
  };
  const working = { rules, codec: context.codec, place, partition, kept: keptStates(keptValues), suspects };
  /** The former transaction: the next is worked on while it is written. */
  let writing: Promise<void> = Promise.resolve();
  /** Alarms that this turn has set; those that wait for others cannot fire in it. */
  const lookAtNew = (at: Turn): void => {
    const { consumed } = at.work;
    for (; at.seen < consumed.length; at.seen++) {
      const one = consumed[at.seen]!;
      if (!('sets' in one) || one.waitsFor.length > 0) continue;
      at.quietUntil = Math.min(at.quietUntil, one.at);
      const key = storeKeys.alarm(one.at, one.key, one.sets);
      if (key < at.from) at.from = key;
    }
  };
  const dueAlarm = (at: Turn): DueAlarm | undefined => {
    if (nextAlarm === Infinity) return undefined;
    lookAtNew(at);
    const time = inputs.time();
    if (nextAlarm >= time || at.quietUntil >= time) return undefined;
    const whole = at.from === allAlarms.gte;
    let looked = 0;
    at.quietUntil = Infinity;
    for (const [key, value] of at.change.range({ gte: at.from, lt: allAlarms.lt })) {
      const one = alarmOf(key, value);
      if (looked === 0 && whole) nextAlarm = one.at;
      if (one.at >= time) at.quietUntil = one.at;
      if (one.at >= time || ++looked > alarmsPerTurn) return undefined;
      if (!gate.open(one, at.change.base.get(key) === undefined)) continue;
      at.quietUntil = -Infinity;
      at.from = key;
      return one;
    }
    if (looked === 0 && whole) nextAlarm = Infinity;
    return undefined;
  };
  let full = false;
  const sayFull = (): void => {
    if (full) return;
    full = true;
    logger.error(
      { unit, partition, bytes: parking.bytes(), limit: limits.parkedBytes },
      'so much is set aside that the partition pauses: work through `onhand parked list`',
    );
  };
  const turn = async (): Promise<boolean> => {
    full &&= parking.bytes() >= limits.parkedBytes;
    const upcoming = inputs.upcoming(limits.maxBatch);
    const again = retried(upcoming, context, parking, opened.view);
    await rules.prepare(again.length === 0 ? upcoming : [...upcoming, ...again]);
    const prepared = new Set(upcoming);
    if (!session.live()) return false;
    gate.begin();
    const change = opened.view.begin();
    const work = beginWork(working, change);
    const at: Turn = { change, work, dlq: 0, consumed: new Map(), taken: 0, quietUntil: -Infinity, from: allAlarms.gte, seen: 0 };
    while (at.taken < limits.maxBatch) {
      const alarm = dueAlarm(at);
      if (alarm !== undefined) {
        fire(at, alarm);
        continue;
      }
      const next = inputs.peek();
      if (next === undefined || next === 'wait' || !prepared.has(next.record)) break;
      // At its limit the partition pauses, but operators' words are still heard.
      if (!next.aside && parking.bytes() >= limits.parkedBytes) {
        sayFull();
        break;
      }
      inputs.take(next.topic);
      at.taken++;
      if (next.aside) obey(at, next.topic, next.record);
      else takeRecord(at, next.topic, next.record);
      nextAlarm = Math.min(nextAlarm, work.earliestAlarm());
    }
    const positions = inputs.positions();
    if (at.taken === 0 && work.consumed.length === 0 && !opened.offsetsDue(positions)) {
      gate.end([], writing);
      return false;
    }
    work.flush();
    nextAlarm = Math.min(nextAlarm, work.earliestAlarm());
    const ended = opened.commit({
      change,
      outputs: work.outputs,
      consumed: work.consumed,
      positions,
      unreadable: at.dlq,
      more: at.taken >= limits.maxBatch,
    });
    gate.end(work.consumed, ended);
    const former = writing;
    writing = ended.then(() => written(at));
    // Awaited by the next turn at the latest; until then its failure is nobody's.
    writing.catch(() => undefined);
    await former;
    return at.taken > 0;
  };
  const written = ({ work, consumed }: Turn): void => {
    for (const [topic, count] of consumed) metrics.consumed.inc({ unit, topic }, count);
    for (const [type, count] of work.counts) metrics.published.inc({ unit, type }, count);
    metrics.parked.set({ unit, partition }, parking.count());
    metrics.parkedBytes.set({ unit, partition }, parking.bytes());
  };
  const park = (at: Turn, key: string, item: Parameters<Parking['add']>[2], failure: Failure): void => {
    parking.add(at.change, key, item, whyOf(failure, clock.now()));
    metrics.parkedTotal.inc({ unit, code: failure.code });
    if (failure.code !== 'KEY_PARKED')
      logger.warn(
        { unit, partition, topic: item.topic, offset: item.offset, key, code: failure.code, reason: failure.message },
        'set aside with its key; `onhand parked` shows it',
      );
  };
  const behind = (key: string): Failure => poison('KEY_PARKED', `an earlier event of ${key} is set aside`);
  const fire = (at: Turn, alarm: DueAlarm): void => {
    const { change, work } = at;
    // Counted though it may only be set aside: what changed here must be written, and a transaction stays bounded.
    at.taken++;
    change.set(storeKeys.alarm(alarm.at, alarm.key, alarm.id), null);
    gate.fired(alarm);
    const setAside = (failure: Failure): void => {
      park(at, alarm.key, parkedAlarm(alarm, partition), failure);
      work.consumed.push({ parked: alarm.id, key: alarm.key, at: alarm.at, code: failure.code });
    };
    const refusal = parking.holds(alarm.key) ? behind(alarm.key) : gate.refusal(alarm.waitsFor);
    if (refusal !== undefined) return setAside(refusal);
    const result = work.take({ ...alarm.fact, id: alarm.id, key: alarm.key, at: alarm.at, cause: alarm.cause });
    if (result.failure !== undefined) return setAside(result.failure);
    work.consumed.push({ alarm: alarm.id, key: alarm.key, at: alarm.at, fact: alarm.fact }, ...result.notes);
  };
  const takeRecord = (at: Turn, topic: string, record: LogRecord): void => {
    at.consumed.set(topic, (at.consumed.get(topic) ?? 0) + 1);
    const skip = (code: string): void => void at.work.consumed.push({ topic, skipped: record.offset, code });
    const key = parking.bytes() === 0 ? '' : keyOf(record);
    if (key !== '' && parking.holds(key)) {
      park(at, key, parkedRecord(record, topic), behind(key));
      return skip('KEY_PARKED');
    }
    const failed = process(at.work, topic, record, 'record');
    if (failed === undefined) return;
    skip(failed.code);
    const own = keyOf(record);
    if (isKeyOf(context, topic, own)) park(at, own, parkedRecord(record, topic), failed);
    else {
      at.dlq++;
      metrics.dlq.inc({ unit, code: failed.code });
      logger.warn(
        { unit, partition, topic, offset: record.offset, code: failed.code, reason: failed.message },
        'unreadable: written to the DLQ',
      );
      at.work.outputs.push(dlqRecord(context, partition, topic, record, failed));
    }
  };
  /** Runs one record through the rules; a poison failure comes back. */
  const process = (work: Work, topic: string, record: LogRecord, how: 'record' | 'retried'): Failure | undefined => {
    let event: Event;
    try {
      event = rules.read(record);
    } catch (error) {
      const failure = error as Failure;
      if (failure.kind !== 'poison') throw error;
      return failure;
    }
    const result = work.take(event);
    if (result.failure !== undefined) return result.failure;
    if (how === 'record') consume(work.consumed, topic, record.offset);
    else work.consumed.push({ topic, retried: record.offset });
    for (const note of result.notes) work.consumed.push(note);
    return undefined;
  };
  /** An operator's word about a set-aside key: all of it again in order, or the first one skipped. */
  const obey = (at: Turn, topic: string, record: LogRecord): void => {
    const command = commandOf(record);
    at.work.consumed.push({
      topic,
      skipped: record.offset,
      code: command === undefined ? 'CONTROL_UNREADABLE' : `CONTROL_${command.action.toUpperCase()}`,
    });
    if (command === undefined) return;
    const items = parking.list(at.change, command.scope);
    for (const [index, [storeKey, item]] of items.entries()) {
      if (command.action === 'skip' && index === 0) {
        at.work.consumed.push({ topic: item.topic, skipped: item.offset, code: 'SKIPPED' });
        parking.remove(at.change, command.scope, storeKey);
        logger.info(
          { unit, partition, topic: item.topic, offset: item.offset, scope: command.scope, actor: command.actor },
          'a set-aside event was skipped by a person',
        );
        continue;
      }
      const failed = retryOne(at, item);
      if (failed !== undefined) {
        parking.update(at.change, command.scope, storeKey, { ...item, code: failed.code, reason: failed.message });
        return;
      }
      parking.remove(at.change, command.scope, storeKey);
    }
  };
  const retryOne = (at: Turn, item: ReturnType<Parking['list']>[number][1]): Failure | undefined => {
    if (item.alarm === undefined) return process(at.work, item.topic, recordOf(item, context.names.topic(item.topic)), 'retried');
    const { alarm } = item;
    const result = at.work.take({ ...alarm.fact, id: alarm.id, key: alarm.key, at: alarm.at, cause: alarm.cause });
    if (result.failure !== undefined) return result.failure;
    at.work.consumed.push({ alarm: alarm.id, key: alarm.key, at: alarm.at, fact: alarm.fact }, ...result.notes);
    return undefined;
  };

  try {
    while (session.live()) {
      // While little waits, more comes together until the former transaction has ended.
      if (inputs.size() < limits.maxBatch) await writing;
      const wait = limits.spacingMs - (clock.monotonic() - begunAt);
      if (wait > 0 && inputs.size() < limits.maxBatch) await clock.sleep(wait);
      begunAt = clock.monotonic();
      const busy = await turn();
      for (const [topic, lag] of Object.entries(inputs.lag())) metrics.lag.set({ unit, topic, partition }, lag);
      // Alarms that are held are looked at when their gate opens: it wakes the session.
      if (!busy && session.live()) await session.idle(limits.pollMs);
    }
    await writing;
  } finally {
    gate.stop();
  }
};

const keyOf = (record: LogRecord): string => record.key?.toString() ?? '';
const firstAlarm = (from: Readable): DueAlarm | undefined => {
  for (const [key, value] of from.range(allAlarms)) return alarmOf(key, value);
  return undefined;
};
/** What operators' retries among these records will run again, to be prepared with them. */
const retried = (records: readonly LogRecord[], context: TaskContext, parking: Parking, from: Readable): readonly LogRecord[] => {
  const control = context.names.topic(ownTopics.control(nameOf(context.unit)));
  return records
    .filter(record => record.topic === control)
    .flatMap(record => {
      const scope = commandOf(record)?.scope;
      return scope === undefined ? [] : parking.list(from, scope);
    })
    .filter(([, item]) => item.alarm === undefined)
    .map(([, item]) => recordOf(item, context.names.topic(item.topic)));
};
