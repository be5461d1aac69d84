/** The `onhand` command: what it understands, with examples. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { processSettings } from '../runtime/process-settings.ts';
import { postgresKeyStore } from '../runtime/keys/postgres.ts';
import { nameOf } from '../runtime/topology.ts';
import { contextOf, type Context } from './context.ts';
import { showExceptions } from './exceptions.ts';
import { showLag } from './lag.ts';
import * as ledger from './ledger.ts';
import * as operations from './operations.ts';
import { showOrder } from './order.ts';
import { exitCodes, inWords, outputOf } from './output.ts';
import { decideParked, listParked, showParked } from './parked.ts';
import { defaultTopic, keepPlan, planReplay, readPlan, runReplay, showPlan } from './replay.ts';
import { runUnits } from './run.ts';
import { applySchemas, applyTopics, planSchemas, planTopics } from './topics.ts';

export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly arguments: readonly string[];
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly stopped: Promise<string>;
  readonly given: Pick<Context, 'logger' | 'units' | 'release'>;
}
const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('it is not a positive integer.');
  return value;
};
const at = (text: string, before: ReadonlyMap<number, number> = new Map()): ReadonlyMap<number, number> => {
  const found = /^(\d+):(\d+)$/.exec(text);
  if (found === null) throw new InvalidArgumentError('it is not PARTITION:OFFSET, two numbers.');
  return new Map([...before, [Number(found[1]), Number(found[2])]]);
};
type Examples = readonly (readonly [string, string])[];
const examples = (command: Command, all: Examples): Command =>
  command.addHelpText('after', `\nExamples:\n${all.map(([line, says]) => `  $ onhand ${line}\n      ${says}`).join('\n')}`);
const actor = (command: Command, environment: World['environment']): Command =>
  command
    .requiredOption('--reason <text>', 'why; kept with the fact')
    .addOption(new Option('--actor <name>', 'who decides').default(environment['USER'] ?? 'operator'));

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
  running(program, act, world);
  deploying(program, act);
  looking(program, act);
  replaying(program, act, world);
  deciding(program, act, world);
  try {
    await program.parseAsync(world.arguments, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    world.complain(`${inWords(error)}\n`);
    return exitCodes.failed;
  }
};

type Act = (work: (context: Context) => Promise<number | void>) => Promise<void>;

const running = (program: Command, act: Act, world: World): void => {
  examples(
    program
      .command('run [units...]')
      .description(`run units in this process (all when none is named): ${world.given.units.map(nameOf).join(', ')}`)
      .action((units: string[]) => act(context => runUnits(context, { units, stopped: world.stopped }))),
    [
      ['run', 'everything in one process'],
      ['run stock orders', 'only these; others run elsewhere'],
    ],
  );
  const policy = program.command('policy').description('the company files');
  examples(
    policy
      .command('check')
      .description('check the company files; all problems at once')
      .action(() =>
        act(async context => {
          const { hash, companies, shops } = context.policy();
          context.output.show({
            json: { hash, companies: Object.keys(companies), shops: Object.keys(shops) },
            text: `Fine: ${Object.keys(companies).join(', ')} with the shops ${Object.keys(shops).join(', ')} (${hash.slice(0, 12)}).`,
          });
          return Promise.resolve();
        }),
      ),
    [['policy check', 'the folder that ONHAND_COMPANY names']],
  );
};
const deploying = (program: Command, act: Act): void => {
  const topics = program.command('topics').description('the topics that the units need: a deployment step');
  const partitions = () =>
    new Option('--partitions <n>', 'for topics that are made now; counts never change afterwards').argParser(count);
  examples(
    topics
      .command('plan')
      .description('show what is missing or differs')
      .addOption(partitions())
      .action((o: { partitions?: number }) => act(context => planTopics(context, o.partitions))),
    [['topics plan', 'changes nothing']],
  );
  examples(
    topics
      .command('apply')
      .description('make and alter topics')
      .addOption(partitions())
      .action((o: { partitions?: number }) => act(context => applyTopics(context, o.partitions))),
    [['topics apply --partitions 12', 'on a new cluster']],
  );
  const schemas = program.command('schemas').description('the schemas of all facts: a deployment step');
  schemas
    .command('plan')
    .description('show what is not registered')
    .action(() => act(planSchemas));
  schemas
    .command('apply')
    .description('register them under FULL_TRANSITIVE')
    .action(() => act(applySchemas));
  const keys = program.command('keys').description('the data keys of sealed fields');
  const store = (context: Context) => {
    const settings = context.processSettings();
    return postgresKeyStore({ url: settings.KEYS_URL, masterKey: settings.ONHAND_MASTER_KEY });
  };
  keys
    .command('migrate')
    .description(
      `make the key store's tables (${Object.keys(processSettings)
        .filter(name => name === 'KEYS_URL')
        .join()})`,
    )
    .action(() =>
      act(async context => {
        const opened = store(context);
        await opened.migrate().finally(() => opened.close());
        context.output.show({ json: { migrated: true }, text: 'The tables of the key store are there.' });
      }),
    );
  examples(
    keys
      .command('erase <customer>')
      .description('erase a person everywhere: replays, DLQ and parked events included')
      .action((customer: string) =>
        act(async context => {
          const opened = store(context);
          const erased = await opened.erase(`person/${customer}`, context.clock.now()).finally(() => opened.close());
          context.output.show({
            json: { customer, erased },
            text:
              erased === 0
                ? `There was no key of ${customer}; what comes from before now stays closed.`
                : `Erased: ${erased} key(s) of ${customer}. Running processes forget them within a minute.`,
          });
        }),
      ),
    [['keys erase web:c25', 'the customer 25 of the shop `web`']],
  );
};
const looking = (program: Command, act: Act): void => {
  const company = () => new Option('--company <name>', 'when there are several');
  examples(
    program
      .command('lag')
      .description('how far each unit is behind')
      .option('--partitions', 'each partition')
      .action((o: { partitions?: boolean }) => act(context => showLag(context, o.partitions === true))),
    [
      ['lag', 'one line per unit'],
      ['--json lag --partitions', 'for a program'],
    ],
  );
  examples(
    program
      .command('exceptions')
      .description('what a person must see')
      .addOption(company())
      .action((o: { company?: string }) => act(context => showExceptions(context, o.company))),
    [['exceptions', 'oldest first']],
  );
  const order = program.command('order').description('one order');
  examples(
    order
      .command('show <order>')
      .description('its life over all topics')
      .addOption(company())
      .action((name: string, o: { company?: string }) => act(context => showOrder(context, name, o.company))),
    [['order show web:727', 'the order 727 of the shop `web`']],
  );
  const parked = program.command('parked').description('what is set aside, by unit and key');
  examples(
    parked
      .command('list')
      .description('what is set aside and why')
      .option('--unit <name>', 'of one unit')
      .action((o: { unit?: string }) => act(context => listParked(context, o.unit))),
    [['parked list --unit odoo', 'what Odoo refused']],
  );
  examples(
    parked
      .command('show <unit>')
      .description('the events of a key, oldest first')
      .requiredOption('--key <key>', 'as `parked list` shows it')
      .action((unit: string, o: { key: string }) => act(context => showParked(context, unit, o.key))),
    [["parked show odoo --key 'acme|web:727'", 'sealed fields stay closed']],
  );
  const book = program.command('ledger').description('the ledger');
  book
    .command('migrate')
    .description("make the ledger's tables and load the chart of accounts")
    .action(() => act(ledger.migrate));
  examples(
    book
      .command('balance')
      .description('balances per account')
      .addOption(company())
      .option('--until <day>', 'YYYY-MM-DD, inclusive')
      .action((o: { company?: string; until?: string }) =>
        act(context => ledger.balance(context, operations.companyOf(context, o.company), o.until)),
      ),
    [['ledger balance --until 2026-10-31', 'at the end of October']],
  );
  examples(
    book
      .command('show <journal>')
      .description('a journal and the events it traces to')
      .addOption(company())
      .action((journal: string, o: { company?: string }) =>
        act(context => ledger.show(context, operations.companyOf(context, o.company), journal)),
      ),
    [['ledger show capture:stripe:ch_1', 'the capture ch_1']],
  );
};
interface ReplayOptions {
  readonly sink: string;
  readonly topic?: string;
  readonly fromOffset?: ReadonlyMap<number, number>;
  readonly toOffset?: ReadonlyMap<number, number>;
  readonly key?: string;
  readonly out?: string;
}
const replaying = (program: Command, act: Act, world: World): void => {
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
          if (error instanceof CommanderError) world.complain(`${error.message}\n`);
          throw error;
        }),
      ),
    [
      ["replay plan --sink odoo --key 'acme|web:727' --out plan.json", 'what Odoo lacks of one order'],
      ['replay plan --sink odoo --from-offset 0:1200 --to-offset 0:1850', 'a stretch of partition 0'],
    ],
  );
  examples(
    actor(
      replay.command('run <plan>').description('do what a kept plan showed, or nothing when the target has changed since'),
      world.environment,
    )
      .addOption(new Option('--wait <seconds>', 'how long to wait for the sink').argParser(count).default(300))
      .action((path: string, o: { reason: string; actor: string; wait: number }) =>
        act(context => runReplay(context, readPlan(path), { actor: o.actor, reason: o.reason, deadlineMs: o.wait * 1000 })),
      ),
    [["replay run plan.json --reason 'Odoo was restored from 11:00'", 'the sink must be running']],
  );
};
const deciding = (program: Command, act: Act, world: World): void => {
  const parked = program.commands.find(one => one.name() === 'parked')!;
  const order = program.commands.find(one => one.name() === 'order')!;
  const company = () => new Option('--company <name>', 'when there are several');
  const decide = (command: Command): Command => actor(command, world.environment);
  type By = operations.Actor & { readonly company?: string };
  const by = ({ actor: who, reason }: By): operations.Actor => ({ actor: who, reason });
  for (const action of ['retry', 'skip'] as const)
    examples(
      decide(
        parked
          .command(`${action} <unit>`)
          .description(
            action === 'retry'
              ? 'try the events of a key again, in order'
              : 'drop the first event of a key for good, and go on with the rest',
          ),
      )
        .requiredOption('--key <key>', 'as `parked list` shows it')
        .action((unit: string, o: By & { key: string }) =>
          act(context => decideParked(context, action, { unit, key: o.key, ...by(o) })),
        ),
      [
        [
          `parked ${action} odoo --key 'acme|web:727' --reason 'tax mapped'`,
          action === 'retry' ? 'after the cause is mended' : 'when nothing shall come of it',
        ],
      ],
    );
  decide(order.command('withdraw <order>').description('we do not deliver it').addOption(company())).action(
    (name: string, o: By) =>
      act(context => operations.withdrawOrder(context, operations.companyOf(context, o.company), name, by(o))),
  );
  decide(order.command('retry <order>').description('ask for stock again').addOption(company())).action((name: string, o: By) =>
    act(context => operations.retryOrder(context, operations.companyOf(context, o.company), name, by(o))),
  );
  decide(order.command('resolve <order> <exception>').description('an exception of it is resolved').addOption(company())).action(
    (name: string, exception: string, o: By) =>
      act(context => operations.resolveException(context, operations.companyOf(context, o.company), name, exception, by(o))),
  );
  const payment = program.command('payment').description('one payment');
  examples(
    decide(
      payment.command('link <gateway> <reference> <order>').description('this payment is for that order').addOption(company()),
    ).action((gateway: string, reference: string, name: string, o: By) =>
      act(context =>
        operations.linkPayment(context, operations.companyOf(context, o.company), { gateway, reference, order: name }, by(o)),
      ),
    ),
    [["payment link stripe pi_123 web:727 --reason 'customer called'", 'for money that names no order']],
  );
  const stock = program.command('stock').description('what is promised');
  decide(stock.command('release <owner> <product> <order> <line>').description('take a hold back').addOption(company())).action(
    (owner: string, product: string, name: string, line: string, o: By) =>
      act(context =>
        operations.releaseHold(context, operations.companyOf(context, o.company), { owner, product, order: name, line }, by(o)),
      ),
  );
  const listings = program.command('listings').description('what listings, SKUs and barcodes name');
  examples(
    listings
      .command('apply <file>')
      .description('define codes from a JSON file')
      .addOption(company())
      .option('--dry-run', 'only show')
      .action((path: string, o: { company?: string; dryRun?: boolean }) =>
        act(context => operations.applyListings(context, operations.companyOf(context, o.company), path, o.dryRun === true)),
      ),
    [
      [
        'listings apply listings.json',
        '[{"code": "sku:A", "components": [{"owner": "acme", "product": "42", "quantityMilli": 1000}]}]',
      ],
    ],
  );
};
