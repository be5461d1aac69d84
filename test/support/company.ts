/** The example company with something wrong, for the tests of those who read company files. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCompany, loadCompany } from '../../runtime/company.ts';
import { problemText } from '../../runtime/company-files.ts';
import { isFailure } from '../../runtime/failure.ts';

export const example = join(import.meta.dirname, '../../examples/acme');
const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
export type Json = Record<string, unknown>;
/** The example with files changed, as text or as values. */
export const changed = (files: Readonly<Record<string, string | ((value: never) => unknown)>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-company-'));
  folders.push(folder);
  cpSync(example, folder, { recursive: true });
  for (const [file, change] of Object.entries(files)) {
    const path = join(folder, file);
    if (typeof change === 'string') writeFileSync(path, change);
    else {
      const value = JSON.parse(readFileSync(path, 'utf8')) as never;
      writeFileSync(path, JSON.stringify(change(value)));
    }
  }
  return folder;
};
export const problems = (files: Parameters<typeof changed>[0]): readonly string[] => {
  const checked = checkCompany(changed(files));
  return 'problems' in checked ? checked.problems.map(problemText) : [];
};
export const codeOf = (files: Parameters<typeof changed>[0]): string | undefined => {
  try {
    loadCompany(changed(files));
  } catch (error) {
    return isFailure(error) ? `${error.kind} ${error.code}` : undefined;
  }
  return undefined;
};
/** A change of one value: `set('orders', 'earlyMinutes')(-1)`. */
export const set =
  (...path: readonly string[]) =>
  (value: unknown) =>
  (file: Json): Json => {
    const [name = '', ...rest] = path;
    const now = rest.length === 0 ? value : set(...rest)(value)((file[name] ?? {}) as Json);
    return now === undefined
      ? Object.fromEntries(Object.entries(file).filter(([one]) => one !== name))
      : { ...file, [name]: now };
  };
export interface AuthorityFile {
  readonly locations: readonly Json[];
  readonly tenders: readonly Json[];
}
