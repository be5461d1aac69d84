/** What the console asks of the ledger. */
import { sql } from 'kysely';
import type { JournalPrepared } from '../../schemas/generated/facts.ts';
import type { LedgerDb } from './target-database.ts';
import { journalIn, minorOf, readJournals } from './target-read.ts';

export interface Balance {
  readonly account: string;
  /** What the account is for, in the roles of the chart. */
  readonly roles: string;
  readonly currency: string;
  readonly debitMinor: number;
  readonly creditMinor: number;
  /** Debits less credits. */
  readonly balanceMinor: number;
}

/** Per account and currency, of all journals up to and including a business day (YYYY-MM-DD), or of all. */
export const ledgerBalance = async (db: LedgerDb, company: string, until?: string): Promise<readonly Balance[]> => {
  const rows = await db
    .selectFrom('ledger.lines as line')
    .innerJoin('ledger.journals as head', join =>
      join.onRef('head.company', '=', 'line.company').onRef('head.journal', '=', 'line.journal'),
    )
    .innerJoin('ledger.accounts as chart', join =>
      join.onRef('chart.company', '=', 'line.company').onRef('chart.account', '=', 'line.account'),
    )
    .select(['line.account', 'chart.roles', 'head.currency'])
    .select([
      sql<string>`coalesce(sum(line.amount_minor) filter (where line.side = 'debit'), 0)`.as('debit'),
      sql<string>`coalesce(sum(line.amount_minor) filter (where line.side = 'credit'), 0)`.as('credit'),
    ])
    .where('line.company', '=', company)
    .$if(until !== undefined, query => query.where(sql<boolean>`head.business_day <= ${until}::date`))
    .groupBy(['line.account', 'chart.roles', 'head.currency'])
    .orderBy('line.account')
    .orderBy('head.currency')
    .execute();
  return rows.map(({ account, roles, currency, debit, credit }) => ({
    account,
    roles,
    currency,
    debitMinor: minorOf(debit),
    creditMinor: minorOf(credit),
    balanceMinor: minorOf(debit) - minorOf(credit),
  }));
};

export interface Posted extends JournalPrepared {
  /** Epoch ms UTC. */
  readonly postedAt: number;
}
/** One journal with its lines and the events that they trace to; undefined where there is none. */
export const ledgerShow = async (db: LedgerDb, company: string, journal: string): Promise<Posted | undefined> => {
  const wanted = { company, journal };
  const found = journalIn(await readJournals(db, [wanted]), wanted);
  if (found === undefined) return undefined;
  const { posted_at } = await db
    .selectFrom('ledger.journals')
    .select('posted_at')
    .where('company', '=', company)
    .where('journal', '=', journal)
    .executeTakeFirstOrThrow();
  return { ...found, postedAt: posted_at.getTime() };
};
/** Journals whose debits are not their credits: none, since the database refuses them; for the demo's and an operator's own check. */
export const ledgerUnbalanced = async (db: LedgerDb, company: string): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('ledger.lines')
    .select('journal')
    .where('company', '=', company)
    .groupBy('journal')
    .having(sql<boolean>`sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0`)
    .execute();
  return rows.map(row => row.journal);
};
