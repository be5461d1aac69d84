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
import { storeKeys, type Consumed } from './keys.ts';
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
/** Tries of one key before what it meets is taken for poison. */
const keyAttempts = 8;
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
  let unknownLeft = false;
  let ended: Error | undefined;
  let running = 0;
  const batches = new Set<Promise<void>>();
  let committing: Promise<void> = Promise.resolve();

  const deadline = (): number | undefined => {
    const until = clock.monotonic() + options.callTimeoutMs;
    // A call that could outlive membership could meet the next owner's.
    return session.rebalancing() || until >= session.memberSince() + limits.sessionTimeoutMs ? undefined : until;
  };
  const appliedRevision = (document: string): number | undefined => {
    const text = change.get(storeKeys.document(document));
    return text === undefined ? undefined : Number(text);
  };
  const done = (entry: Entry, how: Consumed): void => {
    queues.finish(entry);
    if (entry.storeKey !== undefined) parking.remove(change, entry.scope, entry.storeKey);
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
      else if (i === 0) {
        const found = parking.list(change, one.scope).find(([storeKey]) => storeKey === one.storeKey);
        if (found !== undefined)
          parking.update(change, one.scope, one.storeKey, { ...found[1], code: why.code, reason: why.reason });
      }
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
        return queues.delay(entry, clock.monotonic() + options.maxInFlightMs);
      case 'failure':
        return failed(entry, result.failure);
    }
  };
  const failed = (entry: Entry, failure: Failure): void => {
    entry.attempts++;
    if (failure.kind === 'poison') return setAside(entry, failure);
    if (failure.scope === 'key') {
      if (entry.attempts >= keyAttempts) return setAside(entry, failure);
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
    // What settles belongs to the next transaction, which must see what this one wrote.
    await committing;
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

  /** Opens what must be open, and fetches what replays refer to; then takes records into the queues. */
  const fill = async (): Promise<void> => {
    const upcoming = inputs.upcoming(queued);
    if (upcoming.length === 0) return;
    const sources = await replayed(session, upcoming);
    const set = parkedBehind(upcoming);
    const all = [...upcoming, ...sources.values(), ...set].filter(record => record !== undefined);
    await context.codec.ensure(all.map(record => record.value));
    if (sink.opens) await keys.load(all.flatMap(record => sealedIn(record)));
    const prepared = new Set(upcoming);
    while (session.live() && queues.size() < queued && parking.bytes() < limits.parkedBytes) {
      const next = inputs.peek();
      if (next === undefined || next === 'wait' || !prepared.has(next.record)) return;
      inputs.take(next.topic);
      metrics.consumed.inc({ unit, topic: next.topic });
      if (next.topic === ownTopics.control(unit)) obey(next.topic, next.record);
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
  const take = (topic: string, record: LogRecord, from: Entry['from'], how: Entry['how'], storeKey?: string): void => {
    const key = record.key?.toString() ?? '';
    const scope = scopeOf(topic, key);
    const refuse = (failure: Failure): void => {
      consumed.push({ topic, skipped: record.offset, code: failure.code });
      if (isKeyOf(context, topic, key)) {
        if (storeKey === undefined) parking.add(change, scope, parkedRecord(record, topic), whyOf(failure, clock.now()));
        metrics.parkedTotal.inc({ unit, code: failure.code });
        return;
      }
      metrics.dlq.inc({ unit, code: failure.code });
      logger.warn(
        { unit, partition, topic, offset: record.offset, code: failure.code, reason: failure.message },
        'unreadable: written to the DLQ',
      );
      outputs.push(dlqRecord(context, partition, topic, record, failure));
    };
    if (how !== 'retried' && parking.holds(scope)) return refuse(poison('KEY_PARKED', `an earlier event of ${key} is set aside`));
    try {
      const event = eventOf(context.codec, record);
      const open = sink.opens ? { ...event, data: openAll(event.data, keys) } : event;
      const entry: Entry = {
        scope,
        event: open,
        record,
        topic,
        from,
        how,
        attempts: 0,
        ...(storeKey === undefined ? {} : { storeKey }),
      };
      work.begin(from.topic, from.offset);
      if (how === 'retried') retries.push(entry);
      else queues.add(entry);
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'poison') throw error;
      refuse(error);
    }
  };
  let retries: Entry[] = [];
  const parkedBehind = (records: readonly LogRecord[]): readonly LogRecord[] =>
    records
      .filter(record => record.topic === names.topic(ownTopics.control(unit)))
      .flatMap(record =>
        parking.list(change, commandOf(record)?.scope ?? '').map(([, item]) => recordOf(item, names.topic(item.topic))),
      );
  const obey = (topic: string, record: LogRecord): void => {
    const command = commandOf(record);
    consumed.push({
      topic,
      skipped: record.offset,
      code: command === undefined ? 'CONTROL_UNREADABLE' : `CONTROL_${command.action.toUpperCase()}`,
    });
    if (command === undefined) return;
    retries = [];
    parking.list(change, command.scope).forEach(([storeKey, item], i) => {
      if (command.action === 'skip' && i === 0) {
        consumed.push({ topic: item.topic, skipped: item.offset, code: 'SKIPPED' });
        parking.remove(change, command.scope, storeKey);
        logger.info(
          { unit, partition, topic: item.topic, offset: item.offset, scope: command.scope, actor: command.actor },
          'a set-aside event was skipped by a person',
        );
      } else take(item.topic, recordOf(item, names.topic(item.topic)), { topic, offset: record.offset }, 'retried', storeKey);
    });
    queues.addFirst(command.scope, retries);
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

  if (wasClean) {
    change.set(storeKeys.clean, null);
    await commit(false);
  }
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
  while (session.live() && ended === undefined) await turn();
  const giveUp = clock.sleep(options.drainMs);
  await Promise.race([Promise.allSettled([...batches]), giveUp]);
  unknownLeft = batches.size > 0;
  if (ended !== undefined) throw ended;
  await commit(!unknownLeft);
};
