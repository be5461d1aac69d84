/** What a sink's replay refers to, and the sealed fields of what it delivers. */
import type { Sealed } from '../model.ts';
import type { LogRecord } from '../port.ts';
import type { Keys } from '../keys/keys.ts';
import { nameOf, ownTopics } from '../topology.ts';
import type { Session } from './task.ts';

/** A record of `SINK.replay`: a record of an input, of the same partition, that shall be brought to the target again. */
export interface ReplayReference {
  readonly plan: string;
  readonly topic: string;
  readonly offset: number;
}
export const referenceOf = (record: LogRecord): ReplayReference | undefined => {
  try {
    const reference = JSON.parse(record.value?.toString() ?? '') as ReplayReference;
    return typeof reference.topic === 'string' && Number.isSafeInteger(reference.offset) ? reference : undefined;
  } catch {
    return undefined;
  }
};
/** The records that these replays refer to; absent where the topic no longer holds them. */
export const replayed = async (session: Session, records: readonly LogRecord[]): Promise<ReadonlyMap<LogRecord, LogRecord>> => {
  const { context, partition } = session;
  const replay = context.names.topic(ownTopics.replay(nameOf(context.unit)));
  const found = new Map<LogRecord, LogRecord>();
  const wanted = records.flatMap(record => {
    const reference = record.topic === replay ? referenceOf(record) : undefined;
    return reference === undefined ? [] : [{ record, reference }];
  });
  // Plans refer to records in order: one fetch usually brings the next ones too.
  const read = new Map<string, LogRecord>();
  for (const { record, reference } of wanted) {
    const at = `${reference.topic}@${reference.offset}`;
    if (!read.has(at)) {
      const [answer] = await context.log.fetch(
        [{ topic: context.names.topic(reference.topic), partition, from: reference.offset, maxBytes: 1 << 20 }],
        0,
      );
      for (const one of answer!.outOfRange ? [] : answer!.records) read.set(`${reference.topic}@${one.offset}`, one);
    }
    const source = read.get(at);
    if (source !== undefined) found.set(record, source);
  }
  return found;
};

export const sealedFields = (data: unknown): readonly (readonly [string, Sealed])[] =>
  Object.entries(data as object).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && 'keyId' in value ? [[name, value as Sealed] as const] : [],
  );
/** The data with its sealed fields open, as far as their keys exist. */
export const openAll = (data: unknown, keys: Keys): unknown => {
  const fields = sealedFields(data);
  if (fields.length === 0) return data;
  const open = fields.map(([name, sealed]) => {
    const plain = keys.open(sealed);
    return [name, plain === undefined ? sealed : { keyId: sealed.keyId, open: plain }];
  });
  return { ...(data as object), ...Object.fromEntries(open) };
};
