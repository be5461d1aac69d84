/** What goes wrong, drawn by the seed: processes are killed, held still and drained, disks lost, the broker and the network troubled. */
import type { Policy } from '../../schemas/policy.ts';
import type { Desk } from './desk.ts';
import type { Machine } from './machine.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { policies } from './units.ts';

export interface Faults {
  /** One fault, drawn. */
  readonly strike: () => void;
  /** Everything is whole again and stays so. */
  readonly heal: () => void;
  readonly counts: ReadonlyMap<string, number>;
}

/** members: memberships are lost and nothing else goes wrong, so that what hangs on them alone is seen. */
export type Mix = 'all' | 'members';

export const faultsOf = (
  scheduler: Scheduler,
  random: Random,
  network: Network,
  desk: Desk,
  machines: readonly Machine[],
  mix: Mix = 'all',
): Faults => {
  const counts = new Map<string, number>();
  let healed = false;
  let policy: Policy = policies.strict;
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const later = (ms: number, act: () => void): void =>
    void scheduler.after(undefined, ms, 'fault', () => {
      if (!healed) act();
    });
  const start = (machine: Machine): void => {
    if (!machine.running()) machine.start(policy);
  };
  const lose = (machine: Machine): void => {
    const fate = random.next();
    if (fate < 0.12) {
      count('store wiped');
      machine.disk.wipe();
    } else if (fate < 0.24) {
      count('store set back');
      machine.disk.setBack();
    }
  };
  const kill = (machine: Machine): void => {
    if (!machine.running()) return start(machine);
    count('kill -9');
    machine.kill();
    lose(machine);
    later(random.pick([0, 1, 20, 300, 1_500]), () => start(machine));
  };
  const hold = (machine: Machine): void => {
    const lane = machine.lane();
    if (lane?.state !== 'running') return;
    count('held still');
    scheduler.pause(lane);
    later(random.pick([50, 400, 1_500, 2_000, 3_500, 7_000]), () => scheduler.resume(lane));
    // Another comes or goes meanwhile: then it is not its session that ends, but a rebalance that it misses.
    const other = random.pick(machines.filter(one => one !== machine));
    if (random.chance(0.5)) later(random.between(0, 300), () => (other.running() ? other.drain() : start(other)));
  };
  /** Until another has taken over and done its work: then it goes on, with an answer that it got while it was a member. */
  const outlive = (): void => {
    desk.asked = lane => {
      if (healed || lane.state !== 'running') return;
      desk.asked = () => undefined;
      count('held while it asks');
      scheduler.pause(lane);
      later(random.pick([7_000, 15_000]), () => scheduler.resume(lane));
      for (const machine of machines) start(machine);
    };
  };
  const cutOff = (machine: Machine): void => {
    const lane = machine.lane();
    if (lane === undefined) return start(machine);
    count('cut off');
    network.cutOff.set(lane, random.pick(['all', 'member', 'member']));
    later(random.pick([300, 3_500, 5_000]), () => network.cutOff.delete(lane));
    for (const other of machines) start(other);
  };
  const drain = (machine: Machine): void => {
    if (!machine.running()) return start(machine);
    count('drained');
    machine.drain();
    // As a process manager does: what has not ended is killed.
    later(random.pick([1_000, 4_000]), () => {
      if (machine.running()) machine.kill();
      start(machine);
    });
  };
  const storm = (): void => {
    count('network trouble');
    network.trouble = random.pick([0.02, 0.1, 0.3]);
    later(random.between(200, 3_000), () => {
      network.trouble = 0;
    });
  };
  const strike = (): void => {
    const machine = random.pick(machines);
    if (mix === 'members') return random.chance(0.5) ? cutOff(machine) : outlive();
    const drawn = random.next();
    if (drawn < 0.3) return kill(machine);
    if (drawn < 0.45) return hold(machine);
    if (drawn < 0.53) return drain(machine);
    if (drawn < 0.6) return cutOff(machine);
    if (drawn < 0.75) return storm();
    if (drawn < 0.82) {
      count('broker silent');
      network.silentUntil = scheduler.now() + random.pick([100, 800, 3_500]);
    } else if (drawn < 0.88) {
      count('desk away');
      desk.awayUntil = scheduler.now() + random.between(100, 3_000);
    } else if (drawn < 0.94) {
      count('disk full');
      machine.disk.trouble = 0.3;
      later(random.between(100, 1_000), () => {
        machine.disk.trouble = 0;
      });
    } else if (drawn < 0.97) machine.disk.backup();
    else {
      count('policy changed');
      policy = policy === policies.strict ? policies.lenient : policies.strict;
    }
  };
  return {
    strike,
    counts,
    heal: () => {
      healed = true;
      policy = policies.lenient;
      network.trouble = 0;
      network.silentUntil = 0;
      network.cutOff.clear();
      desk.trouble = 0;
      desk.awayUntil = 0;
      desk.mended = true;
      for (const machine of machines) {
        machine.disk.trouble = 0;
        const lane = machine.lane();
        if (lane !== undefined) scheduler.resume(lane);
        // What was ending is ended: nobody would start it again.
        if (machine.draining()) machine.kill();
        start(machine);
      }
    },
  };
};
