/** F5 to F7: a process that is held in the middle of a transaction, one whose id another takes, one whose transaction times out. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Fault, Instance, InstanceName, Touch, World } from '../fault.ts';
import { api } from '../proxy/frames.ts';
import { patienceMs } from '../support/moment.ts';
import { parts, partitions } from '../support/plant.ts';
import { everyTask, flowing, readyAgain, tasksOf, unreadOf, type TaskAt } from '../support/recovery.ts';

/** Holds a process as it writes into a transaction: answers the transactional id. */
const heldMidTransaction = async (one: Instance): Promise<string> => {
  let caught = '';
  const stop = one.edges.kafka.watch(request => {
    if (caught !== '' || request.apiKey !== api.produce || request.of === '') return;
    caught = request.of;
    one.suspend();
  });
  try {
    await until(`${one.name} to write into a transaction`, () => caught !== '', patienceMs);
  } finally {
    stop();
  }
  return caught;
};
const pairs = ['processors-a', 'processors-b'] as const;
/** Why task sessions of a process ended so far, by how often. */
const endsOf = async (one: Instance): Promise<ReadonlyMap<string, number>> => {
  const metrics = await (await fetch(`${one.url}/metrics`)).text();
  const ends = new Map<string, number>();
  for (const [, why, count] of metrics.matchAll(/^onhand_task_reopened_total\{[^}]*why="([^"]*)"[^}]*\} (\d+)$/gm))
    ends.set(why!, (ends.get(why!) ?? 0) + Number(count));
  return ends;
};
const endedSince = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string => {
  const more = [...after].map(([why, count]) => [why, count - (before.get(why) ?? 0)] as const).filter(([, count]) => count > 0);
  return more.length === 0
    ? 'none of its sessions said why it ended'
    : more.map(([why, count]) => `${count} sessions ended ${why}`).join(', ');
};
const linesSince = (one: Instance, length: number): readonly string[] => one.log().slice(length).split('\n');

const zombieOf = (seconds: number, times: Fault['times']): Fault => ({
  id: 'F5',
  name: `SIGSTOP of processors in a transaction for ${seconds} s`,
  touches: ['processors'],
  times,
  inject: async (world, draw) => {
    const name = draw(pairs);
    const [victim, other] = [world.instances[name], world.instances[pairs.find(one => one !== name)!]];
    const tasks = tasksOf(victim);
    const before = await endsOf(victim);
    const caught = await heldMidTransaction(victim);
    const stoppedAt = Date.now();
    let recoveryMs: number | undefined;
    try {
      // Traffic flows on, so work waits for whoever takes over.
      if (seconds * 1_000 > world.sessionTimeoutMs) recoveryMs = await takenOver(world, other, tasks, stoppedAt);
      await delay(Math.max(0, stoppedAt + seconds * 1_000 - Date.now()));
    } finally {
      victim.resume();
    }
    const readyMs = await readyAgain(victim);
    const ends = endedSince(before, await endsOf(victim));
    const took = recoveryMs === undefined ? 'nobody took over' : `${other.name} took over`;
    return {
      fired: true,
      what: `${victim.name} held in a transaction of ${world.names.plain(caught) ?? caught}; ${took}; ${ends}`,
      readyMs,
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
    };
  },
});
/** The other instance has all tasks and does their work: how long after the stop, ms. */
const takenOver = async (world: World, other: Instance, tasks: readonly TaskAt[], stoppedAt: number): Promise<number> => {
  const hasAll = (): boolean => parts.processor.every(unit => other.holds(unit).length === partitions);
  await until(`${other.name} to take over`, hasAll, patienceMs);
  return flowing(world, tasks, stoppedAt);
};

/** Someone else uses a task's transactional id and leaves a record in an open transaction: the task must find out and take it back. */
const impostor: Fault = {
  id: 'F6',
  name: 'a transactional id is taken by another',
  touches: ['processors'],
  times: { quick: 1, long: 5 },
  inject: async (world, draw) => {
    const at = draw(everyTask(parts.processor));
    await until(`work for ${at.unit}`, () => unreadOf(world, [at]) > 0, patienceMs);
    const owner = pairs.map(name => world.instances[name]).find(one => one.holds(at.unit).includes(at.partition));
    if (owner === undefined) return { fired: false, what: `nobody has ${at.unit}/${at.partition}` };
    const logged = owner.log().length;
    const takenAt = Date.now();
    const other = await world.log.initProducer(world.names.transactionalId(at.unit, at.partition), world.transactionTimeoutMs);
    try {
      // Were it ever seen, no rule has said it: the checker would find it.
      const forged = {
        topic: world.names.topic('availability.v1'),
        partition: 0,
        key: Buffer.from('forged'),
        value: Buffer.from('forged'),
      };
      const sent = await other.send([forged]);
      const mark = [`"unit":"${at.unit}"`, `"partition":${at.partition}`, '"why":"fenced"'];
      const said = (): boolean => linesSince(owner, logged).some(line => mark.every(part => line.includes(part)));
      await until(`${owner.name} to find ${at.unit}/${at.partition} fenced`, said, patienceMs);
      // Its next commit proves that it has taken the id back.
      const fencedAt = Date.now();
      const recoveryMs = fencedAt - takenAt + (await flowing(world, [at], fencedAt));
      const ended = await other.end('commit');
      // It had nothing to commit when the owner was faster than its first write.
      if (sent.is === 'ok')
        assert.notEqual(ended.is, 'ok', `the impostor's transaction on ${at.unit}/${at.partition} was committed`);
      return {
        fired: sent.is === 'ok',
        what: `${at.unit}/${at.partition} of ${owner.name}; the impostor's commit is ${ended.is}`,
        recoveryMs,
      };
    } finally {
      await other.close();
    }
  },
};

/** All that could take over is held too, so that the coordinator itself ends what is open; what is then said to it comes too late. */
const timeout: Fault = {
  id: 'F7',
  name: 'a transaction times out',
  touches: ['processors'],
  times: { quick: 1, long: 3 },
  inject: async (world, draw) => {
    const both = pairs.map(name => world.instances[name]);
    const caught = await heldMidTransaction(draw(both));
    for (const one of both) one.suspend();
    const heldAt = Date.now();
    let open = 0;
    try {
      open = await openPartitions(world);
      if (open === 0) return { fired: false, what: `${caught}: its first write had not arrived` };
      await until('the coordinator to end what is open', async () => (await openPartitions(world)) === 0, patienceMs);
    } finally {
      for (const one of both) one.resume();
    }
    const resumedAt = Date.now();
    const tasks = everyTask(parts.processor);
    const recoveryMs = unreadOf(world, tasks) > 0 ? await flowing(world, tasks, resumedAt) : undefined;
    await Promise.all(both.map(one => readyAgain(one)));
    return {
      fired: true,
      what: `${open} partitions held back by open transactions, ended by the coordinator after ${resumedAt - heldAt} ms`,
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
    };
  },
};
/** Partitions of the processors' changelogs whose last stable offset is held back. */
const openPartitions = async ({ log, names }: World): Promise<number> => {
  const changelogs = parts.processor.flatMap(unit =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: names.topic(`${unit}.changelog`), partition })),
  );
  return (await log.bounds(changelogs)).filter(one => one.lastStable < one.highWatermark).length;
};

/** The same folder, so the same member ids and stores, by mistake: the second one must refuse and say why. */
const twinOf = (who: Touch, victims: readonly InstanceName[], times: Fault['times']): Fault => ({
  id: 'F6',
  name: `a second process on the same data: ${who}`,
  // While the first is down, its data is free: the second would take it.
  touches: [who],
  times,
  inject: async (world, draw) => {
    const first = world.instances[draw(victims)];
    const { code, log } = await world.second(first);
    assert.notEqual(code, 0, `a second process on the data of ${first.name} ended with 0: ${log}`);
    assert.match(log, /DATA_IN_USE/, `the second process does not say that the data of ${first.name} is in use: ${log}`);
    return { fired: true, what: `${first.name}: the second ends with ${code}` };
  },
});

export const zombies: readonly Fault[] = [
  zombieOf(5, { quick: 0, long: 3 }),
  zombieOf(8, { quick: 1, long: 0 }),
  zombieOf(20, { quick: 0, long: 3 }),
  zombieOf(60, { quick: 0, long: 1 }),
  impostor,
  timeout,
  twinOf('edge', ['edge'], { quick: 0, long: 1 }),
  twinOf('processors', ['processors-a', 'processors-b'], { quick: 1, long: 1 }),
  twinOf('sinks', ['sinks'], { quick: 0, long: 1 }),
];
