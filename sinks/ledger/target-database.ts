/** The ledger's tables as kysely knows them, and how they are reached. Used by the sink, its deployment step and the console. */
import { Kysely, PostgresDialect, type Generated } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import { ledgerFailure } from './target-failure.ts';

export interface Tables {
  readonly 'ledger.migrations': { readonly version: number; readonly applied_at: Generated<Date> };
  /** The chart, from the company files: a journal may name no other account. */
  readonly 'ledger.accounts': { readonly company: string; readonly account: string; readonly roles: string };
  readonly 'ledger.journals': {
    readonly company: string;
    readonly journal: string;
    readonly book: string;
    /** A date; read it as text, or the driver shifts it into a time zone. */
    readonly business_day: string;
    readonly original_day: string;
    readonly currency: string;
    readonly description: string;
    readonly posted_at: Generated<Date>;
  };
  readonly 'ledger.lines': {
    readonly company: string;
    readonly journal: string;
    /** 1, 2, …: the order in which it was prepared. */
    readonly position: number;
    readonly account: string;
    readonly side: 'debit' | 'credit';
    /** A bigint, which the driver gives as text. */
    readonly amount_minor: number | string;
    readonly text: string;
    readonly event: string;
  };
}
export type LedgerDb = Kysely<Tables>;

export interface Ledger {
  readonly db: LedgerDb;
  /** Host, port and database: what may be shown of the address. */
  readonly address: string;
  /** Runs `use` on one connection, which is cut when `leftMs` have passed. Throws what `use` threw: `ledgerFailure` says what it means. */
  readonly within: <T>(leftMs: number, use: (db: LedgerDb) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

const addressOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}${pathname}`;
};
const connectMs = 5_000;

const kyselyOn = (client: PoolClient): LedgerDb =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        // The client goes back to the pool by whoever took it.
        connect: () => Promise.resolve({ query: client.query.bind(client), release: () => undefined } as unknown as PoolClient),
        end: () => Promise.resolve(),
      },
    }),
  });

export const openLedger = (url: string): Ledger => {
  const pool = new Pool({ connectionString: url, max: 4, connectionTimeoutMillis: connectMs, application_name: 'onhand-ledger' });
  // A connection that dies is told to whoever uses it, or replaced by the next use; an error event that nobody hears would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', client => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    address: addressOf(url),
    within: async (leftMs, use) => {
      const client = await pool.connect();
      const lease = { cut: false };
      const timer = setTimeout(
        () => {
          lease.cut = true;
          client.release(true);
        },
        Math.max(leftMs, 1),
      );
      try {
        return await use(kyselyOn(client));
      } finally {
        clearTimeout(timer);
        if (!lease.cut) client.release();
      }
    },
    // Not `db.destroy`, which leaves the pool open when kysely itself has asked nothing yet.
    close: () => pool.end(),
  };
};

/** For commands: as `openLedger`, and what goes wrong is said as a failure. */
export const withLedger = async <T>(url: string, use: (ledger: Ledger) => Promise<T>): Promise<T> => {
  const ledger = openLedger(url);
  try {
    return await use(ledger);
  } catch (error) {
    throw ledgerFailure(error, 'using the ledger', ledger.address);
  } finally {
    await ledger.close();
  }
};
