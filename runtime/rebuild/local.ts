/** A task's local store against its changelog: what it holds, with what it has not read yet, must be what the changelog gives. */
import { ownTopics, nameOf } from '../topology.ts';
import type { Store } from '../store/store.ts';
import { compare } from './compare.ts';
import type { Difference } from './differing.ts';
import { stableTo } from './reader.ts';
import { foldChangelog, type Truth } from './truth.ts';
import { foldedBy, type RebuildWorld } from './world.ts';

const all = { gte: '\x01', lt: '\uffff' };
const batch = 5_000;
/** 5 s: a store may hold what cannot be read yet. */
const looks = 100;

export const localGap = async (
  world: RebuildWorld,
  partition: number,
  truth: Truth,
  local: Pick<Store, 'range' | 'meta'>,
): Promise<Difference | undefined> => {
  const next = local.meta()?.changelogNext;
  if (next === undefined) return undefined;
  const copy = world.scratch();
  // One synchronous pass: a store at work would change between two.
  const held = [...local.range(all)];
  for (let at = 0; at < held.length; at += batch) await copy.commit(held.slice(at, at + batch), { changelogNext: next });
  const where = `the local store of ${nameOf(world.unit)}/${partition}`;
  // A task at work has read further than the moment that was compared.
  const changelog = { topic: world.names.topic(ownTopics.changelog(nameOf(world.unit))), partition };
  const fresh = next > truth.end ? await stableTo(world, changelog, next, looks) : truth.end;
  if (next < truth.start || next > fresh)
    return {
      what: 'store',
      key: where,
      rebuilt: truth.end,
      stored: next,
      says: `${where} has read the changelog up to ${next}, which holds ${truth.start} to ${fresh}: it is filled anew when the task opens`,
    };
  await foldChangelog(world, partition, copy, next, fresh);
  await foldChangelog(world, partition, truth.store, truth.end, fresh);
  const { first } = compare(foldedBy(world.unit), truth.store, copy);
  if (first === undefined) return undefined;
  const { storeKey: _, ...difference } = first;
  return { ...difference, what: 'store', says: `in ${where}, ${first.says}` };
};
