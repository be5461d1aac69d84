/** The acts of the demo: each sends traffic, waits for what must come of it, shows it, and checks it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { facts, odooOrders, standing } from './look.ts';
import { check, say, table, title, until } from './show.ts';
import { send, stripeEvent, stripePost, totalOf, wooOrder, wooPost, type TrafficOrder } from './traffic.ts';
import type { World } from './world.ts';

const now = Math.floor(Date.now() / 1000) * 1000;
const order = (
  shop: 'web' | 'outlet',
  id: number,
  sku: string,
  quantity: number,
  more: Partial<TrafficOrder> = {},
): TrafficOrder => ({
  id,
  status: 'processing',
  createdAt: now - 60_000,
  modifiedAt: now - 30_000,
  lines: [{ sku, quantity, netMinor: (sku === 'LAMP' ? 8000 : sku === 'TEE' ? 2000 : 1000) * quantity }],
  shippingMinor: 500,
  intent: `pi_${shop}_${id}`,
  paid: true,
  rate: shop === 'web' ? 75 : 1,
  customer: id % 7,
  ...more,
});
const statuses = new Map<number, number>();
const posted = (status: number): number => {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return status;
};
const place = async (world: World, shop: 'web' | 'outlet', one: TrafficOrder): Promise<number> =>
  posted(await send(world.process.url, wooPost(shop, world.onhand.secrets[shop], wooOrder(one))));
const pay = async (world: World, one: TrafficOrder): Promise<number> =>
  posted(
    await send(
      world.process.url,
      stripePost(
        'stripe',
        world.onhand.secrets.stripe,
        stripeEvent({ intent: one.intent!, amountMinor: totalOf(one), at: Date.now(), kind: 'captured' }),
        Date.now(),
      ),
    ),
  );
const confirmed = (world: World, ...orders: readonly string[]): Promise<void> =>
  until(`${orders.join(', ')} to be confirmed`, async () => {
    const now = await standing(world);
    return orders.every(one => now.get(one) === 'confirmed');
  });
const inOdoo = (world: World, ...orders: readonly string[]): Promise<void> =>
  until(
    'Odoo to have them confirmed',
    () => orders.every(one => odooOrders(world).some(row => row.reference === one && row.state === 'sale')),
    90_000,
  );

export const copies = async (world: World): Promise<void> => {
  title('Fifteen copies of one order, and a forged one');
  const one = order('web', 1001, 'TEE', 2);
  await Promise.all(Array.from({ length: 15 }, () => place(world, 'web', one)));
  await pay(world, one);
  const forged = await send(world.process.url, wooPost('web', 'not the secret', wooOrder(one)));
  await confirmed(world, 'web:1001');
  await inOdoo(world, 'web:1001');
  const placed = (await facts(world, 'OrderPlaced')).filter(data => data.order === 'web:1001').length;
  const there = odooOrders(world).filter(row => row.reference === 'web:1001');
  table(
    ['deliveries', 'OrderPlaced', 'sale orders in Odoo', 'total there', 'total of the shop', 'forged'],
    [[15, placed, there.length, there[0]?.total.toFixed(2) ?? '', (totalOf(one) / 100).toFixed(2), forged]],
  );
  check(
    'fifteen copies of one order are one order',
    placed === 1 && there.length === 1 && Math.round(there[0]!.total * 100) === totalOf(one),
  );
  check('a forged delivery is refused', forged === 401);
};
export const disorder = async (world: World): Promise<void> => {
  title('Updates that come in the wrong order');
  const older = order('web', 1002, 'MUG', 1, { modifiedAt: now - 40_000 });
  const newer = order('web', 1002, 'MUG', 3, { modifiedAt: now - 10_000 });
  await place(world, 'web', newer);
  await place(world, 'web', older);
  await pay(world, newer);
  await confirmed(world, 'web:1002');
  await inOdoo(world, 'web:1002');
  const [last] = (await facts(world, 'OrderConfirmed')).filter(data => data.order === 'web:1002').slice(-1);
  const quantity = (last?.lines[0]?.quantityMilli ?? 0) / 1000;
  table(['sent first', 'sent second', 'confirmed'], [['3 mugs (newer)', '1 mug (older)', `${quantity} mugs`]]);
  check('the latest state counts, whatever came last', quantity === 3);
};
export const lastUnit = async (world: World): Promise<void> => {
  title('Two shops after the last lamp');
  const [web, outlet] = [order('web', 1003, 'LAMP', 1), order('outlet', 2003, 'LAMP', 1)];
  await Promise.all([place(world, 'web', web), place(world, 'outlet', outlet), pay(world, web), pay(world, outlet)]);
  await until('one of them to be confirmed and the other to be short', async () => {
    const now = await standing(world);
    return now.has('web:1003') && now.has('outlet:2003');
  });
  const now = await standing(world);
  table(
    ['shop', 'order', 'outcome'],
    [
      ['web', 'web:1003', now.get('web:1003') ?? ''],
      ['outlet', 'outlet:2003', now.get('outlet:2003') ?? ''],
    ],
  );
  check(
    'exactly one gets the last unit',
    [now.get('web:1003'), now.get('outlet:2003')].filter(one => one === 'confirmed').length === 1,
  );
};
/** Placed early, looked at late: the hold of a minute runs while other things happen. */
const held = order('web', 1004, 'TEE', 1, { status: 'pending', paid: false });
export const lateMoney = async (world: World): Promise<void> => {
  title('A hold that ends, and the payment after it');
  await until('the hold of web:1004 to end', async () => (await standing(world)).get('web:1004') === 'withdrawn', 120_000);
  await pay(world, held);
  await until('a person to be asked', async () =>
    (await facts(world, 'ExceptionRaised')).some(data => data.subject.includes('web:1004')),
  );
  const raised = (await facts(world, 'ExceptionRaised')).filter(data => data.subject.includes('web:1004'));
  table(
    ['order', 'outcome', 'after the payment', 'next action'],
    [
      [
        'web:1004',
        (await standing(world)).get('web:1004') ?? '',
        raised[0]?.kind.replaceAll('_', ' ') ?? '',
        raised[0]?.nextAction ?? '',
      ],
    ],
  );
  check(
    'a payment after its hold does not take the goods, and is not lost',
    raised.length > 0 && (await standing(world)).get('web:1004') === 'withdrawn',
  );
};
const outageOrders = Array.from({ length: 20 }, (_, i) =>
  order(i % 2 === 0 ? 'web' : 'outlet', (i % 2 === 0 ? 1100 : 2100) + i, i % 3 === 0 ? 'MUG' : 'TEE', 1 + (i % 2)),
);
const shopOf = (one: TrafficOrder): 'web' | 'outlet' => (one.rate === 75 ? 'web' : 'outlet');
const nameOf = (one: TrafficOrder): string => `${shopOf(one)}:${one.id}`;
interface Ends {
  readonly [partition: number]: number;
}
const ends = async (world: World): Promise<Ends> => {
  const found: Record<number, number> = { 0: 0, 1: 0 };
  await world.client.scan('order-decisions.v1', record => {
    found[record.partition] = record.offset + 1;
  });
  return found;
};
export const outage = async (world: World): Promise<{ readonly from: Ends; readonly to: Ends }> => {
  title('Odoo is down; the shops sell on');
  const from = await ends(world);
  world.odoo.control.snapshot('before the outage');
  await world.odoo.control.down('refuse');
  const answers: number[] = [];
  let slowest = 0;
  for (const one of outageOrders) {
    const sent = Date.now();
    answers.push(await place(world, shopOf(one), one), await pay(world, one));
    slowest = Math.max(slowest, Date.now() - sent);
  }
  await confirmed(world, ...outageOrders.map(nameOf));
  const waiting = outageOrders.filter(one => !odooOrders(world).some(row => row.reference === nameOf(one))).length;
  const during = JSON.parse(await world.onhand.command('--json', 'lag')) as readonly {
    readonly unit: string;
    readonly lag: number;
  }[];
  await world.odoo.control.up();
  const upAt = Date.now();
  await inOdoo(world, ...outageOrders.map(nameOf));
  table(
    [
      'orders',
      'webhooks answered 200',
      'slowest pair',
      'confirmed during the outage',
      'behind (odoo)',
      'in Odoo after it was up',
    ],
    [
      [
        outageOrders.length,
        answers.filter(status => status === 200).length,
        `${slowest} ms`,
        waiting,
        during.find(one => one.unit === 'odoo')?.lag ?? '',
        `all, within ${((Date.now() - upAt) / 1000).toFixed(0)} s`,
      ],
    ],
  );
  check(
    'every webhook is answered while Odoo is down',
    answers.every(status => status === 200),
  );
  return { from, to: await ends(world) };
};
export const replay = async (world: World, { from, to }: { readonly from: Ends; readonly to: Ends }): Promise<void> => {
  title("Replaying the outage's stretch");
  const file = join(world.onhand.folder, 'plan.json');
  const range = [0, 1]
    .filter(partition => to[partition]! > from[partition]!)
    .flatMap(partition => ['--from-offset', `${partition}:${from[partition]}`, '--to-offset', `${partition}:${to[partition]}`]);
  const kinds = (): Readonly<Record<string, number>> => {
    const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { readonly steps: readonly { readonly kind: string }[] };
    return Object.fromEntries(
      ['create', 'change', 'same', 'superseded'].map(kind => [kind, steps.filter(step => step.kind === kind).length]),
    );
  };
  const run = async (): Promise<Readonly<Record<string, number>>> => {
    await world.onhand.command('replay', 'plan', '--sink', 'odoo', ...range, '--out', file);
    const planned = kinds();
    await world.onhand.command('replay', 'run', file, '--reason', 'the demo');
    return planned;
  };
  const before = JSON.stringify(odooOrders(world));
  const writes = world.odoo.control.journal.counters().writes;
  const first = await run();
  const untouched = JSON.stringify(odooOrders(world)) === before && world.odoo.control.journal.counters().writes === writes;
  say('now Odoo is restored from a backup made before the outage');
  world.odoo.control.restore('before the outage');
  const lost = outageOrders.filter(one => !odooOrders(world).some(row => row.reference === nameOf(one))).length;
  const second = await run();
  await inOdoo(world, ...outageOrders.map(nameOf));
  const count = (kind: string): readonly number[] => [first[kind] ?? 0, second[kind] ?? 0];
  table(
    ['', 'create', 'change', 'same', 'superseded', 'what happened'],
    [
      [
        'replay of what is there',
        ...['create', 'change', 'same', 'superseded'].map(kind => count(kind)[0]!),
        untouched ? 'no write' : 'WROTE',
      ],
      [
        `replay after ${lost} orders were lost`,
        ...['create', 'change', 'same', 'superseded'].map(kind => count(kind)[1]!),
        'all there again, once',
      ],
    ],
  );
  check('replaying what is there changes nothing', untouched && first['create'] === 0 && first['change'] === 0);
  check('replaying what was lost brings it back', second['create'] === lost && lost > 0);
};
export const shipped = async (world: World): Promise<void> => {
  title('Goods leave in Odoo; revenue is booked');
  const pickings = world.odoo.control.execute(
    'stock.picking',
    'search_read',
    [
      [
        ['origin', '!=', false],
        ['state', '=', 'assigned'],
      ],
    ],
    { fields: ['id', 'origin'], limit: 3 },
  ) as unknown as readonly { readonly id: number }[];
  for (const { id } of pickings) world.odoo.control.execute('stock.picking', 'button_validate', [[id]]);
  await until(
    'the dispatches to be booked',
    async () =>
      (await facts(world, 'JournalPrepared')).filter(data => data.description.toLowerCase().includes('dispatch')).length >=
      pickings.length,
  );
  await until('the ledger to have them', async () => {
    const lag = JSON.parse(await world.onhand.command('--json', 'lag')) as readonly {
      readonly unit: string;
      readonly lag: number;
    }[];
    return lag.every(one => one.lag === 0);
  });
  console.log(await world.onhand.command('ledger', 'balance'));
};

/** The order whose hold of a minute runs while the other acts go on. */
export const beginHold = async (world: World): Promise<void> => {
  await place(world, 'web', held);
};
