/** What the commands share: how they act, their options, their examples. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Context } from '../context.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
/** Runs a command's work with what it needs; a number is the exit code. */
export type Act = (work: (context: Context) => Promise<number | void>) => Promise<void>;

export const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('it is not a positive integer.');
  return value;
};
export const at = (text: string, before: ReadonlyMap<number, number> = new Map()): ReadonlyMap<number, number> => {
  const found = /^(\d+):(\d+)$/.exec(text);
  if (found === null) throw new InvalidArgumentError('it is not PARTITION:OFFSET, two numbers.');
  return new Map([...before, [Number(found[1]), Number(found[2])]]);
};
type Examples = readonly (readonly [string, string])[];
export const examples = (command: Command, all: Examples): Command =>
  command.addHelpText('after', `\nExamples:\n${all.map(([line, says]) => `  $ onhand ${line}\n      ${says}`).join('\n')}`);
export const actor = (command: Command, environment: Environment): Command =>
  command
    .requiredOption('--reason <text>', 'why; kept with the fact')
    .addOption(new Option('--actor <name>', 'who decides').default(environment['USER'] ?? 'operator'));

export const company = (): Option => new Option('--company <name>', 'when there are several');
