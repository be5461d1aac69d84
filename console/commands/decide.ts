/** Commands by which a person decides. */
import type { Command } from 'commander';
import * as operations from '../operations.ts';
import { decideParked } from '../parked.ts';
import { actor, company, examples, type Act, type Environment } from './options.ts';

export const deciding = (program: Command, act: Act, environment: Environment): void => {
  const parked = program.commands.find(one => one.name() === 'parked')!;
  const order = program.commands.find(one => one.name() === 'order')!;
  const decide = (command: Command): Command => actor(command, environment);
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
