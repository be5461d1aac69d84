/** The laws run for every unit in the list of units: a unit without them, or whose laws no test file loads, is named. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { units } from '../../runtime/units.ts';

const root = join(import.meta.dirname, '..', '..');
const folders = { producer: 'producers', processor: 'processors', sink: 'sinks' } as const;
type Kind = keyof typeof folders;
const kinds = Object.keys(folders) as readonly Kind[];

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const fromWhere = /\bfrom\s+'(\.{1,2}\/[^']+\.ts)'|\bimport\s+'(\.{1,2}\/[^']+\.ts)'/g;
/** Files of the tests that a test file loads, itself among them. */
const loadedBy = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  // What a test only has in a text, as those of the lint rules do, is not there.
  if (seen.has(file) || !existsSync(join(root, file))) return seen;
  seen.add(file);
  for (const [, from, bare] of textOf(file).matchAll(fromWhere)) {
    const path = relative(root, join(root, dirname(file), from ?? bare!));
    if (path.startsWith('test/')) loadedBy(path, seen);
  }
  return seen;
};
/** Where names of a file come from that are units: `stock` → `processors/stock`. */
const unitsNamedIn = (file: string): ReadonlyMap<string, string> =>
  new Map(
    [...textOf(file).matchAll(/import \{([^}]*)\} from '([^']*\/(?:producers|processors|sinks)\/[\w-]+)\/index\.ts'/g)].flatMap(
      ([, names, path]) =>
        names!.split(',').map(name => {
          const [, , local] = /^\s*(?:type\s+)?(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(name) ?? [];
          const folder = relative(root, join(root, dirname(file), path!));
          return [local ?? name.trim(), folder] as const;
        }),
    ),
  );
/** Folders of the units that a file calls these laws for. */
const calledIn = (file: string, laws: string): readonly string[] => {
  const text = textOf(file);
  const named = unitsNamedIn(file);
  const call = new RegExp(`\\b${laws}(?:<[^(]*>)?\\(\\s*(?:\\{\\s*sink:\\s*)?(\\w+)`, 'g');
  return [...text.matchAll(call)].flatMap(([, name]) => named.get(name!) ?? []);
};
const unskipped = (file: string): boolean => !/\.skip\(/.test(textOf(file));
const covered = (kind: Kind): ReadonlySet<string> => {
  const files = new Set(
    globSync('test/**/*.test.ts', { cwd: root })
      .filter(unskipped)
      .flatMap(file => [...loadedBy(file)]),
  );
  return new Set([...files].flatMap(file => calledIn(file, `${kind}Laws`)));
};
const unitFolders = (kind: Kind): readonly string[] =>
  readdirSync(join(root, folders[kind]), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && readdirSync(join(root, folders[kind], entry.name)).includes('index.ts'))
    .map(entry => `${folders[kind]}/${entry.name}`)
    .sort();
const listed = (kind: Kind): readonly string[] => units.filter(one => one.kind === kind).map(one => one.unit.name);

describe('laws', () => {
  for (const kind of kinds) {
    it(`run for every ${kind} in the list of units`, () => {
      const found = covered(kind);
      assert.deepEqual(
        listed(kind)
          .map(name => `${folders[kind]}/${name}`)
          .filter(folder => !found.has(folder)),
        [],
      );
    });
    it(`find in the list of units every ${kind} that there is`, () =>
      assert.deepEqual(
        listed(kind)
          .map(name => `${folders[kind]}/${name}`)
          .sort(),
        unitFolders(kind),
      ));
  }
  it('are told from a mention of them: a unit that they are not called for is missed', () => {
    assert.deepEqual(calledIn('test/processors/stock/laws.test.ts', 'processorLaws').slice(0, 1), ['processors/stock']);
    assert.deepEqual(calledIn('test/processors/stock/laws.test.ts', 'producerLaws'), []);
    assert.deepEqual(calledIn('test/laws/processors.test.ts', 'processorLaws'), []);
  });
});

describe('examples', () => {
  // `test/laws/returned.test.ts` goes through the folders: what each may return, against what its examples returned by name.
  it('are compared for every processor in the list of units', () => {
    const comparison = textOf('test/laws/returned.test.ts');
    assert.match(comparison, /for \(const name of folders\('processors'\)\)/);
    assert.match(comparison, /assert\.deepEqual\(\[\.\.\.returnedBy\(unit\.name\)\]/);
    for (const folder of unitFolders('processor')) {
      assert.match(textOf(`${folder}/state.ts`), /export const says = \[/, folder);
      const tests = readdirSync(join(root, 'test', folder)).filter(name => name.endsWith('.test.ts'));
      assert.ok(
        tests.some(name => [...loadedBy(join('test', folder, name))].some(file => textOf(file).includes('examplesOf('))),
        `${folder} has no examples by name`,
      );
    }
  });
});
