/** What a task is given; one per unit and process. */
import type { Clock, Logger } from '../model.ts';
import type { Log } from '../port.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Store } from '../store/store.ts';
import type { Names, Unit } from '../topology.ts';
import type { Codec } from '../wire/codec.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Turns } from './turns.ts';

export interface TaskContext {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly names: Names;
  readonly codec: Codec;
  readonly unit: Unit;
  readonly policy: Policy;
  /** Version of this release, for the run log. */
  readonly release: string;
  /** Partition counts by topic (plain names) as the cluster has them. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly storeOf: (partition: number) => Store;
  /** A unit by its name, or a producer by its channel's: alarms that wait for it look there. Undefined: no such unit. */
  readonly unitNamed: (name: string) => Unit | undefined;
  readonly limits: TaskLimits;
  /** Shared by the process's tasks: only so many large stores are filled at once. Absent: as many as there are. */
  readonly restoring?: Turns;
}
export interface TaskLimits {
  /** Records per transaction. */
  readonly maxBatch: number;
  /** Ms between the beginnings of transactions while fewer records than maxBatch wait. */
  readonly spacingMs: number;
  readonly transactionTimeoutMs: number;
  /** Ms between commits of the group's offsets, which tools and `waitsFor` read. */
  readonly offsetsEveryMs: number;
  /** Bytes set aside per task before its partition pauses. */
  readonly parkedBytes: number;
  readonly sessionTimeoutMs: number;
  /** Longest wait for something new, ms: of a fetch, and of an idle task before it looks at time again. */
  readonly pollMs: number;
}
export const defaultLimits: TaskLimits = {
  maxBatch: 5_000,
  // At 10 a broker on the same cores has more to do, and an order's way through several units takes longer (docs/decisions/0061).
  spacingMs: 20,
  transactionTimeoutMs: 10_000,
  offsetsEveryMs: 500,
  parkedBytes: 64 << 20,
  sessionTimeoutMs: 30_000,
  pollMs: 100,
};
/** A topic's name in the cluster and its partition count. */
export const placeIn = (context: TaskContext) => (topic: string) => {
  const partitions = context.partitions.get(topic);
  if (partitions === undefined) throw new Error(`${topic} has no partitions: it was not looked up at the start`);
  return { name: context.names.topic(topic), partitions };
};
