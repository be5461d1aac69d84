/** What becomes of a sink's event once the target has answered, or has not: done, tried again, looked for again, or set aside. */
import { poison, type Failure } from '../failure.ts';
import type { Result } from './converge.ts';
import { because, type Delivery } from './delivery.ts';
import type { Filling } from './filling.ts';
import { storeKeys, type Consumed } from './keys.ts';
import { parkedRecord, whyOf } from './parking.ts';
import type { Entry } from './queues.ts';
import { consume } from './work.ts';

export interface Settling {
  readonly settle: (entry: Entry, result: Result) => void;
  /** With all that is queued behind it. */
  readonly setAside: (entry: Entry, failure: Failure) => void;
  /** The target answered. */
  readonly reached: () => void;
  /** Nothing is called before this, monotonic ms: the target is away. */
  readonly pausedUntil: () => number;
  /** Until then, monotonic ms, a call may take effect that nobody waits for any more. */
  readonly unsureUntil: () => number;
}

const backoffMs = (attempt: number, least = 200, most = 30_000): number => Math.min(least * 2 ** Math.min(attempt, 10), most);
/** Tries of one key before what no rule classifies is taken for poison; a conflict is tried for as long as it lasts. */
const keyAttempts = 8;
/** How soon an event is started again whose call could have outlived membership, ms. */
const laterMs = 100;

/** `unsure`: until when, monotonic ms, calls of an earlier session may take effect. */
export const settlingOf = (delivery: Delivery, putOff: Filling['putOff'], unsure: number): Settling => {
  const { session, options, unit, parking, queues, work } = delivery;
  const { context, partition } = session;
  const { clock, metrics, logger } = context;
  const { sink, maxInFlightMs } = options;
  let pausedUntil = -Infinity;
  let targetFailures = 0;
  let unsureUntil = unsure;

  const done = (entry: Entry, how: Consumed, held: boolean): void => {
    queues.finish(entry, held);
    if (entry.storeKey !== undefined) {
      parking.remove(delivery.change, entry.scope, entry.storeKey);
      // What came during a retry was set aside behind it, and follows it.
      if (!queues.has(entry.scope) && parking.list(delivery.change, entry.scope)[0]?.[1].code === 'KEY_PARKED')
        putOff({ action: 'retry', scope: entry.scope, actor: unit, reason: 'came during a retry' }, entry.from);
    }
    // Keys settle in any order: a run that grew over an offset would claim what is still under way.
    const { consumed } = delivery;
    const last = consumed.at(-1);
    const follows = 'from' in how && last !== undefined && 'from' in last && last.topic === how.topic && last.to + 1 === how.from;
    if (follows) consume(consumed, how.topic, how.from);
    else consumed.push(how);
    work.end(entry.from.topic, entry.from.offset);
  };
  const setAside = (entry: Entry, failure: Failure): void => {
    metrics.parkedTotal.inc({ unit, code: failure.code });
    logger.warn(
      {
        unit,
        partition,
        topic: entry.topic,
        offset: entry.record.offset,
        event: entry.event.id,
        key: entry.event.key,
        code: failure.code,
        reason: failure.message,
      },
      'set aside with its key; `onhand parked` shows it',
    );
    const entries = queues.takeAll(entry.scope);
    entries.forEach((one, i) => {
      const why =
        i === 0
          ? whyOf(failure, clock.now())
          : whyOf(poison('KEY_PARKED', `an earlier event of ${one.event.key} is set aside`), clock.now());
      if (one.storeKey === undefined) parking.add(delivery.change, one.scope, parkedRecord(one.record, one.topic), why);
      else if (i === 0) because(delivery, one.scope, one.storeKey, failure);
      delivery.consumed.push({ topic: one.topic, skipped: one.record.offset, code: why.code });
      work.end(one.from.topic, one.from.offset);
    });
  };
  const failed = (entry: Entry, failure: Failure): void => {
    if (failure.kind === 'poison') return setAside(entry, failure);
    if (failure.scope === 'key') {
      // An outage of the target is not the key's: it must not use up the key's own tries.
      entry.attempts++;
      if (failure.code === 'UNKNOWN_ERROR' && entry.attempts >= keyAttempts) return setAside(entry, failure);
      return queues.delay(entry, clock.monotonic() + (failure.retryAfterMs ?? backoffMs(entry.attempts)));
    }
    queues.delay(entry, -Infinity);
    if (pausedUntil > clock.monotonic()) return;
    targetFailures++;
    const wait = failure.retryAfterMs ?? backoffMs(targetFailures, failure.kind === 'fatal' ? 5_000 : 200);
    pausedUntil = clock.monotonic() + wait;
    metrics.sinkPaused.set({ unit }, 1);
    logger[failure.kind === 'fatal' ? 'error' : 'warn'](
      { unit, partition, code: failure.code, reason: failure.message, waitMs: wait },
      'the target is not available: the sink waits',
    );
  };
  const settle = (entry: Entry, result: Result): void => {
    metrics.sinkCalls.inc({ unit, outcome: result.is });
    switch (result.is) {
      case 'applied':
      case 'same':
      case 'superseded': {
        const document = sink.document(entry.event);
        if (document !== undefined && result.is !== 'superseded')
          delivery.change.set(storeKeys.document(document.document), String(document.revision));
        const { offset } = entry.record;
        return done(
          entry,
          entry.how === 'live' ? { topic: entry.topic, from: offset, to: offset } : { topic: entry.topic, retried: offset },
          // A newer revision waits until this one is committed: a kill in between would have this one written over it again.
          document !== undefined && result.is !== 'superseded',
        );
      }
      case 'later':
        return queues.delay(entry, clock.monotonic() + laterMs);
      case 'unknown':
        // It may still take effect: wait that out, then look before planning again.
        logger.warn(
          { unit, partition, event: entry.event.id, key: entry.event.key, reason: result.reason },
          'no answer: looked for again after the longest time it may take',
        );
        unsureUntil = Math.max(unsureUntil, clock.monotonic() + maxInFlightMs);
        return queues.delay(entry, clock.monotonic() + maxInFlightMs);
      case 'failure':
        return failed(entry, result.failure);
    }
  };
  return {
    settle,
    setAside,
    reached: () => {
      targetFailures = 0;
      metrics.sinkPaused.set({ unit }, 0);
    },
    pausedUntil: () => pausedUntil,
    unsureUntil: () => unsureUntil,
  };
};
