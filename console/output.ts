/** How the console speaks: tables for people, `--json` for programs, one line on stderr for what could not be done. */
import Table from 'cli-table3';
import { failureCodes } from '../runtime/failure-codes.ts';
import { isFailure } from '../runtime/failure.ts';

export interface Output {
  /** One result: `json` for programs; the table, or a sentence when there are no rows, for people. */
  readonly show: (result: Shown) => void;
  /** For people only, on stderr. */
  readonly say: (line: string) => void;
}
export interface Shown {
  readonly json: unknown;
  readonly head?: readonly string[];
  readonly rows?: readonly (readonly (string | number)[])[];
  /** Stands above the table, or alone. */
  readonly text?: string;
  /** Instead of an empty table. */
  readonly empty?: string;
}
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

export const outputOf = (json: boolean, write: (text: string) => void, complain: (text: string) => void): Output => ({
  show: ({ json: value, head, rows, text, empty }) => {
    if (json) return write(`${JSON.stringify(value, null, 2)}\n`);
    if (text !== undefined) write(`${text}\n`);
    if (rows === undefined) return;
    if (rows.length === 0) return write(`${empty ?? 'Nothing.'}\n`);
    const table = new Table({ head: [...(head ?? [])], style: { head: [], border: [], compact: true } });
    for (const row of rows) table.push(row.map(String));
    write(`${table.toString()}\n`);
  },
  say: line => {
    if (!json) complain(`${line}\n`);
  },
});
/** A failure in words: what was found, its code, and what to do. */
export const inWords = (error: unknown): string => {
  if (!isFailure(error)) return error instanceof Error ? error.message : String(error);
  const entry = failureCodes.find(one => one.code === error.code);
  return `${error.message}\n  ${error.code}: ${entry?.todo ?? ''}`;
};
export const time = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '');
const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;
/** How long ago, in the largest whole unit. */
export const age = (ms: number): string => {
  const found = units.find(([size]) => ms >= size);
  return found === undefined ? 'now' : `${Math.floor(ms / found[0])} ${found[1]}`;
};
/** A command as it is typed into a shell. */
export const typed = (...words: readonly string[]): string =>
  `onhand ${words.map(word => (/^[\w:.,@%/=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')}`;
/** What a cell says, and below it what to type. */
export const withCommand = (text: string, command: string | undefined): string =>
  command === undefined ? text : `${text}\n$ ${command}`;
