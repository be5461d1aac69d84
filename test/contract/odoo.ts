/** What Onhand relies on of Odoo, as raw calls. Runs on the simulator always, and on a real Odoo when one is given. */
import { amounts } from './odoo/amounts.ts';
import { cancelling } from './odoo/cancelling.ts';
import type { Connection } from './odoo/client.ts';
import { customers } from './odoo/customers.ts';
import { deliveries } from './odoo/deliveries.ts';
import { feed } from './odoo/feed.ts';
import { loading } from './odoo/loading.ts';
import { orders } from './odoo/orders.ts';
import { searching } from './odoo/searching.ts';
import { stock } from './odoo/stock.ts';
import { transport } from './odoo/transport.ts';
import { openWorld, type World } from './odoo/world.ts';

export type { Connection } from './odoo/client.ts';

/** `open` gives an Odoo to talk to; `close` is called when the suite is through with it. */
export const odooContract = (
  name: string,
  open: () => Promise<{ readonly connection: Connection; readonly close: () => Promise<void> }>,
): void => {
  describe(`Odoo's contract: ${name}`, function () {
    this.timeout(60_000);
    let world: World | undefined;
    let close: (() => Promise<void>) | undefined;
    const current = (): World => {
      if (!world) throw new Error('the world of the contract is not open');
      return world;
    };
    before(async () => {
      const opened = await open();
      close = opened.close;
      world = await openWorld(opened.connection);
    });
    after(async () => {
      await close?.();
    });
    for (const part of [transport, searching, loading, customers, orders, cancelling, amounts, deliveries, stock, feed])
      part(current);
  });
};
