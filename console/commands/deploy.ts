/** Deployment steps: topics, schemas, keys. */
import { Option, type Command } from 'commander';
import { postgresKeyStore } from '../../runtime/keys/postgres.ts';
import { processSettings } from '../../runtime/process-settings.ts';
import { audited, detail, type Actor } from '../audited.ts';
import type { Context } from '../context.ts';
import { applySchemas, applyTopics, planSchemas, planTopics } from '../topics.ts';
import { actor, count, examples, type Act } from './options.ts';

export const deploying = (program: Command, act: Act): void => {
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
  keys
    .command('migrate')
    .description(
      `make the key store's tables (${Object.keys(processSettings)
        .filter(name => name === 'KEYS_URL')
        .join()})`,
    )
    .action(() =>
      act(async context => {
        const opened = storeOf(context);
        await opened.migrate().finally(() => opened.close());
        context.output.show({ json: { migrated: true }, text: 'The tables of the key store are there.' });
      }),
    );
  examples(
    actor(
      keys.command('erase <customer>').description('erase a person everywhere: replays, DLQ and parked events included'),
    ).action((customer: string, by: Actor) => act(context => eraseCustomer(context, customer, by))),
    [["keys erase web:c25 --reason 'asked to'", 'the customer 25 of the shop `web`']],
  );
};
const eraseCustomer = (context: Context, customer: string, { actor: who, reason }: Actor): Promise<void> =>
  audited(context, { action: 'keys erase', subject: `customer ${customer}`, actor: who, reason }, async () => {
    const opened = storeOf(context);
    const erased = await opened.erase(`person/${customer}`, context.clock.now()).finally(() => opened.close());
    context.output.show({
      json: { customer, erased },
      text:
        erased === 0
          ? `There was no key of ${customer}; what comes from before now stays closed.`
          : `Erased: ${erased} key(s) of ${customer}. Running processes forget them within a minute.`,
    });
    return { detail: erased === 0 ? 'there was no key' : 'erased', after: [detail('keys erased', erased)] };
  });
const storeOf = (context: Context) => {
  const settings = context.processSettings();
  return postgresKeyStore({ url: settings.KEYS_URL, masterKey: settings.ONHAND_MASTER_KEY });
};
