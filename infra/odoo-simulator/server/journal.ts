/** Every call that may write, in order, with what came of it, so that a test can say "no write". */
import type { Json, JsonObject } from '../json.ts';
import { isReading, type Call } from '../rpc/call.ts';
import { matches, type Match } from './faults.ts';

export interface JournalEntry {
  readonly number: number;
  readonly at: number;
  /** caller: came over HTTP. inside: made by the test itself, standing for people who work in Odoo. */
  readonly by: 'caller' | 'inside';
  readonly uid: number;
  readonly model: string;
  readonly method: string;
  readonly args: readonly Json[];
  readonly kwargs: JsonObject;
  /** How many records differ after it; 0 also for what failed. */
  readonly changed: number;
  /** Name and message of the error it ended with. */
  readonly error?: { readonly name: string; readonly message: string };
  /** Set for load() that wrote nothing because of its rows. */
  readonly refusedRows?: number;
}

export interface Counters {
  readonly calls: number;
  readonly reads: number;
  /** Calls that may write, whatever came of them. */
  readonly writes: number;
  /** Of these, those that changed something. */
  readonly changing: number;
  /** Calls by `model.method`. */
  readonly byMethod: Readonly<Record<string, number>>;
}

export interface Journal {
  readonly note: (
    call: Call,
    by: JournalEntry['by'],
    at: number,
    outcome: Pick<JournalEntry, 'changed' | 'error' | 'refusedRows'>,
  ) => void;
  /** Writing calls after that number, oldest first. */
  readonly entries: (options?: {
    readonly after?: number;
    readonly match?: Match;
    readonly by?: JournalEntry['by'];
  }) => readonly JournalEntry[];
  readonly counters: () => Counters;
  /** Number of the newest entry: give it to `entries` later to see only what came after. */
  readonly mark: () => number;
  readonly clear: () => void;
}

export const createJournal = (): Journal => {
  let entries: JournalEntry[] = [];
  let last = 0;
  let counts = { calls: 0, reads: 0, writes: 0, changing: 0 };
  const byMethod = new Map<string, number>();
  return {
    note: (call, by, at, outcome) => {
      const reading = isReading(call);
      const name = `${call.model}.${call.method}`;
      byMethod.set(name, (byMethod.get(name) ?? 0) + 1);
      counts = {
        calls: counts.calls + 1,
        reads: counts.reads + (reading ? 1 : 0),
        writes: counts.writes + (reading ? 0 : 1),
        changing: counts.changing + (outcome.changed > 0 ? 1 : 0),
      };
      if (reading) return;
      last += 1;
      const { uid, model, method, args, kwargs } = call;
      entries.push({ number: last, at, by, uid, model, method, args, kwargs, ...outcome });
    },
    entries: ({ after = 0, match, by } = {}) =>
      entries.filter(entry => entry.number > after && matches(match, entry) && (by === undefined || entry.by === by)),
    counters: () => ({ ...counts, byMethod: Object.fromEntries(byMethod) }),
    mark: () => last,
    clear: () => {
      entries = [];
      counts = { calls: 0, reads: 0, writes: 0, changing: 0 };
      byMethod.clear();
    },
  };
};
