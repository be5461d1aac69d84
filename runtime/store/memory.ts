/** A task's store in memory, for rules' flows and the simulation. It commits as late as LMDB does: readers see the old values until then. */
import type { Store, StoreMeta } from './store.ts';
import { sortedMap, type SortedMap } from '../sorted-map.ts';

/** `later` decides when a commit becomes readable; by default after a turn of the event loop's microtasks. */
export const memoryStore = (later: () => Promise<void> = () => Promise.resolve()): Store => {
  let values: SortedMap<string | null> = sortedMap();
  let meta: StoreMeta | undefined;
  return {
    get: key => values.get(key) ?? undefined,
    *range({ gte, lt }, reverse = false) {
      for (const [key, value] of values.ordered(reverse ? lt : gte, reverse)) {
        if (reverse ? key < gte : key >= lt) return;
        if (value !== null && key !== lt) yield [key, value];
      }
    },
    commit: async (changes, next) => {
      await later();
      for (const [key, value] of changes) values.set(key, value);
      meta = next;
    },
    meta: () => meta,
    filling: anew => {
      if (anew) {
        values = sortedMap();
        meta = undefined;
      }
      return Promise.resolve({
        add: async records => {
          await later();
          for (const [key, value] of records) values.set(key.toString(), value?.toString() ?? null);
        },
        end: next => {
          meta = next;
          return Promise.resolve();
        },
      });
    },
    close: () => Promise.resolve(),
  };
};
