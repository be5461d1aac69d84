/** `make faults`: every fault of the list on real processes and a real broker, at moments drawn from a printed seed, and the verdict. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dieWithUs } from '../../infra/watchdog.ts';
import { startPostgres } from '../../infra/postgres.ts';
import { startRegistry } from '../../infra/registry.ts';
import type { PartOptions } from '../../infra/part.ts';
import { faults } from './kinds/index.ts';
import { rebuilt } from './support/rebuilt.ts';
import { keepReport } from './support/report.ts';
import { runFaults, seconds, verdictLines } from './support/run.ts';

const help = `node test/faults/main.ts [--long] [--seed N] [--only F5,F8] [--report] [--rebuild] [--json FILE]

  --long     20 kills of each kind and all other faults as often (about 20 minutes); else as \`make test\` does it (3 minutes)
  --seed N   the moments and the traffic of an earlier run; how fast the machine is at it is not drawn
  --only     these faults only, by their ids
  --report   writes the result into docs/generated/faults.md when the run is clean
  --rebuild  afterwards \`onhand rebuild --verify\` of every unit, and of one whose state was altered by hand
  --json     writes the verdict into a file
  --help     this

Ends with 0 when every fault fired as often as it must and nothing was broken; else with 1 and what was found.
`;
const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string' },
    report: { type: 'boolean', default: false },
    rebuild: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
/** The processes' logs of the last run, whatever became of it. */
const logs = join(import.meta.dirname, '..', '..', '.onhand', 'faults');
const say = (line: string): void => console.log(line);

/** Nothing is shared with another run on this machine. */
const surroundings = async (folder: string) => {
  const part = (dataDir: string): PartOptions => ({ dataDir, durable: false, preferredPort: 0, onProgress: say });
  const [registry, keys, ledger] = await Promise.all([
    startRegistry(part(folder)),
    startPostgres(part(folder)),
    startPostgres(part(mkdtempSync(join(folder, 'ledger-')))),
  ]);
  return {
    registryUrl: registry.addresses.registryUrl!,
    databaseUrl: keys.addresses.databaseUrl!,
    ledgerUrl: ledger.addresses.databaseUrl!,
    stop: () => Promise.all([registry, keys, ledger].map(one => one.child.stop(0))),
  };
};
const main = async (): Promise<number> => {
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const only = values.only?.split(',');
  const chosen = faults.filter(fault => only === undefined || only.includes(fault.id));
  const size = values.long ? 'long' : 'quick';
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (chosen.length === 0 || !Number.isSafeInteger(seed)) {
    process.stderr.write(`there is no such fault or seed\n\n${help}`);
    return 2;
  }
  say(`faults: ${size} run; again with: node test/faults/main.ts${values.long ? ' --long' : ''} --seed ${seed}`);
  const folder = mkdtempSync(join(tmpdir(), 'onhand-faults-'));
  dieWithUs({ folder });
  const around = await surroundings(folder);
  try {
    const own = { size, seed, faults: chosen, folder: join(folder, 'broker'), logs, say } as const;
    const verdict = await runFaults({ ...around, ...own, ...(values.rebuild ? { then: rebuilt } : {}) });
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdict, undefined, 2)}\n`);
    const wrong = verdictLines(verdict);
    for (const line of wrong) say(line);
    say(
      `${wrong.length === 0 ? 'clean' : 'BROKEN'}: seed ${seed}, ${verdict.happened.filter(one => one.fired).length} faults, ${seconds(verdict.tookMs)}`,
    );
    if (values.report && wrong.length === 0) await keepReport(verdict);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await around.stop();
  }
};

// A signal ends us through `exit`, so that what was started is ended and its folder removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
// What was killed and held leaves sockets behind that nobody waits for.
setTimeout(() => process.exit(), 2_000).unref();
