/** Outputs that no event in the run log explains: written twice, or by somebody else in the unit's name. */
import type { Difference } from './differing.ts';
import type { Outputs, Said } from './outputs.ts';
import type { Runs } from './runs.ts';

/** `joined`: the offsets behind the last output of each partition that was explained. `runs` stands behind the last transaction. */
export const unexplained = async (
  outputs: Outputs,
  partition: number,
  transaction: number | undefined,
  joined: ReadonlyMap<string, number>,
  runs: Runs,
): Promise<Difference | undefined> => {
  let later: boolean | undefined;
  for (const one of outputs.left(partition)) {
    const before = one.offset < (joined.get(`${one.topic}/${one.partition}`) ?? 0);
    // What a unit at work wrote since may have been indexed too; its cause stands further on in the run log.
    if (!before) later ??= (await runs.next()) !== undefined;
    if (before || later === false) return extra(one, transaction);
  }
  return undefined;
};
const extra = (one: Said, transaction: number | undefined): Difference => ({
  what: 'outputs',
  key: `${one.topic}/${one.partition}@${one.offset}`,
  of: one.id,
  rebuilt: null,
  stored: { type: one.fact.type, key: one.key, cause: one.cause },
  says: `${one.topic}/${one.partition}@${one.offset} (${one.fact.type} of ${one.key}) stands in the unit's name, and nothing in the run log led to it`,
  at: { transaction, run: undefined },
});
