/** Where a rebuilt value and the stored one part: the first transaction after which they were not the same. */
import { separator, storeKeys } from '../task/keys.ts';
import { canonical, meaning } from './compare.ts';
import type { Parting } from './differing.ts';
import type { Watched } from './fold.ts';
import { changelogOf, type Truth } from './truth.ts';
import { foldedBy, type Folded, type RebuildWorld } from './world.ts';

/** A value in the changelog: `run` numbers the transaction that wrote it, as far as compaction tells. */
interface Kept {
  readonly offset: number;
  readonly value: string | null;
  run: number | undefined;
}
const keptOf = async (world: RebuildWorld, partition: number, truth: Truth, storeKey: string): Promise<readonly Kept[]> => {
  const kept: Kept[] = [];
  let open: Kept[] = [];
  for await (const records of changelogOf(world, partition, truth.start, truth.end))
    for (const record of records) {
      const key = record.key!.toString();
      if (key === storeKey) {
        const one: Kept = { offset: record.offset, value: record.value?.toString() ?? null, run: undefined };
        kept.push(one);
        open.push(one);
      }
      // The number is written behind what the transaction changed.
      if (key !== storeKeys.run) continue;
      for (const one of open) one.run = Number(record.value?.toString());
      open = [];
    }
  return kept;
};
const textOf = (shape: Folded, storeKey: string, value: string | null | undefined): string =>
  value === null || value === undefined ? '' : canonical(meaning(shape, storeKey, value) ?? null);

export const partingOf = async (
  world: RebuildWorld,
  partition: number,
  truth: Truth,
  storeKey: string,
  watched: readonly Watched[],
): Promise<Parting> => {
  const shape = foldedBy(world.unit);
  const kept = await keptOf(world, partition, truth, storeKey);
  const name = storeKey.replaceAll(separator, ' ');
  for (const one of kept) {
    const before = watched.filter(({ transaction }) => (transaction.n ?? 0) <= (one.run ?? Infinity));
    if (textOf(shape, storeKey, before.at(-1)?.value) === textOf(shape, storeKey, one.value)) continue;
    if (one.run === undefined)
      return {
        transaction: truth.run,
        run: before.at(-1)?.transaction.offset,
        changelog: one.offset,
        says: `changelog offset ${one.offset} was written after the last transaction, by none that the run log tells of`,
      };
    const at = watched.find(({ transaction }) => transaction.n === one.run)?.transaction;
    return {
      transaction: one.run,
      run: at?.offset,
      changelog: one.offset,
      ...(at === undefined
        ? { says: `transaction ${one.run} did not touch ${name}, and changelog offset ${one.offset} did` }
        : {}),
    };
  }
  const last = watched.at(-1)?.transaction;
  return {
    transaction: last?.n,
    run: last?.offset,
    says:
      last === undefined
        ? `no transaction in the run log touched ${name}`
        : `transaction ${last.n ?? last.offset} was the last that touched ${name}, and the changelog has no record of it`,
  };
};
