/** How the demo speaks, waits and keeps count of its checks. */
import { setTimeout as wait } from 'node:timers/promises';
import Table from 'cli-table3';

const begun = Date.now();
export const say = (line: string): void => console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}`);
export const title = (line: string): void => console.log(`\n\u001b[1m${line}\u001b[0m`);
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): void => {
  const made = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) made.push(row.map(String));
  console.log(made.toString());
};
export const until = async (what: string, look: () => Promise<boolean> | boolean, limitMs = 60_000): Promise<void> => {
  for (const deadline = Date.now() + limitMs; !(await look()); await wait(200))
    if (Date.now() > deadline) throw new Error(`waiting for ${what}: not within ${limitMs / 1000} s`);
};
export const checks: (readonly [string, boolean])[] = [];
export const check = (what: string, holds: boolean): void => void checks.push([what, holds]);
