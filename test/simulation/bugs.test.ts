/**
 * The checker is checked: each patch of `bugs/` plants one defect in a copy of the tree, and the simulation of that copy must find it, by
 * the rule that is meant to. A patch that no longer fits: plant the same again by hand, `git diff -U1` it, keep its first lines.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from './child.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(import.meta.dirname, 'bugs');
/** What the simulation runs on. */
const needed = ['package.json', 'runtime', 'schemas', 'producers', 'test/simulation', 'test/support'];
const ownTimeMs = 900_000;

interface Bug {
  readonly name: string;
  readonly plants: string;
  /** Any of these must be what finds it. */
  readonly rules: readonly string[];
  readonly args: readonly string[];
}
const bugOf = (file: string): Bug => {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  const said = (what: string): string => lines.find(line => line.startsWith(`${what}: `))?.slice(what.length + 2) ?? '';
  return {
    name: file.replace('.patch', ''),
    plants: said('plants'),
    rules: said('found by')
      .split(' ')
      .map(rule => rule.replace('-', ' ')),
    args: said('run').split(' '),
  };
};
const bugs = readdirSync(folder)
  .filter(file => file.endsWith('.patch'))
  .sort()
  .map(bugOf);

/** A copy of the tree with the bug in it, or without any. */
const planted = (bug?: Bug): { readonly tree: string; readonly remove: () => void } => {
  const tree = mkdtempSync(join(tmpdir(), 'onhand-bug-'));
  for (const path of needed) cpSync(join(root, path), join(tree, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  if (bug !== undefined) {
    const done = spawnSync('patch', ['-p1', '-s', '-i', join(folder, `${bug.name}.patch`)], { cwd: tree, encoding: 'utf8' });
    assert.equal(done.status, 0, `${bug.name} no longer fits the tree: ${done.stdout}${done.stderr}`);
  }
  return { tree, remove: () => rmSync(tree, { recursive: true, force: true }) };
};
/** What the run says, when it says anything but that nothing was found. */
const outputOf = async (
  args: readonly string[],
  bug?: Bug,
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const { tree, remove } = planted(bug);
  try {
    return await simulate([...args, '--first-failure'], tree);
  } finally {
    remove();
  }
};

describe('planted bugs', () => {
  const found = new Map<string, Promise<{ readonly code: number | null; readonly output: string }>>();
  // Two at a time, since that is what the machine has.
  before(() => {
    let free: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
    bugs.forEach((bug, i) => {
      const mine = free[i % 2]!.then(() => outputOf(bug.args, bug));
      mine.catch(() => undefined);
      found.set(bug.name, mine);
      free = free.map((one, lane) => (lane === i % 2 ? mine.catch(() => undefined) : one));
    });
  });
  it('are at least fifteen', () => {
    assert.ok(bugs.length >= 15);
  });
  for (const bug of bugs)
    it(`${bug.name}: ${bug.plants}`, async function () {
      this.timeout(ownTimeMs);
      const { output } = await found.get(bug.name)!;
      assert.ok(
        output.split('\n').some(line => bug.rules.some(rule => line.startsWith(`${rule}: `))),
        `none of ${bug.rules.join(', ')} found it:\n${output.slice(0, 4_000)}`,
      );
    });
  it('are all that is found: without them the same runs are clean', async function () {
    this.timeout(ownTimeMs);
    const runs = [...new Set(bugs.map(bug => bug.args.join(' ')))];
    for (const args of runs) {
      const { code, output } = await outputOf(args.split(' '));
      assert.equal(code, 0, output);
    }
  });
});
