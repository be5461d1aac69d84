/** Commands that bring decisions to their target again. */
import { CommanderError, Option, type Command } from 'commander';
import { exitCodes } from '../output.ts';
import { defaultTopic, keepPlan, planReplay, readPlan, runReplay, showPlan } from '../replay.ts';
import { actor, at, count, examples, type Act } from './options.ts';

interface ReplayOptions {
  readonly sink: string;
  readonly topic?: string;
  readonly fromOffset?: ReadonlyMap<number, number>;
  readonly toOffset?: ReadonlyMap<number, number>;
  readonly key?: string;
  readonly out?: string;
}
export const replaying = (program: Command, act: Act, complain: (text: string) => void): void => {
  const replay = program.command('replay').description('bring a stretch of decisions to their target again');
  examples(
    replay
      .command('plan')
      .description('show what would be done; nothing is done')
      .requiredOption('--sink <name>', 'whose target')
      .option('--topic <name>', 'of those it reads, when several')
      .option('--from-offset <P:N>', 'from this offset of partition P on; once per partition', at)
      .option('--to-offset <P:N>', 'up to, not including', at)
      .option('--key <key>', 'of one key only')
      .option('--out <file>', 'keep the plan, for `replay run`')
      .action((o: ReplayOptions) =>
        act(async context => {
          if (o.fromOffset === undefined && o.toOffset === undefined && o.key === undefined)
            throw new CommanderError(
              exitCodes.usage,
              'onhand.range',
              'error: name a range (--from-offset, --to-offset) or a --key',
            );
          const plan = await planReplay(context, {
            sink: o.sink,
            topic: o.topic ?? defaultTopic(context, o.sink),
            from: o.fromOffset ?? new Map(),
            to: o.toOffset ?? new Map(),
            key: o.key,
          });
          showPlan(context, plan);
          if (o.out !== undefined) keepPlan(plan, o.out);
        }).catch((error: unknown) => {
          if (error instanceof CommanderError) complain(`${error.message}\n`);
          throw error;
        }),
      ),
    [
      ["replay plan --sink odoo --key 'acme|web:727' --out plan.json", 'what Odoo lacks of one order'],
      ['replay plan --sink odoo --from-offset 0:1200 --to-offset 0:1850', 'a stretch of partition 0'],
    ],
  );
  examples(
    actor(replay.command('run <plan>').description('do what a kept plan showed, or nothing when the target has changed since'))
      .addOption(new Option('--wait <seconds>', 'how long to wait for the sink').argParser(count).default(300))
      .action((path: string, o: { reason: string; actor: string; wait: number }) =>
        act(context => runReplay(context, readPlan(path), { actor: o.actor, reason: o.reason, deadlineMs: o.wait * 1000 })),
      ),
    [["replay run plan.json --reason 'Odoo was restored from 11:00'", 'the sink must be running']],
  );
};
