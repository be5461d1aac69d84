/** How a rebuild ends that cannot go on, because what it was given contradicts itself. */

/** Where two accounts of one task part. */
export interface Parting {
  /** Counts transactions in the run log; undefined where none is known. */
  readonly transaction: number | undefined;
  /** The run log's offset of that transaction. */
  readonly run: number | undefined;
  /** The changelog's offset of the first record that differs. */
  readonly changelog?: number;
  /** In words, when no transaction wrote it or compaction has taken what would say more. */
  readonly says?: string;
}
export interface Difference {
  readonly what: 'state' | 'entry' | 'alarm' | 'set aside' | 'position' | 'run log' | 'outputs' | 'store';
  /** The key of the state, or the topic and partition of a record. */
  readonly key: string;
  /** Which of the key's: an entry's field and id, an alarm's time and id. */
  readonly of?: string;
  /** What differs first within the values. */
  readonly path?: string;
  /** null: there is none. */
  readonly rebuilt: unknown;
  readonly stored: unknown;
  readonly says: string;
  readonly at?: Parting;
}
/** Thrown by the fold: a class only so that it can be told from what went wrong in the world. */
export class Parted extends Error {
  readonly difference: Difference;
  constructor(difference: Difference) {
    super(difference.says);
    this.difference = difference;
  }
}
