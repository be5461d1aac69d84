/** Puts the probes to a stock kafkajs: in a process of its own, because the mended one has replaced its modules in this one. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { probes } from './probes.ts';

export type Answers = Readonly<Record<keyof typeof probes, unknown>>;

const run = promisify(execFile);
const here = fileURLToPath(import.meta.url);

export const askStock = async (): Promise<Answers> => {
  const { stdout } = await run(process.execPath, ['--no-warnings', here], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Answers;
};

if (process.argv[1] === here) {
  const require = createRequire(import.meta.url);
  const load = <T>(file: string): T => require(`kafkajs/${file}`) as T;
  const answers = await Promise.all(Object.entries(probes).map(async ([name, probe]) => [name, await probe(load)] as const));
  process.stdout.write(JSON.stringify(Object.fromEntries(answers)));
}
