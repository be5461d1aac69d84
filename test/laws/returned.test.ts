/** Every fact type that a rule can return is returned in an example by name. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Processor } from '../../runtime/model.ts';
import { returnedBy } from './returned.ts';

const root = join(import.meta.dirname, '..', '..');
const folders = (path: string): readonly string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name);
type Named = Pick<Processor<unknown, never, never>, 'name' | 'own'>;

const units: { readonly unit: Named; readonly says: readonly string[] | undefined }[] = [];
for (const name of folders('processors')) {
  const index = (await import(join(root, 'processors', name, 'index.ts'))) as Readonly<Record<string, Named>>;
  const state = (await import(join(root, 'processors', name, 'state.ts'))) as { readonly says?: readonly string[] };
  units.push(...Object.values(index).map(unit => ({ unit, says: state.says })));
}
// Loaded here so that they run before the comparison, also when this file runs alone; mocha loads each only once.
for (const name of folders('test/processors'))
  for (const file of readdirSync(join(root, 'test/processors', name)).filter(one => one.endsWith('.test.ts')))
    await import(join(root, 'test/processors', name, file));

describe('examples return by name every fact type that a rule can return', () => {
  for (const { unit, says } of units)
    it(unit.name, () => {
      assert.ok(says !== undefined, `processors/${unit.name}/state.ts must export \`says\`, the types that decide may return`);
      assert.deepEqual([...returnedBy(unit.name)].sort(), [...new Set([...says, ...unit.own])].sort());
    });
});
