/** Commands by which a person decides. */
import type { Command } from 'commander';
import type { Actor } from '../audited.ts';
import { applyListings } from '../listings.ts';
import * as operations from '../operations.ts';
import { decideParked } from '../parked.ts';
import { actor, actorOption, company, examples, reasonOption, usage, type Act } from './options.ts';

export const deciding = (program: Command, act: Act, complain: (text: string) => void): void => {
  const parked = program.commands.find(one => one.name() === 'parked')!;
  const order = program.commands.find(one => one.name() === 'order')!;
  const decide = actor;
  type By = Actor & { readonly company?: string };
  const by = ({ actor: who, reason }: By): Actor => ({ actor: who, reason });
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
      .addOption(reasonOption())
      .addOption(actorOption())
      .option('--dry-run', 'only show')
      .action((path: string, o: Partial<Actor> & { actor: string; company?: string; dryRun?: boolean }) => {
        if (o.dryRun !== true && o.reason === undefined)
          throw usage(complain, 'say why with --reason, or only look with --dry-run');
        return act(context =>
          applyListings(
            context,
            operations.companyOf(context, o.company),
            path,
            o.reason === undefined || o.dryRun === true ? 'dry run' : { actor: o.actor, reason: o.reason },
          ),
        );
      }),
    [
      [
        "listings apply listings.json --reason 'new packs'",
        '[{"code": "sku:A", "components": [{"owner": "acme", "product": "42", "quantityMilli": 1000}]}]',
      ],
    ],
  );
};
