/** Mocha's own listing, and the counts in a file, so that the runner can add up several runs of mocha. */
import { writeFileSync } from 'node:fs';
import Mocha, { type MochaOptions, type Runner } from 'mocha';
import type { Counts } from './counts.ts';

export default function CountingSpec(runner: Runner, options: MochaOptions): void {
  const spec = new Mocha.reporters.Spec(runner, options);
  const file = process.env['ONHAND_TEST_COUNTS'];
  if (file === undefined) return;
  runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
    const { passes, failures, pending } = spec.stats;
    const counts: Counts = { passed: passes, failed: failures, skipped: pending };
    writeFileSync(file, JSON.stringify(counts));
  });
}
