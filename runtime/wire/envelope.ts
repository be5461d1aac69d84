/** The envelope: CloudEvents 1.0 in Kafka's binary mode. Constant headers are encoded once. */
import type { Headers, LogRecord } from '../port.ts';
import type { Stamp } from '../model.ts';
import { poison } from '../failure.ts';

const names = {
  version: Buffer.from('ce_specversion'),
  id: Buffer.from('ce_id'),
  type: Buffer.from('ce_type'),
  source: Buffer.from('ce_source'),
  time: Buffer.from('ce_time'),
  cause: Buffer.from('ce_cause'),
  sequence: Buffer.from('ce_sequence'),
  content: Buffer.from('content-type'),
};
const constants: Headers = [
  [names.version, Buffer.from('1.0')],
  [names.content, Buffer.from('application/avro')],
];
const cached = (make: (text: string) => readonly [Buffer, Buffer]): ((text: string) => readonly [Buffer, Buffer]) => {
  const known = new Map<string, readonly [Buffer, Buffer]>();
  return text => {
    const found = known.get(text) ?? make(text);
    known.set(text, found);
    return found;
  };
};
const typeHeader = cached(type => [names.type, Buffer.from(`onhand.${type}`)]);
const sourceHeader = cached(source => [names.source, Buffer.from(source)]);

/** `sequence` orders the facts of one cause; it is left out for the first. `source` is `/onhand/<unit>/<partition>`. */
export const headersOf = (stamp: Omit<Stamp, 'key'>, type: string, source: string, sequence: number): Headers => {
  const own: (readonly [Buffer, Buffer])[] = [
    ...constants,
    typeHeader(type),
    sourceHeader(source),
    [names.id, Buffer.from(stamp.id)],
    [names.time, Buffer.from(new Date(stamp.at).toISOString())],
    [names.cause, Buffer.from(stamp.cause)],
  ];
  return sequence === 0 ? own : [...own, [names.sequence, Buffer.from(String(sequence))]];
};
export interface Envelope extends Stamp {
  readonly type: string;
  readonly source: string;
  readonly sequence: number;
}
/** Throws poison RECORD_UNREADABLE for a record that is no event of ours. */
export const envelopeOf = (record: LogRecord): Envelope => {
  const headers = record.headers();
  const read = (name: string): string => headers[name]?.toString() ?? '';
  const [id, type, at] = [read('ce_id'), read('ce_type'), Date.parse(read('ce_time'))];
  if (record.key === null || id === '' || !type.startsWith('onhand.') || Number.isNaN(at))
    throw poison(
      'RECORD_UNREADABLE',
      `reading ${record.topic}/${record.partition}@${record.offset}: it has no ${record.key === null ? 'key' : 'CloudEvents headers (ce_id, ce_type, ce_time)'}`,
    );
  return {
    id,
    key: record.key.toString(),
    at,
    cause: read('ce_cause') || id,
    type: type.slice('onhand.'.length),
    source: read('ce_source'),
    sequence: Number(read('ce_sequence') || 0),
  };
};
