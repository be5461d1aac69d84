/** What the commands share: how they act, their options, their examples. */
import { CommanderError, InvalidArgumentError, Option, type Command } from 'commander';
import { operatingUser } from '../audited.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../output.ts';

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
/** What options say together that no option says alone: told as commander tells its own. */
export const usage = (complain: (text: string) => void, what: string): CommanderError => {
  complain(`error: ${what}\n`);
  return new CommanderError(exitCodes.usage, 'onhand.usage', what);
};
type Examples = readonly (readonly [string, string])[];
export const examples = (command: Command, all: Examples): Command =>
  command.addHelpText('after', `\nExamples:\n${all.map(([line, says]) => `  $ onhand ${line}\n      ${says}`).join('\n')}`);
const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;
/** A moment, epoch ms UTC: ISO 8601 with its zone, or epoch ms. A time without a zone would be that of whoever reads it. */
export const moment = (text: string): number => {
  const at = /^\d{12,14}$/.test(text) ? Number(text) : isoWithZone.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('it is neither ISO 8601 with a zone (2026-11-21T11:00:00+01:00) nor epoch ms.');
  return at;
};
/** Kept for ever, where many read it. */
const longestReason = 500;
export const reasonOf = (text: string): string => {
  const reason = text.trim();
  if (reason === '') throw new InvalidArgumentError('say why.');
  if (reason.length > longestReason) throw new InvalidArgumentError(`it is longer than ${longestReason} characters.`);
  return reason;
};
export const reasonOption = (): Option =>
  new Option('--reason <text>', 'why; kept for ever, so name no person').argParser(reasonOf);
export const actorOption = (): Option =>
  new Option('--actor <name>', 'who decides; else the user of this process').default(operatingUser());
/** Who decides and why: without a reason nothing is done. */
export const actor = (command: Command): Command =>
  command.addOption(reasonOption().makeOptionMandatory()).addOption(actorOption());

export const company = (): Option => new Option('--company <name>', 'when there are several');
