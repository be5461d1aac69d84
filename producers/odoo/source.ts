/** Where Odoo's products, movements, reservations and levels come in: one poll, in the order that makes them safe together. */
import type { Intake, Source, SourceContext } from '../../runtime/model.ts';
import { odooRpc, odooSettings, type OdooRpc } from '../../runtime/odoo-rpc.ts';
import { integer } from '../../runtime/settings.ts';
import { deliverTo } from './source-deliver.ts';
import { lookForHolds } from './source-holds.ts';
import { ledgerOf } from './source-ledger.ts';
import { lookForLevels } from './source-levels.ts';
import { lookForMovements } from './source-movements.ts';
import { lookForProducts } from './source-products.ts';
import { readLocations, type Locations } from './source-read.ts';

export const settings = {
  ...odooSettings,
  ODOO_POLL_SECONDS: integer('How often Odoo is asked what changed', 10, 1),
  ODOO_OVERLAP_SECONDS: integer(
    'The longest transaction in Odoo (its limit_time_real): so far back each poll reads again',
    120,
    1,
  ),
  ODOO_SWEEP_MINUTES: integer('How often all products are read, to find those that were deleted', 60, 1),
  ODOO_LEVELS_MINUTES: integer('How often all levels are compared as evidence', 60, 1),
};
type Context = SourceContext<typeof settings>;

export const source = (context: Context): Source => sourceOver(odooRpc(context.settings), context);

/** A cursor is read from the log once, since that reads all of it; after a write whose outcome is unknown, again. */
const remembering = (intake: Intake): Intake => {
  const known = new Map<string, string | undefined>();
  return {
    ...intake,
    cursor: async name => {
      if (!known.has(name)) known.set(name, await intake.cursor(name));
      return known.get(name);
    },
    keepCursor: async (name, value) => {
      known.delete(name);
      await intake.keepCursor(name, value);
      known.set(name, value);
    },
  };
};

/** Over any way to Odoo. */
export const sourceOver = (rpc: OdooRpc, { shop, settings: set, intake: given, clock, log }: Context): Source => {
  const intake = remembering(given);
  const overlapMs = set.ODOO_OVERLAP_SECONDS * 1000;
  const deliver = deliverTo(intake, shop.shop);
  const products = lookForProducts(rpc, intake, deliver, { overlapMs, sweepMs: set.ODOO_SWEEP_MINUTES * 60_000 });
  const ledger = ledgerOf(rpc, intake, deliver, overlapMs);
  const holds = lookForHolds(rpc, intake, deliver);
  const movements = lookForMovements(rpc, intake, deliver, overlapMs);
  const levels = lookForLevels(rpc, intake, deliver, set.ODOO_LEVELS_MINUTES * 60_000);
  const saidOnce = once((locations: Locations) => {
    const inside = [...locations.values()].flatMap(({ row }) => (row.usage === 'internal' ? [row.complete_name] : []));
    log.info(
      { shop: shop.shop, locations: inside },
      'Odoo locations that are read; those that the authority file does not name are ignored',
    );
  });
  return {
    poll: async () => {
      const readAt = clock.now();
      const locations = await readLocations(rpc);
      saidOnce(locations);
      const from = await ledger.from(readAt);
      let count = await products.look(readAt);
      const known = products.known();
      count += await ledger.look(known, locations);
      const reserved = await holds(readAt, locations);
      // A product that was made during this look is not known yet; its goods count.
      const isStorable = (id: number): boolean => known.get(id)?.row.is_storable ?? true;
      count += await movements({ from, readAt, locations, isStorable });
      count += await reserved.store();
      const storable = [...known.values()].flatMap(({ row }) => (row.is_storable ? [row.id] : []));
      return count + (await levels(readAt, storable, locations));
    },
    pollEveryMs: set.ODOO_POLL_SECONDS * 1000,
  };
};
const once = <T>(say: (value: T) => void): ((value: T) => void) => {
  let isSaid = false;
  return value => {
    if (!isSaid) say(value);
    isSaid = true;
  };
};
