/**
 * What cannot be worked on is set aside with its reason in the trade's words and the command that goes on with it; others flow, and once
 * the cause is mended nothing is lost and the order of events is kept.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { showExceptions } from '../../console/exceptions.ts';
import { applyListings } from '../../console/listings.ts';
import { decideParked, listParked } from '../../console/parked.ts';
import type { Policy } from '../../schemas/policy.ts';
import { consoleOf, type Console } from '../scenarios/support/console.ts';
import { openTrade, rates, tradePolicy, type Trade } from '../scenarios/support/trade.ts';
import { temporaryFolder } from '../support/folder.ts';

const minute = 60_000;
/** The shop web with its rates mapped anew. */
const mapped = (taxes: Readonly<Record<string, string>>): Policy => {
  const web = tradePolicy.shops['web']!;
  return { ...tradePolicy, shops: { ...tradePolicy.shops, web: { ...web, options: { ...web.options, taxes } } } };
};

describe('bad input: what cannot be worked on', function () {
  this.timeout(60_000);
  let trade: Trade;
  let operator: Console;
  const folder = temporaryFolder();
  const open = async (policy: Policy): Promise<void> => {
    trade = await openTrade({ policy });
    operator = consoleOf(trade, policy);
  };
  afterEach(() => trade.close());
  type Rows = readonly Readonly<Record<string, unknown>>[];
  const parked = async (): Promise<Rows> => (await operator.json(context => listParked(context, undefined))) as Rows;
  const exceptions = async (): Promise<Rows> => (await operator.json(context => showExceptions(context, undefined))) as Rows;
  const only = (rows: Rows, ...names: readonly string[]): object => {
    assert.equal(rows.length, 1, JSON.stringify(rows));
    return Object.fromEntries(names.map(name => [name, rows[0]![name]]));
  };
  const inOdoo = (): readonly string[] =>
    trade.odoo.orders().map(one => `${one.reference} ${one.state} ${one.quantities.join()}`);
  /** As the command line reads it: the words after `onhand`, without their quotes. */
  const wordsOf = (command: string): readonly string[] =>
    [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  /** Types what `parked list` shows as the way to retry. */
  const retry = async (command: string): Promise<void> => {
    const [onhand, group, action, unit, , key] = wordsOf(command);
    assert.deepEqual([onhand, group, action], ['onhand', 'parked', 'retry']);
    await operator.shows(context =>
      decideParked(context, 'retry', { unit: unit!, key: key!, actor: 'tester', reason: 'the cause is mended' }),
    );
    await trade.world.settle();
  };

  it('a delivery that cannot be translated: its order waits with all that follows, others flow, a retry tells it in order', async () => {
    await open(mapped({ '76': 'nl9' }));
    await trade.tell('web', { id: 1 });
    await trade.clock.advance(minute);
    await trade.tell('web', { id: 1, lines: [{ sku: 'TEE', quantity: 3, netMinor: 6000 }] });
    await trade.tell('outlet', { id: 2 });
    await trade.world.settle();
    assert.deepEqual(inOdoo(), ['outlet:2 sale 1']);
    const reason = 'reading order 1 line 10: tax rate "75" is not mapped; add it to options.taxes of the shop';
    const command = "onhand parked retry woocommerce-intake --key 'web|1' --reason WHY";
    assert.deepEqual(only(await parked(), 'unit', 'key', 'code', 'behind', 'reason', 'retry'), {
      unit: 'woocommerce-intake',
      key: 'web|1',
      code: 'DELIVERY_UNTRANSLATABLE',
      behind: 1,
      reason,
      retry: command,
    });
    const shown = await operator.shows(context => listParked(context, undefined));
    assert.ok(shown.includes(reason) && shown.includes(`$ ${command}`), shown);

    await trade.world.restart(undefined, mapped({ [rates['web']!]: 'nl21' }));
    await retry(command);
    assert.deepEqual((await trade.world.read('orders.v1')).map(one => `${one.type} ${one.key}`).sort(), [
      'OrderChanged acme|web:1',
      'OrderPlaced acme|outlet:2',
      'OrderPlaced acme|web:1',
    ]);
    assert.deepEqual(inOdoo(), ['outlet:2 sale 1', 'web:1 sale 3']);
    assert.deepEqual(await parked(), []);
  });
  it('a delivery that is retried before its cause is mended stays, with all behind it', async () => {
    await open(mapped({ '76': 'nl9' }));
    await trade.tell('web', { id: 1 });
    await trade.world.settle();
    await retry("onhand parked retry woocommerce-intake --key 'web|1' --reason WHY");
    assert.equal((await parked()).length, 1);
    assert.deepEqual(inOdoo(), []);
  });
  it('a line that cannot be resolved: its order waits by name, others flow, and defining its code goes on with it', async () => {
    await open(tradePolicy);
    const unknown = [{ sku: 'SOCK', quantity: 2, netMinor: 1000 }];
    await trade.tell('web', { id: 3, lines: unknown });
    await trade.tell('web', { id: 4 });
    await trade.world.settle();
    assert.deepEqual(inOdoo(), ['web:4 sale 1']);
    assert.deepEqual(only(await exceptions(), 'kind', 'subject', 'detail', 'nextAction', 'command'), {
      kind: 'line_unknown',
      subject: 'order:web:3',
      detail: 'line 30 (Sample SOCK) names no known product',
      nextAction: 'Define one of its codes, or correct the listing: listing:web:1000, sku:SOCK.',
      command: 'onhand listings apply FILE --reason WHY',
    });
    const shown = await operator.shows(context => showExceptions(context, undefined));
    assert.ok(shown.includes('names no known product') && shown.includes('$ onhand listings apply FILE --reason WHY'), shown);

    const tee = (await trade.said('codes.v1', 'CodeDefined')).find(one => one['code'] === 'sku:TEE')!;
    const file = join(folder(), 'listings.json');
    writeFileSync(file, JSON.stringify([{ code: 'sku:SOCK', components: tee['components'] }]));
    await operator.shows(context => applyListings(context, 'acme', file, { actor: 'tester', reason: 'a test' }));
    await trade.world.settle();
    assert.deepEqual(inOdoo(), ['web:3 sale 2', 'web:4 sale 1']);
    assert.deepEqual(await exceptions(), []);
  });
  it('a tax that Odoo does not know: its order waits with all that follows, others flow, a retry brings it in order', async () => {
    await open(mapped({ [rates['web']!]: 'nl9' }));
    // 21 % under the name of 9 %: what Odoo lacks is the tax, not the arithmetic.
    await trade.tell('web', { id: 5 });
    await trade.clock.advance(minute);
    await trade.tell('web', { id: 5, status: 'cancelled' });
    await trade.tell('outlet', { id: 6 });
    await trade.world.settle();
    assert.deepEqual(inOdoo(), ['outlet:6 sale 1']);
    const reason = 'planning line 50: Odoo has no sales tax named "9% S", or it is archived; the policy names it for nl9';
    const command = "onhand parked retry odoo --key 'acme|web:5' --reason WHY";
    assert.deepEqual(only(await parked(), 'unit', 'key', 'code', 'reason', 'retry'), {
      unit: 'odoo',
      key: 'acme|web:5',
      code: 'ODOO_TAX_UNKNOWN',
      reason,
      retry: command,
    });
    trade.odoo.makeTax('9% S', 21);
    await retry(command);
    assert.deepEqual(inOdoo(), ['outlet:6 sale 1', 'web:5 cancel 1']);
    assert.deepEqual(await parked(), []);
  });
});
