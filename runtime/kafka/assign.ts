/** Who of a group works on which partition number: evenly, everyone keeping what they had, and the same whoever computes it. */

export interface Claimant {
  readonly memberId: string;
  /** What it had last, and in which generation; a member that was cut off may claim what another has had since. */
  readonly owned: readonly number[];
  readonly generation: number;
}

/** Partition p of every topic, or of none: so numbers are handed out, not topics. */
export const assignPartitions = (
  claimants: readonly Claimant[],
  partitionCount: number,
): ReadonlyMap<string, readonly number[]> => {
  const holders = holdersOf(claimants, partitionCount);
  const kept = new Map(claimants.map(({ memberId }) => [memberId, [] as number[]]));
  for (const [partition, memberId] of holders) kept.get(memberId)?.push(partition);

  // Those with most come first: where the numbers do not divide evenly, they keep one more.
  const order = claimants
    .map(({ memberId }) => memberId)
    .toSorted((a, b) => (kept.get(b)?.length ?? 0) - (kept.get(a)?.length ?? 0) || (a < b ? -1 : 1));
  const least = Math.floor(partitionCount / Math.max(1, order.length));
  const withOneMore = partitionCount - least * order.length;
  const free = Array.from({ length: partitionCount }, (_, partition) => partition).filter(partition => !holders.has(partition));
  const quota = (rank: number): number => least + (rank < withOneMore ? 1 : 0);
  order.forEach((memberId, rank) => {
    const mine = (kept.get(memberId) ?? []).toSorted(ascending);
    free.push(...mine.slice(quota(rank)));
    kept.set(memberId, mine.slice(0, quota(rank)));
  });
  free.sort(ascending);
  order.forEach((memberId, rank) => {
    const mine = kept.get(memberId) ?? [];
    kept.set(memberId, [...mine, ...free.splice(0, quota(rank) - mine.length)].toSorted(ascending));
  });
  return kept;
};

const ascending = (a: number, b: number): number => a - b;

/** Of several that claim a partition, the one of the highest generation has it; then the first by id. */
const holdersOf = (claimants: readonly Claimant[], partitionCount: number): Map<number, string> => {
  const holders = new Map<number, string>();
  const strongestFirst = claimants.toSorted((a, b) => b.generation - a.generation || (a.memberId < b.memberId ? -1 : 1));
  for (const { memberId, owned } of strongestFirst) {
    for (const partition of owned) {
      const exists = Number.isInteger(partition) && partition >= 0 && partition < partitionCount;
      if (exists && !holders.has(partition)) holders.set(partition, memberId);
    }
  }
  return holders;
};
