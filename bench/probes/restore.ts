/** Opens each task on an empty store, as after a lost disk, and says how long it took until each stood where its changelog ends. */
import { join } from 'node:path';
import { realClock } from '../../runtime/clock.ts';
import { kafkaLog } from '../../runtime/kafka/log.ts';
import { metricsOf } from '../../runtime/observe/metrics.ts';
import { pinoLogger } from '../../runtime/observe/log.ts';
import { lmdbStore } from '../../runtime/store/lmdb.ts';
import { defaultLimits, type TaskContext } from '../../runtime/task/context.ts';
import { openTask } from '../../runtime/task/opened.ts';
import { ownTopics } from '../../runtime/topology.ts';
import { codecOf } from '../../runtime/wire/codec.ts';
import { namesOfRun, orderLines, registry, reservations, schemas, stock } from '../processor/reservations.ts';
import { answer, given } from './given.ts';

const partitions = Number(given('PARTITIONS'));
const log = kafkaLog({ brokers: given('BOOTSTRAP'), clientId: 'onhand-bench-restore' });
const names = namesOfRun(given('GROUP'));
const own = [ownTopics.changelog, ownTopics.runs, ownTopics.control, ownTopics.dlq].map(of => of(reservations.name));
const context: TaskContext = {
  ...{ log, clock: realClock, logger: pinoLogger('warn'), metrics: metricsOf(), names, codec: codecOf(registry, schemas) },
  ...{ unit: { kind: 'processor', unit: reservations }, policy: { hash: 'bench', companies: {}, shops: {} }, release: 'bench' },
  partitions: new Map([orderLines.name, stock.name, ...own].map(topic => [topic, partitions])),
  storeOf: partition => lmdbStore(join(given('DATA'), String(partition))),
  unitNamed: () => undefined,
  limits: defaultLimits,
};
const everything = { gte: '\x01', lt: '\uffff' };
const bounds = await log.bounds(
  Array.from({ length: partitions }, (_, partition) => ({
    topic: names.topic(ownTopics.changelog(reservations.name)),
    partition,
  })),
);
let ms = 0;
let keys = 0;
for (let partition = 0; partition < partitions; partition++) {
  const begun = performance.now();
  const opened = await openTask(context, partition);
  ms += performance.now() - begun;
  keys += [...opened.view.range(everything)].length;
  await opened.close();
}
const restored = await context.metrics.restored.get();
const records = restored.values.reduce((sum, one) => sum + one.value, 0);
await log.close();
if (records === 0 || keys === 0) throw new Error(`nothing was restored of ${JSON.stringify(bounds)}`);
answer({ records, keys, ms: Math.round(ms) });
