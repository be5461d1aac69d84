/** One run of the simulation from its seed: work and faults, then all is healed and drained, then the checker judges what is left. */
import { memoryLog } from '../../runtime/memory/log.ts';
import type { Logger } from '../../runtime/model.ts';
import { nameOf, subscribed, topicSpecs } from '../../runtime/topology.ts';
import { check } from '../support/proof/check.ts';
import type { Evidence, Operation, PartitionEnd, Problem } from '../support/proof/evidence.ts';
import { gather } from '../support/proof/gather.ts';
import { changelogsOf } from './changelogs.ts';
import { deskOf } from './desk.ts';
import { faultsOf, type Mix } from './faults.ts';
import { codec, machineOf, names, prepareCodec, type Machine } from './machine.ts';
import { networkOf } from './network.ts';
import { randomOf } from './random.ts';
import { schedulerOf, type Lane } from './scheduler.ts';
import { policies, unitsWith } from './units.ts';
import { partitions, workloadOf } from './workload.ts';

export interface RunOptions {
  readonly seed: number;
  readonly operations: number;
  /** full: heals and drains, then nothing may be left. safety: everything is killed in the middle, and only safety is judged. */
  readonly mode?: 'full' | 'safety';
  /** Faults per operation. */
  readonly faults?: number;
  readonly mix?: Mix;
  /** Kills the first process before its step of this number, and starts it again. */
  readonly killAtStep?: number;
  readonly onEvent?: (line: string) => void;
  readonly logger?: Logger;
}
export interface Verdict {
  readonly seed: number;
  readonly problems: readonly Problem[];
  /** Equal for equal seeds. */
  readonly trace: string;
  readonly events: number;
  /** Steps of the first process's first life. */
  readonly steps: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly evidence: Evidence;
}

/** Longer than any wait of a healthy task. */
const drainLimitMs = 90_000;

export const run = async (options: RunOptions): Promise<Verdict> => {
  const { seed, operations, mode = 'full' } = options;
  // A lost membership lasts for seconds: they shall not all be lost at once.
  const faultsPerOperation = options.faults ?? (options.mix === 'members' ? 0.0025 : 0.01);
  const random = randomOf(seed);
  const scheduler = schedulerOf(random);
  scheduler.onEvent = options.onEvent;
  const history: Operation[] = [];
  const happened = (operation: Operation): void => void history.push(operation);
  const log = memoryLog(scheduler.clock, { markDelayMs: () => (random.chance(0.3) ? random.between(1, 30) : 0) });
  const network = networkOf(scheduler, random, log);
  const desk = deskOf(scheduler, random, happened);
  desk.strained = lane => network.cutOff.has(lane);
  const units = unitsWith(desk.targetFor(scheduler.lane('nobody')));
  await log.admin.create(topicSpecs(units, names, partitions));
  await prepareCodec();
  const world = {
    scheduler,
    network,
    random,
    desk,
    stopped: (unit: string, error: Error) => happened({ kind: 'stopped', unit, error: error.message }),
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  };
  const machines = [machineOf(world, 'a'), machineOf(world, 'b')] as const;
  const changelogs = changelogsOf(log, units.map(nameOf), partitions);
  const workload = workloadOf(scheduler, random, network, log, changelogs, happened);
  const faults = faultsOf(scheduler, random, network, desk, machines, options.mix);
  const [first] = machines;
  first.start(policies.strict);
  const firstLane = first.lane()!;
  if (options.killAtStep !== undefined) killAt(scheduler, first, firstLane, options.killAtStep);
  desk.trouble = faultsPerOperation > 0 ? random.pick([0, 0.03, 0.2]) : 0;

  // A membership is lost and taken over in seconds: then the work must last as long.
  const pauses = options.mix === 'members' ? [5, 60, 250, 2_000] : [0, 5, 20, 60, 250];
  await scheduler.until(() => false, random.between(0, 200));
  while (workload.operations() < operations) {
    // In bursts, so that transactions hold one record or many.
    for (let burst = random.pick([1, 2, 5, 20, 40]); burst > 0 && workload.operations() < operations; burst--) {
      workload.act();
      if (random.chance(faultsPerOperation)) faults.strike();
    }
    await scheduler.until(() => false, random.pick(pauses));
  }
  const steps = firstLane.steps;
  if (mode === 'full') {
    faults.heal();
    await drain();
  } else {
    faults.heal();
    for (const machine of machines) machine.kill();
    // Until the broker has ended what they left open, and late requests have come.
    await scheduler.until(() => false, 12_000);
  }

  async function drain(): Promise<void> {
    const behind = (): boolean =>
      units.some(unit =>
        Array.from({ length: partitions }, (_, partition) => partition).some(partition => {
          const positions = changelogs.positions(nameOf(unit), partition);
          return subscribed(unit).some(
            topic => (positions[topic] ?? 0) < log.look({ topic, partition, from: 0, maxBytes: 1 }).highWatermark,
          );
        }),
      );
    const quiet = async (): Promise<void> => {
      // Looked at now and then: looking costs more than an event.
      for (let waited = 0; waited < drainLimitMs; waited += 500) {
        await scheduler.until(() => false, 500);
        if (!behind()) return;
      }
    };
    await quiet();
    // Held asks fall due, and what they say flows on.
    await scheduler.until(() => false, 3_000);
    for (let round = 0; round < 60 && changelogs.aside().length > 0; round++) {
      workload.operate(round === 0 ? 'retry' : 'skip');
      await scheduler.until(() => false, 400);
      await quiet();
    }
    await scheduler.until(() => false, 3_000);
    await quiet();
    for (const machine of machines) machine.drain();
    await scheduler.until(() => machines.every(machine => !machine.running()), 30_000);
    await scheduler.until(() => false, 3_000);
  }
  workload.readOn();
  const drained = mode === 'full';
  const gathered = await gatherNow();

  async function gatherNow(): Promise<Evidence> {
    const known = new Map(Object.values(policies).map(policy => [policy.hash, policy]));
    const some = await gather({ log, names, codec, units, policies: known, drained, endedAt: scheduler.now() });
    const topics = new Map(
      [...some.topics].map(([topic, ends]) => [
        topic,
        ends.map(end => withArchive(end, workload.archive.get(`${topic}/${end.partition}`))),
      ]),
    );
    return {
      ...some,
      topics,
      stores: machines.flatMap(machine => machine.disk.stores()),
      history,
      targets: new Map([['desk', new Map([...desk.documents].map(([name, { revision }]) => [name, revision]))]]),
      prompt: ['asks.v1', 'asks-paid.v1'],
    };
  }
  return {
    seed,
    problems: check(gathered),
    trace: scheduler.trace(),
    events: scheduler.events(),
    steps,
    faults: new Map([...faults.counts, ...network.counts]),
    evidence: gathered,
  };
};

const withArchive = (end: PartitionEnd, taken: PartitionEnd['records'] | undefined): PartitionEnd =>
  taken === undefined ? end : { ...end, start: 0, records: [...taken, ...end.records] };

const killAt = (scheduler: ReturnType<typeof schedulerOf>, machine: Machine, lane: Lane, step: number): void => {
  scheduler.beforeStep = stepping => {
    if (stepping !== lane || lane.steps !== step) return;
    machine.kill();
    scheduler.after(undefined, 1, 'started again', () => machine.start(policies.strict));
  };
};
