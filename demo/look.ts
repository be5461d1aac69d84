/** How the demo looks at what happened: the topics, the simulated Odoo, the ledger. */
import type { AnyFact } from '../schemas/generated/facts.ts';
import { writeWire } from '../infra/odoo-simulator/json.ts';
import { allTopics } from '../schemas/topics.ts';
import type { World } from './world.ts';

type Data<T extends AnyFact['type']> = Extract<AnyFact, { readonly type: T }>['data'];
/** All facts of a type so far, in each partition's order. */
export const facts = async <T extends AnyFact['type']>({ client }: World, type: T): Promise<readonly Data<T>[]> => {
  const topic = allTopics.find(one => one.facts.includes(type))!;
  return (await client.events(topic.name)).filter(({ event }) => event.type === type).map(({ event }) => event.data as Data<T>);
};
/** Where an order stands: the last decision that says so. */
export const standing = async (world: World): Promise<ReadonlyMap<string, 'confirmed' | 'withdrawn' | 'short'>> => {
  const found = new Map<string, 'confirmed' | 'withdrawn' | 'short'>();
  const words = { OrderConfirmed: 'confirmed', OrderWithdrawn: 'withdrawn', OrderShort: 'short' } as const;
  for (const { event } of await world.client.events('order-decisions.v1')) {
    const word = Object.hasOwn(words, event.type) ? words[event.type as keyof typeof words] : undefined;
    if (word !== undefined) found.set((event.data as { readonly order: string }).order, word);
  }
  return found;
};
export interface OdooOrder {
  readonly reference: string;
  readonly state: string;
  readonly total: number;
}
export const odooOrders = ({ odoo }: World): readonly OdooOrder[] => {
  const wire = odoo.control.execute('sale.order', 'search_read', [[['client_order_ref', '!=', false]]], {
    fields: ['client_order_ref', 'state', 'amount_total'],
  });
  const rows = JSON.parse(writeWire(wire ?? [])) as readonly {
    readonly client_order_ref: string;
    readonly state: string;
    readonly amount_total: number;
  }[];
  return rows.map(row => ({ reference: row.client_order_ref, state: row.state, total: row.amount_total }));
};
export interface Promised {
  readonly product: string;
  readonly baselineMilli: number;
  readonly heldMilli: number;
}
/** What is held of each product at the end, beside what there was to promise: I1 of the invariants, from the topics alone. */
export const promised = async (world: World): Promise<readonly Promised[]> => {
  const baseline = new Map<string, number>();
  for (const one of await facts(world, 'StockBaselineSet'))
    baseline.set(one.product, (baseline.get(one.product) ?? 0) + one.quantityMilli);
  for (const one of await facts(world, 'StockAdjusted'))
    baseline.set(one.product, (baseline.get(one.product) ?? 0) + one.deltaMilli);
  const held = new Map<string, { readonly product: string; readonly quantityMilli: number }>();
  for (const { event } of await world.client.events('reservations.v1')) {
    if (event.type !== 'StockReserved' && event.type !== 'ReservationRevoked') continue;
    const data = event.data as Data<'StockReserved'>;
    held.set(`${data.order} ${data.line} ${data.component}`, data);
  }
  return [...baseline].map(([product, baselineMilli]) => ({
    product,
    baselineMilli,
    heldMilli: [...held.values()].filter(one => one.product === product).reduce((sum, one) => sum + one.quantityMilli, 0),
  }));
};
