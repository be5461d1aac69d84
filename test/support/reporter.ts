/** Mocha's own listing, and in a file the counts and what failed, so that the runner can add up several runs of mocha. */
import { writeFileSync } from 'node:fs';
import Mocha, { type MochaOptions, type Runner } from 'mocha';
import type { Written } from './counts.ts';

export default function CountingSpec(runner: Runner, options: MochaOptions): void {
  const spec = new Mocha.reporters.Spec(runner, options);
  const file = process.env['ONHAND_TEST_COUNTS'];
  if (file === undefined) return;
  const { EVENT_RUN_END, EVENT_TEST_FAIL } = Mocha.Runner.constants;
  const failedTests: string[] = [];
  runner.on(EVENT_TEST_FAIL, (test, error: Error) => {
    failedTests.push(`${test.fullTitle()}: ${error.message.split('\n', 1).join('')}`);
  });
  runner.once(EVENT_RUN_END, () => {
    const { passes, failures, pending } = spec.stats;
    const written: Written = { passed: passes, failed: failures, skipped: pending, failedTests };
    writeFileSync(file, JSON.stringify(written));
  });
}
