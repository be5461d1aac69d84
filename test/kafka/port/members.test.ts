/** Membership on a real broker under faults: silence, death, other people's groups, and a process that ends. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { kafkaLog } from '../../../runtime/kafka/log.ts';
import { kafkajs } from '../../../runtime/kafka/mended.ts';
import type { Log } from '../../../runtime/port.ts';
import { join, remembering, settled, type Joined } from '../../contract/log-support.ts';
import { broker, uniqueName } from '../../support/broker.ts';
import { until } from '../../support/until.ts';
import { api, kafkaProxy, type KafkaProxy } from '../../faults/proxy/kafka.ts';

const lives = fileURLToPath(new URL('lives.ts', import.meta.url));

describe('a member of a Kafka group', () => {
  let brokers: string;
  let direct: Log;
  let proxy: KafkaProxy;
  let topic: string;
  let group: string;
  const logs: Log[] = [];
  const children: ChildProcess[] = [];
  const open = (at: string): Log => {
    const log = kafkaLog({ brokers: at, clientId: 'members' });
    logs.push(log);
    return log;
  };
  before(async function () {
    this.timeout(120_000);
    ({ brokers } = await broker());
    direct = kafkaLog({ brokers, clientId: 'members' });
    proxy = await kafkaProxy(brokers);
  });
  after(async () => {
    await direct.close();
    await proxy.down();
  });
  beforeEach(async () => {
    [topic, group] = [uniqueName('members'), uniqueName('unit')];
    await direct.admin.create([{ name: topic, partitions: 6, settings: {} }]);
  });
  afterEach(async () => {
    proxy.blackHole(false);
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(logs.splice(0).map(log => log.close()));
    await direct.admin.remove([topic]);
  });
  const live = (what: string, at = brokers): { child: ChildProcess; said: () => string } => {
    const child = spawn(process.execPath, ['--no-warnings', lives, what, at, group, topic], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += String(chunk)));
    return { child, said: () => said };
  };

  it('stays one when a heartbeat or its answer is lost', async () => {
    const one = await join(open(proxy.brokers), group, [topic]);
    await settled([one], 6);
    for (const fate of ['lose', 'mute'] as const) {
      const heard = one.heartbeats.length;
      proxy.next(api.heartbeat, fate);
      await until('three more heartbeats', () => one.heartbeats.length >= heard + 3);
    }
    assert.deepEqual(
      one.told.filter(what => what !== 'heartbeat'),
      ['assigned'],
    );
  });

  for (const [name, found, told] of [
    ['REBALANCE_IN_PROGRESS', 27, ['assigned', 'rebalance', 'assigned']],
    ['ILLEGAL_GENERATION', 22, ['assigned', 'lost', 'assigned']],
    ['UNKNOWN_MEMBER_ID', 25, ['assigned', 'lost', 'assigned']],
    ['NOT_COORDINATOR', 16, ['assigned']],
  ] as const) {
    it(`is told ${told.join(', ')} when a heartbeat is answered with ${name}`, async () => {
      const one = await join(open(proxy.brokers), group, [topic]);
      await settled([one], 6);
      const id = one.member.memberId();
      proxy.next(api.heartbeat, found);
      const heard = one.heartbeats.length;
      await until(
        'what follows',
        () => one.assignments.length === told.filter(what => what === 'assigned').length && one.heartbeats.length > heard + 2,
        30_000,
      );
      assert.deepEqual(
        one.told.filter(what => what !== 'heartbeat'),
        told,
      );
      assert.equal(one.member.memberId() === id, found !== 25);
    }).timeout(40_000);
  }

  it('says that it is lost when nothing is heard for a session, and is assigned anew when the broker is heard again', async () => {
    const listener = remembering();
    const options = { group, topics: [topic], sessionTimeoutMs: 1_500, rebalanceTimeoutMs: 5_000 };
    await open(proxy.brokers).join(options, listener);
    await until('heartbeats', () => listener.heartbeats.length > 2);
    const lastAt = listener.heartbeats.at(-1) ?? 0;
    proxy.blackHole(true);
    await until('the loss', () => listener.told.includes('lost'));
    assert.ok(performance.now() - lastAt >= 1_500 - 200);
    proxy.blackHole(false);
    await until('a new assignment', () => listener.assignments.length === 2);
    assert.deepEqual(
      listener.told.filter(what => what !== 'heartbeat'),
      ['assigned', 'lost', 'assigned'],
    );
    assert.ok((listener.assignments[1]?.generation ?? 0) > (listener.assignments[0]?.generation ?? 0));
  });

  it('keeps what it had as far as an even share allows, when others come and go', async () => {
    const log = open(brokers);
    const members: Joined[] = [await join(log, group, [topic])];
    const [alone] = await settled(members, 6);
    assert.equal(alone?.length, 6);
    members.push(await join(log, group, [topic]));
    const two = await settled(members, 6);
    members.push(await join(log, group, [topic]));
    const three = await settled(members, 6);
    for (const index of [0, 1]) assert.ok(three[index]?.every(partition => two[index]?.includes(partition)));
    await members.pop()?.member.leave();
    const again = await settled(members, 6);
    for (const index of [0, 1]) assert.ok(three[index]?.every(partition => again[index]?.includes(partition)));
  });

  it('is not waited for when it was killed and comes back with its former id, however long its session', async () => {
    const former = live('member');
    const formerId = await until(
      'the former life to be assigned',
      () => /assigned .* to (\S+)/.exec(former.said())?.[1] ?? /joined as (\S+)/.exec(former.said())?.[1],
    );
    await until('its assignment', () => former.said().includes('assigned 0,1,2,3,4,5'));
    former.child.kill('SIGKILL');
    await until('its end', () => former.child.signalCode !== null);
    const started = performance.now();
    const latter = await join(open(brokers), group, [topic], formerId);
    await settled([latter], 6);
    assert.ok(performance.now() - started < 3_000, 'the session of the killed member is 30 s');
  });

  it('leaves the group when its log is closed', async () => {
    const [closing, staying] = [open(brokers), open(brokers)];
    const one = await join(closing, group, [topic]);
    await settled([one], 6);
    const two = await join(staying, group, [topic]);
    await settled([one, two], 6);
    await closing.close();
    await settled([two], 6);
  });

  it('cannot join without a broker, and says at which address', async () => {
    await assert.rejects(join(open('127.0.0.1:9'), group, [topic]), { code: 'KAFKA_UNREACHABLE', message: /127\.0\.0\.1:9/ });
  });

  it('stops and says why when the group is of another kind, or the broker does not allow its session', async () => {
    const consumer = new kafkajs.Kafka({ clientId: 'other', brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId: group,
    });
    await consumer.connect();
    try {
      await consumer.subscribe({ topics: [topic] });
      const running = new Promise(resolve => consumer.on('consumer.group_join', resolve));
      await consumer.run({ eachMessage: () => Promise.resolve() });
      await running;
      const one = await join(open(brokers), group, [topic]);
      await until('the refusal', () => one.told.some(what => what.includes('INCONSISTENT_GROUP_PROTOCOL')));
      await one.member.leave();
    } finally {
      await consumer.disconnect();
    }
    const listener = remembering();
    await open(brokers).join(
      { group: uniqueName('unit'), topics: [topic], sessionTimeoutMs: 10, rebalanceTimeoutMs: 1_000 },
      listener,
    );
    await until('the refusal', () => listener.told.some(what => what.includes('INVALID_SESSION_TIMEOUT')));
  });

  it('and everything else of a closed log lets the process end by itself', async () => {
    const { child, said } = live('everything');
    await until('the log to be closed', () => said().includes('closed'), 15_000);
    await until('the process to end', () => child.exitCode !== null, 2_000);
    assert.equal(child.exitCode, 0);
    assert.ok(said().includes('read ended'));
  });

  it('and everything else of a log that never reached a broker lets the process end by itself', async () => {
    const { child, said } = live('nowhere', '127.0.0.1:9');
    await until('the log to be closed', () => said().includes('closed'), 15_000);
    await until('the process to end', () => child.exitCode !== null, 2_000);
    assert.ok(said().includes('KAFKA_UNREACHABLE'));
  });
});
