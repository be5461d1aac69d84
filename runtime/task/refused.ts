/** Records that cannot be worked on: whether their key still tells whose they are, how the DLQ keeps them, what an operator says of them. */
import type { Failure } from '../failure.ts';
import { keyParts } from '../identity.ts';
import type { LogRecord, Outgoing } from '../port.ts';
import { inputsOf, nameOf, ownTopics } from '../topology.ts';
import type { TaskContext } from './context.ts';
import { longestKey, type ControlCommand } from './keys.ts';

/** A key is readable when it has as many parts as the topic's key has fields, none empty, and is no longer than stores take. */
export const isKeyOf = (context: Pick<TaskContext, 'unit'>, topic: string, key: string): boolean => {
  const declared = inputsOf(context.unit).find(one => one.name === topic);
  const parts = keyParts(key);
  return (
    declared !== undefined &&
    key.length <= longestKey &&
    parts.length === declared.key.length &&
    parts.every(part => part !== '') &&
    !/[\u0000-\u001f\ufffd]/.test(key)
  );
};
/** An operator's word, or undefined when it is not readable. */
export const commandOf = (record: LogRecord): ControlCommand | undefined => {
  try {
    const command = JSON.parse(record.value?.toString() ?? '') as ControlCommand;
    return (command.action === 'retry' || command.action === 'skip') && typeof command.scope === 'string' ? command : undefined;
  } catch {
    return undefined;
  }
};

/** The record as it came, with where it came from and why it is here. */
export const dlqRecord = (
  context: TaskContext,
  partition: number,
  topic: string,
  record: LogRecord,
  failure: Failure,
): Outgoing => ({
  topic: context.names.topic(ownTopics.dlq(nameOf(context.unit))),
  partition,
  key: record.key,
  value: record.value,
  headers: [
    ...Object.entries(record.headers()).map(([name, value]) => [Buffer.from(name), value] as const),
    ...Object.entries({
      dlq_unit: nameOf(context.unit),
      dlq_topic: topic,
      dlq_partition: String(record.partition),
      dlq_offset: String(record.offset),
      dlq_timestamp: String(record.timestamp),
      dlq_code: failure.code,
      dlq_reason: failure.message,
    }).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const),
  ],
});
