/** F1 to F3: kill -9 of a process while it has work under way; every second time its disk is lost too. */
import { until } from '../../support/until.ts';
import type { Draw, Fault, Instance, InstanceName, Touch, World } from '../fault.ts';
import { below } from '../support/kills.ts';
import { flowing, longestStall, others, readyAgain, tasksOf, unreadOf } from '../support/recovery.ts';
import { drawnMoment, patienceMs } from '../support/moment.ts';

/** A kill comes within this after work was seen, ms. */
const withinMs = 250;

const hasWork = (world: World, one: Instance): boolean =>
  (one.name === 'edge' && world.traffic.sender.open() > 0) || unreadOf(world, tasksOf(one)) > 0;

const killOf = (id: string, name: string, touch: Touch, victims: readonly InstanceName[]): Fault => ({
  id,
  name,
  touches: [touch],
  times: { quick: 2, long: 20 },
  inject: async (world, draw: Draw) => {
    const victim = world.instances[draw(victims)];
    // The moment is drawn; when the work that was seen is done by then, the next is waited for.
    do {
      await until(`work for ${victim.name}`, () => hasWork(world, victim), patienceMs);
      await drawnMoment(draw, withinMs);
    } while (!hasWork(world, victim));
    const tasks = tasksOf(victim);
    const unanswered = victim.name === 'edge' ? world.traffic.sender.open() : 0;
    const killedAt = Date.now();
    await victim.kill();
    const loses = below(draw, 2) === 1;
    if (loses) victim.loseStores();
    const startedAt = Date.now();
    victim.start();
    await world.tail.turn();
    // What had been appended by then and is not consumed, the life that was ended had not done; the new one has not begun yet.
    const underWay = unanswered + unreadOf(world, tasks, killedAt);
    const [recoveryMs, readyMs] = await Promise.all([
      underWay > 0 ? flowing(world, tasks, startedAt) : undefined,
      readyAgain(victim),
    ]);
    await world.tail.turn();
    // The tasks of the same units that another process has: what becomes of one must not hold up the others.
    const same = others(world, [victim]).filter(one => one.units === victim.units);
    const stallMs = longestStall(world, same.flatMap(tasksOf), killedAt, startedAt + (recoveryMs ?? 0));
    return {
      fired: underWay > 0,
      what: `${victim.name}: ${underWay} under way${loses ? ', disk lost' : ''}`,
      readyMs,
      ...(same.length === 0 ? {} : { stallMs }),
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
    };
  },
});

export const kills: readonly Fault[] = [
  killOf('F1', 'kill -9 of the edge and its producers', 'edge', ['edge']),
  killOf('F2', 'kill -9 of processors', 'processors', ['processors-a', 'processors-b']),
  killOf('F3', 'kill -9 of the sinks', 'sinks', ['sinks']),
];
