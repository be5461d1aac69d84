/** Orders without races: each has a product of its own, and what is said of it comes in an order that does not depend on anything. */
import type { TrafficOrder } from '../../../demo/traffic.ts';
import { totalOf } from '../../../demo/traffic.ts';
import { codeDefined, shipmentDispatched, stockBaselineSet, type AnyFact } from '../../../schemas/generated/facts.ts';
import type { Plant } from './plant.ts';
import { inLanes, orderHook, paymentHook, publishAs, type Sender } from './traffic.ts';

/** The same in both runs: times are in the facts. Epoch ms UTC, whole seconds. */
export const begun = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const skuOf = (index: number): string => `OWN-${index}`;
export const ownSkus = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => skuOf(index));

const shopOf = (index: number): string => (index % 2 === 0 ? 'web' : 'outlet');
export const orderOf = (index: number): TrafficOrder => {
  const [id, quantity, shop] = [1001 + index, 1 + (index % 3), shopOf(index)];
  return {
    id,
    status: 'processing',
    createdAt: begun,
    modifiedAt: begun + 1_000,
    lines: [{ sku: skuOf(index), quantity, netMinor: 1_500 * quantity }],
    intent: `pi_${shop}_${id}`,
    paid: true,
    rate: shop === 'web' ? 75 : 1,
    customer: index % 7,
    // A third has costs of shipping, which a dispatch carries too.
    shippingMinor: index % 3 === 0 ? 500 : 0,
  };
};
export const referenceOf = (index: number): string => `${shopOf(index)}:${orderOf(index).id}`;

/** What the catalogue and stock must know first. */
export const stocked = (
  plant: Pick<Plant, 'client' | 'codec' | 'names' | 'products'>,
  skus: readonly string[],
  quantityMilli: (sku: string, location: string) => number,
): Promise<void> =>
  publishAs(
    plant,
    skus.flatMap((sku): (readonly [string, AnyFact])[] => {
      const product = plant.products.get(sku)!;
      const components = [{ owner: 'acme', product, quantityMilli: 1000 }];
      return [
        [`code ${sku}`, codeDefined({ company: 'acme', code: `sku:${sku}`, revision: 1, components })],
        ...['main', 'store'].map((location): readonly [string, AnyFact] => [
          `baseline ${sku} ${location}`,
          stockBaselineSet({
            ...{ owner: 'acme', product, location, takenAt: begun - 1_000, source: 'test' },
            quantityMilli: quantityMilli(sku, location),
          }),
        ]),
      ];
    }),
    begun,
  );

export type Phase = 'place' | 'pay' | 'ship';
/** Where what a phase says arrives first. */
export const arrivesOn: Readonly<Record<Phase, string>> = { place: 'orders.v1', pay: 'payments.v1', ship: 'fulfilments.v1' };
/** One phase of these orders; resolves when all of it was accepted. */
export const play = (
  phase: Phase,
  indexes: readonly number[],
  { plant, sender }: { readonly plant: Plant; readonly sender: Sender },
  pauseMs: () => number = () => 0,
): Promise<void> =>
  inLanes(2, indexes, pauseMs, async index => {
    const order = orderOf(index);
    if (phase === 'place') await sender.send(orderHook(shopOf(index), order));
    else if (phase === 'pay')
      await sender.send(paymentHook({ intent: order.intent!, amountMinor: totalOf(order), at: begun + 2_000, kind: 'captured' }));
    else await ship(plant, index, order);
  });
const ship = (plant: Plant, index: number, { lines: [line] }: TrafficOrder): Promise<void> => {
  const [order, product] = [referenceOf(index), plant.products.get(skuOf(index))!];
  const about = { company: 'acme', order, owner: 'acme', product, location: 'main', quantityMilli: line!.quantity * 1000 };
  const dispatched = shipmentDispatched({ ...about, shipment: `WH/OUT/${index}`, dispatchedAt: begun + 3_000 });
  return publishAs(plant, [[`dispatch ${order}`, dispatched]], begun + 3_000);
};
