/** Commands that only look. */
import type { Command } from 'commander';
import { showAudit, type AuditFilter } from '../audit.ts';
import { showExceptions } from '../exceptions.ts';
import { showLag } from '../lag.ts';
import * as ledger from '../ledger.ts';
import * as operations from '../operations.ts';
import { showOrder } from '../order.ts';
import { listParked, showParked } from '../parked.ts';
import { showSettings } from '../settings.ts';
import { company, examples, moment, type Act } from './options.ts';

export const looking = (program: Command, act: Act): void => {
  examples(
    program
      .command('settings [units...]')
      .description('what is set, and from where; of secrets only whether they are set')
      .action((units: string[]) => act(context => Promise.resolve(showSettings(context, units)))),
    [
      ['settings', 'of every process and every unit'],
      ['settings stock odoo', 'of a process that runs these units'],
    ],
  );
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
  examples(
    program
      .command('audit')
      .description('who acted by this console, why, and what came of it')
      .option('--since <time>', 'begun at or after: ISO 8601 with a zone, or epoch ms', moment)
      .option('--until <time>', 'begun before', moment)
      .option('--actor <name>', 'by whom')
      .option('--action <words>', 'the command: `parked`, `replay run`')
      .option('--subject <text>', 'stands in what was acted on')
      .option('--operation <id>', 'one act')
      .option('--open', 'only what has no end: under way, or killed')
      .action((filter: AuditFilter) => act(context => showAudit(context, filter))),
    [
      ['audit --since 2026-11-01T00:00:00Z', 'oldest first'],
      ["audit --action 'parked skip'", 'what was dropped, by whom and why'],
      ['--json audit --subject web:727', 'for a program'],
    ],
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
    [['ledger show capture:stripe:pi_1:ch_1', 'the capture ch_1 of the payment pi_1']],
  );
};
