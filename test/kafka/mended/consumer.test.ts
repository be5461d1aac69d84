/** A consumer built on the mended kafkajs, on the real broker, beside one built on the stock client. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import type { Log } from '../../../runtime/port.ts';
import { committedOf, done, out, shown } from '../../contract/log-support.ts';
import { broker, uniqueName } from '../../support/broker.ts';
import { until } from '../../support/until.ts';

const consume = fileURLToPath(new URL('consume.ts', import.meta.url));

describe('a consumer built on kafkajs', () => {
  let brokers: string;
  let log: Log;
  let topic: string;
  const children: ChildProcess[] = [];
  before(async function () {
    this.timeout(120_000);
    ({ brokers } = await broker());
    log = kafkaLog({ brokers, clientId: 'mended' });
  });
  after(() => log.close());
  beforeEach(async () => {
    topic = uniqueName('mended');
    await log.admin.create([{ name: topic, partitions: 1, settings: {} }]);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await log.admin.remove([topic]);
  });
  const start = (which: 'mended' | 'stock', group: string, from?: number): (() => string[]) => {
    const from_ = from === undefined ? [] : [String(from)];
    const child = spawn(process.execPath, ['--no-warnings', consume, which, brokers, group, topic, ...from_], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += String(chunk)));
    return () => said.split('\n').filter(line => line !== '');
  };

  it('sees only what was committed when mended; stock, also what was aborted', async () => {
    const [one, two] = [await log.initProducer(uniqueName('task'), 10_000), await log.initProducer(uniqueName('task'), 10_000)];
    done(await one.send([out(topic, 'aborted-1')]));
    done(await two.send([out(topic, 'aborted-2')]));
    done(await two.end('abort'));
    done(await one.end('abort'));
    done(await one.send([out(topic, 'committed')]));
    done(await one.end('commit'));
    await Promise.all([one.close(), two.close()]);
    const [mended, stock] = [start('mended', uniqueName('mended')), start('stock', uniqueName('stock'))];
    for (const said of [mended, stock]) await until('the committed record', () => said().includes('read committed'), 20_000);
    assert.deepEqual(mended(), ['read committed']);
    assert.deepEqual(stock(), ['read aborted-1', 'read committed']);
  }).timeout(60_000);

  it('stops when its offset is out of range; stock, it forgets the offset and reads on where it likes', async () => {
    const appender = await log.appender();
    done(await appender.send([out(topic, 'a')]));
    const [mendedGroup, stockGroup] = [uniqueName('mended'), uniqueName('stock')];
    const mended = start('mended', mendedGroup, 50);
    const stock = start('stock', stockGroup, 50);
    await until('the mended consumer to stop', () => mended().includes('crash OFFSET_OUT_OF_RANGE restart false'), 20_000);
    const later = async (): Promise<boolean> => {
      done(await appender.send([out(topic, 'later')]));
      return stock().includes('read later');
    };
    await until('the stock consumer to read on', later, 20_000);
    await appender.close();
    // Seeking commits the offset asked for.
    assert.deepEqual(await committedOf(log, mendedGroup, [topic]), [shown({ topic, partition: 0, offset: 50 })]);
    assert.notDeepEqual(await committedOf(log, stockGroup, [topic]), [shown({ topic, partition: 0, offset: 50 })]);
    assert.deepEqual(mended(), ['crash OFFSET_OUT_OF_RANGE restart false']);
    assert.ok(!stock().includes('read a'));
  }).timeout(60_000);
});
