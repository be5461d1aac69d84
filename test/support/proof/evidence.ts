/**
 * What a run leaves to be judged: what was asked of it, what it answered, and what stands in the log, the groups, the stores and the
 * targets once every transaction has ended. `check.ts` is a pure function of it; `gather.ts` reads it from a log.
 */
import type { LogRecord } from '../../../runtime/port.ts';
import type { Unit } from '../../../runtime/topology.ts';
import type { Codec } from '../../../runtime/wire/codec.ts';
import type { Policy } from '../../../schemas/policy.ts';

/** One partition of a topic, read committed, from its start to its last stable offset. */
export interface PartitionEnd {
  readonly partition: number;
  readonly start: number;
  readonly lastStable: number;
  readonly highWatermark: number;
  /** In the order of offsets. */
  readonly records: readonly LogRecord[];
}
/** A task's local store. */
export interface StoreEnd {
  readonly unit: string;
  readonly partition: number;
  /** The changelog offset from which it has not read yet; undefined: nothing was ever stored. */
  readonly changelogNext: number | undefined;
  readonly entries: ReadonlyMap<string, string>;
}
/** done: it happened. failed: it did not. unknown: it may have. */
export type Known = 'done' | 'failed' | 'unknown';
export type Operation =
  /** Somebody outside the units published an event (or delivered to an intake) and was answered so. */
  | { readonly kind: 'publish'; readonly id: string; readonly topic: string; readonly outcome: Known }
  /** A target saw a call take effect. `call` tells the calls of one event apart (`create`, `change`, or finer). */
  | {
      readonly kind: 'call';
      readonly sink: string;
      readonly document: string;
      readonly revision: number;
      readonly event: string;
      readonly call: string;
    }
  /** A unit said that it cannot go on, though nobody had asked for what stops it. */
  | { readonly kind: 'stopped'; readonly unit: string; readonly error: string }
  /** A target was set back (a restored backup): what is brought to it again afterwards is no duplicate. */
  | { readonly kind: 'set back'; readonly sink: string }
  /** A reader beside the run was given a record; `reader` tells apart readers, each of which read its partitions from the start. */
  | {
      readonly kind: 'read';
      readonly reader: string;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly id: string;
    };

export interface Evidence {
  /** The units that ran; others' outputs are taken as they are. */
  readonly units: readonly Unit[];
  /** By their hash: every policy that a run log names. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** Knows the schemas of every value in `topics` (`gather` sees to it). */
  readonly codec: Pick<Codec, 'encode' | 'decode'>;
  /** By plain name: inputs, outputs and the units' own topics. Judged only as far as they are here. */
  readonly topics: ReadonlyMap<string, readonly PartitionEnd[]>;
  /** By unit: `topic/partition` (plain) to the group's committed offset. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly stores: readonly StoreEnd[];
  /** In the order in which it happened. */
  readonly history: readonly Operation[];
  /** By sink: the documents that the target holds at the end, with their revision. Judged where given. */
  readonly targets: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Faults had ended and everything had time to be read: then nothing may be left. Else only safety is judged. */
  readonly drained: boolean;
  /** When this was gathered, epoch ms UTC of the log's clock: what fell due long before it must have fired when all was drained. */
  readonly endedAt: number;
  /**
   * Topics that only appenders write, never transactions: their records can be read from the moment they were taken, so that an alarm
   * must come after all that were taken before it fell due.
   */
  readonly prompt?: readonly string[];
}

export interface Problem {
  readonly rule: Rule;
  /** `unit/partition`, `topic/partition@offset`, a document: where to look. */
  readonly where: string;
  readonly found: string;
}
/** What each says stands beside its code (`check.ts` lists them). */
export type Rule =
  | 'stopped'
  | 'published'
  | 'hanging'
  | 'offsets'
  | 'consumed'
  | 'outputs'
  | 'notes'
  | 'state'
  | 'alarms'
  | 'parked'
  | 'set aside'
  | 'dlq'
  | 'ids'
  | 'store'
  | 'reader'
  | 'sink order'
  | 'sink duplicate'
  | 'sink lost';
export const rules: readonly Rule[] = [
  'stopped',
  'published',
  'hanging',
  'offsets',
  'consumed',
  'outputs',
  'notes',
  'state',
  'alarms',
  'parked',
  'set aside',
  'dlq',
  'ids',
  'store',
  'reader',
  'sink order',
  'sink duplicate',
  'sink lost',
];
