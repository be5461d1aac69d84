/** What a file is, by where it lies. Paths are relative to the checkout, with forward slashes. */
import { isAbsolute, posix, relative, resolve, sep } from 'node:path';

const groups = ['producers', 'processors', 'sinks'] as const;

export interface UnitFile {
  readonly group: (typeof groups)[number];
  /** The unit's folder; undefined for a file that lies directly in the group and is shared by its units. */
  readonly unit: string | undefined;
  /** Below the unit: `translate.ts`, `source/poll.ts`. */
  readonly rest: string;
}

/** The checkout's path of a file as ESLint names it. */
export const placeOf = (cwd: string, filename: string): string => {
  const path = isAbsolute(filename) ? filename : resolve(cwd, filename);
  return relative(cwd, path).split(sep).join('/');
};

export const unitFile = (path: string): UnitFile | undefined => {
  const [first, ...below] = path.split('/');
  const group = groups.find(name => name === first);
  if (group === undefined || below.length === 0) return undefined;
  return below.length === 1
    ? { group, unit: undefined, rest: below[0] ?? '' }
    : { group, unit: below[0], rest: below.slice(1).join('/') };
};

/** The edge of a unit is its declaration and what touches the world: `index.ts`, `source…`, `target…`. Processors have no edge. */
const edge = { producers: /^(?:index\.ts$|source)/, processors: /^index\.ts$/, sinks: /^(?:index\.ts$|target)/ };

export const isPure = (path: string): boolean => {
  const file = unitFile(path);
  return file !== undefined && path.endsWith('.ts') && !edge[file.group].test(file.rest);
};

/** What a rule may use of the runtime: values and functions without clock, random or I/O. */
const pureRuntime = ['model', 'failure', 'entries', 'remembered', 'identity', 'business-day', 'settings'].map(
  name => `runtime/${name}.ts`,
);
/** Tools that read and write files lie among the schemas, too. */
const schemaTools = ['schemas/generate.ts', 'schemas/load.ts'];

/** Whether a pure file may import this file by value. */
export const isPureSource = (path: string): boolean =>
  pureRuntime.includes(path) || (path.startsWith('schemas/') && !schemaTools.includes(path)) || isPure(path);

/** The path that a relative import means; undefined for a package. */
export const importedPath = (from: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : undefined;

/** Everything under one folder, or one file. */
export const liesIn = (path: string, places: readonly string[]): boolean =>
  places.some(place => (place.endsWith('/') ? path.startsWith(place) : path === place));
