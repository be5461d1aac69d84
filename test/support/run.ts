/**
 * `make test`: the suites that need nothing, then those that need a broker, on one broker for all of them. The last line is the
 * count over both. Files or folders given as arguments narrow the run.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dieWithUs } from '../../infra/watchdog.ts';
import { isFailure } from '../../runtime/failure.ts';
import { asEnvironment, startForTests } from './broker.ts';
import { add, countLine, judge, noCounts, type Counts, type Written } from './counts.ts';

const onBroker = ['test/kafka/', 'test/faults/'];
const deadlineMs = 20 * 60_000;
/** A run whose tests have ended but whose process goes on: a test left something open. */
const lingerMs = 15_000;

const failedTests: string[] = [];
const root = join(import.meta.dirname, '..', '..');
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');

const runAll = async (narrow: readonly string[]): Promise<Counts> => {
  const files = globSync('test/**/*.test.ts', { cwd: root })
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => narrow.length === 0 || narrow.some(start => file.startsWith(start)))
    .sort();
  if (files.length === 0) {
    console.error(`no test file begins with ${narrow.join(' or ')}`);
    return { ...noCounts, failed: 1 };
  }
  const needsBroker = (file: string): boolean => onBroker.some(start => file.startsWith(start));
  const first = await runMocha(
    'rules and flows',
    files.filter(file => !needsBroker(file)),
    {},
  );
  return add(first, await runOnBroker(files.filter(needsBroker)));
};

const runOnBroker = async (files: readonly string[]): Promise<Counts> => {
  if (files.length === 0) return noCounts;
  try {
    const infra = await startForTests(line => console.log(`infra: ${line}`));
    try {
      return await runMocha('on a real broker', files, asEnvironment(infra));
    } finally {
      await infra.stop();
    }
  } catch (error) {
    if (isFailure(error) && error.code === 'INFRA_MISSING' && error.kind === 'fatal' && process.env['CI'] === undefined)
      return skipLoudly(files, error.message);
    console.error(error instanceof Error ? error.message : error);
    return { ...noCounts, failed: 1 };
  }
};

/** Outside of CI a machine without Java may run the rest; nobody can overlook that. Each file counts as one. */
const skipLoudly = (files: readonly string[], why: string): Counts => {
  const bar = '='.repeat(100);
  console.error(
    [bar, 'SKIPPED: the suites on a real broker did not run.', why, ...files.map(file => `  ${file}`), bar].join('\n'),
  );
  return { ...noCounts, skipped: files.length };
};

const runMocha = async (
  name: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Counts> => {
  if (files.length === 0) return noCounts;
  console.log(`\n${name}: ${files.length} files`);
  const folder = mkdtempSync(join(tmpdir(), 'onhand-counts-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const exitCode = await ended(
      [mocha, ...files],
      { ...process.env, ...environment, ONHAND_TEST_COUNTS: countsFile },
      countsFile,
    );
    const written = readCounts(countsFile);
    if (written === undefined)
      console.error(`${name}: mocha ended (${exitCode}) before its tests did; that counts as one failure.`);
    failedTests.push(...(written?.failedTests ?? []));
    return judge(written, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const ended = (args: readonly string[], env: NodeJS.ProcessEnv, countsFile: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    const letGo = child.pid === undefined ? () => undefined : dieWithUs({ pid: child.pid });
    const end = (why: string): void => {
      console.error(why);
      child.kill('SIGKILL');
    };
    const overall = setTimeout(end, deadlineMs, `The tests did not end within ${deadlineMs / 60_000} minutes and were ended.`);
    let linger: NodeJS.Timeout | undefined;
    const watch = setInterval(() => {
      if (linger !== undefined || readCounts(countsFile) === undefined) return;
      linger = setTimeout(
        end,
        lingerMs,
        `The tests ended, their process did not within ${lingerMs / 1000} s: a test left something open.`,
      );
    }, 500);
    const clear = (): void => {
      letGo();
      clearTimeout(overall);
      clearTimeout(linger);
      clearInterval(watch);
    };
    child.once('error', reject);
    child.once('close', code => {
      clear();
      resolve(code);
    });
  });

const readCounts = (file: string): Written | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Written;
  } catch {
    return undefined;
  }
};

// A signal ends us through `exit`, so that what was started is ended and its folder removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const counts = await runAll(process.argv.slice(2));
// Once more at the end: a log's tail shows what went wrong.
for (const test of failedTests) console.error(`failed: ${test}`);
console.log(`\n${countLine(counts)}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
