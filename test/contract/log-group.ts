/** The log's contract, groups: who works on which partition number, told in order, handed over at once. */
import assert from 'node:assert/strict';
import { uniqueName } from '../support/broker.ts';
import { until } from '../support/until.ts';
import { join, SESSION_MS, settled, type Joined, type Opened } from './log-support.ts';

export const logGroupContract = (current: () => Opened): void => {
  const members: Joined[] = [];
  const joined = async (group: string, topics: readonly string[], formerMemberId?: string): Promise<Joined> => {
    const one = await join(current().log, group, topics, formerMemberId);
    members.push(one);
    return one;
  };
  afterEach(async () => {
    await Promise.all(members.splice(0).map(({ member }) => member.leave()));
  });

  it('gives a member that is alone every partition number, once for all its topics', async () => {
    const { topic } = current();
    const topics = [await topic({ partitions: 4 }), await topic({ partitions: 4 })];
    const one = await joined(uniqueName('unit'), topics);
    assert.deepEqual(await settled([one], 4), [[0, 1, 2, 3]]);
    assert.ok(one.member.memberId());
  });

  it('shares the numbers evenly between two, each told that the old sharing is over before the new one', async () => {
    const { topic } = current();
    const [topics, group] = [[await topic({ partitions: 4 }), await topic({ partitions: 4 })], uniqueName('unit')];
    const one = await joined(group, topics);
    await settled([one], 4);
    const two = await joined(group, topics);
    const held = await settled([one, two], 4);
    assert.deepEqual(
      held.map(numbers => numbers.length),
      [2, 2],
    );
    const turns = one.told.filter(what => what !== 'heartbeat');
    assert.deepEqual(turns.slice(0, 3), ['assigned', 'rebalance', 'assigned']);
  });

  it('leaves a member without numbers when there are more members than partitions', async () => {
    const { topic } = current();
    const [topics, group] = [[await topic()], uniqueName('unit')];
    const one = await joined(group, topics);
    await settled([one], 1);
    const two = await joined(group, topics);
    const held = await settled([one, two], 1);
    assert.deepEqual(held.map(numbers => numbers.length).toSorted(), [0, 1]);
  });

  it('raises the generation with every change', async () => {
    const { topic } = current();
    const [topics, group] = [[await topic({ partitions: 2 })], uniqueName('unit')];
    const one = await joined(group, topics);
    await settled([one], 2);
    const two = await joined(group, topics);
    await settled([one, two], 2);
    await two.member.leave();
    await settled([one], 2);
    const generations = one.assignments.map(({ generation }) => generation);
    assert.ok(generations.length >= 3);
    assert.deepEqual(
      generations,
      [...new Set(generations)].toSorted((a, b) => a - b),
    );
  });

  it('hands the numbers of a member that leaves to the others at once, not when its session is over', async () => {
    const { topic } = current();
    const [topics, group] = [[await topic({ partitions: 3 })], uniqueName('unit')];
    const one = await joined(group, topics);
    await settled([one], 3);
    const two = await joined(group, topics);
    await settled([one, two], 3);
    const left = performance.now();
    await one.member.leave();
    assert.deepEqual(await settled([two], 3), [[0, 1, 2]]);
    assert.ok(performance.now() - left < SESSION_MS / 2);
  });

  it('tells nothing more to a member that has left', async () => {
    const { topic } = current();
    const [topics, group] = [[await topic({ partitions: 2 })], uniqueName('unit')];
    const one = await joined(group, topics);
    await settled([one], 2);
    await one.member.leave();
    const told = one.told.length;
    const two = await joined(group, topics);
    await settled([two], 2);
    assert.equal(one.told.length, told);
  });

  it('takes the former life of a member out of the group, so that nobody waits for its session', async () => {
    const { topic } = current();
    const [topics, group] = [[await topic({ partitions: 2 })], uniqueName('unit')];
    const former = await joined(group, topics);
    await settled([former], 2);
    const started = performance.now();
    const formerId = former.member.memberId();
    const latter = await joined(group, topics, formerId);
    await until('the latter to be given partitions', () => latter.assignments.length > 0, SESSION_MS);
    assert.ok(performance.now() - started < SESSION_MS / 2);
    assert.notEqual(latter.member.memberId(), formerId);
  });

  it('takes a former member id that nobody knows any more for what it is', async () => {
    const { topic } = current();
    const one = await joined(uniqueName('unit'), [await topic({ partitions: 2 })], 'nobody-0000');
    assert.deepEqual(await settled([one], 2), [[0, 1]]);
  });

  it('says when each answered heartbeat was sent, after the assignment that it proves', async () => {
    const { topic } = current();
    const started = performance.now();
    const one = await joined(uniqueName('unit'), [await topic()]);
    await until('three heartbeats', () => one.heartbeats.length >= 3, SESSION_MS);
    assert.equal(one.told[0], 'assigned');
    assert.ok(one.heartbeats.every(at => at >= started && at <= performance.now()));
    assert.deepEqual(
      one.heartbeats,
      one.heartbeats.toSorted((a, b) => a - b),
    );
  });

  it('keeps groups apart', async () => {
    const { topic } = current();
    const topics = [await topic({ partitions: 2 })];
    const [one, two] = [await joined(uniqueName('unit'), topics), await joined(uniqueName('unit'), topics)];
    assert.deepEqual([await settled([one], 2), await settled([two], 2)], [[[0, 1]], [[0, 1]]]);
  });
};
