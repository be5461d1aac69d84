/** A broker of its own, killed and started again under load: nothing committed is lost, nothing is there twice, all go on by themselves. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka } from '../../../infra/kafka.ts';
import type { StartedPart } from '../../../infra/part.ts';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import type { Log, Transactional } from '../../../runtime/port.ts';
import { done, join, out, readAll, settled, valuesOf } from '../../contract/log-support.ts';
import { until } from '../../support/until.ts';
import { kafkaProxy, type KafkaProxy } from '../../faults/proxy/kafka.ts';

const KILLS = 2;

describe('a Kafka broker that is killed and started again', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(path(tmpdir(), 'onhand-broker-loss-'));
  let running: StartedPart;
  let proxy: KafkaProxy;
  let log: Log;
  // Started again it may have another port: a client that looks for it at the old one is in the way. The proxy's port stays.
  const start = async (): Promise<string> => {
    running = await startKafka({ dataDir: folder, durable: false, preferredPort: 0, onProgress: () => undefined });
    return running.addresses.brokers ?? '';
  };
  before(async () => {
    proxy = await kafkaProxy(await start());
    log = kafkaLog({ brokers: proxy.brokers, clientId: 'broker-loss' });
  });
  after(async () => {
    await log.close();
    await proxy.down();
    await running.child.stop(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('leaves every transaction whole or absent, every acknowledged append there, and members assigned again', async () => {
    await log.admin.create(['chain', 'intake'].map(name => ({ name, partitions: 2, settings: {} })));
    const chain = writeChain(log);
    const intake = appendAll(log);
    const member = await join(log, 'unit', ['intake']);
    try {
      await settled([member], 2);
      for (let kill = 0; kill < KILLS; kill++) {
        await moreWritten(chain, intake);
        const beats = member.heartbeats.length;
        await running.child.stop(0);
        await proxy.down();
        await proxy.up(await start());
        await until(
          'heartbeats after the kill',
          () => member.heartbeats.length > beats + 2 && member.holds()?.length === 2,
          40_000,
        );
      }
      await moreWritten(chain, intake);
    } finally {
      await Promise.all([chain.stop(), intake.stop(), member.member.leave()]);
    }
    const [count, reopened] = await chain.stop();
    const { acknowledged, failed, unknown } = await intake.stop();
    const expected = Array.from({ length: count }, (_, index) => String(index));
    for (const partition of [0, 1]) {
      assert.deepEqual(valuesOf((await readAll(log, 'chain', 0, partition)).records), expected);
    }
    const there = [0, 1].map(partition => readAll(log, 'intake', 0, partition).then(({ records }) => valuesOf(records)));
    const counts = Map.groupBy((await Promise.all(there)).flat(), value => value);
    for (const value of acknowledged) assert.equal(counts.get(value)?.length, 1, `acknowledged ${value}`);
    for (const value of failed) assert.equal(counts.get(value), undefined, `failed ${value}`);
    for (const value of unknown) assert.ok((counts.get(value)?.length ?? 0) <= 1, `unknown ${value}`);
    assert.ok(reopened >= KILLS, `${String(reopened)} producers were given up`);
  });
});

const moreWritten = async (chain: ReturnType<typeof writeChain>, intake: ReturnType<typeof appendAll>): Promise<void> => {
  const [written, appended] = [chain.written(), intake.acknowledged().length];
  await until('more to be written', () => chain.written() > written + 20 && intake.acknowledged().length > appended + 20, 30_000);
};

/** Counts up, each number in one transaction over two partitions; after any doubt a new producer reads what is there. */
const writeChain = (log: Log): { written: () => number; stop: () => Promise<readonly [number, number]> } => {
  let next = 0;
  let reopened = 0;
  let stopping = false;
  const open = async (): Promise<Transactional | undefined> => {
    try {
      const task = await log.initProducer('chain.0', 10_000);
      next = (await readAll(log, 'chain')).records.length;
      return task;
    } catch (error) {
      assert.equal((error as { kind?: string }).kind, 'transient', String(error));
      await sleep(50);
      return undefined;
    }
  };
  const run = async (): Promise<void> => {
    let task: Transactional | undefined;
    while (!stopping) {
      task ??= await open();
      if (task === undefined) continue;
      const sent = await task.send([out('chain', String(next)), out('chain', String(next), 1)]);
      const ended = sent.is === 'ok' ? await task.end('commit') : sent;
      if (ended.is === 'ok') next++;
      else {
        reopened++;
        await task.close();
        task = undefined;
      }
    }
    await task?.close();
  };
  const running = run();
  return {
    written: () => next,
    stop: async () => {
      stopping = true;
      await running;
      return [next, reopened];
    },
  };
};

const appendAll = (log: Log) => {
  const acknowledged: string[] = [];
  const failed: string[] = [];
  const unknown: string[] = [];
  let stopping = false;
  const run = async (): Promise<void> => {
    const appender = await log.appender();
    for (let index = 0; !stopping; index++) {
      const value = `a${String(index)}`;
      const outcome = await appender.send([out('intake', value, index % 2)]);
      (outcome.is === 'ok' ? acknowledged : outcome.is === 'failed' ? failed : unknown).push(value);
      if (outcome.is === 'ok') done(outcome);
    }
    await appender.close();
  };
  const running = run();
  return {
    acknowledged: () => acknowledged,
    stop: async () => {
      stopping = true;
      await running;
      return { acknowledged, failed, unknown };
    },
  };
};
