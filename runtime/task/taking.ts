/** One turn's work: due alarms and records in order, each decided on, set aside with its key, or written to the DLQ. */
import { poison, type Failure } from '../failure.ts';
import type { LogRecord } from '../port.ts';
import { decideAlarm, decideRecord } from './deciding.ts';
import type { DueAlarms } from './due-alarms.ts';
import { storeKeys, type DueAlarm } from './keys.ts';
import { obey } from './obeying.ts';
import { parkedAlarm, parkedRecord, whyOf, type Parking } from './parking.ts';
import type { Processing, Turn } from './processing.ts';
import { dlqRecord, isKeyOf } from './refused.ts';

/** By the cluster's topic, the offset up to which records were prepared: what came since waits for the next turn. */
type Prepared = ReadonlyMap<string, number>;
/** `records`: of each topic in order, one topic behind the other. */
export const preparedOf = (records: readonly LogRecord[]): Prepared => {
  const last = new Map<string, number>();
  records.forEach(({ topic, offset }, i) => {
    if (records[i + 1]?.topic !== topic) last.set(topic, offset);
  });
  return last;
};

/** Takes what is due, and of the inputs what was prepared, until the transaction is full. */
export const takeAll = (processing: Processing, due: DueAlarms, at: Turn, prepared: Prepared): void => {
  const { session, parking } = processing;
  const { inputs, context } = session;
  const { maxBatch, parkedBytes } = context.limits;
  while (at.taken < maxBatch) {
    const alarm = due.next(at);
    if (alarm !== undefined) {
      fire(processing, at, alarm);
      continue;
    }
    const next = inputs.peek();
    if (next === undefined || next === 'wait' || next.record.offset > (prepared.get(next.record.topic) ?? -1)) return;
    // At its limit the partition pauses, but operators' words are still heard.
    if (!next.aside && parking.bytes() >= parkedBytes) return sayFull(processing);
    inputs.take(next.topic);
    at.taken++;
    if (next.aside) obey(processing, at, next.topic, next.record);
    else takeRecord(processing, at, next.topic, next.record);
    due.set(at.work.earliestAlarm());
  }
};

const fire = (processing: Processing, at: Turn, alarm: DueAlarm): void => {
  const { parking, gate, session } = processing;
  // Counted though it may only be set aside: what changed here must be written, and a transaction stays bounded.
  at.taken++;
  at.change.set(storeKeys.alarm(alarm.at, alarm.key, alarm.id), null);
  gate.fired(alarm);
  const refusal = parking.holds(alarm.key) ? behind(alarm.key) : gate.refusal(alarm.waitsFor);
  const failure = refusal ?? decideAlarm(at, alarm);
  if (failure === undefined) return;
  park(processing, at, alarm.key, parkedAlarm(alarm, session.partition), failure);
  at.work.consumed.push({ parked: alarm.id, key: alarm.key, at: alarm.at, code: failure.code });
};

const keyOf = (record: LogRecord): string => record.key?.toString() ?? '';
const takeRecord = (processing: Processing, at: Turn, topic: string, record: LogRecord): void => {
  const { parking, rules } = processing;
  at.consumed.set(topic, (at.consumed.get(topic) ?? 0) + 1);
  const key = parking.bytes() === 0 ? '' : keyOf(record);
  if (key !== '' && parking.holds(key)) {
    const failure = behind(key);
    park(processing, at, key, parkedRecord(record, topic), failure);
    at.work.consumed.push({ topic, skipped: record.offset, code: failure.code });
    return;
  }
  const failure = decideRecord(rules, at, topic, record, 'record');
  if (failure === undefined) return;
  at.work.consumed.push({ topic, skipped: record.offset, code: failure.code });
  const own = keyOf(record);
  if (isKeyOf(processing.session.context, topic, own)) park(processing, at, own, parkedRecord(record, topic), failure);
  else refuse(processing, at, topic, record, failure);
};
const refuse = ({ session, unit }: Processing, at: Turn, topic: string, record: LogRecord, failure: Failure): void => {
  const { context, partition } = session;
  at.dlq++;
  context.metrics.dlq.inc({ unit, code: failure.code });
  context.logger.warn(
    { unit, partition, topic, offset: record.offset, code: failure.code, reason: failure.message },
    'unreadable: written to the DLQ',
  );
  at.work.outputs.push(dlqRecord(context, partition, topic, record, failure));
};

const behind = (key: string): Failure => poison('KEY_PARKED', `an earlier event of ${key} is set aside`);
const park = (
  { session, unit, parking }: Processing,
  at: Turn,
  key: string,
  item: Parameters<Parking['add']>[2],
  failure: Failure,
): void => {
  const { context, partition } = session;
  parking.add(at.change, key, item, whyOf(failure, context.clock.now()));
  context.metrics.parkedTotal.inc({ unit, code: failure.code });
  if (failure.code !== 'KEY_PARKED')
    context.logger.warn(
      { unit, partition, topic: item.topic, offset: item.offset, key, code: failure.code, reason: failure.message },
      'set aside with its key; `onhand parked` shows it',
    );
};
const sayFull = (processing: Processing): void => {
  if (processing.full) return;
  processing.full = true;
  const { session, unit, parking } = processing;
  const { context, partition } = session;
  context.logger.error(
    { unit, partition, bytes: parking.bytes(), limit: context.limits.parkedBytes },
    'so much is set aside that the partition pauses: work through `onhand parked list`',
  );
};
