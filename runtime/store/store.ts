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
/** A changelog record's key and value; null takes the key away. */
export type Logged = readonly [Buffer, Buffer | null];
/** A store that is filled from the log, cheaper than by commits; nothing reads it meanwhile. */
export interface Filling {
  /** In the log's order. Resolves when more may be given: what was given before is written, this may not be yet. */
  readonly add: (records: readonly Logged[]) => Promise<void>;
  /** Resolves when all can be read back. A filling that does not come to its end is as if it had not begun, or begins again. */
  readonly end: (meta: StoreMeta) => Promise<void>;
}
export interface Store {
  /** May answer with the old value while a commit is pending: read through a `View`. */
  readonly get: (key: string) => string | undefined;
  readonly range: (bounds: Bounds, reverse?: boolean) => Iterable<readonly [string, string]>;
  /** All or nothing; resolves when it can be read back and is written. null takes a key away. */
  readonly commit: (changes: Iterable<readonly [string, string | null]>, meta: StoreMeta) => Promise<void>;
  readonly meta: () => StoreMeta | undefined;
  /** `anew`: everything that is stored goes first. `records`: about how many will come. Not while a commit is pending. */
  readonly filling: (anew: boolean, records: number) => Promise<Filling>;
  readonly close: () => Promise<void>;
}
