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
  /** Reads see the layer from this call on: its transaction is under way, and if it ends otherwise than well, this view ends with it. */
  readonly stage: (layer: Layer) => void;
  /** Commits a layer to the store, with others that wait for the same; reads see it at the latest from this call on. Resolves with the store's commit. */
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

/** Of layers, oldest first, each key's newest value. */
const newest = (layers: readonly Layer[]): Iterable<readonly [string, string | null]> => {
  if (layers.length === 1) return layers[0]!.entries();
  const all = new Map<string, string | null>();
  for (const layer of layers) layer.each((value, key) => all.set(key, value));
  return all;
};

export const viewOf = (store: Store): View => {
  /** Newest first. */
  let pending: readonly Layer[] = [];
  const base = reader(() => pending, store);
  const stage = (layer: Layer): void => {
    if (!pending.includes(layer)) pending = [layer, ...pending];
  };
  /** What waits for the store's commit that is under way; it goes together, each key once. */
  let gathering: { readonly layers: Layer[]; meta: StoreMeta; readonly done: Promise<void> } | undefined;
  let stored: Promise<void> = Promise.resolve();
  const storeGathered = async (): Promise<void> => {
    const { layers, meta } = gathering!;
    gathering = undefined;
    await store.commit(newest(layers), meta);
    pending = pending.filter(one => !layers.includes(one));
  };
  return {
    ...base,
    store,
    begin: () => {
      const layer: Layer = sortedMap();
      return { ...reader(() => [layer, ...pending], store), layer, set: (key, value) => layer.set(key, value), base };
    },
    stage,
    settle: (layer, meta) => {
      stage(layer);
      if (gathering === undefined) {
        gathering = { layers: [], meta, done: stored.then(storeGathered) };
        stored = gathering.done;
      }
      gathering.layers.push(layer);
      gathering.meta = meta;
      return gathering.done;
    },
  };
};
