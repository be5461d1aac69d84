/**
 * The pump of sinks. Keys run in parallel, each in order. The position is written only after the target has answered for everything
 * below it, so a kill repeats work and never loses it; repeated work is looked for before it is done again.
 */
import { converge } from './converge.ts';
import { deliveryOf, type DeliverOptions } from './delivery.ts';
import { fillingOf } from './filling.ts';
import { storeKeys } from './keys.ts';
import type { Entry } from './queues.ts';
import { settlingOf } from './settling.ts';
import type { Pump, Session } from './task.ts';

export const deliverPump = (options: DeliverOptions): Pump => ({ run: session => deliver(session, options) });

const deliver = async (session: Session, options: DeliverOptions): Promise<void> => {
  const { context, partition, opened, inputs } = session;
  const { clock, limits, metrics, policy } = context;
  const { sink, target } = options;
  const delivery = deliveryOf(session, options);
  const { unit, parking, queues, work } = delivery;
  const openedAt = clock.monotonic();
  const wasClean = opened.view.get(storeKeys.clean) === '1';
  const { fill, putOff } = fillingOf(delivery);
  const settling = settlingOf(delivery, putOff, wasClean ? -Infinity : openedAt + options.maxInFlightMs);
  /** Nothing is called any more: the next session may be at work. */
  let over = false;
  let ended: Error | undefined;
  let running = 0;
  const batches = new Set<Promise<void>>();
  let committing: Promise<void> = Promise.resolve();

  const deadline = (): number | undefined => {
    const until = clock.monotonic() + options.callTimeoutMs;
    // A call that could outlive membership could meet the next owner's.
    return over || session.rebalancing() || until >= session.memberSince() + limits.sessionTimeoutMs ? undefined : until;
  };
  const appliedRevision = (document: string): number | undefined => {
    const text = delivery.change.get(storeKeys.document(document));
    return text === undefined ? undefined : Number(text);
  };
  const batch = async (entries: readonly Entry[]): Promise<void> => {
    const timed = (what: 'find' | 'apply', ms: number): void => metrics.sinkSeconds.observe({ unit, what }, ms / 1000);
    const results = await converge(
      entries.map(entry => entry.event),
      { sink, target, policy, deadline, appliedRevision, timed, now: clock.monotonic },
    );
    // What settles belongs to the next transaction, which must see what this one wrote; one may begin while the last is waited for.
    for (let last: Promise<void> | undefined; last !== committing;) await (last = committing);
    if (results.some(result => result.is === 'applied' || result.is === 'same')) settling.reached();
    entries.forEach((entry, i) => settling.settle(entry, results[i]!));
  };
  const contested = (entry: Entry): boolean =>
    !wasClean &&
    clock.monotonic() < openedAt + options.maxInFlightMs &&
    !(entry.how === 'live' && entry.record.offset >= (opened.contested[entry.topic] ?? 0));
  const mayStart = (entry: Entry): boolean => {
    if (entry.unreadable !== undefined) {
      settling.setAside(entry, entry.unreadable);
      return false;
    }
    if (!contested(entry)) return true;
    queues.delay(entry, openedAt + options.maxInFlightMs);
    return false;
  };
  const start = (): void => {
    while (running < sink.batch.parallel && clock.monotonic() >= settling.pausedUntil() && deadline() !== undefined) {
      const heads = queues.start(sink.batch.size, clock.monotonic());
      const ready = heads.filter(mayStart);
      if (ready.length === 0) {
        if (heads.length === 0) return;
        continue;
      }
      running++;
      const one = batch(ready)
        .catch((error: unknown) => {
          ended ??= error instanceof Error ? error : new Error(String(error));
        })
        .finally(() => {
          running--;
          batches.delete(one);
          session.wake();
        });
      batches.add(one);
    }
  };
  const commit = async (clean: boolean): Promise<void> => {
    const { change, consumed, outputs } = delivery;
    const positions = work.positions(inputs.positions());
    if (!clean && consumed.length === 0 && outputs.length === 0 && change.layer.size === 0 && !opened.offsetsDue(positions))
      return;
    if (clean) change.set(storeKeys.clean, '1');
    delivery.change = opened.view.begin();
    delivery.consumed = [];
    delivery.outputs = [];
    committing = opened.commit({ change, outputs, consumed, positions, unreadable: outputs.length });
    await committing;
    metrics.parked.set({ unit, partition }, parking.count());
    metrics.parkedBytes.set({ unit, partition }, parking.bytes());
  };

  let committedAt = -Infinity;
  const turn = async (): Promise<void> => {
    await fill();
    start();
    if (clock.monotonic() - committedAt >= limits.spacingMs) {
      await commit(false);
      committedAt = clock.monotonic();
    }
    for (const [topic, lag] of Object.entries(inputs.lag())) metrics.lag.set({ unit, topic, partition }, lag);
    const wait = Math.max(
      1,
      Math.min(limits.pollMs, Math.max(settling.pausedUntil(), Math.min(queues.nextDelay(), Infinity)) - clock.monotonic()),
    );
    await session.idle(
      running < sink.batch.parallel && queues.size() > queues.underWay() ? Math.min(wait, limits.spacingMs) : limits.pollMs,
    );
  };
  try {
    if (wasClean) {
      delivery.change.set(storeKeys.clean, null);
      await commit(false);
    }
    while (session.live() && ended === undefined) await turn();
  } catch (error) {
    ended ??= error instanceof Error ? error : new Error(String(error));
  }
  // After a failure too: a call of this session must not meet one of the next, which begins when this ends.
  over = ended !== undefined;
  const settled = new AbortController();
  await Promise.race([Promise.allSettled([...batches]), clock.sleep(options.drainMs, settled.signal).catch(() => undefined)]);
  settled.abort();
  over = true;
  if (ended !== undefined) throw ended;
  await commit(batches.size === 0 && clock.monotonic() >= settling.unsureUntil());
};
