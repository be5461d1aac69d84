/**
 * Orders that race: three shops after few goods, two products in one order and the other way round in another, payments, failed attempts,
 * changes and cancellations in any order, each sometimes twice. All of it drawn.
 */
import { totalOf, type TrafficOrder } from '../../../demo/traffic.ts';
import { below, type Draw } from './kills.ts';
import { orderHook, paymentHook, type Hook } from './traffic.ts';

const shops = ['web', 'outlet', 'market'];
/** Cancelled and changed ones are never shipped here: what left and is called off is a person's, not a race. */
type Fate = 'paid' | 'unpaid' | 'cancelled' | 'changed';
const fates: readonly Fate[] = ['paid', 'paid', 'paid', 'paid', 'paid', 'unpaid', 'cancelled', 'cancelled', 'changed', 'changed'];

export interface Raced {
  readonly reference: string;
  readonly fate: Fate;
  readonly hooks: readonly Hook[];
}
const ofQuantity = (sku: string, quantity: number) => ({ sku, quantity, netMinor: 2_000 * quantity });
const linesOf = (draw: Draw, skus: readonly string[]): TrafficOrder['lines'] => {
  const first = draw(skus);
  const others = skus.filter(sku => sku !== first);
  return [first, ...(draw([0, 1]) === 1 ? [draw(others)] : [])].map(sku => ofQuantity(sku, 1 + below(draw, 2)));
};
/** `at`: when the customer ordered. */
export const racedOrder = (index: number, draw: Draw, skus: readonly string[], at: number): Raced => {
  const [shop, fate, id] = [draw(shops), draw(fates), 5001 + index];
  const placed: TrafficOrder = {
    id,
    status: 'processing',
    createdAt: at,
    modifiedAt: at + 1_000,
    lines: linesOf(draw, skus),
    intent: `pi_${shop}_${id}`,
    paid: true,
    rate: shop === 'web' ? 75 : 1,
    customer: index % 9,
  };
  const newest: TrafficOrder =
    fate === 'cancelled'
      ? { ...placed, status: 'cancelled', modifiedAt: at + 5_000 }
      : fate === 'changed'
        ? { ...placed, lines: placed.lines.map(line => ofQuantity(line.sku, 1 + (line.quantity % 3))), modifiedAt: at + 5_000 }
        : placed;
  const payment = { intent: placed.intent!, amountMinor: totalOf(newest), at: at + 4_000, kind: 'captured' as const };
  const isPaid = fate === 'cancelled' ? draw([true, false]) : fate !== 'unpaid';
  const all = [
    orderHook(shop, placed),
    ...(newest === placed ? [] : [orderHook(shop, newest)]),
    ...(draw([0, 1, 2, 3]) === 0 ? [paymentHook({ ...payment, at: at + 3_000, kind: 'failed' as const })] : []),
    ...(isPaid ? [paymentHook(payment)] : []),
  ];
  return { reference: `${shop}:${id}`, fate, hooks: all.flatMap(hook => (draw([0, 1, 2]) === 0 ? [hook, hook] : [hook])) };
};
export const shuffled = <T>(items: readonly T[], draw: Draw): readonly T[] => {
  const left = [...items];
  return items.map(() => left.splice(below(draw, left.length), 1)[0]!);
};
