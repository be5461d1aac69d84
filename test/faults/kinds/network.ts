/** F13 to F15: lines between a process and the broker that are cut, late, slow, in pieces, ended or silent, while there is work to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Draw, Fault, Fired, Instance, InstanceName, Size, Touch, World } from '../fault.ts';
import type { On, Toxic, Way } from '../proxy/toxics.ts';
import { below } from '../support/kills.ts';
import { drawnMoment, patienceMs } from '../support/moment.ts';
import { shuffled } from '../support/races.ts';
import { flowing, readyAgain, tasksOf, unreadOf } from '../support/recovery.ts';

/** A fault comes within this after work was seen, ms. */
const withinMs = 250;
const victims = {
  edge: ['edge'],
  processors: ['processors-a', 'processors-b'],
  sinks: ['sinks'],
} as const satisfies Partial<Record<Touch, readonly InstanceName[]>>;
type Victims = keyof typeof victims;
type Stretch = readonly [leastMs: number, mostMs: number];

const hasWork = (world: World, one: Instance): boolean =>
  (one.name === 'edge' && world.traffic.sender.open() > 0) || unreadOf(world, tasksOf(one)) > 0;
const drawnIn = (draw: Draw, [least, most]: Stretch): number => least + below(draw, most - least);

/** What came of a line that was bad and is whole again: outputs flow, and the process has all that it is given. */
const afterwards = async (world: World, hit: readonly Instance[], healedAt: number): Promise<Pick<Fired, 'recoveryMs'>> => {
  const tasks = hit.flatMap(tasksOf);
  await world.tail.turn();
  const recoveryMs = unreadOf(world, tasks, healedAt) > 0 ? await flowing(world, tasks, healedAt) : undefined;
  for (const one of hit) await readyAgain(one);
  return recoveryMs === undefined ? {} : { recoveryMs };
};

interface Bad {
  readonly id: string;
  readonly name: string;
  readonly who: Victims;
  readonly times: Fault['times'];
  readonly lasts: Readonly<Record<Size, Stretch>>;
  readonly toxics: readonly Toxic[];
  readonly ways?: readonly Way[];
}
const bad = ({ id, name, who, times, lasts, toxics, ways }: Bad): Fault => ({
  id,
  name: `${name}: ${who}`,
  touches: [who],
  times,
  inject: async (world, draw, size) => {
    const victim = world.instances[draw<InstanceName>(victims[who])];
    await until(`work for ${victim.name}`, () => hasWork(world, victim), patienceMs);
    await drawnMoment(draw, withinMs);
    const [begunAt, tasks] = [Date.now(), tasksOf(victim)];
    const on = toxics.map(toxic => victim.edges.kafka.put(toxic, ways === undefined ? {} : { ways }));
    const lastedMs = drawnIn(draw, lasts[size]);
    await delay(lastedMs);
    // What reaches the edge waits for its answer, and for nothing else of it.
    const open = victim.name === 'edge' ? world.traffic.sender.open() : 0;
    for (const one of on) one.heal();
    const felt = on.reduce((sum, one) => sum + one.felt(), 0);
    const healedAt = Date.now();
    await world.tail.turn();
    const left = unreadOf(world, tasks, healedAt);
    const worked = tasks.some(({ unit, partition }) => world.tail.commits(unit, partition).some(at => at >= begunAt));
    const found = await afterwards(world, [victim], healedAt);
    return {
      fired: felt > 0 && (left > 0 || open > 0 || worked),
      what: `${victim.name} for ${lastedMs} ms: felt ${felt} times, ${left} records and ${open} deliveries waited when it ended`,
      ...found,
    };
  },
});

/** A session is over after 6 s: shorter cuts are sat out, after longer ones others have taken over. */
const short: Readonly<Record<Size, Stretch>> = { quick: [1_000, 2_500], long: [2_000, 5_500] };
const lost: Readonly<Record<Size, Stretch>> = { quick: [7_000, 8_000], long: [7_000, 15_000] };
const cut: readonly Toxic[] = [{ is: 'cut' }];
const everywhere = ['edge', 'processors', 'sinks'] as const;
/** In the quick run each kind meets one process only; `at` says which. */
const each = (at: Victims, long: number, make: Omit<Bad, 'who' | 'times'>): readonly Fault[] =>
  everywhere.map(who => bad({ ...make, who, times: { quick: who === at ? 1 : 0, long } }));

const cuts: readonly Fault[] = [
  ...each('processors', 1, { id: 'F13', name: 'cut from client to broker', lasts: short, toxics: cut, ways: ['up'] }),
  ...each('sinks', 1, { id: 'F13', name: 'cut from broker to client', lasts: short, toxics: cut, ways: ['down'] }),
  ...each('processors', 1, {
    id: 'F13',
    name: 'answers cut for longer than a session',
    lasts: lost,
    toxics: cut,
    ways: ['down'],
  }),
  ...each('sinks', 1, { id: 'F13', name: 'cut both ways for longer than a session', lasts: lost, toxics: cut }),
];
const lines: readonly Fault[] = [
  ...each('processors', 1, {
    id: 'F14',
    name: 'latency and jitter',
    lasts: { quick: [2_000, 3_000], long: [5_000, 10_000] },
    toxics: [{ is: 'latency', ms: 120, jitterMs: 100 }],
  }),
  ...each('sinks', 1, {
    id: 'F14',
    name: '3 Mbit',
    lasts: { quick: [2_000, 3_000], long: [5_000, 10_000] },
    toxics: [{ is: 'bandwidth', bytesPerSecond: 375_000 }],
  }),
  ...each('edge', 1, {
    id: 'F14',
    name: 'slices of 100 bytes',
    lasts: { quick: [2_000, 3_000], long: [5_000, 10_000] },
    toxics: [{ is: 'slicer', bytes: 100, pauseMs: 1 }],
  }),
  ...each('processors', 1, {
    id: 'F14',
    name: 'half open',
    lasts: { quick: [300, 600], long: [500, 5_000] },
    toxics: [{ is: 'half-open' }],
  }),
  ...each('processors', 1, {
    id: 'F14',
    name: 'connections end after 8 kB',
    lasts: { quick: [1_500, 3_000], long: [4_000, 8_000] },
    toxics: [{ is: 'limit', bytes: 8_000 }],
  }),
  ...each('edge', 1, {
    id: 'F14',
    name: 'an end that is heard late',
    lasts: { quick: [1_500, 3_000], long: [4_000, 8_000] },
    toxics: [
      { is: 'slow-close', ms: 700 },
      { is: 'limit', bytes: 8_000 },
    ],
  }),
];

/** Each time whatever is said next on any connection of the process is answered with RST. */
const resets = (who: Victims, times: Fault['times']): Fault => ({
  id: 'F14',
  name: `connections reset: ${who}`,
  touches: [who],
  times,
  inject: async (world, draw) => {
    const victim = world.instances[draw<InstanceName>(victims[who])];
    await until(`work for ${victim.name}`, () => hasWork(world, victim), patienceMs);
    const tasks = tasksOf(victim);
    const count = 2 + below(draw, 4);
    let felt = 0;
    for (let index = 0; index < count; index++) {
      await drawnMoment(draw, 400);
      const on = victim.edges.kafka.put({ is: 'reset', afterMs: below(draw, 5) });
      await until('a connection to be reset', () => on.felt() > 0, patienceMs);
      on.heal();
      felt += on.felt();
    }
    const healedAt = Date.now();
    await world.tail.turn();
    const left = unreadOf(world, tasks, healedAt);
    return {
      fired: felt >= count,
      what: `${victim.name}: ${felt} resets, ${left} records waited`,
      ...(await afterwards(world, [victim], healedAt)),
    };
  },
});

const swizzle: Fault = {
  id: 'F15',
  name: 'lines cut one by one and healed in another order',
  touches: ['all'],
  times: { quick: 1, long: 3 },
  inject: async (world, draw, size) => {
    const all = Object.values(world.instances);
    await until('work', () => all.some(one => hasWork(world, one)), patienceMs);
    const pauseMs = size === 'quick' ? 400 : 2_500;
    const on = new Map<Instance, On>();
    const [down, up] = [shuffled(all, draw), shuffled(all, draw)];
    for (const one of down) {
      on.set(one, one.edges.kafka.put({ is: 'cut' }, { ways: draw([['up'], ['down'], ['up', 'down']] as const) }));
      await drawnMoment(draw, pauseMs);
    }
    // The last line too has been in use while it was cut.
    await until('each cut to be felt', () => [...on.values()].every(one => one.felt() > 0), patienceMs);
    for (const one of up) {
      await drawnMoment(draw, pauseMs);
      on.get(one)!.heal();
    }
    const healedAt = Date.now();
    return {
      fired: true,
      what: `cut ${down.map(one => one.name).join(', ')}; healed ${up.map(one => one.name).join(', ')}`,
      ...(await afterwards(world, all, healedAt)),
    };
  },
};

export const network: readonly Fault[] = [
  ...cuts,
  ...lines,
  ...everywhere.map(who => resets(who, { quick: who === 'sinks' ? 1 : 0, long: 1 })),
  swizzle,
];
