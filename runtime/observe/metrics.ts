/** All metrics, declared in one place, in Prometheus' words. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const metricsOf = () => {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram<L>({ name, help, labelNames, buckets, registers });
  return {
    registry,
    deliveries: counter('onhand_deliveries_total', 'Deliveries by how they were answered.', ['shop', 'via', 'outcome']),
    consumed: counter('onhand_records_consumed_total', 'Records taken from inputs.', ['unit', 'topic']),
    published: counter('onhand_facts_published_total', 'Facts published.', ['unit', 'type']),
    transactions: counter('onhand_transactions_total', 'Transactions by outcome.', ['unit', 'outcome']),
    transactionSeconds: histogram('onhand_transaction_seconds', 'From the first request of a transaction to its end.', ['unit']),
    lag: gauge('onhand_lag_records', 'Records between the position and the last stable offset.', ['unit', 'topic', 'partition']),
    taskTimeLag: gauge('onhand_task_time_lag_seconds', 'How far task time is behind the wall clock.', ['unit', 'partition']),
    parked: gauge('onhand_parked_records', 'Records set aside.', ['unit', 'partition']),
    parkedBytes: gauge('onhand_parked_bytes', 'Bytes set aside.', ['unit', 'partition']),
    dlq: counter('onhand_dlq_records_total', 'Records that could not be read, by code.', ['unit', 'code']),
    parkedTotal: counter('onhand_parked_total', 'Records set aside, by code.', ['unit', 'code']),
    tasks: gauge('onhand_tasks', 'Tasks by state.', ['unit', 'state']),
    reopened: counter('onhand_task_reopened_total', 'Task sessions that ended and began anew, by why.', ['unit', 'why']),
    restoring: gauge('onhand_restore_left_records', 'Changelog records that a task has yet to restore.', ['unit', 'partition']),
    restored: counter('onhand_restored_records_total', 'Changelog records read to restore stores.', ['unit']),
    sinkCalls: counter('onhand_sink_items_total', 'Items brought to a target, by outcome.', ['unit', 'outcome']),
    sinkSeconds: histogram('onhand_sink_call_seconds', 'One find or apply of a batch.', ['unit', 'what']),
    sinkPaused: gauge('onhand_sink_paused', '1 while the target is down and the sink waits.', ['unit']),
    pollSeconds: histogram('onhand_poll_seconds', 'One poll of a channel.', ['shop']),
    pollFailures: counter('onhand_poll_failures_total', 'Polls that failed, by code.', ['shop', 'code']),
  };
};
export type Metrics = ReturnType<typeof metricsOf>;
