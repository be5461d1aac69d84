/**
 * The pump of sinks. Keys run in parallel, each in order. The position is written only after the target has answered for everything
 * below it, so a kill repeats work and never loses it; repeated work is looked for before it is done again.
 */
import { isFailure, poison, type Failure } from '../failure.ts';
import type { AnySink } from '../model.ts';
import type { LogRecord, Outgoing } from '../port.ts';
import type { Keys } from '../keys/keys.ts';
import { nameOf, ownTopics } from '../topology.ts';
import { converge, type AnyTarget, type Result } from './converge.ts';
import { storeKeys, type Consumed, type ControlCommand, type Parked } from './keys.ts';
import { parkedRecord, parkingOf, recordOf, whyOf } from './parking.ts';
import { openAll, referenceOf, replayed, sealedFields } from './replayed.ts';
import { openWork, queuesOf, type Entry } from './queues.ts';
import { commandOf, dlqRecord, isKeyOf } from './refused.ts';
import { eventOf } from './rules.ts';
import type { Pump, Session } from './task.ts';
import { consume } from './work.ts';

export interface DeliverOptions {
  readonly sink: AnySink;
  readonly target: AnyTarget;
  readonly keys: Keys;
  /** Ms that one find or apply may take. */
  readonly callTimeoutMs: number;
  /** Ms that a call without an answer may still take effect; see `Sink.maxInFlightMs`. */
  readonly maxInFlightMs: number;
  /** Ms that a drain waits for open calls before it gives them up as unknown. */
  readonly drainMs: number;
}
const queued = 5_000;
const backoffMs = (attempt: number, least = 200, most = 30_000): number => Math.min(least * 2 ** Math.min(attempt, 10), most);
/** Tries of one key before what no rule classifies is taken for poison; a conflict is tried for as long as it lasts. */
const keyAttempts = 8;
interface Command {
  readonly command: ControlCommand;
  readonly from: Entry['from'];
}
export const scopeOf = (topic: string, key: string): string => `${topic} ${key}`;

export const deliverPump = (options: DeliverOptions): Pump => ({ run: session => deliver(session, options) });

const deliver = async (session: Session, options: DeliverOptions): Promise<void> => {
  const { context, partition, opened, inputs } = session;
  const { clock, limits, metrics, logger, policy, names } = context;
  const { sink, target, keys } = options;
  const unit = nameOf(context.unit);
  const parking = parkingOf(opened.view);
  const queues = queuesOf();
  const work = openWork();
  const openedAt = clock.monotonic();
  const wasClean = opened.view.get(storeKeys.clean) === '1';
  let change = opened.view.begin();
  let consumed: Consumed[] = [];
  let outputs: Outgoing[] = [];
  let pausedUntil = -Infinity;
  let targetFailures = 0;
  /** Until then, monotonic ms, a call may take effect that nobody waits for any more. */
  let unsureUntil = wasClean ? -Infinity : openedAt + options.maxInFlightMs;
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
    const text = change.get(storeKeys.document(document));
    return text === undefined ? undefined : Number(text);
  };
  const done = (entry: Entry, how: Consumed): void => {
    queues.finish(entry);
    if (entry.storeKey !== undefined) {
      parking.remove(change, entry.scope, entry.storeKey);
      // What came during a retry was set aside behind it, and follows it.
      if (!queues.has(entry.scope) && parking.list(change, entry.scope)[0]?.[1].code === 'KEY_PARKED')
        putOff({ action: 'retry', scope: entry.scope, actor: unit, reason: 'came during a retry' }, entry.from);
    }
    // Keys settle in any order: a run that grew over an offset would claim what is still under way.
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
      if (one.storeKey === undefined) parking.add(change, one.scope, parkedRecord(one.record, one.topic), why);
      else if (i === 0) because(one.scope, one.storeKey, failure);
      consumed.push({ topic: one.topic, skipped: one.record.offset, code: why.code });
      work.end(one.from.topic, one.from.offset);
    });
  };
  const settle = (entry: Entry, result: Result): void => {
    metrics.sinkCalls.inc({ unit, outcome: result.is });
    switch (result.is) {
      case 'applied':
      case 'same':
      case 'superseded': {
        const document = sink.document(entry.event);
        if (document !== undefined && result.is !== 'superseded')
          change.set(storeKeys.document(document.document), String(document.revision));
        const { offset } = entry.record;
        return done(
          entry,
          entry.how === 'live' ? { topic: entry.topic, from: offset, to: offset } : { topic: entry.topic, retried: offset },
        );
      }
      case 'later':
        return queues.delay(entry, clock.monotonic() + 100);
      case 'unknown':
        // It may still take effect: wait that out, then look before planning again.
        logger.warn(
          { unit, partition, event: entry.event.id, key: entry.event.key, reason: result.reason },
          'no answer: looked for again after the longest time it may take',
        );
        unsureUntil = Math.max(unsureUntil, clock.monotonic() + options.maxInFlightMs);
        return queues.delay(entry, clock.monotonic() + options.maxInFlightMs);
      case 'failure':
        return failed(entry, result.failure);
    }
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
  const batch = async (entries: readonly Entry[]): Promise<void> => {
    const timed = (what: 'find' | 'apply', ms: number): void => metrics.sinkSeconds.observe({ unit, what }, ms / 1000);
    const results = await converge(
      entries.map(entry => entry.event),
      { sink, target, policy, deadline, appliedRevision, timed, now: clock.monotonic },
    );
    // What settles belongs to the next transaction, which must see what this one wrote; one may begin while the last is waited for.
    for (let last: Promise<void> | undefined; last !== committing;) await (last = committing);
    if (results.some(result => result.is === 'applied' || result.is === 'same')) {
      targetFailures = 0;
      metrics.sinkPaused.set({ unit }, 0);
    }
    entries.forEach((entry, i) => settle(entry, results[i]!));
  };
  const contested = (entry: Entry): boolean =>
    !wasClean &&
    clock.monotonic() < openedAt + options.maxInFlightMs &&
    !(entry.how === 'live' && entry.record.offset >= (opened.contested[entry.topic] ?? 0));
  const start = (): void => {
    while (running < sink.batch.parallel && clock.monotonic() >= pausedUntil && deadline() !== undefined) {
      const heads = queues.start(sink.batch.size, clock.monotonic());
      const ready = heads.filter(entry => {
        if (entry.unreadable !== undefined) {
          setAside(entry, entry.unreadable);
          return false;
        }
        if (!contested(entry)) return true;
        queues.delay(entry, openedAt + options.maxInFlightMs);
        return false;
      });
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

  const control = ownTopics.control(unit);
  /** Opens what must be open, and fetches what replays refer to; then takes records into the queues. */
  const fill = async (): Promise<void> => {
    const upcoming = inputs.upcoming(queued);
    const free = waiting.filter(one => !queues.has(one.command.scope));
    if (upcoming.length === 0 && free.length === 0) return;
    const sources = await replayed(session, upcoming);
    const scopes = [...free.map(one => one.command.scope), ...upcoming.flatMap(scopesIn)];
    const set = [...new Set(scopes)].flatMap(scope => parking.list(change, scope)).map(([, item]) => again(item));
    const all = [...upcoming, ...sources.values(), ...set].filter(record => record !== undefined);
    await context.codec.ensure(all.map(record => record.value));
    if (sink.opens) await keys.load(all.flatMap(record => sealedIn(record)));
    for (const one of free) if (!queues.has(one.command.scope)) obey(one);
    const prepared = new Set(upcoming);
    while (session.live() && queues.size() < queued) {
      const next = inputs.peek();
      if (next === undefined || next === 'wait' || !prepared.has(next.record)) return;
      // At its limit the partition pauses, but operators' words are still heard.
      if (next.topic !== control && parking.bytes() >= limits.parkedBytes) return;
      inputs.take(next.topic);
      metrics.consumed.inc({ unit, topic: next.topic });
      if (next.topic === control) hear(next.topic, next.record);
      else if (next.topic === ownTopics.replay(unit)) replay(next.topic, next.record, sources.get(next.record));
      else take(next.topic, next.record, { topic: next.topic, offset: next.record.offset }, 'live');
    }
  };
  const sealedIn = (record: LogRecord): readonly string[] => {
    try {
      return sealedFields(eventOf(context.codec, record).data).map(([, sealed]) => sealed.keyId);
    } catch {
      return [];
    }
  };
  /** Queues a record; answers false when it was refused: set aside, or written to the DLQ. */
  const take = (topic: string, record: LogRecord, from: Entry['from'], how: Entry['how'], storeKey?: string): boolean => {
    const key = record.key?.toString() ?? '';
    const scope = scopeOf(topic, key);
    const known = { scope, record, topic, from, how, attempts: 0, ...(storeKey === undefined ? {} : { storeKey }) };
    const queue = (entry: Entry): void => {
      work.begin(from.topic, from.offset);
      queues.add(entry);
    };
    const refuse = (failure: Failure): boolean => {
      consumed.push({ topic, skipped: record.offset, code: failure.code });
      if (isKeyOf(context, topic, key)) {
        if (storeKey === undefined) parking.add(change, scope, parkedRecord(record, topic), whyOf(failure, clock.now()));
        else because(scope, storeKey, failure);
        metrics.parkedTotal.inc({ unit, code: failure.code });
        return false;
      }
      metrics.dlq.inc({ unit, code: failure.code });
      logger.warn(
        { unit, partition, topic, offset: record.offset, code: failure.code, reason: failure.message },
        'unreadable: written to the DLQ',
      );
      outputs.push(dlqRecord(context, partition, topic, record, failure));
      return false;
    };
    if (how !== 'retried' && parking.holds(scope)) return refuse(poison('KEY_PARKED', `an earlier event of ${key} is set aside`));
    try {
      const event = eventOf(context.codec, record);
      queue({ ...known, event: sink.opens ? { ...event, data: openAll(event.data, keys) } : event });
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'poison') throw error;
      // Set aside only after what is queued before it, which may yet be set aside itself.
      if (!queues.has(scope) || !isKeyOf(context, topic, key)) return refuse(error);
      queue({ ...known, event: { type: '', data: {}, id: '', key, at: record.timestamp, cause: '' }, unreadable: error });
    }
    return true;
  };
  const again = (item: Parked): LogRecord => recordOf(item, names.topic(item.topic));
  const because = (scope: string, storeKey: string, why: { readonly code: string; readonly message: string }): void => {
    const found = parking.list(change, scope).find(([one]) => one === storeKey);
    if (found !== undefined) parking.update(change, scope, storeKey, { ...found[1], code: why.code, reason: why.message });
  };
  const scopesIn = (record: LogRecord): readonly string[] => {
    const scope = record.topic === names.topic(control) ? commandOf(record)?.scope : undefined;
    return scope === undefined ? [] : [scope];
  };
  /** Operators' words on keys that are still worked on: obeyed once nothing of the key is queued. */
  let waiting: readonly Command[] = [];
  const putOff = (command: ControlCommand, from: Entry['from']): Command => {
    const one = { command, from };
    work.begin(from.topic, from.offset);
    waiting = [...waiting, one];
    return one;
  };
  const hear = (topic: string, record: LogRecord): void => {
    const command = commandOf(record);
    consumed.push({
      topic,
      skipped: record.offset,
      code: command === undefined ? 'CONTROL_UNREADABLE' : `CONTROL_${command.action.toUpperCase()}`,
    });
    if (command === undefined) return;
    const earlier = waiting.some(one => one.command.scope === command.scope);
    const one = putOff(command, { topic, offset: record.offset });
    if (!earlier && !queues.has(command.scope)) obey(one);
  };
  const obey = (one: Command): void => {
    waiting = waiting.filter(other => other !== one);
    const { scope, action, actor } = one.command;
    const items = [...parking.list(change, scope)];
    // A restart reads a command again while its retries were under way: what was skipped then is gone, and nothing else may go.
    if (action === 'skip' && Number(change.get(storeKeys.skipped(scope)) ?? -1) < one.from.offset) {
      change.set(storeKeys.skipped(scope), String(one.from.offset));
      const first = items.shift();
      if (first !== undefined) {
        const [storeKey, { topic, offset }] = first;
        consumed.push({ topic, skipped: offset, code: 'SKIPPED' });
        parking.remove(change, scope, storeKey);
        logger.info({ unit, partition, topic, offset, scope, actor }, 'a set-aside event was skipped by a person');
      }
    }
    // What is refused again keeps back what is behind it.
    for (const [storeKey, item] of items) if (!take(item.topic, again(item), one.from, 'retried', storeKey)) break;
    work.end(one.from.topic, one.from.offset);
  };
  const replay = (topic: string, record: LogRecord, source: LogRecord | undefined): void => {
    const reference = referenceOf(record);
    if (reference === undefined || source === undefined) {
      consumed.push({ topic, skipped: record.offset, code: 'REPLAY_GONE' });
      logger.warn(
        { unit, partition, offset: record.offset, reference },
        'a replay refers to a record that the topic no longer holds',
      );
      return;
    }
    take(reference.topic, source, { topic, offset: record.offset }, 'replayed');
  };
  const commit = async (clean: boolean): Promise<void> => {
    const positions = work.positions(inputs.positions());
    if (!clean && consumed.length === 0 && outputs.length === 0 && change.layer.size === 0 && !opened.offsetsDue(positions))
      return;
    if (clean) change.set(storeKeys.clean, '1');
    const now = { change, outputs, consumed, positions, unreadable: outputs.length };
    change = opened.view.begin();
    consumed = [];
    outputs = [];
    committing = opened.commit(now);
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
      Math.min(limits.pollMs, Math.max(pausedUntil, Math.min(queues.nextDelay(), Infinity)) - clock.monotonic()),
    );
    await session.idle(
      running < sink.batch.parallel && queues.size() > queues.underWay() ? Math.min(wait, limits.spacingMs) : limits.pollMs,
    );
  };
  try {
    if (wasClean) {
      change.set(storeKeys.clean, null);
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
  await commit(batches.size === 0 && clock.monotonic() >= unsureUntil);
};
