/** Operators' words about a key that is set aside: all of it again in order, or the first one skipped. */
import type { Failure } from '../failure.ts';
import type { LogRecord } from '../port.ts';
import { ownTopics } from '../topology.ts';
import { decideAlarm, decideRecord } from './deciding.ts';
import type { Parked } from './keys.ts';
import { recordOf } from './parking.ts';
import type { Processing, Turn } from './processing.ts';
import { commandOf } from './refused.ts';

export const obey = (processing: Processing, at: Turn, topic: string, record: LogRecord): void => {
  const { session, unit, parking } = processing;
  const { context, partition } = session;
  const { consumed } = at.work;
  const command = commandOf(record);
  consumed.push({
    topic,
    skipped: record.offset,
    code: command === undefined ? 'CONTROL_UNREADABLE' : `CONTROL_${command.action.toUpperCase()}`,
  });
  if (command === undefined) return;
  const { action, scope, actor } = command;
  for (const [index, [storeKey, item]] of parking.list(at.change, scope).entries()) {
    if (action === 'skip' && index === 0) {
      const { topic: from, offset } = item;
      consumed.push({ topic: from, skipped: offset, code: 'SKIPPED' });
      parking.remove(at.change, scope, storeKey);
      context.logger.info({ unit, partition, topic: from, offset, scope, actor }, 'a set-aside event was skipped by a person');
      continue;
    }
    const failed = again(processing, at, item);
    if (failed !== undefined) {
      parking.update(at.change, scope, storeKey, { ...item, code: failed.code, reason: failed.message });
      return;
    }
    parking.remove(at.change, scope, storeKey);
  }
};
const again = ({ session, rules }: Processing, at: Turn, item: Parked): Failure | undefined =>
  item.alarm === undefined
    ? decideRecord(rules, at, item.topic, recordOf(item, session.context.names.topic(item.topic)), 'retried')
    : decideAlarm(at, item.alarm);

/** What operators' retries among these records will run again, to be prepared with them. */
export const retried = ({ session, unit, parking }: Processing, records: readonly LogRecord[]): readonly LogRecord[] => {
  const { names } = session.context;
  const control = names.topic(ownTopics.control(unit));
  return records
    .filter(record => record.topic === control)
    .flatMap(record => {
      const scope = commandOf(record)?.scope;
      return scope === undefined ? [] : parking.list(session.opened.view, scope);
    })
    .filter(([, item]) => item.alarm === undefined)
    .map(([, item]) => recordOf(item, names.topic(item.topic)));
};
