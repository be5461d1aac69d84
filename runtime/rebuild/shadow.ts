/** The state as it is rebuilt: what a task holds in its store, changed only by what the run log tells. */
import type { Event, Fact } from '../model.ts';
import type { LogRecord } from '../port.ts';
import { viewOf, type Change } from '../store/view.ts';
import type { Store } from '../store/store.ts';
import { alarmOf, storeKeys, type Consumed, type DueAlarm, type Parked, type StoredAlarm } from '../task/keys.ts';
import { parkedAlarm, parkedRecord, parkingOf } from '../task/parking.ts';
import { loadState, storeState } from '../task/states.ts';
import type { Folded } from './world.ts';

type AlarmAt = Pick<DueAlarm, 'at' | 'key' | 'id'>;
export interface Shadow {
  readonly state: (key: string) => unknown;
  /** Folds an event with what followed from it, in order. */
  readonly fold: (event: Event, facts: readonly Fact[]) => void;
  readonly setAlarm: (set: Extract<Consumed, { readonly sets: string }>, cause: string) => void;
  /** Takes a pending alarm away and answers it; undefined: none is pending. */
  readonly takeAlarm: (alarm: AlarmAt) => DueAlarm | undefined;
  readonly setAside: (
    item: { readonly record: LogRecord; readonly topic: string } | { readonly alarm: DueAlarm },
    code: string,
  ) => void;
  /** The first that is set aside of a scope. */
  readonly head: (scope: string) => Parked | undefined;
  readonly takeHead: (scope: string) => Parked | undefined;
  readonly aside: (scope: string) => readonly Parked[];
  /** Events folded since the last flush. */
  readonly pending: () => number;
  /** Writes what changed to the store; answers the new value of a store key that changed (null: taken away). */
  readonly flush: (watch?: string) => Promise<string | null | undefined>;
}
export const shadowOf = (shape: Folded, store: Store, partition: number): Shadow => {
  const view = viewOf(store);
  const parking = parkingOf(view);
  const states = new Map<string, { readonly loaded: unknown; now: unknown }>();
  let change: Change = view.begin();
  let pending = 0;
  const stateOf = (key: string): { readonly loaded: unknown; now: unknown } => {
    const found = states.get(key);
    if (found !== undefined) return found;
    const loaded = loadState(shape, change.base, key);
    const held = { loaded, now: loaded };
    states.set(key, held);
    return held;
  };
  const list = (scope: string) => parking.list(change, scope);
  return {
    state: key => stateOf(key).now,
    fold: (event, facts) => {
      const held = stateOf(event.key);
      held.now = [event, ...facts].reduce(shape.evolve, held.now);
      pending++;
    },
    setAlarm: ({ sets, key, at, fact, waitsFor }, cause) =>
      change.set(storeKeys.alarm(at, key, sets), JSON.stringify({ fact, waitsFor, cause } satisfies StoredAlarm)),
    takeAlarm: ({ at, key, id }) => {
      const storeKey = storeKeys.alarm(at, key, id);
      const value = change.get(storeKey);
      if (value === undefined) return undefined;
      change.set(storeKey, null);
      return alarmOf(storeKey, value);
    },
    setAside: (item, code) => {
      const [key, parked] =
        'alarm' in item
          ? [item.alarm.key, parkedAlarm(item.alarm, partition)]
          : [item.record.key?.toString() ?? '', parkedRecord(item.record, item.topic)];
      parking.add(change, key, parked, { code, reason: '', at: 0 });
    },
    head: scope => list(scope)[0]?.[1],
    takeHead: scope => {
      const found = list(scope)[0];
      if (found === undefined) return undefined;
      parking.remove(change, scope, found[0]);
      return found[1];
    },
    aside: scope => list(scope).map(([, item]) => item),
    pending: () => pending,
    flush: async watch => {
      for (const [key, held] of states) if (held.now !== held.loaded) storeState(shape, change, key, held.now);
      states.clear();
      pending = 0;
      const { layer } = change;
      await view.settle(layer, { changelogNext: 0 });
      change = view.begin();
      return watch === undefined ? undefined : layer.get(watch);
    },
  };
};
