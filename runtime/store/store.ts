/** What a task keeps beside the log: keys to bytes, in key order (by UTF-16 code units), with where it stands. The changelog is the truth. */

/** `undefined` position of the changelog: nothing was ever stored. */
export interface StoreMeta {
  /** The changelog offset from which this store has not read yet. */
  readonly changelogNext: number;
  /** When that was so, epoch ms UTC; absent in what an earlier release wrote. */
  readonly at?: number;
}
export interface Bounds {
  readonly gte: string;
  readonly lt: string;
}
export interface Store {
  /** May answer with the old value while a commit is pending: read through a `View`. */
  readonly get: (key: string) => string | undefined;
  readonly range: (bounds: Bounds, reverse?: boolean) => Iterable<readonly [string, string]>;
  /** All or nothing; resolves when it can be read back and is written. null takes a key away. */
  readonly commit: (changes: Iterable<readonly [string, string | null]>, meta: StoreMeta) => Promise<void>;
  readonly meta: () => StoreMeta | undefined;
  readonly wipe: () => Promise<void>;
  readonly close: () => Promise<void>;
}
