/** F27, but for what a record can be wrong in (`poison.ts`): the registry refuses what would break readers, and is away, slow or silent. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isFailure } from '../../../runtime/failure.ts';
import { confluentRegistry } from '../../../runtime/wire/registry.ts';
import { codeDefined } from '../../../schemas/generated/facts.ts';
import { until } from '../../support/until.ts';
import type { Fault, InstanceName, Touch, World } from '../fault.ts';
import type { TcpProxy } from '../proxy/tcp.ts';
import { below } from '../support/kills.ts';
import { flowing, readyAgain, tasksOf, unreadOf } from '../support/recovery.ts';
import { publishNewer, withField } from './versions.ts';
import { patienceMs } from '../support/moment.ts';

const incompatible: Fault = {
  id: 'F27',
  name: 'an incompatible schema is deployed',
  touches: [],
  times: { quick: 1, long: 2 },
  inject: async (world, draw) => {
    const url = world.direct().registryUrl;
    const fact = draw(['OrderPlaced', 'StockReserved', 'OrderConfirmed', 'JournalPrepared']);
    const changed = confluentRegistry(url, withField(fact, { name: 'demanded', type: 'string' }));
    const refused = await changed.register(fact).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(isFailure(refused), `an incompatible ${fact} was registered`);
    assert.deepEqual([refused.kind, refused.code], ['fatal', 'SCHEMA_INCOMPATIBLE'], refused.message);
    const ours = await confluentRegistry(url).plan();
    const missing = ours.filter(one => one.state !== 'registered').map(one => one.fact);
    assert.deepEqual(missing, [], 'what stood in the registry before');
    return { fired: true, what: `${fact} with a field that older records lack: refused (${refused.code})` };
  },
};

/** How a registry is away, and how it comes back. */
const ways: Readonly<Record<string, (registry: TcpProxy) => Promise<() => Promise<void>>>> = {
  'is down': async registry => {
    await registry.down();
    return () => registry.up();
  },
  'says nothing': registry => {
    const on = registry.put({ is: 'half-open' });
    return Promise.resolve(() => Promise.resolve(on.heal()));
  },
};
const awayAtStart = (how: string, who: Touch, victims: readonly InstanceName[], times: Fault['times']): Fault => ({
  id: 'F27',
  name: `the registry ${how} while a process starts: ${who}`,
  touches: [who],
  times,
  inject: async (world, draw) => {
    const victim = world.instances[draw(victims)];
    const tasks = tasksOf(victim);
    await victim.kill();
    const back = await ways[how]!(victim.edges.registry);
    const said = victim.log().length;
    victim.start();
    await until(
      `${victim.name} to say that the registry is away`,
      () => victim.log().slice(said).includes('REGISTRY_UNREACHABLE'),
      patienceMs,
    ).finally(back);
    const healedAt = Date.now();
    assert.ok(victim.running(), `${victim.name} ended because the registry was away`);
    const readyMs = await readyAgain(victim);
    await world.tail.turn();
    const recoveryMs = unreadOf(world, tasks, healedAt) > 0 ? await flowing(world, tasks, healedAt) : undefined;
    return { fired: true, what: `${victim.name} waited for it`, readyMs, ...(recoveryMs === undefined ? {} : { recoveryMs }) };
  },
});

const slow: Fault = {
  id: 'F27',
  name: 'the registry answers slowly while a process starts',
  touches: ['processors'],
  times: { quick: 0, long: 2 },
  inject: async (world, draw) => {
    const victim = world.instances[draw<InstanceName>(['processors-a', 'processors-b'])];
    const on = victim.edges.registry.put({ is: 'latency', ms: 400 + below(draw, 800), jitterMs: 300 });
    await victim.kill();
    victim.start();
    const readyMs = await readyAgain(victim, 2 * patienceMs).finally(on.heal);
    return { fired: on.felt() > 0, what: `${victim.name} met ${on.felt()} slow answers`, readyMs };
  },
};

/** A record in a version that its reader does not know yet. */
const newer = (world: World) =>
  publishNewer(world, codeDefined({ company: 'acme', code: `sku:newer-${randomUUID()}`, revision: 1, components: [] }));
const newVersion: Fault = {
  id: 'F27',
  name: 'a new version of a schema arrives while the registry is down',
  touches: ['processors'],
  times: { quick: 1, long: 2 },
  inject: async world => {
    const victims = [world.instances['processors-a'], world.instances['processors-b']];
    await Promise.all(victims.map(one => one.edges.registry.down()));
    const said = victims.map(one => one.log().length);
    const heal = (): Promise<unknown> => Promise.all(victims.map(one => one.edges.registry.up()));
    const waiting = (): boolean => victims.some((one, index) => one.log().slice(said[index]).includes('REGISTRY_UNREACHABLE'));
    let at: Awaited<ReturnType<typeof newer>>;
    try {
      at = await newer(world);
      const { partition, at: since } = at;
      const unread = (): number => world.tail.unreadOf('catalogue', partition, since);
      await world.tail.turn();
      await until('catalogue to wait for the registry', () => waiting() || unread() === 0, patienceMs);
      await world.tail.turn();
      assert.ok(unread() > 0, 'what could not be read was passed over');
    } finally {
      await heal();
    }
    const healedAt = Date.now();
    await until('what was waited for to be read', () => world.tail.unreadOf('catalogue', at.partition, at.at) === 0, patienceMs);
    return { fired: true, what: `catalogue/${at.partition} waited and read it`, recoveryMs: Date.now() - healedAt };
  },
};

const processors: readonly InstanceName[] = ['processors-a', 'processors-b'];
export const schemaFaults: readonly Fault[] = [
  incompatible,
  awayAtStart('is down', 'sinks', ['sinks'], { quick: 0, long: 1 }),
  awayAtStart('is down', 'edge', ['edge'], { quick: 1, long: 1 }),
  awayAtStart('is down', 'processors', processors, { quick: 0, long: 1 }),
  awayAtStart('says nothing', 'processors', processors, { quick: 0, long: 2 }),
  slow,
  newVersion,
];
