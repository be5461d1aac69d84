import assert from 'node:assert/strict';
import { sql } from 'kysely';
import fc from 'fast-check';
import { orderBooks } from '../../../processors/order-books/index.ts';
import { paymentBooks } from '../../../processors/payment-books/index.ts';
import { realClock } from '../../../runtime/clock.ts';
import { converge, type AnyTarget } from '../../../runtime/task/converge.ts';
import type { JournalPrepared } from '../../../schemas/generated/facts.ts';
import { ledger } from '../../../sinks/ledger/index.ts';
import { loadChart } from '../../../sinks/ledger/target-migrate.ts';
import { ledgerBalance, ledgerShow, ledgerUnbalanced } from '../../../sinks/ledger/target-queries.ts';
import { play } from '../../laws/play.ts';
import { seed } from '../../laws/processors.ts';
import { event } from '../../support/given.ts';
import { balances, journalsOf, moving, prepared } from '../../support/journals.ts';
import { openedLedger, post, soon } from '../../support/ledger.ts';
import { shippedLife, withdrawnLife, type Life } from '../../support/order-histories.ts';
import { policy } from '../../support/policy.ts';

/** The test company under another name, so that tests share a database and no journals. */
const named = (company: string) => ({ ...policy, companies: { [company]: { ...policy.companies.acme!, company } } });

describe('ledger: its database', () => {
  const opened = openedLedger();
  describe('ledger: what the database itself refuses', () => {
    const byHand = (journal: string, credit: number, currency = 'EUR') =>
      opened()
        .books.db.transaction()
        .execute(async trx => {
          await sql`insert into ledger.journals (company, journal, book, business_day, original_day, currency, description)
        values ('acme', ${journal}, 'journals', '2026-10-05', '2026-10-05', ${currency}, 'by hand')`.execute(trx);
          await sql`insert into ledger.lines values ('acme', ${journal}, 1, '1110', 'debit', 100, 'clearing', 'e'),
        ('acme', ${journal}, 2, '1700', 'credit', ${credit}, 'deposits', 'e')`.execute(trx);
        });
    it('a journal that does not balance, when it is committed', async () => {
      await byHand('by hand', 100);
      await assert.rejects(byHand('by hand, off', 99), /does not balance: 2 lines, debits 100, credits 99/);
      assert.equal(await ledgerShow(opened().books.db, 'acme', 'by hand, off'), undefined);
    });
    it('a second journal of one id', () => assert.rejects(byHand('by hand', 100), /journals_pkey/));
    it('a currency that is not three capitals', () => assert.rejects(byHand('odd', 100, 'eur'), /currency/));
    it('a change of what is posted', async () => {
      for (const statement of [
        `update ledger.journals set description = 'other' where journal = 'by hand'`,
        `update ledger.lines set amount_minor = 1 where journal = 'by hand'`,
        `delete from ledger.lines where journal = 'by hand'`,
        `delete from ledger.journals where journal = 'by hand'`,
        `truncate ledger.lines`,
        `truncate ledger.accounts cascade`,
      ])
        await assert.rejects(sql.raw(statement).execute(opened().books.db), /what is posted is never changed/, statement);
    });
    it('lines that are added to a posted journal, even when they balance', () =>
      assert.rejects(
        sql`insert into ledger.lines values ('acme', 'by hand', 3, '1110', 'debit', 5, 'x', 'e'),
        ('acme', 'by hand', 4, '1700', 'credit', 5, 'x', 'e')`.execute(opened().books.db),
        /is posted: no line is added/,
      ));
  });

  describe('ledger: questions', () => {
    it('sums debits and credits by account and currency, up to a day', async () => {
      await loadChart(opened().books.db, named('sums'));
      const of = (journal: string, data: Partial<JournalPrepared>) => prepared({ journal, company: 'sums', ...data }).data;
      await post(opened().target, [
        of('1', { businessDay: '2026-10-01', lines: moving(1000) }),
        of('2', { businessDay: '2026-10-02', lines: moving(500) }),
        of('3', { businessDay: '2026-10-02', currency: 'JPY', lines: moving(7) }),
      ]);
      const clearing = { account: '1110', roles: 'clearing:stripe' };
      const deposits = { account: '1700', roles: 'deposits' };
      assert.deepEqual(await ledgerBalance(opened().books.db, 'sums'), [
        { ...clearing, currency: 'EUR', debitMinor: 1500, creditMinor: 0, balanceMinor: 1500 },
        { ...clearing, currency: 'JPY', debitMinor: 7, creditMinor: 0, balanceMinor: 7 },
        { ...deposits, currency: 'EUR', debitMinor: 0, creditMinor: 1500, balanceMinor: -1500 },
        { ...deposits, currency: 'JPY', debitMinor: 0, creditMinor: 7, balanceMinor: -7 },
      ]);
      const until = await ledgerBalance(opened().books.db, 'sums', '2026-10-01');
      assert.deepEqual(
        until.map(one => [one.account, one.currency, one.balanceMinor]),
        [
          ['1110', 'EUR', 1000],
          ['1700', 'EUR', -1000],
        ],
      );
      assert.deepEqual(await ledgerUnbalanced(opened().books.db, 'sums'), []);
    });
    it('shows a journal with the events that its lines trace to, and when it was posted', async () => {
      await post(opened().target, [prepared({ journal: 'shown' }).data]);
      const shown = await ledgerShow(opened().books.db, 'acme', 'shown');
      assert.ok(shown !== undefined && Math.abs(shown.postedAt - Date.now()) < 120_000);
      assert.deepEqual(
        shown.lines.map(line => line.event),
        ['e1', 'e1'],
      );
      assert.equal(await ledgerShow(opened().books.db, 'acme', 'none'), undefined);
    });
  });

  describe('ledger: laws of the sink', () => {
    const journalsOfLife = ({ decisions, payments }: Life, company: string) =>
      [
        ...play(
          orderBooks,
          decisions.map(fact => ({ fact })),
          policy,
        ).flatMap(step => journalsOf(step.outputs)),
        ...play(
          paymentBooks,
          payments.map(fact => ({ fact })),
          policy,
        ).flatMap(step => journalsOf(step.outputs)),
      ].map(({ type, data }) => ({ type, data: { ...data, company } }));
    const converged = async (journals: ReturnType<typeof journalsOfLife>) => {
      const results = await converge(
        journals.map(journal => event(journal)),
        {
          sink: ledger,
          // A sink's calls are its own; the runtime knows of them only that they are shown.
          target: opened().target as unknown as AnyTarget,
          policy,
          deadline: () => soon(),
          appliedRevision: () => undefined,
          timed: () => undefined,
          now: realClock.monotonic,
        },
      );
      return results.map(result => result.is);
    };
    it(`posts what the books prepare, and finds nothing left to do when planned again (seed ${seed})`, async () => {
      let count = 0;
      await fc.assert(
        fc.asyncProperty(fc.oneof(shippedLife, withdrawnLife), async life => {
          const company = `law ${++count}`;
          await loadChart(opened().books.db, named(company));
          const journals = journalsOfLife(life, company);
          const first = await converged(journals);
          assert.ok(
            first.every(is => is === 'applied'),
            first.join(' '),
          );
          const again = await converged(journals);
          assert.ok(
            again.every(is => is === 'same'),
            again.join(' '),
          );
          const found = await ledgerBalance(opened().books.db, company);
          assert.equal(
            found.reduce((all, one) => all + one.balanceMinor, 0),
            0,
          );
          const expected = Object.entries(balances(journals)).filter(([role]) => role === 'deposits EUR' || role === 'fees EUR');
          for (const [role, minor] of expected)
            assert.equal(found.find(one => `${one.roles} ${one.currency}` === role)?.balanceMinor, minor, role);
          assert.deepEqual(await ledgerUnbalanced(opened().books.db, company), []);
        }),
        { seed, numRuns: 20 },
      );
    }).timeout(60_000);
    it('sets aside one journal that would replace another, and posts the rest', async () => {
      const good = prepared({ journal: 'law good' });
      const was = prepared({ journal: 'law was' });
      await post(opened().target, [was.data]);
      assert.deepEqual(await converged([prepared({ journal: 'law was', lines: moving(1) }), good]), ['failure', 'applied']);
      assert.deepEqual((await ledgerShow(opened().books.db, 'acme', 'law was'))?.lines, was.data.lines);
    });
  });
});
