/** A unit's whole history through given rules: what is said now against what was said then, over all its tasks. */
import type { Fact } from '../model.ts';
import type { Rules } from '../task/rules.ts';
import { writesOf } from '../topology.ts';
import type { FactDifferences } from './fact-differences.ts';
import { loadSnapshot } from './snapshot.ts';
import { verify } from './verify.ts';
import { whatIf } from './what-if.ts';
import { foldedBy, type RebuildWorld } from './world.ts';

/** A sealed field is other bytes each time, under a key that may be another: only whose it is can be compared. */
export const sealedByOwner = (fact: Fact): Fact => ({
  type: fact.type,
  data: Object.fromEntries(
    Object.entries(fact.data as object).map(([name, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null && 'keyId' in value
        ? [name, { keyId: String(value.keyId).replace(/#\w+$/, '') }]
        : [name, value],
    ),
  ),
});
export interface History {
  readonly world: RebuildWorld;
  readonly rules: Rules;
  readonly partitions: readonly number[];
  readonly snapshots?: string;
  readonly differences: FactDifferences;
}
/** Takes the history through the rules; answers what must be said besides, and whether all of it was read. */
export const retell = async ({ world, rules, partitions, snapshots, differences }: History) => {
  await world.codec.prepare(writesOf(world.unit).flatMap(topic => topic.facts));
  const unit = world.unit;
  const says: string[] = [];
  let whole = true;
  const told = verify({
    world,
    partitions,
    keep: false,
    ...(snapshots === undefined ? {} : { snapshots }),
    listener: async (partition, snapshot) => {
      const store = world.scratch();
      if (snapshot !== undefined) await loadSnapshot(snapshot, store);
      const isProducer = unit.kind === 'producer';
      return whatIf({
        rules,
        shape: foldedBy(unit),
        codec: world.codec,
        partition,
        store,
        differences,
        silent: isProducer,
        comparable: isProducer ? sealedByOwner : fact => fact,
      });
    },
  });
  for await (const one of told) {
    const task = `${one.unit}/${one.partition}`;
    if (one.from !== undefined) says.push(`${task}: from the snapshot ${one.from} on`);
    if (one.is === 'different')
      says.push(`${task}: its state is not what its history makes, see --verify: ${one.difference?.says ?? ''}`);
    if (one.why !== undefined) says.push(`${task}: ${one.why.message} (${one.why.code})`);
    whole &&= one.hash !== undefined;
  }
  return { says, whole };
};
