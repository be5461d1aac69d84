/** `onhand rebuild` on a real broker, as an operator types it: control records, aborted transactions, compaction's topics, LMDB. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../console/program.ts';
import type { Verdict } from '../../runtime/rebuild/verify.ts';
import { storeKeys } from '../../runtime/task/keys.ts';
import type { Unit } from '../../runtime/topology.ts';
import { units } from '../../runtime/units.ts';
import { partitionOf } from '../../runtime/wire/partition.ts';
import { counter, wish } from '../runtime/support/counter.ts';
import { broker } from '../support/broker.ts';
import { silentLog } from '../support/log.ts';
import { policy } from '../support/policy.ts';
import { until } from '../support/until.ts';
import { kafkaWorld, type KafkaWorld } from './support/world.ts';

const unit: Unit = { kind: 'processor', unit: counter };
const source = '/onhand/test/0';

describe('rebuild on Kafka', function () {
  this.timeout(120_000);
  let one: KafkaWorld;
  const folder = mkdtempSync(join(tmpdir(), 'onhand-test-'));
  const onhand = async (
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
    const { brokers, registryUrl } = await broker();
    let [out, err] = ['', ''];
    const code = await runProgram({
      environment: {
        KAFKA_BROKERS: brokers,
        SCHEMA_REGISTRY_URL: registryUrl,
        ONHAND_PREFIX: one.names.topic(''),
        ONHAND_DATA: one.data,
      },
      arguments: words,
      write: text => (out += text),
      complain: text => (err += text),
      stopped: new Promise(() => undefined),
      given: { logger: silentLog, units: [unit, ...units], release: 'test' },
    });
    return { code, out, err };
  };
  const verify = async (...options: readonly string[]) => {
    const { code, out, err } = await onhand('--json', 'rebuild', 'counter', '--verify', ...options);
    assert.equal(err, '');
    return { code, verdicts: JSON.parse(out) as readonly Verdict[] };
  };
  const answered = (count: number): Promise<unknown> =>
    until(`${count} answers`, async () => (await one.read('reservations.v1')).length >= count, 30_000);
  before(async () => {
    one = await kafkaWorld({ units: [unit], policy });
    const wishes = (name: string, of: (i: number) => readonly [number, number]) =>
      Array.from({ length: 20 }, (_, i) => wish(`${name}${i}`, of(i)[0], String(of(i)[1])));
    await one.client.publish(
      wishes('a', i => [[1000, 61, 13, 1000][i % 4]!, i]),
      source,
    );
    await answered(10);
    // Another holder leaves a transaction open, which the next one aborts.
    const zombie = await one.log.initProducer(one.names.transactionalId('counter', 0), 10_000);
    const topic = one.names.topic('counter.changelog');
    await zombie.send([{ topic, partition: 0, key: Buffer.from(storeKeys.state('acme|0')), value: Buffer.from('{}') }]);
    await zombie.close();
    await one.restart();
    await one.client.publish(
      wishes('b', i => [1000, i % 2]),
      source,
    );
    await answered(30);
  });
  after(async () => {
    await one.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says equal, by hash, of the state, the local store, and again from the snapshot that it kept', async () => {
    const { code, verdicts } = await verify('--store', '--snapshot', folder);
    assert.deepEqual([code, verdicts.map(found => found.is)], [0, ['equal', 'equal']], JSON.stringify(verdicts));
    for (const { hash } of verdicts) assert.equal(hash!.rebuilt, hash!.stored);
    assert.equal(
      verdicts.reduce((sum, { counts }) => sum + counts!.records, 0),
      40,
    );
    assert.equal(
      verdicts.reduce((sum, { counts }) => sum + counts!['set aside'], 0),
      5,
    );
    const again = await verify('--snapshot', folder);
    assert.deepEqual(
      again.verdicts.map(({ is, from }) => [is, from]),
      verdicts.map(({ snapshot }) => ['equal', snapshot]),
    );
  });
  it("says that today's rules would say the same", async () => {
    const { code, out, err } = await onhand('rebuild', 'counter', '--what-if');
    assert.equal(code, 0, err + out);
    assert.match(out, /^Nothing differs[\s\S]*ReservationSet[\s\S]*StockReserved/);
  });
  it('says different, with the key and the offset, when one entry was altered by hand', async () => {
    const key = storeKeys.entry('acme|1', 'seen', 'b1');
    const partition = partitionOf(Buffer.from('acme|1'), 2);
    const topic = one.names.topic('counter.changelog');
    await one.client.append([{ topic, partition, key: Buffer.from(key), value: Buffer.from('99') }]);
    const { code, out } = await onhand('rebuild', 'counter', '--verify');
    assert.equal(code, 1);
    assert.match(
      out,
      /the entry of acme\|1 \(seen b1\) differs\n {2}rebuilt {2}\d+\n {2}stored {3}99\n {2}since .*counter\.changelog \d:\d+/,
    );
    assert.equal((await verify('--partition', String(1 - partition))).code, 0);
    assert.equal((await onhand('rebuild', 'counter', '--verify', '--partition', '2')).code, 2);
  });
});
