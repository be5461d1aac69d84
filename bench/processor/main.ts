/**
 * The reservation processor as a process of its own, on the shipping runtime: member, LMDB store, changelog, run log, position record,
 * alarms and CloudEvents headers as in production. Run it with
 *
 *     BOOTSTRAP=127.0.0.1:19092 GROUP=bench-1 DATA=.onhand/bench/data GUARANTEE=exactly-once node bench/processor/main.ts
 *
 * after `bench.Load reset` has made both topics. GUARANTEE: exactly-once (the default) or at-least-once. The topics that it needs for
 * itself are made at its start; their names begin with `bench.`, so the next reset takes them away: give each run a fresh DATA folder, too,
 * or the same one to come back after a kill. It prints `open` once every task is open, drains on SIGTERM, and prints last its peaks as
 * `{"rssAnonKiB":...,"vmHwmKiB":...}`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { realClock } from '../../runtime/clock.ts';
import { kafkaLog } from '../../runtime/kafka/log.ts';
import type { Event } from '../../runtime/model.ts';
import { metricsOf } from '../../runtime/observe/metrics.ts';
import { pinoLogger } from '../../runtime/observe/log.ts';
import type { Log } from '../../runtime/port.ts';
import { startSession } from '../../runtime/session.ts';
import { lmdbStore } from '../../runtime/store/lmdb.ts';
import { defaultLimits, type TaskContext } from '../../runtime/task/context.ts';
import { processPump } from '../../runtime/task/process.ts';
import { processorRules, type Rules } from '../../runtime/task/rules.ts';
import { ownTopics, topicSpecs, type Unit } from '../../runtime/topology.ts';
import { codecOf, type Codec } from '../../runtime/wire/codec.ts';
import type { Policy } from '../../schemas/policy.ts';
import { atLeastOnce } from './at-least-once.ts';
import { namesOfRun, orderLines, registry, reservations, schemas, stock, type OrderLine } from './reservations.ts';

const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set; the head of bench/processor/main.ts says how to run it`);
  return value;
};
const bootstrap = given('BOOTSTRAP');
const data = given('DATA');
const group = given('GROUP');
const guarantee = process.env['GUARANTEE'] ?? 'exactly-once';
if (guarantee !== 'exactly-once' && guarantee !== 'at-least-once') throw new Error(`GUARANTEE is ${guarantee}`);

const unit: Unit = { kind: 'processor', unit: reservations };
const names = namesOfRun(group);
const policy: Policy = { hash: 'bench', companies: {}, shops: {} };
const logger = pinoLogger(process.env['LOG_LEVEL'] ?? 'warn');

/** The rival's loader writes no headers: an event's id is the one in it, and it reached us when the broker got it. */
const rulesOf = (codec: Codec): Rules => ({
  ...processorRules(reservations, codec, policy),
  read: (record): Event => {
    const fact = codec.decode(record.value, `${record.topic}/${record.partition}@${record.offset}`);
    const { eventId: id } = fact.data as OrderLine;
    return { type: fact.type, data: fact.data, id, key: record.key?.toString('latin1') ?? '', at: record.timestamp, cause: id };
  },
});
/** Partition counts of all that it needs, its own topics made where they are not. */
const partitionsOf = async (log: Log): Promise<ReadonlyMap<string, number>> => {
  const own = [ownTopics.changelog, ownTopics.runs, ownTopics.control, ownTopics.dlq].map(of => of(reservations.name));
  const plain = [orderLines.name, stock.name, ...own];
  const found = await log.partitions(plain.map(names.topic));
  const count = found.get(names.topic(orderLines.name));
  if (count === undefined) throw new Error(`${names.topic(orderLines.name)} does not exist; run bench.Load reset first`);
  const missing = topicSpecs([unit], names, count).filter(spec => !found.has(spec.name));
  if (missing.length > 0) await log.admin.create(missing);
  return new Map(plain.map(name => [name, count]));
};
const statusOf = (field: string): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);

const stopped = new Promise<void>(resolve => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
});
const kafka = kafkaLog({ brokers: bootstrap, clientId: `onhand-bench-${randomUUID().slice(0, 8)}` }, logger);
const log = guarantee === 'exactly-once' ? kafka : atLeastOnce(kafka, bootstrap);
const codec = codecOf(registry, schemas);
await codec.prepare([...schemas.keys()]);
const context: TaskContext = {
  ...{ log, clock: realClock, logger, metrics: metricsOf(), names, codec, unit, policy, release: 'bench' },
  partitions: await partitionsOf(log),
  storeOf: partition => lmdbStore(join(data, String(partition))),
  unitNamed: () => undefined,
  limits: defaultLimits,
};
mkdirSync(data, { recursive: true });
const memberFile = join(data, 'member');
const former = (): string | undefined => {
  try {
    return readFileSync(memberFile, 'utf8');
  } catch {
    return undefined;
  }
};
let rssAnonKiB = 0;
const sampling = setInterval(() => (rssAnonKiB = Math.max(rssAnonKiB, statusOf('RssAnon'))), 200);
const session = await startSession({
  context,
  pump: processPump(rulesOf(codec)),
  reading: log,
  rebalanceTimeoutMs: 10_000,
  formerMemberId: former(),
  keepMemberId: id => writeFileSync(memberFile, id),
  fatal: error => {
    logger.error({ error: error.message }, 'the processor cannot go on');
    process.exit(1);
  },
});
while (!session.ready()) await realClock.sleep(10);
process.stdout.write('open\n');
await stopped;
await session.close();
await log.close();
clearInterval(sampling);
process.stdout.write(`${JSON.stringify({ rssAnonKiB, vmHwmKiB: statusOf('VmHWM') })}\n`);
