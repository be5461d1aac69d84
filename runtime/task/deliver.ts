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
  /** Until then, monotonic ms, a call of a former owner may take effect: one that lives may have begun it as it was fenced. */
  const contestedUntil =
    wasClean || options.maxInFlightMs === 0 ? -Infinity : openedAt + options.callTimeoutMs + options.maxInFlightMs;
  const { fill, putOff } = fillingOf(delivery);
  const settling = settlingOf(delivery, putOff, contestedUntil);
  /** Nothing is called any more: the next session may be at work. */
  let over = false;
  let ended: Error | undefined;
  let running = 0;
  const batches = new Set<Promise<void>>();
  let committing: Promise<void> | undefined;
  let committedAt = -Infinity;
  const end = (error: unknown): void => {
    ended ??= error instanceof Error ? error : new Error(String(error));
  };

  const deadline = (): number | undefined => {
    const until = clock.monotonic() + options.callTimeoutMs;
    // A call that could outlive membership could meet the next owner's.
    return over || ended !== undefined || session.rebalancing() || until >= session.memberSince() + limits.sessionTimeoutMs
      ? undefined
      : until;
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
    if (results.some(result => result.is === 'applied' || result.is === 'same')) settling.reached();
    entries.forEach((entry, i) => settling.settle(entry, results[i]!));
  };
  const contested = (entry: Entry): boolean =>
    clock.monotonic() < contestedUntil && !(entry.how === 'live' && entry.record.offset >= (opened.contested[entry.topic] ?? 0));
  const mayStart = (entry: Entry): boolean => {
    if (entry.unreadable !== undefined) {
      settling.setAside(entry, entry.unreadable);
      return false;
    }
    if (!contested(entry)) return true;
    queues.delay(entry, contestedUntil);
    return false;
  };
  const start = (): void => {
    // A drain waits for what is under way when it begins, and for nothing that begins since.
    const may = (): boolean => session.live() && clock.monotonic() >= settling.pausedUntil() && deadline() !== undefined;
    while (running < sink.batch.parallel && may()) {
      const heads = queues.start(sink.batch.size, clock.monotonic());
      const ready = heads.filter(mayStart);
      if (ready.length === 0) {
        if (heads.length === 0) return;
        continue;
      }
      running++;
      const one = batch(ready)
        .catch(end)
        .finally(() => {
          running--;
          batches.delete(one);
          start();
          if (ended !== undefined || running === 0) session.wake();
        });
      batches.add(one);
    }
  };
  const nothingNew = (positions: Readonly<Record<string, number>>): boolean =>
    delivery.consumed.length === 0 &&
    delivery.outputs.length === 0 &&
    delivery.change.layer.size === 0 &&
    !opened.offsetsDue(positions);
  const commit = async (clean: boolean): Promise<void> => {
    const { change, consumed, outputs } = delivery;
    const taken = inputs.positions();
    const positions = work.positions(taken);
    if (!clean && nothingNew(positions)) return;
    if (clean) change.set(storeKeys.clean, '1');
    const open = work.stored(taken);
    const text = Object.keys(open).length === 0 ? null : JSON.stringify(open);
    if ((change.get(storeKeys.work) ?? null) !== text) change.set(storeKeys.work, text);
    const release = queues.held();
    // What settles from here on belongs to the next transaction, which sees what this one writes while it is written.
    delivery.change = opened.view.begin();
    delivery.consumed = [];
    delivery.outputs = [];
    await opened.commit({ change, outputs, consumed, positions, unreadable: outputs.length });
    release();
    start();
    metrics.parked.set({ unit, partition }, parking.count());
    metrics.parkedBytes.set({ unit, partition }, parking.bytes());
  };
  /** Calls go on meanwhile. */
  const commitSoon = (): void => {
    if (committing !== undefined || clock.monotonic() - committedAt < limits.spacingMs) return;
    committedAt = clock.monotonic();
    committing = commit(false)
      .catch((error: unknown) => {
        end(error);
        session.wake();
      })
      .finally(() => {
        committing = undefined;
      });
  };

  const turn = async (): Promise<void> => {
    await fill();
    start();
    commitSoon();
    for (const [topic, lag] of Object.entries(inputs.lag())) metrics.lag.set({ unit, topic, partition }, lag);
    // While all calls are taken, the first that answers starts the next; while none may be made, as in a rebalance, nothing does.
    const taken = running >= sink.batch.parallel || deadline() === undefined;
    const startsIn = taken ? Infinity : Math.max(settling.pausedUntil(), queues.nextDelay()) - clock.monotonic();
    const settles = running > 0 || delivery.consumed.length > 0;
    await session.idle(Math.max(1, Math.min(limits.pollMs, startsIn, settles ? limits.spacingMs : Infinity)));
  };
  try {
    if (wasClean) {
      delivery.change.set(storeKeys.clean, null);
      await commit(false);
    }
    while (session.live() && ended === undefined) await turn();
  } catch (error) {
    end(error);
  }
  // After a failure too: a call of this session must not meet one of the next, which begins when this ends.
  over = ended !== undefined;
  const settled = new AbortController();
  await Promise.race([Promise.allSettled([...batches]), clock.sleep(options.drainMs, settled.signal).catch(() => undefined)]);
  settled.abort();
  over = true;
  await committing;
  if (ended !== undefined) throw ended;
  await commit(batches.size === 0 && clock.monotonic() >= settling.unsureUntil());
};
