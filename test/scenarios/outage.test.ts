/** Scenario 34 whole: Odoo is away for half an hour of virtual time, and the channels must not feel it. */
import assert from 'node:assert/strict';
import { isFailure } from '../../runtime/failure.ts';
import type { Odoo } from './support/odoo.ts';
import { openTrade, type Answered, type Trade } from './support/trade.ts';

const minute = 60_000;
/** What is wanted of one order, and what of it was said before that. */
interface Wanted {
  readonly id: number;
  readonly quantities: number[];
  isCancelled: boolean;
}

const idsIn = (args: readonly unknown[]): readonly number[] => args[0] as readonly number[];
/** What the sink did of each order, in order. */
const stepsByOrder = ({ engine }: Odoo, after: number): ReadonlyMap<string, readonly string[]> => {
  const rows = engine.inside('sale.order', 'search_read', [[]], { fields: ['client_order_ref', 'order_line'] });
  const references = new Map<string, string>();
  for (const row of rows as readonly {
    readonly id: number;
    readonly client_order_ref: string;
    readonly order_line: readonly number[];
  }[]) {
    references.set(`order ${row.id}`, row.client_order_ref);
    for (const line of row.order_line) references.set(`line ${line}`, row.client_order_ref);
  }
  const steps = new Map<string, string[]>();
  const add = (reference: string | undefined, step: string): void =>
    void steps.set(reference ?? 'unknown', [...(steps.get(reference ?? 'unknown') ?? []), step]);
  for (const { model, method, args } of engine.journal.entries({ after, by: 'caller' })) {
    const doing = `${model}.${method}`;
    if (doing === 'sale.order.load') {
      const [fields, loaded] = args as unknown as readonly [readonly string[], readonly (readonly string[])[]];
      const at = fields.indexOf('client_order_ref');
      for (const row of loaded) if (row[at] !== '') add(row[at], 'create');
    } else if (doing === 'sale.order.action_confirm') for (const id of idsIn(args)) add(references.get(`order ${id}`), 'confirm');
    else if (doing === 'sale.order.action_cancel') for (const id of idsIn(args)) add(references.get(`order ${id}`), 'cancel');
    else if (doing === 'sale.order.line.write') {
      const { product_uom_qty: quantity } = args[1] as { readonly product_uom_qty: number };
      for (const id of idsIn(args)) add(references.get(`line ${id}`), `quantity ${quantity}`);
    }
  }
  return steps;
};

describe('34: Odoo is down for thirty minutes', function () {
  this.timeout(180_000);
  let trade: Trade;
  const answers: Answered[] = [];
  const wanted: Wanted[] = [];
  const tee = (quantity: number) => [{ sku: 'TEE', quantity, netMinor: 2000 * quantity }];
  /** A card order and its payment, or one that is paid on delivery. */
  const place = async (id: number): Promise<void> => {
    const isCard = id % 2 === 0;
    const method = isCard ? ({ method: 'stripe', intent: `pi_${id}`, status: 'pending' } as const) : {};
    answers.push(await trade.tell('web', { id, ...method }));
    if (isCard) answers.push(await trade.pay({ intent: `pi_${id}` }));
    wanted.push({ id, quantities: [1], isCancelled: false });
  };
  const edit = async (one: Wanted): Promise<void> => {
    const quantity = one.quantities.at(-1)! + 1;
    answers.push(await trade.tell('web', { id: one.id, lines: tee(quantity) }));
    one.quantities.push(quantity);
  };
  const cancel = async (one: Wanted): Promise<void> => {
    answers.push(await trade.tell('web', { id: one.id, lines: tee(one.quantities.at(-1)!), status: 'cancelled' }));
    one.isCancelled = true;
  };
  before(async () => {
    trade = await openTrade({ partitions: 1 });
    await place(1);
    await trade.world.settle();
    trade.odoo.down();
    for (let at = 1; at <= 30; at++) {
      await place(at + 1);
      // Paid on delivery, so that an edit needs no more money.
      const cod = wanted.filter(one => one.id % 2 === 1 && !one.isCancelled);
      if (at % 3 === 0) await edit(cod[at % cod.length]!);
      if ([5, 16, 25].includes(at)) await cancel(cod[at % cod.length]!);
      await trade.clock.advance(minute);
    }
  });
  after(() => trade.close());

  it('every webhook is answered within a second', () => {
    assert.ok(answers.length > 50, `only ${answers.length} webhooks were sent`);
    assert.deepEqual(
      answers.filter(one => one.status !== 200 || one.ms > 1_000),
      [],
    );
  });
  it('orders are promised, paid and confirmed meanwhile, and nothing is set aside', async () => {
    const confirmed = new Set((await trade.said('order-decisions.v1', 'OrderConfirmed')).map(one => one['order']));
    assert.deepEqual([...confirmed].sort(), wanted.map(one => `web:${one.id}`).sort());
    assert.equal((await trade.said('order-decisions.v1', 'OrderWithdrawn')).length, wanted.filter(one => one.isCancelled).length);
    assert.deepEqual(
      trade.odoo.orders().map(one => one.reference),
      ['web:1'],
    );
    assert.deepEqual(
      trade.logged.filter(one => one.message.startsWith('set aside')),
      [],
    );
    const paused = trade.logged.filter(one => one.fields['code'] === 'ODOO_UNREACHABLE');
    assert.ok(paused.length > 10, 'the sink did not find Odoo down');
    await assert.rejects(
      async () => trade.source('odoo').poll!(),
      error => isFailure(error) && error.kind === 'transient' && error.code === 'ODOO_UNREACHABLE',
    );
  });
  it('when it is back it gets all of it, each order in its order and once', async () => {
    const mark = trade.odoo.engine.journal.mark();
    trade.odoo.up();
    const isThere = (): boolean => {
      const found = new Map(trade.odoo.orders().map(one => [one.reference, one]));
      return wanted.every(({ id, quantities, isCancelled }) => {
        const order = found.get(`web:${id}`);
        return order?.state === (isCancelled ? 'cancel' : 'sale') && order.quantities[0] === quantities.at(-1);
      });
    };
    for (let seconds = 0; !isThere(); seconds++) {
      assert.ok(seconds < 120, `not all is in Odoo: ${JSON.stringify(trade.odoo.orders())}`);
      await trade.clock.advance(1_000);
    }
    await trade.clock.advance(minute);
    assert.equal(isThere(), true);
    assert.equal(trade.odoo.orders().length, wanted.length);
    const steps = stepsByOrder(trade.odoo, mark);
    for (const { id, quantities, isCancelled } of wanted)
      assert.deepEqual(
        steps.get(`web:${id}`) ?? [],
        [
          ...(id === 1 ? [] : ['create', 'confirm']),
          ...quantities.slice(1).map(quantity => `quantity ${quantity}`),
          ...(isCancelled ? ['cancel'] : []),
        ],
        `web:${id}`,
      );
  });
});
