/** Commands that bring decisions to their target again. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { fatal } from '../../runtime/failure.ts';
import type { Actor } from '../audited.ts';
import { keepPlan, readPlan, showPlan } from '../replay/plan.ts';
import { runReplay } from '../replay/run.ts';
import { defaultTopic, planReplay } from '../replay/steps.ts';
import { actor, at, count, examples, moment, usage, type Act } from './options.ts';

interface PlanOptions {
  readonly sink: string;
  readonly topic?: string;
  readonly fromOffset?: ReadonlyMap<number, number>;
  readonly toOffset?: ReadonlyMap<number, number>;
  readonly since?: number;
  readonly until?: number;
  readonly key?: readonly string[];
  readonly keys?: string;
  readonly out?: string;
}
interface RunOptions extends Actor {
  readonly rate?: number;
  readonly wait: number;
}
const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
const perSecond = (text: string): number => {
  const rate = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(rate > 0)) throw new InvalidArgumentError('it is not a positive number.');
  return rate;
};
/** One key a line. */
const keysIn = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .filter(line => line !== '');
  } catch (error) {
    throw fatal('NOT_FOUND', `reading keys from ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};
const problemOf = (o: PlanOptions): string | undefined => {
  if ([o.fromOffset, o.toOffset, o.since, o.until, o.key, o.keys].every(one => one === undefined))
    return 'name a range (--since, --until, --from-offset, --to-offset) or a --key';
  if (o.since !== undefined && o.fromOffset !== undefined) return 'name the beginning once: --since or --from-offset';
  if (o.until !== undefined && o.toOffset !== undefined) return 'name the end once: --until or --to-offset';
  return undefined;
};

export const replaying = (
  program: Command,
  act: Act,
  { complain, stopped }: { readonly complain: (text: string) => void; readonly stopped: Promise<string> },
): void => {
  const replay = program.command('replay').description('bring a stretch of decisions to their target again');
  examples(
    replay
      .command('plan')
      .description('show what would be done; nothing is done')
      .requiredOption('--sink <name>', 'whose target')
      .option('--topic <name>', 'of those it reads, when several')
      .option('--since <time>', "from the broker's time on: ISO 8601 with a zone, or epoch ms", moment)
      .option('--until <time>', 'before it', moment)
      .option('--from-offset <P:N>', 'from this offset of partition P on; once per partition', at)
      .option('--to-offset <P:N>', 'up to, not including', at)
      .option('--key <key>', 'of this key only; may be named several times', collect)
      .option('--keys <file>', 'of the keys in this file only, one a line')
      .option('--out <file>', 'keep the plan, for `replay run`')
      .action((o: PlanOptions) => {
        const problem = problemOf(o);
        if (problem !== undefined) throw usage(complain, problem);
        return act(async context => {
          const plan = await planReplay(context, {
            sink: o.sink,
            topic: o.topic ?? defaultTopic(context, o.sink),
            from: o.fromOffset ?? new Map(),
            to: o.toOffset ?? new Map(),
            ...(o.since === undefined ? {} : { since: o.since }),
            ...(o.until === undefined ? {} : { until: o.until }),
            keys: [...new Set([...(o.key ?? []), ...(o.keys === undefined ? [] : keysIn(o.keys))])],
          });
          showPlan(context, plan);
          if (o.out !== undefined) keepPlan(plan, o.out);
        });
      }),
    [
      ["replay plan --sink odoo --key 'acme|web:727' --out plan.json", 'what Odoo lacks of one order'],
      ['replay plan --sink odoo --since 2026-11-21T11:00:00+01:00 --out plan.json', 'what was decided since a backup'],
      ['replay plan --sink odoo --from-offset 0:1200 --to-offset 0:1850', 'a stretch of partition 0'],
    ],
  );
  examples(
    actor(
      replay
        .command('run <plan>')
        .description('do what a kept plan showed, or nothing when the target has changed since; again after an interrupt: go on'),
    )
      .addOption(new Option('--rate <n>', 'at most so many events a second').argParser(perSecond))
      .addOption(new Option('--wait <seconds>', 'how long nothing may move before it is given up').argParser(count).default(300))
      .action((path: string, { actor: who, reason, rate, wait }: RunOptions) => {
        const ended = new AbortController();
        void stopped.then(() => ended.abort());
        const run = { actor: who, reason, rate, patienceMs: wait * 1000, signal: ended.signal };
        return act(context => runReplay(context, readPlan(path), run));
      }),
    [
      ["replay run plan.json --reason 'Odoo was restored from 11:00'", 'the sink must be running'],
      ["replay run plan.json --rate 20 --reason 'Odoo was restored from 11:00'", 'beside the work of the day'],
    ],
  );
};
