/** Commands that hold a unit's state against its history. */
import { CommanderError, InvalidArgumentError, Option, type Command } from 'commander';
import { exitCodes, inWords } from '../output.ts';
import { rebuildCodes, verifyUnit, type RebuildCommand } from '../rebuild.ts';
import { whatIfUnit, type WhatIfCommand } from '../what-if.ts';
import { count, examples, type Act } from './options.ts';

interface RebuildOptions extends Omit<RebuildCommand & WhatIfCommand, 'unit'> {
  readonly verify?: boolean;
  readonly whatIf?: boolean;
}
const partition = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('it is not a partition.');
  return value;
};
export const rebuilding = (program: Command, act: Act, complain: (text: string) => void): void => {
  examples(
    program
      .command('rebuild <unit>')
      .description(
        "fold a unit's history anew and compare; nothing is written to Kafka\nexit codes: 0 equal, 1 different, 2 it cannot be said",
      )
      .option('--verify', 'hold the state in the changelog against what the history makes of it')
      .option('--what-if', "run today's rules over the history and show what they would say otherwise")
      .option('--policy <path>', 'with --what-if: a company folder, or a policy file for the one of ONHAND_COMPANY')
      .addOption(new Option('--examples <n>', 'with --what-if: shown of each kind').argParser(count).default(3))
      .addOption(new Option('--partition <p>', 'one task only; all when absent').argParser(partition))
      .option('--store', "with --verify: this machine's local store too")
      .option('--snapshot <folder>', 'begin from the newest snapshot there; --verify keeps one when equal')
      .option('--temp <folder>', 'where the working files go: as much room as state and outputs take')
      .action((unit: string, o: RebuildOptions) => {
        if ((o.verify === true) === (o.whatIf === true)) {
          complain('error: say what to do: --verify or --what-if\n');
          throw new CommanderError(exitCodes.usage, 'onhand.rebuild', 'say what to do');
        }
        return act(context =>
          (o.verify === true ? verifyUnit : whatIfUnit)(context, { ...o, unit }).catch((error: unknown) => {
            complain(`${inWords(error)}\n`);
            return rebuildCodes.cannot;
          }),
        );
      }),
    [
      ['rebuild stock --verify', 'every partition'],
      ['rebuild orders --verify --partition 3 --snapshot /var/lib/onhand/snapshots', 'and keep where a later one begins'],
      ['rebuild orders --what-if --policy new-policy.json', 'what longer holds would have changed'],
    ],
  );
};
