/** Journals as they are posted, in the form in which they were prepared. */
import { sql } from 'kysely';
import type { JournalPrepared } from '../../schemas/generated/facts.ts';
import type { Lookup } from './contract.ts';
import type { LedgerDb } from './target-database.ts';

/** A sum or amount that the driver gives as text. Beyond 2^53 minor units a number would lie. */
export const minorOf = (text: string | number): number => {
  const minor = Number(text);
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${text} minor units are more than can be counted exactly`);
  return minor;
};
const keyOf = ({ company, journal }: Lookup): string => JSON.stringify([company, journal]);

export const readJournals = async (db: LedgerDb, wanted: readonly Lookup[]): Promise<ReadonlyMap<string, JournalPrepared>> => {
  if (wanted.length === 0) return new Map();
  const companies = wanted.map(one => one.company);
  const journals = wanted.map(one => one.journal);
  const among = sql<boolean>`(company, journal) in (select * from unnest(${companies}::text[], ${journals}::text[]))`;
  const heads = await db
    .selectFrom('ledger.journals')
    .select(['company', 'journal', 'book', 'currency', 'description'])
    .select([sql<string>`business_day::text`.as('businessDay'), sql<string>`original_day::text`.as('originalDay')])
    .where(among)
    .execute();
  if (heads.length === 0) return new Map();
  const lines = await db.selectFrom('ledger.lines').selectAll().where(among).orderBy('position').execute();
  const byJournal = Map.groupBy(lines, keyOf);
  return new Map(
    heads.map(head => [
      keyOf(head),
      {
        ...head,
        lines: (byJournal.get(keyOf(head)) ?? []).map(({ account, side, amount_minor, text, event }) => ({
          account,
          side,
          amountMinor: minorOf(amount_minor),
          text,
          event,
        })),
      },
    ]),
  );
};
export const journalIn = (found: ReadonlyMap<string, JournalPrepared>, one: Lookup): JournalPrepared | undefined =>
  found.get(keyOf(one));
