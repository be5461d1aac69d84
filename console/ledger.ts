/** `onhand ledger migrate|balance|show`: the ledger's tables, its balances, and what a journal traces to. */
import { fatal } from '../runtime/failure.ts';
import { readSettings } from '../runtime/settings.ts';
import { decimalText } from '../schemas/money.ts';
import { ledgerSettings } from '../sinks/ledger/contract.ts';
import { withLedger, type LedgerDb } from '../sinks/ledger/target-database.ts';
import { loadChart, migrateLedger } from '../sinks/ledger/target-migrate.ts';
import { ledgerBalance, ledgerShow, ledgerUnbalanced } from '../sinks/ledger/target-queries.ts';
import type { Context } from './context.ts';
import { time } from './output.ts';

const using = <T>(context: Context, use: (db: LedgerDb) => Promise<T>): Promise<T> =>
  withLedger(readSettings(ledgerSettings, context.environment).LEDGER_URL, ledger => use(ledger.db));

export const migrate = (context: Context): Promise<void> =>
  using(context, async db => {
    const steps = await migrateLedger(db);
    const accounts = await loadChart(db, context.policy());
    context.output.show({
      json: { steps, accounts },
      text: `${steps.length === 0 ? 'The tables are there.' : `${steps.length} step(s) of the tables made.`} ${accounts} account(s) in the chart.`,
    });
  });
export const balance = (context: Context, company: string, until: string | undefined): Promise<void> =>
  using(context, async db => {
    const rows = await ledgerBalance(db, company, until);
    const unbalanced = await ledgerUnbalanced(db, company);
    context.output.show({
      json: { company, until: until ?? null, rows, unbalanced },
      head: ['account', 'role', 'currency', 'debit', 'credit', 'balance'],
      rows: rows.map(one => [
        one.account,
        one.roles,
        one.currency,
        decimalText(one.debitMinor, one.currency),
        decimalText(one.creditMinor, one.currency),
        decimalText(one.balanceMinor, one.currency),
      ]),
      empty: `No journal of ${company} is booked${until === undefined ? '' : ` up to ${until}`}.`,
    });
    if (unbalanced.length > 0)
      throw fatal(
        'LEDGER_REFUSED',
        `checking the ledger: ${unbalanced.length} journal(s) do not balance: ${unbalanced.slice(0, 5).join(', ')}`,
      );
  });
export const show = (context: Context, company: string, journal: string): Promise<void> =>
  using(context, async db => {
    const found = await ledgerShow(db, company, journal);
    if (found === undefined) throw fatal('NOT_FOUND', `looking for the journal ${journal} of ${company}: the ledger has none`);
    context.output.show({
      json: found,
      text: `${found.journal}, ${found.businessDay}${found.originalDay === found.businessDay ? '' : ` (happened ${found.originalDay})`}, booked ${time(found.postedAt)}\n${found.description}`,
      head: ['account', 'debit', 'credit', 'text', 'event'],
      rows: found.lines.map(line => [
        line.account,
        line.side === 'debit' ? decimalText(line.amountMinor, found.currency) : '',
        line.side === 'credit' ? decimalText(line.amountMinor, found.currency) : '',
        line.text,
        line.event,
      ]),
    });
  });
