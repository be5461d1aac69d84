/**
 * The log as the session sees it: as low as Kafka's own protocol, so that the session's state machine (fencing, assignment,
 * restore, transactions) runs unchanged over a real broker (`runtime/kafka`) and over the in-memory log (`runtime/memory`).
 * An adapter decides nothing: it neither retries across an unknown outcome, nor chooses an offset, nor keeps a position.
 */

/** A record as read. `headers` decodes when asked: most readers want two of eight. Offsets are numbers: exact below 2^53. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The broker's append time, epoch ms UTC (topics use LogAppendTime). */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: () => Readonly<Record<string, Buffer>>;
}

/** A record to write; its partition is decided by the caller (`runtime/partition.ts`), never by an adapter. */
export interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Pairs, or the bytes of all as they travel (`runtime/wire/headers.ts`): who writes many encodes them once. */
  readonly headers?: Headers | Buffer;
}
/** Header names and values in order; constant pairs are encoded once by their author and shared between records. */
export type Headers = readonly (readonly [Buffer, Buffer])[];

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}
export interface FetchRequest extends TopicPartition {
  readonly from: number;
  readonly maxBytes: number;
}
/** What one partition answered, read committed. `next` is where to read on, past aborted and control records and compacted gaps. */
export interface Fetched extends TopicPartition {
  readonly records: readonly LogRecord[];
  readonly next: number;
  readonly start: number;
  readonly lastStable: number;
  readonly highWatermark: number;
  /** The offset asked for is below `start` or above the end: never clamped, the session decides. */
  readonly outOfRange: boolean;
}
export interface Bounds extends TopicPartition {
  readonly start: number;
  readonly lastStable: number;
  readonly highWatermark: number;
}

/**
 * The outcome of a request that changes the log. `failed`: it certainly did not happen. `unknown`: it may or may not have;
 * the producer must be closed and never used again. `fenced`: another holds the transactional id or the group's generation moved on.
 */
export type Outcome<T = undefined> =
  { readonly is: 'ok'; readonly value: T } | { readonly is: 'failed' | 'unknown' | 'fenced'; readonly error: Error };

export interface Written extends TopicPartition {
  readonly baseOffset: number;
  readonly count: number;
}
/** One transactional id, fenced. Calls are made one at a time, in order: send…, sendOffsets?, end. */
export interface Transactional {
  /** Appends all records to the open transaction, beginning one if none is open. Records of one partition keep their order. */
  readonly send: (records: readonly Outgoing[]) => Promise<Outcome<readonly Written[]>>;
  /** Adds the group's offsets to the open transaction; `member` lets the coordinator refuse an older generation where it can. */
  readonly sendOffsets: (group: string, offsets: readonly (TopicPartition & { readonly offset: number })[]) => Promise<Outcome>;
  readonly end: (how: 'commit' | 'abort') => Promise<Outcome>;
  /** Lets go of connections; an open transaction is left for the next `initProducer` (or its timeout) to abort. */
  readonly close: () => Promise<void>;
}
/** A producer outside transactions (intake, DLQ of last resort): idempotent, acks=all; answers when the records are durable. */
export interface Appender {
  readonly send: (records: readonly Outgoing[]) => Promise<Outcome<readonly Written[]>>;
  readonly close: () => Promise<void>;
}

/** Called synchronously at each assignment, before anything else of that generation happens. A full assignment each time. */
export interface MemberListener {
  readonly assigned: (partitions: readonly number[], generation: number) => void;
  /** Membership is lost (kicked out, session over, or a rebalance began whose result is not known yet). */
  readonly revoked: (why: 'rebalance' | 'lost') => void;
  /** A heartbeat was answered; `at` is the monotonic ms at which it was SENT. */
  readonly heartbeat: (at: number) => void;
  /** Membership cannot go on; the process should stop the unit and say why. */
  readonly fatal: (error: Error) => void;
}
export interface Member {
  readonly memberId: () => string | undefined;
  /** Leaves the group at once, so that others need not wait for the session to expire. */
  readonly leave: () => Promise<void>;
}
export interface MemberOptions {
  readonly group: string;
  /** The topics whose partitions are handed out together: partition p of every topic, or of none. */
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** The member id of an earlier life on this machine; it is taken out of the group before joining. */
  readonly formerMemberId?: string;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Kafka's own topic settings, as strings. */
  readonly settings: Readonly<Record<string, string>>;
}
/** What a deployment step may do; a running service never does. */
export interface LogAdmin {
  readonly topics: () => Promise<readonly TopicSpec[]>;
  readonly create: (topics: readonly TopicSpec[]) => Promise<void>;
  readonly alter: (topic: string, settings: Readonly<Record<string, string>>) => Promise<void>;
  readonly remove: (topics: readonly string[]) => Promise<void>;
}

export interface Log {
  /** Long-polls up to `waitMs` when nothing is there. Answers for every asked partition. Throws a transient failure when the broker is away. */
  readonly fetch: (requests: readonly FetchRequest[], waitMs: number) => Promise<readonly Fetched[]>;
  /** Start, last stable offset and high watermark. */
  readonly bounds: (partitions: readonly TopicPartition[]) => Promise<readonly Bounds[]>;
  /** Offset of the first record at or after a time, or the last stable offset when there is none. */
  readonly offsetsAt: (
    partitions: readonly TopicPartition[],
    at: number,
  ) => Promise<readonly (TopicPartition & { readonly offset: number })[]>;
  /** Partition counts; a topic that does not exist is absent. */
  readonly partitions: (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /**
   * A group's committed offsets, after any transaction of its members has ended; absent where none is committed. `partitions`: those
   * that are asked for, and whose transactions are waited for; others may be answered too.
   */
  readonly committed: (
    group: string,
    topics: readonly string[],
    partitions?: readonly number[],
  ) => Promise<readonly (TopicPartition & { readonly offset: number })[]>;
  /** Fences every earlier holder of the id and waits until its last transaction has ended. */
  readonly initProducer: (transactionalId: string, timeoutMs: number) => Promise<Transactional>;
  readonly appender: () => Promise<Appender>;
  readonly join: (options: MemberOptions, listener: MemberListener) => Promise<Member>;
  readonly admin: LogAdmin;
  readonly close: () => Promise<void>;
}
