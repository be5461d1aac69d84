/**
 * What a task sees: the transaction at work, over committed transactions whose store commit is still pending, over the store.
 * An overlay is dropped only when the store's commit has resolved: lmdb answers with the old value until then.
 */
import { merged, sortedMap, type SortedMap } from '../sorted-map.ts';
import type { Bounds, Store, StoreMeta } from './store.ts';

export type Layer = SortedMap<string | null>;
export interface Readable {
  readonly get: (key: string) => string | undefined;
  readonly range: (bounds: Bounds, reverse?: boolean) => Iterable<readonly [string, string]>;
}
export interface View extends Readable {
  /** A new transaction's changes over this view. */
  readonly begin: () => Change;
  /** Commits a layer to the store; reads see it from this call on. Resolves with the store's commit. */
  readonly settle: (layer: Layer, meta: StoreMeta) => Promise<void>;
  readonly store: Store;
}
export interface Change extends Readable {
  readonly layer: Layer;
  readonly set: (key: string, value: string | null) => void;
  /** What lies under the transaction. */
  readonly base: Readable;
}

function* within(layer: Layer, { gte, lt }: Bounds, reverse: boolean): Generator<readonly [string, string | null]> {
  for (const one of layer.ordered(reverse ? lt : gte, reverse)) {
    if (reverse ? one[0] < gte : one[0] >= lt) return;
    if (one[0] !== lt) yield one;
  }
}
const reader = (layers: () => readonly Layer[], store: Store): Readable => ({
  get: key => {
    for (const layer of layers()) {
      const value = layer.get(key);
      if (value !== undefined) return value ?? undefined;
    }
    return store.get(key);
  },
  range: (bounds, reverse = false) =>
    merged<string>([...layers().map(layer => within(layer, bounds, reverse)), store.range(bounds, reverse)], reverse),
});

export const viewOf = (store: Store): View => {
  /** Newest first. */
  let pending: readonly Layer[] = [];
  const base = reader(() => pending, store);
  return {
    ...base,
    store,
    begin: () => {
      const layer: Layer = sortedMap();
      return { ...reader(() => [layer, ...pending], store), layer, set: layer.set, base };
    },
    settle: async (layer, meta) => {
      pending = [layer, ...pending];
      await store.commit(layer.entries(), meta);
      pending = pending.filter(one => one !== layer);
    },
  };
};
