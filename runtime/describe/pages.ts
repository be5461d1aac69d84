/** All generated pages by file name, and which of those in a folder are stale. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import type { Unit } from '../topology.ts';
import { failuresPage } from './failures-page.ts';
import { metricsPage } from './metrics-page.ts';
import { picture } from './picture.ts';
import { settingsPage } from './settings-page.ts';
import { topicsPage } from './topics-page.ts';
import { unitsPage } from './units-page.ts';

export type Pages = ReadonlyMap<string, string>;

/** Wide tables stay compact, so that a longer word in one row does not change all rows. */
const tidy = (text: string): Promise<string> => format(text, { parser: 'markdown', printWidth: 130, proseWrap: 'never' });

export const pagesOf = async (units: readonly Unit[]): Promise<Pages> => {
  const markdown = {
    'failures.md': failuresPage(),
    'metrics.md': metricsPage(),
    'settings.md': settingsPage(units),
    'topics.md': topicsPage(units),
    'units.md': unitsPage(units),
  };
  const tidied = await Promise.all(Object.entries(markdown).map(async ([name, text]) => [name, await tidy(text)] as const));
  return new Map([...tidied, ['topology.svg', `${picture(units)}\n`]]);
};

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
/** Written by what measures (`make bench`, `make faults`), not from declarations: kept as they are. */
const measured = /^(?:bench|faults)\.(?:json|md)$/;
/** Pages that differ, are missing, or that nothing writes any more. */
export const staleIn = (folder: string, pages: Pages): readonly string[] => {
  let found: readonly string[] = [];
  try {
    found = readdirSync(folder);
  } catch {
    // A folder that is not there holds no page, so all of them are missing.
  }
  return [
    ...[...pages].filter(([name, text]) => contentOf(join(folder, name)) !== text).map(([name]) => name),
    ...found.filter(name => !pages.has(name) && !measured.test(name)),
  ].sort();
};
