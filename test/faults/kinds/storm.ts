/** F12 and F38: members of the processors' groups come and go, and every process is told to stop under load. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Fault, InstanceName, Size, Touch } from '../fault.ts';
import { patienceMs } from '../support/moment.ts';
import { parts } from '../support/plant.ts';
import { everyTask, flowing, readyAgain, tasksOf, unreadOf } from '../support/recovery.ts';

const changes: Readonly<Record<Size, number>> = { quick: 4, long: 20 };
const everyMs = 2_000;
const drainMs = 10_000;

const storm: Fault = {
  id: 'F12',
  name: 'members of the processors come and go every 2 s',
  touches: ['processors'],
  times: { quick: 1, long: 1 },
  inject: async (world, draw, size) => {
    const one = world.instances[draw(['processors-a', 'processors-b'] as const)];
    const how = { term: 0, kill: 0, start: 0 };
    for (let change = 0; change < changes[size]; change++) {
      const begun = Date.now();
      if (!one.running()) {
        one.start();
        how.start++;
      } else if (draw([true, false])) {
        await one.kill();
        how.kill++;
      } else {
        // One that is told to stop before it runs ends as it starts; one that runs drains.
        await one.stop();
        how.term++;
      }
      await delay(Math.max(0, begun + everyMs - Date.now()));
    }
    if (!one.running()) one.start();
    const calmAt = Date.now();
    const tasks = everyTask(parts.processor);
    const recoveryMs = unreadOf(world, tasks) > 0 ? await flowing(world, tasks, calmAt) : undefined;
    const readyMs = await readyAgain(one);
    return {
      fired: true,
      what: `${one.name}: ${how.start} starts, ${how.term} by SIGTERM, ${how.kill} by kill -9`,
      readyMs,
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
    };
  },
};

const drain = (touch: Touch, victims: readonly InstanceName[], times: Fault['times']): Fault => ({
  id: 'F38',
  name: `SIGTERM under load: ${touch}`,
  touches: [touch],
  times,
  inject: async (world, draw) => {
    const one = world.instances[draw(victims)];
    const tasks = tasksOf(one);
    await until(`work for ${one.name}`, () => unreadOf(world, tasks) > 0, patienceMs);
    const found = unreadOf(world, tasks);
    const { code, tookMs } = await one.stop();
    assert.equal(code, 0, `${one.name} ended with ${code} when it was told to stop: ${one.log().slice(-2_000)}`);
    assert.ok(tookMs < drainMs, `${one.name} took ${tookMs} ms to drain`);
    const startedAt = Date.now();
    one.start();
    await world.tail.turn();
    const recoveryMs = unreadOf(world, tasks) > 0 ? await flowing(world, tasks, startedAt) : undefined;
    const readyMs = await readyAgain(one);
    return {
      fired: found > 0,
      what: `${one.name}: ${found} under way, drained in ${tookMs} ms`,
      readyMs,
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
    };
  },
});
export const storms: readonly Fault[] = [
  storm,
  drain('edge', ['edge'], { quick: 1, long: 2 }),
  drain('processors', ['processors-a', 'processors-b'], { quick: 1, long: 4 }),
  drain('sinks', ['sinks'], { quick: 1, long: 2 }),
];
