/** One webhook request: verified by its source, stored durably, and only then answered. */
import { createHash } from 'node:crypto';
import { transient } from '../failure.ts';
import type { Clock, Intake, Received, Request } from '../model.ts';
import { readJson } from './json.ts';
import type { Slot } from './slots.ts';

/** One shop's way in at `/hooks/<channel>/<shop>`. */
export interface EdgeSource {
  readonly channel: string;
  readonly shop: string;
  readonly webhook: (request: Request) => Promise<Received>;
  /** Resolves when all are durable. */
  readonly deliver: Intake['deliver'];
}

/**
 * Whatever the source is given back must be JSON that is kept exactly: a body that translate could not read the same would be parked
 * for ever. The work goes on in its place when the answer could not wait for it; what it stores then is a repetition at worst.
 */
export const receive = async (
  { channel, shop, webhook, deliver }: EdgeSource,
  request: Request,
  slot: Slot,
  clock: Clock,
  answerMs: number,
): Promise<Received> => {
  const done = new AbortController();
  const work = slot.work(async () => {
    const received = await webhook(request);
    for (const delivery of received.deliveries) readJson(delivery.bytes, `a delivery of ${channel} ${shop}`);
    if (received.deliveries.length > 0) await deliver(received.deliveries);
    return received;
  });
  const late = clock.sleep(answerMs, done.signal).then(() => {
    throw transient('KAFKA_UNREACHABLE', `storing a delivery of ${channel} ${shop}: not durable within ${answerMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
};

/** What a request to a shop that does not exist costs: reading its body once, as verifying it would. */
export const pretend = (bytes: Uint8Array): void => void createHash('sha256').update(bytes).digest();
