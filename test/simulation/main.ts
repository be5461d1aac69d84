/**
 * The simulation from the command line: `node test/simulation/main.ts --seeds 300 --ops 2000`, `--seed N --trace` to see one,
 * `--long` for a million operations, `--safety` for faults without end. A failing seed is printed with the command that replays it.
 */
import { parseArgs } from 'node:util';
import { shown } from '../support/proof/check.ts';
import { exhaust } from './exhaustive.ts';
import { run, type Verdict } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    ops: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    first: { type: 'string', default: '1' },
    mix: { type: 'string', default: 'all' },
    safety: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    log: { type: 'boolean', default: false },
    'first-failure': { type: 'boolean', default: false },
    exhaustive: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    long: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'node test/simulation/main.ts [--seeds 300] [--first 1] [--ops 2000] [--safety] [--mix members] [--long]\n  --exhaustive --ops 200   a kill before every step of one run\n  --seed N   only this one; --trace shows what happened, --log what the units logged',
  );
  process.exit(0);
}
const operations = Number(values.ops);
if (values.exhaustive) {
  Error.stackTraceLimit = 0;
  const seed = Number(values.seed ?? '1');
  const { steps, failed } = await exhaust(seed, operations, Number(values.first), Number(values.every));
  for (const { killedAt, problems } of failed) console.log(`killed before step ${killedAt}:\n${shown(problems, 6)}`);
  console.log(`killed before each of ${steps} steps (from ${values.first}, every ${values.every}): ${failed.length} runs failed`);
  process.exit(failed.length === 0 ? 0 : 1);
}
const [first, count] = values.seed === undefined ? [Number(values.first), Number(values.seeds)] : [Number(values.seed), 1];
const seeds = values.long ? Math.ceil(1_000_000 / operations) : count;
const say = (level: string) => (fields: object, message: string) =>
  console.log(`    ${level} ${message} ${JSON.stringify(fields)}`);
const logger = { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };

// Thousands of failures are a part of it, and nobody looks at where they were made.
if (!values.log) Error.stackTraceLimit = 0;
let failed = 0;
let events = 0;
const fired = new Map<string, number>();
const begun = performance.now();
for (let seed = first; seed < first + seeds; seed++) {
  const verdict: Verdict = await run({
    seed,
    operations,
    mix: values.mix === 'members' ? 'members' : 'all',
    mode: values.safety ? 'safety' : 'full',
    ...(values.trace ? { onEvent: line => console.log(line) } : {}),
    ...(values.log ? { logger } : {}),
  });
  events += verdict.events;
  for (const [what, times] of verdict.faults) fired.set(what, (fired.get(what) ?? 0) + times);
  if (values.seed !== undefined) console.log(`trace ${verdict.trace}, ${verdict.events} events`);
  if (verdict.problems.length === 0) continue;
  failed++;
  console.log(
    `seed ${seed}: ${verdict.problems.length} problems\n${shown(verdict.problems, values['first-failure'] ? 60 : 6)}\n  node test/simulation/main.ts --seed ${seed} --ops ${operations}${values.safety ? ' --safety' : ''}${values.mix === 'all' ? '' : ` --mix ${values.mix}`}`,
  );
  if (values['first-failure']) break;
}
const seconds = (performance.now() - begun) / 1000;
console.log(
  `${seeds} seeds of ${operations} operations, ${events} events in ${seconds.toFixed(1)} s: ${failed === 0 ? 'nothing found' : `${failed} seeds failed`}`,
);
console.log([...fired].map(([what, times]) => `${what} ${times}`).join(', '));
process.exitCode = failed === 0 ? 0 : 1;
