/** Invariant I2: each webhook that was answered 2xx is on the intake, and each record there came to exactly one end. */
import { hash } from 'node:crypto';
import { deliveryId } from '../../../runtime/identity.ts';
import type { Consumed } from '../../../runtime/task/keys.ts';
import type { DeliveryReceived } from '../../../schemas/generated/facts.ts';
import type { Read, Reader } from './reader.ts';
import type { Sent } from './traffic.ts';

export type End = 'told' | 'nothing to tell' | `set aside (${string})`;
export interface Delivered {
  readonly id: string;
  readonly about: string;
  readonly sent: Sent;
  /** In the order of the intake. */
  readonly position: number;
  readonly ends: readonly End[];
  /** How many facts name it as their cause. */
  readonly facts: number;
}
/** What follows from an item stands behind it, alarms that it sets among the notes. */
const isNoted = (run: readonly Consumed[], index: number): boolean => {
  const [next] = run.slice(index + 1, index + 2);
  if (next === undefined || !('note' in next || 'sets' in next)) return false;
  return 'note' in next || isNoted(run, index + 1);
};
/** As the run log has it, by offset: a delivery that was told is followed by the note of what was told. */
const endsIn = (run: readonly Consumed[], topic: string): ReadonlyMap<number, readonly End[]> => {
  const ends = new Map<number, readonly End[]>();
  const add = (offset: number, end: End): void => void ends.set(offset, [...(ends.get(offset) ?? []), end]);
  run.forEach((item, index) => {
    if (!('topic' in item) || item.topic !== topic) return;
    if ('skipped' in item) return add(item.skipped, `set aside (${item.code})`);
    if ('retried' in item) return add(item.retried, 'nothing to tell');
    const told = isNoted(run, index);
    for (let offset = item.from; offset <= item.to; offset++)
      add(offset, told && offset === item.to ? 'told' : 'nothing to tell');
  });
  return ends;
};

const channels = [
  { topic: 'intake.woocommerce.v1', unit: 'woocommerce-intake' },
  { topic: 'intake.stripe.v1', unit: 'stripe-intake' },
] as const;
/** Every record of the intake with the webhook that it is; throws for one that nobody sent. */
export const delivered = async (reader: Reader, sent: readonly Sent[]): Promise<readonly Delivered[]> => {
  const causes = new Map<string, number>();
  const sentOf = Map.groupBy(sent, one => `${one.shop}|${one.aggregate}`);
  for (const topic of ['orders.v1', 'payments.v1'])
    for (const { event } of await reader.events(topic)) causes.set(event.cause, (causes.get(event.cause) ?? 0) + 1);
  const all = await Promise.all(
    channels.map(async ({ topic, unit }) => {
      const ends = (await reader.runs(unit)).map(run => endsIn(run, topic));
      return (await reader.events(topic)).map(({ event, record }: Read, position): Delivered => {
        const { shop, aggregate, receivedAt } = event.data as DeliveryReceived;
        const isIt = (one: Sent): boolean => event.id === deliveryId(topic, shop, receivedAt, hash('sha256', one.body, 'hex'));
        const one = sentOf.get(`${shop}|${aggregate}`)?.find(isIt);
        if (one === undefined) throw new Error(`${topic} ${record.partition}@${record.offset}: nobody sent this`);
        const itsEnds = ends[record.partition]!.get(record.offset) ?? [];
        return {
          id: event.id,
          about: `${shop}|${aggregate}`,
          sent: one,
          position,
          ends: itsEnds,
          facts: causes.get(event.id) ?? 0,
        };
      });
    }),
  );
  return all.flat();
};
const bodyOf = ({ shop, body }: Sent): string => `${shop} ${body}`;
/** Webhooks that were answered 2xx more often than they are on the intake. */
export const lost = (sent: readonly Sent[], found: readonly Delivered[]): readonly string[] => {
  const there = Map.groupBy(found, one => bodyOf(one.sent));
  return [...Map.groupBy(sent, bodyOf)]
    .filter(([body, same]) => same.filter(one => one.answered).length > (there.get(body)?.length ?? 0))
    .map(([, [first]]) => `${first!.shop} ${first!.aggregate}`);
};

/** What should have become of deliveries of one object, by an own reading of it: what is newer than all before is told, all else is not. */
export const expectedEnds = (deliveries: readonly Delivered[]): readonly End[] => {
  let newest = -1;
  return deliveries.map(({ sent: { says } }) => {
    const version = 'order' in says ? says.order.modifiedAt : says.payment.kind === 'captured' ? 1 : 0;
    if (version <= newest) return 'nothing to tell';
    newest = version;
    return 'told';
  });
};
/**
 * Facts follow from what was told and from nothing else; of an order that is first heard of as cancelled, none. The same bytes that came
 * twice within one millisecond have one id: what follows from it follows from either.
 */
export const misheard = (deliveries: readonly Delivered[]): readonly Delivered[] =>
  [...Map.groupBy(deliveries, one => one.id).values()].flatMap(same => {
    const [first] = same as [Delivered];
    const mayBeSilent = 'order' in first.sent.says && first.sent.says.order.status === 'cancelled';
    const isTold = same.some(one => one.ends.includes('told'));
    return (isTold ? first.facts === 0 && !mayBeSilent : first.facts > 0) ? [first] : [];
  });
