/** The envelope: CloudEvents 1.0 in Kafka's binary mode. Constant headers are encoded once. */
import type { Headers, LogRecord } from '../port.ts';
import type { Stamp } from '../model.ts';
import { poison } from '../failure.ts';
import { encodeFields, encodeHeaders, writeLength } from './headers.ts';

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
/** The bytes of what all facts of a type from one source have in common. */
const commonOf = (type: string, source: string): Buffer =>
  encodeFields([...constants, [names.type, Buffer.from(`onhand.${type}`)], [names.source, Buffer.from(source)]]);
const commons = new Map<string, Map<string, Buffer>>();
const common = (type: string, source: string): Buffer => {
  let bySource = commons.get(type);
  if (bySource === undefined) commons.set(type, (bySource = new Map<string, Buffer>()));
  let bytes = bySource.get(source);
  if (bytes === undefined) bySource.set(source, (bytes = commonOf(type, source)));
  return bytes;
};
const nameField = (name: Buffer): Buffer => encodeFields([[name, Buffer.alloc(0)]]).subarray(0, -1);
const fields = {
  id: nameField(names.id),
  time: nameField(names.time),
  cause: nameField(names.cause),
  sequence: nameField(names.sequence),
};

/** Neighbours share their cause's time. */
let timeAt = NaN;
let timeText = '';
const isoOf = (at: number): string => {
  if (at !== timeAt) [timeAt, timeText] = [at, new Date(at).toISOString()];
  return timeText;
};

const slabSize = 1 << 18;
let slab = Buffer.allocUnsafeSlow(slabSize);
let at = 0;
/** A name and its value, behind what was written. Few bytes at a time: a call into the engine costs more than the loop. */
const put = (name: Buffer, value: string): void => {
  for (let i = 0; i < name.length; i++) slab[at++] = name[i]!;
  const size = slab.write(value, at + 1);
  if (size < 64) slab[at] = size * 2;
  else {
    slab.copyWithin(at + 2, at + 1, at + 1 + size);
    writeLength(slab, at, size);
    at++;
  }
  at += 1 + size;
};
/** Three lengths and what stands between them, besides the texts. */
const margin = 128;
/** What is written above has two bytes for a length at most; longer ids are no ids of ours. */
const longestText = 2_000;
const encodedLong = ({ id, at: when, cause }: Omit<Stamp, 'key'>, type: string, source: string, sequence: number): Buffer =>
  encodeHeaders([
    ...constants,
    [names.type, Buffer.from(`onhand.${type}`)],
    [names.source, Buffer.from(source)],
    [names.id, Buffer.from(id)],
    [names.time, Buffer.from(isoOf(when))],
    [names.cause, Buffer.from(cause)],
    ...(sequence === 0 ? [] : [[names.sequence, Buffer.from(String(sequence))] as const]),
  ]);

/**
 * Encoded as they travel. `sequence` orders the facts of one cause; it is left out for the first. `source` is
 * `/onhand/<unit>/<partition>`.
 */
export const headersOf = (stamp: Omit<Stamp, 'key'>, type: string, source: string, sequence: number): Buffer => {
  const shared = common(type, source);
  const { id, cause } = stamp;
  if (id.length + cause.length > longestText) return encodedLong(stamp, type, source, sequence);
  const most = shared.length + (id.length + cause.length) * 3 + margin;
  if (slabSize - at < most) {
    slab = Buffer.allocUnsafeSlow(slabSize);
    at = 0;
  }
  const from = at;
  slab[at++] = (sequence === 0 ? 7 : 8) * 2;
  at += shared.copy(slab, at);
  put(fields.id, id);
  put(fields.time, isoOf(stamp.at));
  put(fields.cause, cause);
  if (sequence !== 0) put(fields.sequence, String(sequence));
  return slab.subarray(from, at);
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
