/** Tables of tests by their titles: what must be shown names the tests that show it, and one that is gone or skipped fails. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const call = /\bit\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
/** Of tests that run: a test that is skipped is not called `it`, and what a suite that is skipped holds does not count. */
export const titlesIn = (text: string): readonly string[] =>
  /\b(?:describe|context)\.skip\(|\bx(?:describe|context)\(/.test(text)
    ? []
    : [...text.matchAll(call)].map(([, single, double, template]) =>
        (single ?? double ?? template ?? '').replace(/\\(.)/g, '$1'),
      );
const read = (file: string): string => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '');

/** A test as its file writes it: of a title with parts that vary, as the template stands there. */
export type Shown = readonly [file: string, title: string];
export type Table = Readonly<Record<string, readonly Shown[]>>;

export const missing = (table: Table): readonly string[] =>
  Object.entries(table).flatMap(([what, tests]) =>
    tests
      .filter(([file, title]) => !titlesIn(read(file)).includes(title))
      .map(([file, title]) => `${what}: ${file} has no test "${title}"`),
  );

/** Call it in a describe: one test for each line of the table. */
export const everyLineIsShown = (table: Table): void => {
  for (const [what, tests] of Object.entries(table))
    it(what, () => {
      assert.ok(tests.length > 0, 'no test is named');
      assert.deepEqual(missing({ [what]: tests }), []);
    });
};
