/** The process: the only place that reads the environment, writes to its outputs, and hears signals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localEnvironment } from '../infra/local.ts';
import { runProgram } from '../console/program.ts';
import { pinoLogger } from './observe/log.ts';
import { units } from './units.ts';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
const environment = localEnvironment(root, process.env);

const words = process.argv.slice(2).filter(word => !word.startsWith('-'));
const isRun = words[0] === 'run';
// Services drain when told to stop, and a replay ends between two events, at the second word at once. Other commands end at once.
const stopped = new Promise<string>(resolve => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    if (isRun) process.on(signal, () => resolve(signal));
    else if (words[0] === 'replay' && words[1] === 'run') process.once(signal, () => resolve(signal));
});
// Commands answer on stdout, so their logs would be in the way: only what went wrong is told, in words, on stderr.
const logger = pinoLogger(isRun ? (environment['ONHAND_LOG_LEVEL'] ?? 'info') : 'silent');
process.on('unhandledRejection', error => {
  logger.error(
    { error: error instanceof Error ? error.message : String(error), stack: error instanceof Error ? error.stack : undefined },
    'a defect: a rejection that nobody handles; the process stops',
  );
  process.exit(70);
});
// A reader that goes away (`| head`) is no failure of ours.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await runProgram({
  environment,
  arguments: process.argv.slice(2),
  write: text => void process.stdout.write(text),
  complain: text => void process.stderr.write(text),
  stopped,
  given: {
    logger,
    units,
    release: version,
    filledIn: name => (process.env[name] === undefined ? '`make up`' : undefined),
  },
});
// What still holds the process (a pool's idle socket) has nothing left to do.
setTimeout(() => process.exit(), 1_000).unref();
