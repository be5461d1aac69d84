/** The batch that kafkajs' consumer hands out: without aborted records, and knowing where to read on after compaction. */
import { fieldAt, readCommitted, readHeaders } from './records.ts';

/** Of a partition in a fetch answer; the mended decoder leaves `messages` as the bytes that came. */
export interface PartitionData {
  readonly partition: number;
  readonly highWatermark: string;
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: Buffer | readonly never[];
}

/** kafkajs' message; offset and time become strings, and headers an object, only when somebody looks. */
class Message {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly attributes = 0;
  readonly magicByte = 2;
  readonly isControlRecord = false;
  readonly #offset: number;
  readonly #timestamp: number;
  readonly #bytes: Buffer;
  readonly #headersAt: number;
  constructor(offset: number, timestamp: number, key: Buffer | null, value: Buffer | null, bytes: Buffer, headersAt: number) {
    this.#offset = offset;
    this.#timestamp = timestamp;
    this.key = key;
    this.value = value;
    this.#bytes = bytes;
    this.#headersAt = headersAt;
  }
  get offset(): string {
    return String(this.#offset);
  }
  get timestamp(): string {
    return String(this.#timestamp);
  }
  get headers(): Readonly<Record<string, Buffer>> {
    return readHeaders(this.#bytes, this.#headersAt);
  }
}

const toMessage = (
  offset: number,
  timestamp: number,
  bytes: Buffer,
  keyAt: number,
  valueAt: number,
  headersAt: number,
): Message => new Message(offset, timestamp, fieldAt(bytes, keyAt), fieldAt(bytes, valueAt), bytes, headersAt);

/** A class because kafkajs makes it with `new`; its methods are those that kafkajs and its users call. */
export class ConsumerBatch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly fetchedOffset: string;
  readonly messages: readonly Message[];
  readonly #next: number;
  constructor(topic: string, fetchedOffset: string, data: PartitionData) {
    this.topic = topic;
    this.partition = data.partition;
    this.highWatermark = data.highWatermark;
    this.fetchedOffset = fetchedOffset;
    const aborted = (data.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
      producerId: Number(producerId),
      firstOffset: Number(firstOffset),
    }));
    const bytes = Buffer.isBuffer(data.messages) ? data.messages : Buffer.alloc(0);
    const { records, next } = readCommitted(bytes, aborted, Number(fetchedOffset), toMessage);
    this.messages = records;
    this.#next = next;
  }
  get rawMessages(): readonly Message[] {
    return this.messages;
  }
  isEmpty(): boolean {
    return this.messages.length === 0;
  }
  isEmptyIncludingFiltered(): boolean {
    return this.isEmpty() && !this.#moved();
  }
  /** There was something, and all of it was aborted, control or compacted: the consumer moves on without calling its user. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.#moved();
  }
  isEmptyControlRecord(): boolean {
    return this.isEmptyDueToFiltering();
  }
  isEmptyDueToLogCompactedMessages(): boolean {
    return this.isEmptyDueToFiltering();
  }
  firstOffset(): string | null {
    return this.messages[0]?.offset ?? (this.#moved() ? this.fetchedOffset : null);
  }
  lastOffset(): string {
    return String((this.#moved() ? this.#next : Number(this.highWatermark)) - 1);
  }
  offsetLag(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()));
  }
  offsetLagLow(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.firstOffset() ?? Number(this.highWatermark) - 1));
  }
  #moved(): boolean {
    return this.#next > Number(this.fetchedOffset);
  }
}
