/** The keys under which a task keeps things in its store and changelog, and their forms. NUL separates parts; no id holds one. */
import type { Fact } from '../model.ts';

export const separator = '\0';
/**
 * A longer key of a record is not readable, and goes to the DLQ: LMDB takes 1,978 bytes, in UTF-16 989 characters, for a key with all
 * that is put around it here, the id of an entry among it; a store that refuses one would end its task again and again.
 */
export const longestKey = 500;
const pad = (at: number): string => String(Math.max(0, at)).padStart(15, '0');

export const storeKeys = {
  /** `{topic: offset}` of all inputs: the truth of where the task stands. */
  position: 'p',
  /** The number of the last transaction that the run log tells of: where the two logs of a task meet. */
  run: 'n',
  /** What a sink has taken above its position, and which of it is open (`open-work.ts`). */
  work: 'w',
  /** Written by a drained sink: nothing was under way when it stopped. */
  clean: 'c',
  state: (key: string): string => `s\0${key}`,
  entry: (key: string, field: string, id: string): string => `e\0${key}\0${field}\0${id}`,
  alarm: (at: number, key: string, id: string): string => `a\0${pad(at)}\0${key}\0${id}`,
  parked: (scope: string, sequence: number): string => `k\0${scope}\0${pad(sequence)}`,
  /** The offset of the last command that skipped something of a scope. */
  skipped: (scope: string): string => `o\0${scope}`,
  /** The revision of a document that a sink has applied. */
  document: (document: string): string => `d\0${document}`,
};
/** All keys that begin with these parts. */
export const under = (...parts: readonly string[]): { readonly gte: string; readonly lt: string } => {
  const prefix = parts.join(separator);
  return { gte: `${prefix}\0`, lt: `${prefix}\x01` };
};

export interface StoredState {
  /** stateVersion of the unit that wrote it. */
  readonly v: number;
  /** Sizes of the Entries fields. */
  readonly n: Readonly<Record<string, number>>;
  readonly s: Readonly<Record<string, unknown>>;
}
export interface StoredAlarm {
  readonly fact: Fact;
  readonly waitsFor: readonly string[];
  readonly cause: string;
}
export interface DueAlarm extends StoredAlarm {
  readonly at: number;
  readonly key: string;
  readonly id: string;
}
export const alarmOf = (storeKey: string, value: string): DueAlarm => {
  const [, at, key, id] = storeKey.split(separator) as [string, string, string, string];
  return { at: Number(at), key, id, ...(JSON.parse(value) as StoredAlarm) };
};
/** A record or an alarm set aside, whole, with its origin and why. */
export interface Parked {
  /** Set for an alarm; then the record's fields say when it fell due. */
  readonly alarm?: DueAlarm;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  /** base64 */
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly code: string;
  readonly reason: string;
  /** Epoch ms UTC. */
  readonly parkedAt: number;
}
/** What an operator decided about a set-aside key: a record of `UNIT.control`. */
export interface ControlCommand {
  readonly action: 'retry' | 'skip';
  readonly scope: string;
  readonly actor: string;
  readonly reason: string;
}
/** What a transaction consumed, in order: the run log's record. */
export interface RunRecord {
  readonly v: 1;
  /** Counts the task's transactions in the run log, from 1; the parts of one share it. Absent in what an earlier release wrote. */
  readonly n?: number;
  /** How many records the transaction wrote to topics other than the task's own, by plain topic; the same in all its parts. */
  readonly wrote?: Readonly<Record<string, number>>;
  readonly policy: string;
  readonly code: string;
  readonly consumed: readonly Consumed[];
}
export type Consumed =
  /** Records of an input from `from` up to and including `to`, all processed. */
  | { readonly topic: string; readonly from: number; readonly to: number }
  /** A record not processed: set aside, waiting behind one, sent to the DLQ, or skipped by a person. */
  | { readonly topic: string; readonly skipped: number; readonly code: string }
  /** A record that had been set aside, processed now. */
  | { readonly topic: string; readonly retried: number }
  | { readonly alarm: string; readonly key: string; readonly at: number; readonly fact: Fact }
  /** An alarm that fell due and was set aside with its key. */
  | { readonly parked: string; readonly key: string; readonly at: number; readonly code: string }
  /** A fact to itself, following from the event before it; it stood after that many of the facts that were published. */
  | { readonly note: Fact; readonly key: string; readonly after?: number }
  /** An alarm that the event before it set. */
  | {
      readonly sets: string;
      readonly key: string;
      readonly at: number;
      readonly fact: Fact;
      readonly waitsFor: readonly string[];
    };
