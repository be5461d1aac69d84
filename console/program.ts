/** The `onhand` command. */
import { Command, CommanderError } from 'commander';
import { deciding } from './commands/decide.ts';
import { deploying } from './commands/deploy.ts';
import { simpleExamples } from './commands/examples.ts';
import { looking } from './commands/look.ts';
import { rebuilding } from './commands/rebuild.ts';
import { replaying } from './commands/replay.ts';
import { running } from './commands/run.ts';
import { contextOf, type Context } from './context.ts';
import { exitCodes, inWords, outputOf } from './output.ts';

export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly arguments: readonly string[];
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly stopped: Promise<string>;
  readonly given: Pick<Context, 'logger' | 'units' | 'release' | 'filledIn'>;
}
/** Answers the exit code: 0 done, 1 could not, 2 not understood. */
export const runProgram = async (world: World): Promise<number> => {
  let code: number = exitCodes.done;
  const program = new Command('onhand')
    .description('Keeps stock, orders and money in step between sales channels, Odoo and finance, on Kafka.')
    .version(world.given.release)
    .option('--json', 'answers for programs')
    .exitOverride()
    .configureOutput({ writeOut: world.write, writeErr: world.complain })
    .showHelpAfterError('(--help shows what there is)');
  const act = (work: (context: Context) => Promise<number | void>): Promise<void> => {
    const json = program.opts<{ json?: boolean }>().json === true;
    const context = contextOf({
      environment: world.environment,
      output: outputOf(json, world.write, world.complain),
      ...world.given,
    });
    return work(context)
      .then(result => {
        code = result ?? code;
      })
      .finally(() => context.close());
  };
  running(program, act, { units: world.given.units, stopped: world.stopped });
  deploying(program, act);
  looking(program, act);
  replaying(program, act, world);
  rebuilding(program, act, world.complain);
  deciding(program, act, world.complain);
  simpleExamples(program);
  try {
    await program.parseAsync(world.arguments, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    world.complain(`${inWords(error)}\n`);
    return exitCodes.failed;
  }
};
