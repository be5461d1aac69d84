/** `make demo`: the main job on a real Kafka, shown in a few tables, with checks of its own. Ends with 0 only if they hold. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginHold, copies, disorder, lastUnit, lateMoney, outage, replay, shipped } from './acts.ts';
import { facts, odooOrders, promised, standing } from './look.ts';
import { check, checks, say, table, title, until } from './show.ts';
import { openWorld, root, type World } from './world.ts';

const judge = async (world: World): Promise<void> => {
  title('Checks');
  for (const one of await promised(world))
    check(
      `product ${one.product}: ${one.heldMilli / 1000} promised of ${one.baselineMilli / 1000}`,
      one.heldMilli <= one.baselineMilli,
    );
  const now = await standing(world);
  const rows = odooOrders(world);
  const wanted = [...now].filter(([, state]) => state === 'confirmed').map(([name]) => name);
  check(
    `every confirmed order (${wanted.length}) is once in Odoo`,
    wanted.every(name => rows.filter(row => row.reference === name && row.state === 'sale').length === 1),
  );
  const balance = JSON.parse(await world.onhand.command('--json', 'ledger', 'balance')) as {
    readonly rows: readonly { readonly balanceMinor: number }[];
    readonly unbalanced: readonly string[];
  };
  check(
    'the ledger balances',
    balance.rows.length > 0 &&
      balance.unbalanced.length === 0 &&
      balance.rows.reduce((sum, row) => sum + row.balanceMinor, 0) === 0,
  );
  table(
    ['check', ''],
    checks.map(([what, holds]) => [what, holds ? 'holds' : 'DOES NOT HOLD']),
  );
};
const stay = async (world: World): Promise<void> => {
  const file = join(root, '.onhand', 'demo', 'environment.sh');
  writeFileSync(
    file,
    Object.entries(world.onhand.environment)
      .filter(([name]) => name !== 'PATH')
      .map(([name, value]) => `export ${name}='${value}'\n`)
      .join(''),
    { mode: 0o600 },
  );
  console.log(
    `\nStill up. In another shell:\n  . .onhand/demo/environment.sh\n  bin/onhand order show web:1001\n  bin/onhand exceptions\n  curl ${world.process.url}/metrics\nCtrl-C ends it.`,
  );
  await new Promise<void>(resolve => process.once('SIGINT', resolve).once('SIGTERM', resolve));
};

const main = async (): Promise<void> => {
  const world = await openWorld(say);
  try {
    await until('Onhand to be ready', world.process.ready);
    await until(
      'products and stock to be read from Odoo',
      async () =>
        (await facts(world, 'StockBaselineSet')).length >= 4 && (await facts(world, 'AvailabilityComputed')).length >= 3,
    );
    say('ready');
    await beginHold(world);
    await copies(world);
    await disorder(world);
    await lastUnit(world);
    const stretch = await outage(world);
    await replay(world, stretch);
    await lateMoney(world);
    await shipped(world);
    await judge(world);
    if (process.env['KEEP'] === '1') await stay(world);
  } catch (error) {
    const lines = world.process.log().trim().split('\n').slice(-15);
    console.error(
      `\nThe demo could not go on: ${error instanceof Error ? error.message : String(error)}\nThe last lines of Onhand's log:\n  ${lines.join('\n  ')}`,
    );
    checks.push(['the demo ran to its end', false]);
  } finally {
    await world.close();
  }
  const failed = checks.filter(([, holds]) => !holds);
  console.log(
    failed.length === 0
      ? `\nAll ${checks.length} checks hold.`
      : `\n${failed.length} of ${checks.length} checks do not hold: ${failed.map(([what]) => what).join('; ')}.`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
};
await main();
