/**
 * A ledger database of its own for a suite: PGlite in this process, reached through the gate with the ordinary driver; or, when
 * ONHAND_TEST_POSTGRES names a PostgreSQL whose user may create databases, one in there.
 */
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { realClock } from '../../runtime/clock.ts';
import type { JournalPrepared } from '../../schemas/generated/facts.ts';
import { ledger } from '../../sinks/ledger/index.ts';
import { openLedger, type Ledger } from '../../sinks/ledger/target-database.ts';
import { loadChart, migrateLedger } from '../../sinks/ledger/target-migrate.ts';
import { uniqueName } from './broker.ts';
import { silentLog } from './log.ts';
import { policy } from './policy.ts';
import { openGate } from '../../infra/postgres/gate.ts';
import { freePort } from '../../infra/ports.ts';

export interface OwnDatabase {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export const ownDatabase = (): Promise<OwnDatabase> => {
  const given = process.env.ONHAND_TEST_POSTGRES;
  return given === undefined ? inProcess() : inPostgres(given);
};
const inProcess = async (): Promise<OwnDatabase> => {
  const db = await PGlite.create('memory://');
  const port = await freePort();
  const server = await openGate({
    port,
    run: (message, onData) => db.runExclusive(() => db.execProtocolRawStream(message, { onRawData: onData })),
    database: 'postgres',
    idleInTransactionMs: 5_000,
    onLost: error => {
      throw error;
    },
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await new Promise(resolve => server.close(resolve));
      await db.close();
    },
  };
};
const inPostgres = async (given: string): Promise<OwnDatabase> => {
  const name = uniqueName('onhand').replace('-', '_');
  const asked = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: given });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await asked(`create database ${name}`);
  const url = new URL(given);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => asked(`drop database ${name} with (force)`) };
};

/** A ledger with its tables and the chart of the test company, and the sink's target at it; call in a describe. */
export interface Opened {
  readonly own: OwnDatabase;
  readonly books: Ledger;
  readonly target: LedgerTarget;
}
export const openedLedger = (migrated = true): (() => Opened) => {
  let opened: Opened | undefined;
  before(async function () {
    // PGlite takes 2 s to start, more where others work too.
    this.timeout(120_000);
    const own = await ownDatabase();
    opened = { own, books: openLedger(own.url), target: targetAt(own.url) };
    if (!migrated) return;
    await migrateLedger(opened.books.db);
    await loadChart(opened.books.db, policy);
  });
  after(async () => {
    await opened?.target.close();
    await opened?.books.close();
    await opened?.own.stop();
  });
  return () => {
    if (opened === undefined) throw new Error('the ledger is opened before the tests, not before that');
    return opened;
  };
};

export const targetAt = (url: string) => ledger.target({ LEDGER_URL: url }, { clock: realClock, log: silentLog });
export type LedgerTarget = ReturnType<typeof targetAt>;
export const soon = (ms = 5_000): number => realClock.monotonic() + ms;
export const post = (target: LedgerTarget, journals: readonly JournalPrepared[], ms?: number) =>
  target.apply(
    journals.map(journal => [{ kind: 'create' as const, show: journal.journal, journal }]),
    soon(ms),
  );
export const look = (target: LedgerTarget, journal: string, company = 'acme') => target.find([[{ company, journal }]], soon());
