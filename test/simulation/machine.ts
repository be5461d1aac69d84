/** A process that runs all units, on a machine with a disk: started, drained, held still, killed at any of its awaits. */
import { isFailure } from '../../runtime/failure.ts';
import { keysOf, memoryKeyStore } from '../../runtime/keys/keys.ts';
import type { Logger } from '../../runtime/model.ts';
import { metricsOf } from '../../runtime/observe/metrics.ts';
import type { Log } from '../../runtime/port.ts';
import { startUnits, type Running } from '../../runtime/run.ts';
import type { TaskLimits } from '../../runtime/task/context.ts';
import { namesOf, nameOf } from '../../runtime/topology.ts';
import { codecOf, memoryRegistry } from '../../runtime/wire/codec.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Desk } from './desk.ts';
import { diskOf, type Disk } from './disk.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Lane, Scheduler } from './scheduler.ts';
import { callTimeoutMs, unitsWith } from './units.ts';
import { schemas } from './vocabulary.ts';

export const limits: TaskLimits = {
  maxBatch: 40,
  spacingMs: 40,
  transactionTimeoutMs: 2_500,
  offsetsEveryMs: 300,
  parkedBytes: 1 << 20,
  sessionTimeoutMs: 3_000,
  pollMs: 400,
};
export const names = namesOf('');
export const codec = codecOf(memoryRegistry(schemas), schemas);
/** Has it know every schema: what it fetches in one run it would not fetch in the next, which would then go another way. */
export const prepareCodec = async (): Promise<void> => {
  await codec.prepare([...schemas.keys()]);
  await codec.ensure([...schemas.keys()].map((_, i) => Buffer.from([0, 0, 0, 0, i + 1, 0])));
};
/** Nobody reads them, and counting them would cost as much as the checker. */
const metrics = metricsOf();
const silentMetric = { inc: () => undefined, set: () => undefined, observe: () => undefined };
for (const metric of Object.values(metrics)) Object.assign(metric, silentMetric);
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface World {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly random: Random;
  readonly desk: Desk;
  /** A unit said that it cannot go on. */
  readonly stopped: (unit: string, error: Error) => void;
  readonly logger?: Logger;
}
export interface Machine {
  readonly name: string;
  readonly disk: Disk;
  readonly lane: () => Lane | undefined;
  readonly running: () => boolean;
  readonly draining: () => boolean;
  readonly start: (policy: Policy) => void;
  /** kill -9: nothing it waits for ever comes. */
  readonly kill: () => void;
  /** SIGTERM; ends by itself. */
  readonly drain: () => void;
}

export const machineOf = (world: World, name: string): Machine => {
  const { scheduler, network, desk, random } = world;
  const disk = diskOf(scheduler, random);
  const memberIds = new Map<string, string>();
  let life: { readonly lane: Lane; units?: Running; draining: boolean } | undefined;
  let lives = 0;
  const boot = async (mine: NonNullable<typeof life>, log: Log, policy: Policy): Promise<void> => {
    const { lane } = mine;
    const units = unitsWith(desk.targetFor(lane));
    while (life === mine && mine.units === undefined)
      try {
        mine.units = await startUnits({
          units,
          run: units.map(nameOf),
          log,
          readingLog: () => log,
          clock: lane.clock,
          logger: world.logger ?? silent,
          metrics,
          names,
          codec,
          keys: keysOf(memoryKeyStore(), lane.clock.now),
          policy,
          release: 'simulation',
          storeOf: (unit, partition) => disk.open(lane, unit, partition),
          // A member id outlives its process, unless the disk did not.
          memberIds: {
            read: unit => memberIds.get(unit),
            keep: (unit, id) => {
              if (lane.state !== 'dead') memberIds.set(unit, id);
            },
          },
          hashKey: 'simulation',
          settingsOf: () => ({}),
          fatal: (unit, error) => {
            if (life === mine && lane.state !== 'dead') world.stopped(unit, error);
          },
          limits,
          callTimeoutMs,
        });
      } catch (error) {
        // As a process manager does: a process that could not start is started again.
        if (!isFailure(error) || error.kind === 'fatal') throw error;
        await lane.clock.sleep(100);
      }
  };
  const end = (): void => {
    if (life !== undefined) scheduler.kill(life.lane);
    life = undefined;
  };
  return {
    name,
    disk,
    lane: () => life?.lane,
    running: () => life !== undefined,
    draining: () => life?.draining === true,
    start: policy => {
      const lane = scheduler.lane(`${name}${++lives}`);
      const mine = (life = { lane, draining: false });
      boot(mine, network.logFor(lane), policy).catch((error: unknown) => world.stopped(name, error as Error));
    },
    kill: end,
    drain: () => {
      const mine = life;
      if (mine?.units === undefined) return end();
      if (mine.draining) return;
      mine.draining = true;
      void mine.units.close().then(() => {
        if (life === mine) end();
      });
    },
  };
};
