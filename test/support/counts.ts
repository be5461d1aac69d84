/** How many tests passed, failed and were skipped, over all runs of mocha; and the line that CI reads. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a run of mocha writes down. */
export interface Written extends Counts {
  /** Title and first line of the error of each. */
  readonly failedTests: readonly string[];
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const countLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * What a run of mocha amounts to, from the counts it wrote (undefined: it ended before it could) and how it ended (null: it had
 * to be ended). A run that ends badly without naming a failed test, or without
 * having run, is itself one failure.
 */
export const judge = (written: Counts | undefined, exitCode: number | null): Counts => {
  const counts = written ?? noCounts;
  return (exitCode !== 0 || written === undefined) && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};
