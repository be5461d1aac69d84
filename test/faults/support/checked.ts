/** Gathers what a run has left (topics, groups, stores, what the concurrent reader saw, what was asked) and has the checker judge it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadCompany } from '../../../runtime/company.ts';
import { shopChecker } from '../../../runtime/start-checks.ts';
import { lmdbStore } from '../../../runtime/store/lmdb.ts';
import { writesOf } from '../../../runtime/topology.ts';
import { units } from '../../../runtime/units.ts';
import { check as problemsOf } from '../../support/proof/check.ts';
import type { Evidence, Operation, StoreEnd } from '../../support/proof/evidence.ts';
import { gather } from '../../support/proof/gather.ts';
import { loadedStore } from './stores.ts';
import type { Broken } from './judge.ts';
import { partitions } from './plant.ts';
import { instanceNames, runningUnits, type OpenWorld } from './world.ts';

/** What several instances keep of one task: each must be as the changelog was when it last had it. */
const storesOf = async ({ instances }: OpenWorld): Promise<readonly StoreEnd[]> => {
  const found: StoreEnd[] = [];
  for (const one of instanceNames.map(name => instances[name]))
    for (const unit of one.units)
      for (let partition = 0; partition < partitions; partition++) {
        const folder = join(one.folder, unit, String(partition));
        if (existsSync(folder)) found.push({ unit, partition, ...(await loadedStore(lmdbStore(folder))) });
      }
  return found;
};
const readsOf = ({ tail }: OpenWorld): readonly Operation[] =>
  tail.topics.flatMap(topic =>
    tail
      .seen(topic)
      .flatMap((all, partition) =>
        all.map(({ offset, id }): Operation => ({ kind: 'read', reader: 'tail', topic, partition, offset, id })),
      ),
  );
export const evidenceOf = async (world: OpenWorld): Promise<Evidence> => {
  const { log, names, codec, onhand, asked } = world;
  const policy = loadCompany(onhand.environment['ONHAND_COMPANY']!, shopChecker(units));
  const policies = new Map([[policy.hash, policy]]);
  const endedAt = Date.now();
  // The rules are asked again: what they say is encoded to be compared.
  await codec.prepare(runningUnits.flatMap(writesOf).flatMap(topic => topic.facts));
  const gathered = await gather({ units: runningUnits, log, names, codec, policies, drained: true, endedAt });
  const published = asked.map((one): Operation => ({ kind: 'publish', ...one }));
  return { ...gathered, stores: await storesOf(world), history: [...published, ...readsOf(world)], targets: new Map() };
};
export const check = async (world: OpenWorld): Promise<readonly Broken[]> => {
  const problems = problemsOf(await evidenceOf(world));
  return [...Map.groupBy(problems, one => one.rule)].map(([rule, found]) => ({
    invariant: `checker: ${rule}`,
    found: found.map(one => `${one.where}: ${one.found}`),
  }));
};
