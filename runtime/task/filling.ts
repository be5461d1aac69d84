/** How a sink's queues are filled: with live records, with what replays refer to, and with what operators want tried again. */
import { isFailure, poison, type Failure } from '../failure.ts';
import type { LogRecord } from '../port.ts';
import { ownTopics } from '../topology.ts';
import { because, type Delivery } from './delivery.ts';
import { storeKeys, type ControlCommand, type Parked } from './keys.ts';
import { parkedRecord, recordOf, whyOf } from './parking.ts';
import type { Entry } from './queues.ts';
import { commandOf, dlqRecord, isKeyOf } from './refused.ts';
import { openAll, referenceOf, replayed, sealedFields } from './replayed.ts';
import { eventOf } from './rules.ts';

interface Command {
  readonly command: ControlCommand;
  readonly from: Entry['from'];
}
export interface Filling {
  /** Opens what must be open, and fetches what replays refer to; then takes records into the queues. */
  readonly fill: () => Promise<void>;
  /** A word that is obeyed once nothing of its key is queued. */
  readonly putOff: (command: ControlCommand, from: Entry['from']) => void;
}

const queued = 5_000;
const scopeOf = (topic: string, key: string): string => `${topic} ${key}`;

export const fillingOf = (delivery: Delivery): Filling => {
  const { session, options, unit, parking, queues, work } = delivery;
  const { context, partition, inputs } = session;
  const { clock, limits, metrics, logger, names } = context;
  const { sink, keys } = options;
  const control = ownTopics.control(unit);

  const refuse = (topic: string, record: LogRecord, scope: string, failure: Failure, storeKey?: string): void => {
    delivery.consumed.push({ topic, skipped: record.offset, code: failure.code });
    if (isKeyOf(context, topic, record.key?.toString() ?? '')) {
      if (storeKey === undefined) parking.add(delivery.change, scope, parkedRecord(record, topic), whyOf(failure, clock.now()));
      else because(delivery, scope, storeKey, failure);
      metrics.parkedTotal.inc({ unit, code: failure.code });
      return;
    }
    metrics.dlq.inc({ unit, code: failure.code });
    logger.warn(
      { unit, partition, topic, offset: record.offset, code: failure.code, reason: failure.message },
      'unreadable: written to the DLQ',
    );
    delivery.outputs.push(dlqRecord(context, partition, topic, record, failure));
  };
  /** Queues a record; answers false when it was refused: set aside, or written to the DLQ. */
  const take = (topic: string, record: LogRecord, from: Entry['from'], how: Entry['how'], storeKey?: string): boolean => {
    const key = record.key?.toString() ?? '';
    const scope = scopeOf(topic, key);
    work.begin(from.topic, from.offset);
    const known = { scope, record, topic, from, how, attempts: 0, ...(storeKey === undefined ? {} : { storeKey }) };
    const refused = (failure: Failure): boolean => {
      refuse(topic, record, scope, failure, storeKey);
      work.end(from.topic, from.offset);
      return false;
    };
    if (how !== 'retried' && parking.holds(scope))
      return refused(poison('KEY_PARKED', `an earlier event of ${key} is set aside`));
    try {
      const event = eventOf(context.codec, record);
      queues.add({ ...known, event: sink.opens ? { ...event, data: openAll(event.data, keys) } : event });
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'poison') throw error;
      // Set aside only after what is queued before it, which may yet be set aside itself.
      if (!queues.has(scope) || !isKeyOf(context, topic, key)) return refused(error);
      queues.add({ ...known, event: { type: '', data: {}, id: '', key, at: record.timestamp, cause: '' }, unreadable: error });
    }
    return true;
  };

  let waiting: readonly Command[] = [];
  const putOff = (command: ControlCommand, from: Entry['from']): Command => {
    const one = { command, from };
    work.begin(from.topic, from.offset);
    waiting = [...waiting, one];
    return one;
  };
  const again = (item: Parked): LogRecord => recordOf(item, names.topic(item.topic));
  const obey = (one: Command): void => {
    waiting = waiting.filter(other => other !== one);
    const { scope, action, actor } = one.command;
    const { change } = delivery;
    const items = [...parking.list(change, scope)];
    // A restart reads a command again while its retries were under way: what was skipped then is gone, and nothing else may go.
    if (action === 'skip' && Number(change.get(storeKeys.skipped(scope)) ?? -1) < one.from.offset) {
      change.set(storeKeys.skipped(scope), String(one.from.offset));
      const first = items.shift();
      if (first !== undefined) {
        const [storeKey, { topic, offset }] = first;
        delivery.consumed.push({ topic, skipped: offset, code: 'SKIPPED' });
        parking.remove(change, scope, storeKey);
        logger.info({ unit, partition, topic, offset, scope, actor }, 'a set-aside event was skipped by a person');
      }
    }
    // What is refused again keeps back what is behind it.
    for (const [storeKey, item] of items) if (!take(item.topic, again(item), one.from, 'retried', storeKey)) break;
    work.end(one.from.topic, one.from.offset);
  };
  const hear = (topic: string, record: LogRecord): void => {
    const command = commandOf(record);
    delivery.consumed.push({
      topic,
      skipped: record.offset,
      code: command === undefined ? 'CONTROL_UNREADABLE' : `CONTROL_${command.action.toUpperCase()}`,
    });
    if (command === undefined) {
      work.begin(topic, record.offset);
      work.end(topic, record.offset);
      return;
    }
    const earlier = waiting.some(one => one.command.scope === command.scope);
    const one = putOff(command, { topic, offset: record.offset });
    if (!earlier && !queues.has(command.scope)) obey(one);
  };
  const replay = (topic: string, record: LogRecord, source: LogRecord | undefined): void => {
    const reference = referenceOf(record);
    if (reference === undefined || source === undefined) {
      work.begin(topic, record.offset);
      work.end(topic, record.offset);
      delivery.consumed.push({ topic, skipped: record.offset, code: 'REPLAY_GONE' });
      logger.warn(
        { unit, partition, offset: record.offset, reference },
        'a replay refers to a record that the topic no longer holds',
      );
      return;
    }
    take(reference.topic, source, { topic, offset: record.offset }, 'replayed');
  };

  const sealedIn = (record: LogRecord): readonly string[] => {
    try {
      return sealedFields(eventOf(context.codec, record).data).map(([, sealed]) => sealed.keyId);
    } catch {
      return [];
    }
  };
  const scopesIn = (record: LogRecord): readonly string[] => {
    const scope = record.topic === names.topic(control) ? commandOf(record)?.scope : undefined;
    return scope === undefined ? [] : [scope];
  };
  const fill = async (): Promise<void> => {
    const free = waiting.filter(one => !queues.has(one.command.scope));
    // Looked at by halves: what is upcoming is prepared as a whole, and not again for every event that is finished.
    const room = queued - queues.size();
    const upcoming = room < queued / 2 ? [] : inputs.upcoming(room);
    if (upcoming.length === 0 && free.length === 0) return;
    const sources = await replayed(session, upcoming);
    const scopes = [...free.map(one => one.command.scope), ...upcoming.flatMap(scopesIn)];
    const set = [...new Set(scopes)].flatMap(scope => parking.list(delivery.change, scope)).map(([, item]) => again(item));
    const all = [...upcoming, ...sources.values(), ...set];
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
      if (work.passes(next.topic, next.record.offset)) continue;
      metrics.consumed.inc({ unit, topic: next.topic });
      if (next.topic === control) hear(next.topic, next.record);
      else if (next.topic === ownTopics.replay(unit)) replay(next.topic, next.record, sources.get(next.record));
      else take(next.topic, next.record, { topic: next.topic, offset: next.record.offset }, 'live');
    }
  };
  return { fill, putOff: (command, from) => void putOff(command, from) };
};
