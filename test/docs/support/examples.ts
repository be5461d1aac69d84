/** The commands that README and pages show: every line of their `sh` blocks, by the word behind `sh` that says where it is run. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './commands.ts';

/**
 * offline: needs nothing. installed: topics, schemas and tables are there. parked: the sink `odoo` has set web:728 aside.
 * replay: it runs, and Odoo has web:727. reader: examples/read-decisions.ts. unrun: listed in the test with a reason.
 */
export const places = ['offline', 'installed', 'parked', 'replay', 'reader', 'unrun'] as const;
export type Place = (typeof places)[number];
export interface Example {
  readonly file: string;
  readonly place: string;
  readonly line: string;
}
export const pages: readonly { readonly file: string; readonly text: string }[] = [
  'README.md',
  ...globSync('docs/*.md', { cwd: root }),
]
  .sort()
  .map(file => ({ file, text: readFileSync(join(root, file), 'utf8') }));

export interface Block {
  readonly file: string;
  readonly language: string;
  readonly marker: string;
  readonly content: string;
}
export const blocks: readonly Block[] = pages.flatMap(({ file, text }) =>
  [...text.matchAll(/^```(\w*) ?([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, language = '', marker = '', content = '']) => ({
    file,
    language,
    marker,
    content,
  })),
);
export const examples: readonly Example[] = blocks
  .filter(block => block.language === 'sh')
  .flatMap(({ file, marker, content }) =>
    content
      .split('\n')
      .filter(line => line !== '')
      .map(line => ({ file, place: marker, line })),
  );
/** Each line once, in the order of the pages. */
export const linesAt = (place: Place): readonly string[] => [
  ...new Set(examples.filter(one => one.place === place).map(one => one.line)),
];
