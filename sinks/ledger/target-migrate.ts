/** Makes the ledger's tables, a deployment step: a running sink never does. Each migration is applied once, in its own transaction. */
import { sql } from 'kysely';
import type { Policy } from '../../schemas/policy.ts';
import type { LedgerDb } from './target-database.ts';

/** Statements of one version. Never edited after a release: what changes is a new version. */
const migrations: readonly (readonly string[])[] = [
  [
    `create table ledger.accounts (
      company text not null,
      account text not null,
      roles text not null,
      primary key (company, account)
    )`,
    // xid8: the transaction that posted it, in which alone its lines may come.
    `create table ledger.journals (
      company text not null,
      journal text not null,
      book text not null,
      business_day date not null,
      original_day date not null,
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      description text not null,
      posted_at timestamptz not null default now(),
      posted_by xid8 not null default pg_current_xact_id(),
      primary key (company, journal)
    )`,
    `create index journals_by_day on ledger.journals (company, business_day)`,
    `create table ledger.lines (
      company text not null,
      journal text not null,
      position integer not null check (position > 0),
      account text not null,
      side text not null check (side in ('debit', 'credit')),
      amount_minor bigint not null constraint amount_positive check (amount_minor > 0),
      text text not null,
      event text not null,
      primary key (company, journal, position),
      foreign key (company, journal) references ledger.journals,
      constraint lines_account foreign key (company, account) references ledger.accounts
    )`,
    `create index lines_by_account on ledger.lines (company, account)`,
    // At the end of the transaction, or when the sink asks: debits are credits, and there are some. A journal has one currency.
    `create function ledger.check_balance() returns trigger language plpgsql as $$
      declare debits numeric; credits numeric; many integer;
      begin
        select coalesce(sum(amount_minor) filter (where side = 'debit'), 0),
               coalesce(sum(amount_minor) filter (where side = 'credit'), 0), count(*)
          into debits, credits, many
          from ledger.lines where company = new.company and journal = new.journal;
        if debits <> credits or many < 2 then
          raise exception 'journal % of % does not balance: % lines, debits %, credits %',
            new.journal, new.company, many, debits, credits using errcode = '23514', constraint = 'journal_balances';
        end if;
        return null;
      end $$`,
    `create constraint trigger journal_balances after insert on ledger.journals
      deferrable initially deferred for each row execute function ledger.check_balance()`,
    `create constraint trigger journal_balances after insert on ledger.lines
      deferrable initially deferred for each row execute function ledger.check_balance()`,
    `create function ledger.only_with_its_journal() returns trigger language plpgsql as $$
      begin
        if not exists (select from ledger.journals
            where company = new.company and journal = new.journal and posted_by = pg_current_xact_id()) then
          raise exception 'journal % of % is posted: no line is added to it', new.journal, new.company using errcode = '23514';
        end if;
        return new;
      end $$`,
    `create trigger only_with_its_journal before insert on ledger.lines
      for each row execute function ledger.only_with_its_journal()`,
    `create function ledger.never() returns trigger language plpgsql as $$
      begin
        raise exception 'what is posted is never changed: prepare a journal that corrects it' using errcode = '23514';
      end $$`,
    ...['journals', 'lines'].map(
      table => `create trigger never before update or delete or truncate on ledger.${table}
        for each statement execute function ledger.never()`,
    ),
  ],
];

/** One migrator at a time, in whichever process. */
const lock = 7_240_113;

/** Answers the versions that were applied now. Safe to run again, and by several at once. */
export const migrateLedger = (db: LedgerDb): Promise<readonly number[]> =>
  db.transaction().execute(async trx => {
    await sql`select pg_advisory_xact_lock(${sql.lit(lock)})`.execute(trx);
    await sql`create schema if not exists ledger`.execute(trx);
    await sql`create table if not exists ledger.migrations (version integer primary key, applied_at timestamptz not null default now())`.execute(
      trx,
    );
    const known = new Set((await trx.selectFrom('ledger.migrations').select('version').execute()).map(row => row.version));
    const applied: number[] = [];
    for (const [index, statements] of migrations.entries()) {
      const version = index + 1;
      if (known.has(version)) continue;
      for (const statement of statements) await sql.raw(statement).execute(trx);
      await trx.insertInto('ledger.migrations').values({ version }).execute();
      applied.push(version);
    }
    return applied;
  });

/** Loads the chart of accounts from the company files. Accounts that are named no more stay: journals were posted to them. */
export const loadChart = async (db: LedgerDb, policy: Policy): Promise<number> => {
  const rows = Object.values(policy.companies).flatMap(({ company, books }) =>
    [...Map.groupBy(Object.entries(books.accounts), ([, account]) => account)].map(([account, roles]) => ({
      company,
      account,
      roles: roles
        .map(([role]) => role)
        .toSorted()
        .join(', '),
    })),
  );
  if (rows.length === 0) return 0;
  await db
    .insertInto('ledger.accounts')
    .values(rows)
    .onConflict(conflict => conflict.columns(['company', 'account']).doUpdateSet({ roles: eb => eb.ref('excluded.roles') }))
    .execute();
  return rows.length;
};
