/** What an error of the ledger database means for who asked. No message holds a password: the address is given without. */
import { DatabaseError } from 'pg';
import { fatal, isFailure, poison, transient, type Failure } from '../../runtime/failure.ts';

/** The connection is gone, so a commit that was under way may have happened. */
export const isLost = (error: unknown): boolean => !(error instanceof DatabaseError) || /^(?:08|57P)/.test(error.code ?? '');

/** No table or schema of ours: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const missing = new Set(['42P01', '3F000', '42703', '42883']);
/** Integrity, data, and what our own triggers raise. */
const refused = /^(?:22|23|P0)/;
export const isRefusal = (error: unknown): boolean => error instanceof DatabaseError && refused.test(error.code ?? '');
/** A journal of that id is posted. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '23505' && error.constraint === 'journals_pkey';

const foundIn = (error: unknown): string => {
  // Connecting to a name with several addresses gives one error per address and no message of its own.
  if (error instanceof AggregateError) return error.errors.map(foundIn).join('; ');
  return error instanceof Error ? error.message : String(error);
};

export const ledgerFailure = (error: unknown, doing: string, address: string): Failure => {
  if (isFailure(error)) return error;
  const where = `${doing} at ${address}`;
  if (!(error instanceof DatabaseError)) return transient('LEDGER_UNREACHABLE', `${where}: ${foundIn(error)}`, { cause: error });
  const code = error.code ?? '';
  if (missing.has(code))
    return fatal('LEDGER_SCHEMA_MISSING', `${where}: ${error.message}; run \`onhand ledger migrate\``, { cause: error });
  if (error.constraint === 'lines_account')
    return poison(
      'LEDGER_REFUSED',
      `${where}: ${accountIn(error.detail)} is not in the chart; name it in accounts.json and run \`onhand ledger migrate\``,
      { cause: error },
    );
  if (isRefusal(error)) return poison('LEDGER_REFUSED', `${where}: ${error.message}`, { cause: error });
  // Rights, limits, conflicts, shutdown: all of it may be mended there, and the sink goes on.
  return transient('LEDGER_UNREACHABLE', `${where}: ${error.message} (SQLSTATE ${code})`, { cause: error });
};

/** `Key (company, account)=(acme, 9999) is not present in table "accounts".` */
const accountIn = (detail: string | undefined): string => {
  const [, company, account] = /=\((.*), (.*)\)/.exec(detail ?? '') ?? [];
  return company === undefined || account === undefined ? 'an account' : `account ${account} of ${company}`;
};
