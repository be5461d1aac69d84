/** `make docs`: writes docs/generated from the declarations; `--check` compares instead and names the stale pages, for CI. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { units } from '../units.ts';
import { pagesOf, staleIn } from './pages.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'generated');
const pages = await pagesOf(units);
const stale = staleIn(folder, pages);
if (process.argv.includes('--check')) {
  for (const name of stale) console.error(`docs/generated/${name} is not what the declarations say: run \`make docs\`.`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of stale) {
    const text = pages.get(name);
    if (text === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
  }
}
