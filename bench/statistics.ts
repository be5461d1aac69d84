/** What many measurements of the same thing amount to. */

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}
const sorted = (values: readonly number[]): readonly number[] => values.toSorted((one, other) => one - other);

/** Of an even number of values the median lies between the two in the middle. */
export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) throw new Error('a spread of no values was asked for');
  const all = sorted(values);
  const middle = (all.length - 1) / 2;
  return {
    min: all[0]!,
    median: (all[Math.floor(middle)]! + all[Math.ceil(middle)]!) / 2,
    max: all.at(-1)!,
  };
};

/** The least value that is not exceeded by this part of all: as the rival's watcher reckons it. */
export const quantile = (values: readonly number[], part: number): number => {
  if (values.length === 0) throw new Error('a quantile of no values was asked for');
  return sorted(values)[Math.max(0, Math.ceil(part * values.length) - 1)]!;
};

/** The longest time without one of these moments between `from` and `to`. */
export const longestGap = (moments: readonly number[], from: number, to: number): number => {
  const within = [from, ...sorted(moments).filter(at => at > from && at < to), to];
  return Math.max(...within.slice(1).map((at, i) => at - within[i]!));
};
