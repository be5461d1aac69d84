/** Rebuilding in tests: the units of a world in memory, verified from its log. */
import type { MemoryWorld } from '../../../../runtime/memory/run.ts';
import type { LogRecord } from '../../../../runtime/port.ts';
import { memoryStore } from '../../../../runtime/store/memory.ts';
import type { Unit } from '../../../../runtime/topology.ts';
import { verify, type Verdict, type VerifyOptions } from '../../../../runtime/rebuild/verify.ts';
import { rebuildable, type RebuildWorld } from '../../../../runtime/rebuild/world.ts';

export type ReadLog = RebuildWorld['log'];

/** Waits for nothing: what a log in memory holds is there, and virtual time does not pass by itself. */
export const worldOf = (world: MemoryWorld, unit: Unit, log: ReadLog = world.log): RebuildWorld => ({
  log,
  names: world.names,
  codec: world.codec,
  clock: { now: world.clock.now, monotonic: world.clock.monotonic, sleep: () => Promise.resolve() },
  unit: rebuildable(unit),
  scratch: () => memoryStore(),
});
export interface Verifying extends Partial<Omit<VerifyOptions, 'world'>> {
  /** Partitions from the first on; one when absent. */
  readonly count?: number;
  readonly log?: ReadLog;
}
export const verdicts = async (
  world: MemoryWorld,
  unit: Unit,
  { count = 1, log, partitions, ...rest }: Verifying = {},
): Promise<readonly Verdict[]> => {
  const found: Verdict[] = [];
  const wanted = partitions ?? Array.from({ length: count }, (_, p) => p);
  for await (const one of verify({ world: worldOf(world, unit, log), partitions: wanted, ...rest })) found.push(one);
  return found;
};
/** The log without some records, as if they had never been written. */
export const without = (log: ReadLog, isLost: (record: LogRecord) => boolean): ReadLog => ({
  ...log,
  fetch: async (requests, waitMs) => {
    const answers = await log.fetch(requests, waitMs);
    return answers.map(answer => ({ ...answer, records: answer.records.filter(record => !isLost(record)) }));
  },
});
