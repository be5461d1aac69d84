/** Reads committed records: several partitions of a leader in one request, each with its bounds and where to read on. */
import type { Bounds, Fetched, FetchRequest, LogRecord, TopicPartition } from '../port.ts';
import { askLeaders, type Answer, type Directory } from './directory.ts';
import { code } from './errors.ts';
import { Decoder, type Protocol } from './mended.ts';
import type { Decoder as Reader } from './mended/internals.ts';
import { fieldAt, readCommitted, readHeaders, type Aborted, type Make } from './mended/records.ts';
import { requestOf, type Wire } from './wire.ts';

/** More than this is not asked for at once, whatever the sum over the partitions. */
const MOST_BYTES = 48 * 1024 * 1024;
const READ_COMMITTED = 1;

interface Part {
  readonly code: number;
  readonly start: number;
  readonly lastStable: number;
  readonly highWatermark: number;
  readonly aborted: readonly Aborted[];
  readonly bytes: Buffer;
}

/**
 * `turn` rotates which partition comes first: of the others the broker gives nothing rather than a batch beyond the limit, so a
 * large batch behind a busy partition would never be read.
 */
export const fetchCommitted = async (
  wire: Wire,
  directory: Directory,
  requests: readonly FetchRequest[],
  waitMs: number,
  turn: number,
  boundsOf: (partitions: readonly FetchRequest[]) => Promise<readonly Bounds[]>,
): Promise<readonly Fetched[]> => {
  const shift = requests.length === 0 ? 0 : turn % requests.length;
  const wanted = [...requests.slice(shift), ...requests.slice(0, shift)];
  const answers = await askLeaders<FetchRequest, Part>(directory, {
    doing: 'reading',
    wanted,
    final: outOfRange,
    ask: async (leader, share) => inOrder(share, await wire.ask(leader, fetchRequest(share, waitMs))),
  });
  const parts = new Map(wanted.map((request, index) => [request, answers[index]]));
  const out = requests.filter(request => parts.get(request)?.code === code.offsetOutOfRange);
  const bounds = new Map((out.length === 0 ? [] : await boundsOf(out)).map((bound, index) => [out[index], bound]));
  return requests.map(request => {
    const bound = bounds.get(request);
    if (bound !== undefined) return { ...bound, records: [], next: request.from, outOfRange: true };
    return toFetched(request, (parts.get(request) as Answer<Part>).value);
  });
};

const outOfRange: ReadonlySet<number> = new Set([code.offsetOutOfRange]);

const toFetched = (request: FetchRequest, part: Part): Fetched => {
  const { topic, partition, from } = request;
  const { records, next } = readCommitted(part.bytes, part.aborted, from, makeFor(request));
  const { start, lastStable, highWatermark } = part;
  return { topic, partition, records, next, start, lastStable, highWatermark, outOfRange: false };
};

/** A class, since thousands wait in queues: an object with views of its key and value made when asked for takes a quarter of the memory. */
class FetchedRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #valueAt: number;
  readonly #headersAt: number;
  /** Asked for twice: what it was written with is looked up before it is read. */
  #value: Buffer | null | undefined;
  constructor(
    at: TopicPartition,
    offset: number,
    timestamp: number,
    bytes: Buffer,
    keyAt: number,
    valueAt: number,
    headersAt: number,
  ) {
    this.topic = at.topic;
    this.partition = at.partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.#bytes = bytes;
    this.#keyAt = keyAt;
    this.#valueAt = valueAt;
    this.#headersAt = headersAt;
  }
  get key(): Buffer | null {
    return fieldAt(this.#bytes, this.#keyAt);
  }
  get value(): Buffer | null {
    return (this.#value ??= fieldAt(this.#bytes, this.#valueAt));
  }
  /** A function of its own, that may be taken from the record. */
  get headers(): () => Readonly<Record<string, Buffer>> {
    return () => readHeaders(this.#bytes, this.#headersAt);
  }
}
const makeFor =
  (at: TopicPartition): Make<LogRecord> =>
  (offset, timestamp, bytes, keyAt, valueAt, headersAt) =>
    new FetchedRecord(at, offset, timestamp, bytes, keyAt, valueAt, headersAt);

type Answered = ReadonlyMap<string, ReadonlyMap<number, Part>>;

const inOrder = (share: readonly FetchRequest[], answered: Answered): readonly (Answer<Part> | undefined)[] =>
  share.map(({ topic, partition }) => {
    const part = answered.get(topic)?.get(partition);
    return part === undefined ? undefined : { code: part.code, value: part };
  });

const fetchRequest = (share: readonly FetchRequest[], waitMs: number): Protocol<Answered> => {
  const topics = share.map(({ topic, partition, from, maxBytes }) => ({
    topic,
    partitions: [{ partition, fetchOffset: String(from), maxBytes }],
  }));
  const maxBytes = Math.min(
    MOST_BYTES,
    share.reduce((sum, one) => sum + one.maxBytes, 0),
  );
  const { request, requestTimeout } = requestOf('Fetch', 11, {
    ...{ maxWaitTime: waitMs, minBytes: 1, maxBytes, isolationLevel: READ_COMMITTED },
    ...{ topics, rackId: '' },
  });
  return {
    request,
    response: { decode: raw => Promise.resolve(decodeAnswer(raw)), parse: answer => Promise.resolve(answer) },
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
  };
};

/** kafkajs' own decoding of this answer makes strings of all numbers and stops at the first error code. */
export const decodeAnswer = (raw: Buffer): Answered & { readonly clientSideThrottleTime: number } => {
  const decoder = new Decoder(raw);
  const clientSideThrottleTime = decoder.readInt32();
  decoder.readInt16();
  decoder.readInt32();
  const answered = new Map<string, Map<number, Part>>();
  for (const { topic, parts } of decoder.readArray(readTopic)) {
    const known = answered.get(topic);
    if (known === undefined) answered.set(topic, new Map(parts));
    else for (const [partition, part] of parts) known.set(partition, part);
  }
  return Object.assign(answered, { clientSideThrottleTime });
};

const readTopic = (decoder: Reader): { topic: string; parts: (readonly [number, Part])[] } => ({
  topic: decoder.readString() ?? '',
  parts: decoder.readArray(readPart),
});

const readPart = (decoder: Reader): readonly [number, Part] => {
  const partition = decoder.readInt32();
  const error = decoder.readInt16();
  const highWatermark = Number(decoder.readInt64());
  const lastStable = Number(decoder.readInt64());
  const start = Number(decoder.readInt64());
  const aborted = decoder.readArray(one => ({ producerId: Number(one.readInt64()), firstOffset: Number(one.readInt64()) }));
  decoder.readInt32();
  const size = decoder.readInt32();
  const bytes = size > 0 ? (decoder.readBytes(size) ?? nothing) : nothing;
  return [partition, { code: error, highWatermark, lastStable, start, aborted, bytes }];
};

const nothing = Buffer.alloc(0);
