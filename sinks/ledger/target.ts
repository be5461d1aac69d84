/** Posts journals: many in one transaction; one that the database refuses leaves the others posted. */
import { sql } from 'kysely';
import type { Answer, Clock, Target } from '../../runtime/model.ts';
import type { JournalPrepared } from '../../schemas/generated/facts.ts';
import type { Found, Insert, Lookup } from './contract.ts';
import { openLedger, type Ledger, type LedgerDb } from './target-database.ts';
import { isDuplicate, isLost, isRefusal, ledgerFailure } from './target-failure.ts';
import { journalIn, readJournals } from './target-read.ts';

const done: Answer<undefined> = { is: 'done', value: undefined };
const all = <T>(count: number, answer: Answer<T>): readonly Answer<T>[] => Array.from({ length: count }, () => answer);

export const ledgerTarget = (
  settings: Readonly<Record<string, unknown>>,
  { clock }: { readonly clock: Clock },
): Target<object, Found, Insert> => {
  const ledger = openLedger(String(settings.LEDGER_URL));
  const left = (deadline: number): number => deadline - clock.monotonic();
  return {
    find: (lookups, deadline) => findAll(ledger, lookups as readonly (readonly Lookup[])[], left(deadline)),
    apply: (calls, deadline) => postAll(ledger, calls, left(deadline)),
    close: ledger.close,
  };
};

const findAll = async (
  ledger: Ledger,
  lookups: readonly (readonly Lookup[])[],
  leftMs: number,
): Promise<readonly Answer<Found>[]> => {
  try {
    const found = await ledger.within(leftMs, db => readJournals(db, lookups.flat()));
    return lookups.map(([one]) => ({
      is: 'done',
      value: { journal: one === undefined ? null : (journalIn(found, one) ?? null) },
    }));
  } catch (error) {
    return all(lookups.length, { is: 'failure', failure: ledgerFailure(error, 'looking for journals', ledger.address) });
  }
};

const postAll = async (
  ledger: Ledger,
  calls: readonly (readonly Insert[])[],
  leftMs: number,
): Promise<readonly Answer<undefined>[]> => {
  const phase = { committing: false };
  const failure = (error: unknown, journal?: JournalPrepared): Answer<never> => {
    const doing = journal === undefined ? 'posting journals' : `posting journal ${journal.journal} of ${journal.company}`;
    return { is: 'failure', failure: ledgerFailure(error, doing, ledger.address) };
  };
  try {
    return await ledger.within(leftMs, db =>
      db.transaction().execute(async trx => {
        // The server gives up when we do, so that nothing of ours goes on behind our back.
        await sql`set local statement_timeout = ${sql.lit(Math.max(Math.floor(leftMs), 1))}`.execute(trx);
        const answers = await post(trx, calls, failure);
        phase.committing = true;
        return answers;
      }),
    );
  } catch (error) {
    // Whether a commit that was not answered happened, only looking can tell.
    if (phase.committing && isLost(error))
      return all(calls.length, { is: 'unknown', error: ledgerFailure(error, 'committing journals', ledger.address) });
    return all(calls.length, failure(error));
  }
};

/** First all at once; where one is refused, each by itself. */
const post = async (
  trx: LedgerDb,
  calls: readonly (readonly Insert[])[],
  failure: (error: unknown, journal: JournalPrepared) => Answer<never>,
): Promise<readonly Answer<undefined>[]> => {
  const journals = calls.map(inserts => inserts.map(insert => insert.journal));
  const refusal = await refusedBy(trx, journals.flat());
  if (refusal === undefined) return all(calls.length, done);
  const answers: Answer<undefined>[] = [];
  for (const [one] of journals) {
    const error = one === undefined ? undefined : await refusedBy(trx, [one]);
    // Posted by another meanwhile: the next look tells whether it is the same.
    answers.push(error === undefined || one === undefined || isDuplicate(error) ? done : failure(error, one));
  }
  return answers;
};

/** Posts all of them, or none and answers what the database refused. The balance is asked for now, not at the end of the transaction. */
const refusedBy = async (trx: LedgerDb, journals: readonly JournalPrepared[]): Promise<unknown> => {
  if (journals.length === 0) return undefined;
  await sql`savepoint posting`.execute(trx);
  try {
    await insert(trx, journals);
    await sql`set constraints all immediate`.execute(trx);
    await sql`set constraints all deferred`.execute(trx);
    await sql`release savepoint posting`.execute(trx);
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await sql`rollback to savepoint posting`.execute(trx);
    return error;
  }
};

/** Column by column as arrays: one statement has room for 65,535 values, a batch may have more lines than that allows. */
const insert = async (trx: LedgerDb, journals: readonly JournalPrepared[]): Promise<void> => {
  await trx
    .insertInto('ledger.journals')
    .values(
      journals.map(({ company, journal, book, businessDay, originalDay, currency, description }) => ({
        company,
        journal,
        book,
        business_day: businessDay,
        original_day: originalDay,
        currency,
        description,
      })),
    )
    .execute();
  const lines = journals.flatMap(({ company, journal, lines: of }) =>
    of.map((line, index) => ({ ...line, company, journal, position: index + 1 })),
  );
  const column = <T>(value: (line: (typeof lines)[number]) => T): readonly T[] => lines.map(value);
  await sql`
    insert into ledger.lines (company, journal, position, account, side, amount_minor, text, event)
    select * from unnest(
      ${column(line => line.company)}::text[], ${column(line => line.journal)}::text[], ${column(line => line.position)}::integer[],
      ${column(line => line.account)}::text[], ${column(line => line.side)}::text[], ${column(line => line.amountMinor)}::bigint[],
      ${column(line => line.text)}::text[], ${column(line => line.event)}::text[])`.execute(trx);
};
