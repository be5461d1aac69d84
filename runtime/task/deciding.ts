/** Runs one record or one alarm through the rules; a poison failure comes back, and then nothing has changed. */
import type { Failure } from '../failure.ts';
import type { Event } from '../model.ts';
import type { LogRecord } from '../port.ts';
import type { DueAlarm } from './keys.ts';
import type { Turn } from './processing.ts';
import type { Rules } from './rules.ts';
import { consume } from './work.ts';

export const decideRecord = (
  rules: Rules,
  { work }: Turn,
  topic: string,
  record: LogRecord,
  how: 'record' | 'retried',
): Failure | undefined => {
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
export const decideAlarm = ({ work }: Turn, alarm: DueAlarm): Failure | undefined => {
  const { fact, id, key, at, cause } = alarm;
  const result = work.take({ ...fact, id, key, at, cause });
  if (result.failure !== undefined) return result.failure;
  work.consumed.push({ alarm: id, key, at, fact }, ...result.notes);
  return undefined;
};
