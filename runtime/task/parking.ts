/**
 * What is set aside: an event that poison keeps back, and everything behind it of the same key, whole and with its origin, until an
 * operator retries or skips. Kept in the store and the changelog; bounded in bytes, then the partition pauses.
 */
import type { Failure } from '../failure.ts';
import type { LogRecord } from '../port.ts';
import type { Change, Readable } from '../store/view.ts';
import { separator, storeKeys, under, type DueAlarm, type Parked } from './keys.ts';
import { originOf } from './work.ts';

export interface Parking {
  readonly holds: (scope: string) => boolean;
  readonly add: (change: Change, scope: string, item: Omit<Parked, 'code' | 'reason' | 'parkedAt'>, why: Why) => void;
  /** What is set aside under a scope, oldest first, with its store key. */
  readonly list: (from: Readable, scope: string) => readonly (readonly [string, Parked])[];
  readonly remove: (change: Change, scope: string, storeKey: string) => void;
  /** Keeps it, with what a retry found. */
  readonly update: (change: Change, scope: string, storeKey: string, item: Parked) => void;
  readonly count: () => number;
  readonly bytes: () => number;
}
export interface Why {
  readonly code: string;
  readonly reason: string;
  readonly at: number;
}
export const whyOf = (failure: Failure, at: number): Why => ({ code: failure.code, reason: failure.message, at });

export const parkingOf = (stored: Readable): Parking => {
  const scopes = new Map<string, { count: number; last: number }>();
  let bytes = 0;
  const scopeOf = (storeKey: string): string => storeKey.slice(2, storeKey.lastIndexOf(separator));
  const sequenceOf = (storeKey: string): number => Number(storeKey.slice(storeKey.lastIndexOf(separator) + 1));
  for (const [storeKey, value] of stored.range({ gte: `k${separator}`, lt: 'k\x01' })) {
    const known = scopes.get(scopeOf(storeKey)) ?? { count: 0, last: -1 };
    scopes.set(scopeOf(storeKey), { count: known.count + 1, last: Math.max(known.last, sequenceOf(storeKey)) });
    bytes += value.length;
  }
  return {
    holds: scope => scopes.has(scope),
    add: (change, scope, item, why) => {
      const known = scopes.get(scope) ?? { count: 0, last: -1 };
      const text = JSON.stringify({ ...item, code: why.code, reason: why.reason, parkedAt: why.at } satisfies Parked);
      change.set(storeKeys.parked(scope, known.last + 1), text);
      scopes.set(scope, { count: known.count + 1, last: known.last + 1 });
      bytes += text.length;
    },
    list: (from, scope) =>
      [...from.range(under('k', scope))].map(([storeKey, value]) => [storeKey, JSON.parse(value) as Parked] as const),
    remove: (change, scope, storeKey) => {
      bytes -= change.get(storeKey)?.length ?? 0;
      change.set(storeKey, null);
      const known = scopes.get(scope)!;
      if (known.count === 1) scopes.delete(scope);
      else scopes.set(scope, { ...known, count: known.count - 1 });
    },
    update: (change, _scope, storeKey, item) => {
      const text = JSON.stringify(item);
      bytes += text.length - (change.get(storeKey)?.length ?? 0);
      change.set(storeKey, text);
    },
    count: () => [...scopes.values()].reduce((sum, one) => sum + one.count, 0),
    bytes: () => bytes,
  };
};

export const parkedRecord = (record: LogRecord, plainTopic: string): Omit<Parked, 'code' | 'reason' | 'parkedAt'> =>
  originOf(record, plainTopic);
export const parkedAlarm = (alarm: DueAlarm, partition: number): Omit<Parked, 'code' | 'reason' | 'parkedAt'> => ({
  alarm,
  topic: 'alarm',
  partition,
  offset: -1,
  timestamp: alarm.at,
  key: alarm.key,
  value: null,
  headers: {},
});
/** The record again, as it was read. */
export const recordOf = (item: Parked, topic: string): LogRecord => ({
  topic,
  partition: item.partition,
  offset: item.offset,
  timestamp: item.timestamp,
  key: Buffer.from(item.key),
  value: item.value === null ? null : Buffer.from(item.value, 'base64'),
  headers: () => Object.fromEntries(Object.entries(item.headers).map(([name, value]) => [name, Buffer.from(value)])),
});
