/** The simulator without HTTP: a database, its file, its clock, its journal and its faults. */
import { isOdooError, type OdooError } from '../errors.ts';
import { isObject, type Json, type JsonObject, type Wire } from '../json.ts';
import { models, shapes } from '../models/index.ts';
import { authenticate as findUser, knowsSecret } from '../models/users.ts';
import type { Env } from '../orm/model.ts';
import { runCall, type Call } from '../rpc/call.ts';
import { seedDatabase } from '../seed.ts';
import type { Seed } from '../seed-example.ts';
import { copyDatabase, emptyDatabase, restoreDatabase, type Database, type DatabaseCopy } from '../store/database.ts';
import { openDatabaseFile, readDatabaseFile, type DatabaseFile } from '../store/file.ts';
import { begin } from '../store/transaction.ts';
import { momentOf } from '../time.ts';
import { createFaults, type Faults } from './faults.ts';
import { createJournal, type Journal, type JournalEntry } from './journal.ts';

const ADMIN = 2;

/** How the simulator tells the time: the machine's, moved by an offset, or standing still. */
export interface Clock {
  readonly now: () => number;
  readonly set: (epochMs: number) => void;
  readonly advance: (ms: number) => void;
  readonly real: () => void;
}

export interface Engine {
  readonly db: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly journal: Journal;
  /** Runs a call as it came from outside or inside; notes it. Throws what Odoo would answer. */
  readonly run: (call: Call, by: JournalEntry['by'], startedAtMs?: number) => Wire | undefined;
  /** As an administrator who works in Odoo itself. */
  readonly inside: (model: string, method: string, args: readonly Json[], kwargs?: JsonObject) => Wire | undefined;
  readonly authenticate: (login: string, secret: string) => number | false;
  /** Is there such a user, and is that a password or key of theirs? */
  readonly identify: (uid: number, secret: string) => 'known' | 'wrong' | 'nobody';
  /** Changes the database beside every call, and keeps the change. */
  readonly change: (work: (env: Env) => void) => void;
  readonly copy: () => DatabaseCopy;
  readonly restore: (copy: DatabaseCopy) => void;
}

export interface EngineOptions {
  readonly db: string;
  readonly seed: Seed;
  readonly file?: string;
  readonly now: () => number;
}

const createClock = (machine: () => number): Clock => {
  let offset = 0;
  let fixed: number | undefined;
  return {
    now: () => fixed ?? machine() + offset,
    set: epochMs => {
      fixed = epochMs;
    },
    advance: ms => {
      if (fixed === undefined) offset += ms;
      else fixed += ms;
    },
    real: () => {
      fixed = undefined;
      offset = 0;
    },
  };
};

const open = (options: EngineOptions): { readonly database: Database; readonly file: DatabaseFile | undefined } => {
  const kept = options.file === undefined ? undefined : readDatabaseFile(options.file);
  const database = kept ? emptyDatabase(shapes) : seedDatabase(options.seed, momentOf(options.now()));
  if (kept) restoreDatabase(database, shapes, kept);
  const file = options.file === undefined ? undefined : openDatabaseFile(options.file);
  file?.rewrite(copyDatabase(database));
  return { database, file };
};

const countChanges = (changes: ReadonlyMap<string, ReadonlyMap<number, unknown>>): number =>
  [...changes.values()].reduce((sum, rows) => sum + rows.size, 0);

/** load() answers refusals in its result. */
const refusedRows = (result: Wire | undefined): number | undefined => {
  const answer = result as Json | undefined;
  if (!isObject(answer) || answer['ids'] !== false) return undefined;
  return Array.isArray(answer['messages']) ? answer['messages'].length : 0;
};

export const createEngine = (options: EngineOptions): Engine => {
  const { database, file } = open(options);
  const clock = createClock(options.now);
  const journal = createJournal();
  const faults = createFaults();
  const reading = (): Env => ({ tx: begin(database), models, uid: ADMIN, context: {}, now: momentOf(clock.now()) });

  const run: Engine['run'] = (call, by, startedAtMs = clock.now()) => {
    try {
      const { result, changes } = runCall(database, call, momentOf(startedAtMs));
      file?.commit(database, changes);
      const refused = refusedRows(result);
      journal.note(call, by, startedAtMs, {
        changed: countChanges(changes),
        ...(refused === undefined ? {} : { refusedRows: refused }),
      });
      return result;
    } catch (error) {
      if (isOdooError(error)) noteError(call, by, startedAtMs, error);
      throw error;
    }
  };
  const noteError = (call: Call, by: JournalEntry['by'], at: number, error: OdooError): void => {
    journal.note(call, by, at, { changed: 0, error: { name: error.odooName, message: error.message } });
  };

  return {
    db: options.db,
    clock,
    faults,
    journal,
    run,
    inside: (model, method, args, kwargs = {}) => run({ uid: ADMIN, model, method, args, kwargs }, 'inside'),
    authenticate: (login, secret) => findUser(reading(), login, secret),
    identify: (uid, secret) => {
      const env = reading();
      if (!env.tx.get('res.users', uid)) return 'nobody';
      return knowsSecret(env, uid, secret) ? 'known' : 'wrong';
    },
    change: work => {
      const env = reading();
      work(env);
      file?.commit(database, env.tx.changes());
    },
    copy: () => copyDatabase(database),
    restore: copy => {
      restoreDatabase(database, shapes, copy);
      file?.rewrite(copy);
    },
  };
};
