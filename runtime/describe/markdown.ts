/** Pages as text: tables and sections; what a declaration says is shown as it is, never read as markup. */

/** Outside of code spans `<` would begin HTML; in a table `|` ends a cell everywhere. */
export const plain = (text: string): string =>
  text
    .split('`')
    .map((part, i) => (i % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`')
    .replaceAll('\n', ' ');
export const code = (text: string): string => `\`${text}\``;
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

const row = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Parts of a page, each a paragraph, a heading or a table; the first line says where the page comes from. */
export const page = (title: string, parts: readonly string[]): string =>
  [`# ${title}`, 'Written by `make docs` from the declarations; do not edit.', ...parts].join('\n\n');
/** The anchor that readers of Markdown give a heading. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
