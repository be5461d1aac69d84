/** The ledger's words: what is asked of it, what is found there, what it is told. */
import type { JournalPrepared } from '../../schemas/generated/facts.ts';
import type { Shown } from '../../runtime/model.ts';
import { postgres, type Settings } from '../../runtime/settings.ts';

/** Which journal to look for. */
export interface Lookup {
  readonly company: string;
  readonly journal: string;
}
/** The journal as it is posted, in the form in which it was prepared; null where there is none. */
export interface Found {
  readonly journal: JournalPrepared | null;
}
export interface Insert extends Shown {
  readonly journal: JournalPrepared;
}

export const ledgerSettings = {
  LEDGER_URL: postgres(
    'Address of the PostgreSQL that holds the ledger: postgres://user:password@host:port/database',
    // Where `make up` serves its database: without a password, and reached from this machine only.
    'postgres://postgres@127.0.0.1:15432/postgres',
  ),
} as const satisfies Settings;
