/** What is measured and what it shall be: the goals of the issue "Exactly once, proven and fast". */

export const sections = ['drain', 'latency', 'recovery', 'memory', 'pipeline', 'hot', 'decode', 'sink'] as const;
export type Section = (typeof sections)[number];

export interface Goal {
  readonly id: string;
  readonly section: Section;
  readonly what: string;
  readonly unit: string;
  /** What ours is divided by, measured in the same repeat; undefined: the goal is a figure of ours alone. */
  readonly beside?: string;
  /** Absent: shown for comparison, nothing is asked of it. */
  readonly wanted?: { readonly of: 'ours' | 'ratio'; readonly bound: 'at least' | 'at most'; readonly value: number };
}
type Wanted = NonNullable<Goal['wanted']>;
const ratio = (bound: Wanted['bound'], value: number): Wanted => ({ of: 'ratio', bound, value });
const ours = (bound: Wanted['bound'], value: number): Wanted => ({ of: 'ours', bound, value });

const eos = 'Kafka Streams, exactly_once_v2';
const tuned = 'Kafka Streams, exactly_once_v2, commit.interval.ms=20, linger 0';

export const goals: readonly Goal[] = [
  { id: 'drain-1', section: 'drain', what: 'drain, 1 partition', unit: 'rec/s', beside: eos, wanted: ratio('at least', 2) },
  { id: 'drain-4', section: 'drain', what: 'drain, 4 partitions', unit: 'rec/s', beside: eos, wanted: ratio('at least', 3) },
  {
    ...{ id: 'price-1', section: 'drain', what: 'exactly once, 1 partition', unit: 'rec/s' },
    ...{ beside: 'our own at least once', wanted: ratio('at least', 0.9) },
  },
  {
    ...{ id: 'price-4', section: 'drain', what: 'exactly once, 4 partitions', unit: 'rec/s' },
    ...{ beside: 'our own at least once', wanted: ratio('at least', 0.9) },
  },
  {
    id: 'latency-p50',
    section: 'latency',
    what: 'latency at 500 rec/s, p50',
    unit: 'ms',
    beside: tuned,
    wanted: ratio('at most', 0.3),
  },
  {
    id: 'latency-p99',
    section: 'latency',
    what: 'latency at 500 rec/s, p99',
    unit: 'ms',
    beside: tuned,
    wanted: ratio('at most', 0.5),
  },
  {
    ...{ id: 'pipeline-p50', section: 'pipeline', what: 'intake acknowledged → OrderConfirmed visible, 100 orders/s, p50' },
    ...{ unit: 'ms', wanted: ours('at most', 120) },
  },
  {
    ...{ id: 'pipeline-p99', section: 'pipeline', what: 'intake acknowledged → OrderConfirmed visible, 100 orders/s, p99' },
    ...{ unit: 'ms', wanted: ours('at most', 400) },
  },
  {
    ...{ id: 'recovery-first', section: 'recovery', what: 'kill -9 and restart → first new output', unit: 'ms' },
    ...{ beside: 'Kafka Streams, static membership', wanted: ours('at most', 2_000) },
  },
  {
    ...{ id: 'recovery-default', section: 'recovery', what: 'the same, beside the rival as it comes', unit: 'ms' },
    beside: 'Kafka Streams, default settings',
  },
  {
    ...{ id: 'recovery-stall', section: 'recovery', what: 'longest silence of other partitions meanwhile', unit: 'ms' },
    wanted: ours('at most', 1_000),
  },
  {
    ...{ id: 'restore', section: 'memory', what: 'full restore from the changelog', unit: 'entries/s' },
    wanted: ours('at least', 150_000),
  },
  {
    ...{ id: 'memory', section: 'memory', what: 'private memory (RssAnon) with 100,000 keys, peak', unit: 'MiB' },
    ...{ beside: 'RSS of Kafka Streams, peak', wanted: ratio('at most', 1) },
  },
  {
    ...{ id: 'hot', section: 'hot', what: 'hot product with 100,000 open holds', unit: 'events/s' },
    ...{ beside: 'the same with 10', wanted: ratio('at least', 0.8) },
  },
  {
    ...{ id: 'decode', section: 'decode', what: 'decode of an older schema version', unit: 'facts/s' },
    ...{ beside: 'of the current one', wanted: ratio('at least', 0.9) },
  },
  {
    ...{ id: 'sink', section: 'sink', what: 'sink: 10,000 calls of 2.5 ms, 100 keys at once, one poisoned', unit: 'ms' },
    wanted: ours('at most', 3_500),
  },
];
