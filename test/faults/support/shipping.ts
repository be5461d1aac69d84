/** What leaves the warehouses while things happen: half of what is confirmed by now and will not be called off. */
import { shipmentDispatched, type AnyFact } from '../../../schemas/generated/facts.ts';
import { begun } from './orders.ts';
import type { Raced } from './races.ts';
import type { Reader } from './reader.ts';

export interface ToShip {
  readonly order: string;
  readonly facts: readonly (readonly [id: string, fact: AnyFact])[];
}
export const toShip = async (
  reader: Reader,
  orders: readonly Raced[],
  shipped: ReadonlySet<string>,
): Promise<readonly ToShip[]> => {
  const calm = new Set(orders.filter(one => one.fate === 'paid').map(one => one.reference));
  const ready = (await reader.facts('OrderConfirmed')).filter(({ order }) => calm.has(order) && !shipped.has(order));
  return ready
    .filter((_, index) => index % 2 === 0)
    .map(({ company, order, allocations }) => {
      const byPlace = Map.groupBy(allocations, one => `${one.product}@${one.location}`);
      const facts = [...byPlace].map(([place, [first, ...others]]) => {
        const quantityMilli = others.reduce((sum, one) => sum + one.quantityMilli, first!.quantityMilli);
        const { owner, product, location } = first!;
        const about = { company, order, owner, product, location, quantityMilli, shipment: `WH/OUT/${order}` };
        return [`dispatch ${order} ${place}`, shipmentDispatched({ ...about, dispatchedAt: begun + 10_000 })] as const;
      });
      return { order, facts };
    });
};
