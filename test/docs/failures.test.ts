/** The catalogue of failures and the source name the same codes, and what the catalogue tells the operator to run exists. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureCodes } from '../../runtime/failure-codes.ts';
import { isCommand } from './support/commands.ts';

const root = join(import.meta.dirname, '..', '..');
const catalogue = 'runtime/failure-codes.ts';
const sources = globSync('{runtime,schemas,producers,processors,sinks,console,infra}/**/*.ts', { cwd: root })
  .filter(file => file !== catalogue && !file.startsWith('infra/odoo-simulator/'))
  .map(file => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const known = new Set<string>(failureCodes.map(one => one.code));
/** Not failures: how the run log names what an operator decided, and a replay of what is gone. */
const skips = ['CONTROL_UNREADABLE', 'REPLAY_GONE', 'SKIPPED'];

describe('failure codes', () => {
  it('are in the catalogue wherever the source makes a failure or a problem with one', () => {
    const made = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/(?:\b(?:transient|poison|fatal)\(\s*|\bcode: (?:[^'\n,;]*\? )?)'([A-Z][A-Z_]+)'/g)].map(found => ({
        file,
        code: found[1]!,
      })),
    );
    assert.ok(made.length > 100, `only ${made.length} were found: the pattern no longer fits the source`);
    assert.deepEqual(
      made.filter(({ code }) => !known.has(code) && !skips.includes(code)),
      [],
    );
  });
  it('are all used', () => {
    const unused = [...known].filter(code => !sources.some(({ text }) => text.includes(`'${code}'`)));
    assert.deepEqual(unused, []);
  });
  it('are there once, with a meaning and something to do', () => {
    assert.equal(known.size, failureCodes.length);
    for (const { code, means, todo } of failureCodes) {
      assert.match(code, /^[A-Z]+(?:_[A-Z]+)*$/);
      assert.match(means, /^[A-Z].*\.$/, code);
      assert.match(todo, /^[A-Z].*\.$/, code);
    }
  });
  it('tell the operator of commands that exist', async () => {
    for (const none of ['retell --since', 'parked forget', 'topics'])
      assert.equal(await isCommand(none.split(' ')), none === 'topics');
    for (const { code, todo } of failureCodes)
      for (const [, words] of todo.matchAll(/`onhand ([^`]+)`/g))
        assert.ok(await isCommand(words!.split(' ')), `${code} names \`onhand ${words!}\``);
  });
});
