/** F9 and F10: the broker ends, cleanly or not, for seconds or for more than a minute; and everything else ends while it is away. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Draw, Fault, World } from '../fault.ts';
import { below } from '../support/kills.ts';
import { patienceMs } from '../support/moment.ts';
import { allUnits } from '../support/plant.ts';
import { everyTask, firstCommit, readyAgain, unreadOf } from '../support/recovery.ts';

/** Work waits somewhere, so that what ends ends in the middle of it. */
const underWay = async (world: World): Promise<number> => {
  await until('work under way', () => unreadOf(world, everyTask(allUnits)) > 0, patienceMs);
  return unreadOf(world, everyTask(allUnits)) + world.traffic.sender.open();
};
/** Until every unit that has work commits again, ms after `since`. */
const allFlow = async (world: World, since: number): Promise<number> => {
  const flows = async (unit: string): Promise<number> => {
    const tasks = everyTask([unit]);
    const at = await until(
      `outputs of ${unit}`,
      () => firstCommit(world, tasks, since) ?? (unreadOf(world, tasks) === 0 ? Date.now() : undefined),
      patienceMs,
    );
    return at - since;
  };
  return Math.max(...(await Promise.all(allUnits.map(flows))));
};
/** A unit without work says nothing of recovery: new work is under way for it, since the traffic goes on. */
const healed = async (world: World): Promise<number> => {
  await world.broker.start();
  const startedAt = Date.now();
  await world.tail.turn();
  const recoveryMs = await allFlow(world, startedAt);
  await Promise.all(Object.values(world.instances).map(one => readyAgain(one)));
  return recoveryMs;
};

const ending = (signal: 'SIGTERM' | 'SIGKILL', downMs: number, times: Fault['times']): Fault => ({
  id: 'F9',
  name: `${signal} of the broker${downMs === 0 ? '' : `, ${downMs / 1_000} s down`}`,
  touches: ['all'],
  times,
  inject: async (world, draw: Draw) => {
    const found = await underWay(world);
    await delay(below(draw, 300));
    await world.broker.stop(signal);
    await delay(downMs);
    const recoveryMs = await healed(world);
    return { fired: found > 0, what: `${found} under way`, recoveryMs };
  },
});

const allDown: Fault = {
  id: 'F10',
  name: 'kill -9 of all processes while the broker is down',
  touches: ['all'],
  times: { quick: 1, long: 3 },
  inject: async (world, draw) => {
    const found = await underWay(world);
    await delay(below(draw, 300));
    await world.broker.stop(draw(['SIGTERM', 'SIGKILL'] as const));
    const all = Object.values(world.instances);
    await delay(below(draw, 2_000));
    await Promise.all(all.map(one => one.kill()));
    // Some start before there is a broker, and wait for it.
    const early = all.filter(() => draw([true, false]));
    for (const one of early) one.start();
    await delay(below(draw, 3_000));
    const late = all.filter(one => !early.includes(one));
    const healing = healed(world);
    for (const one of late) one.start();
    const recoveryMs = await healing;
    return {
      fired: found > 0,
      what: `${found} under way; ${early.length} of ${all.length} started before the broker`,
      recoveryMs,
    };
  },
};

export const brokers: readonly Fault[] = [
  ending('SIGTERM', 0, { quick: 1, long: 3 }),
  ending('SIGKILL', 0, { quick: 1, long: 3 }),
  ending('SIGKILL', 70_000, { quick: 0, long: 1 }),
  allDown,
];
