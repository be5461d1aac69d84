/** Names in the environment that are no setting and look like one: a setting that is misspelt would silently keep its default. */
import { fileNameOf } from './setting-files.ts';
import type { Settings } from './settings.ts';

/** All of these belong to us, so that any other is a mistake. */
const own = /^ONHAND_/i;
/** What the tests of this repository tell each other. */
const ofTests = /^ONHAND_(?:TEST_|SEED$)/;
/** What Kubernetes sets for every service of a namespace, one that is named `onhand` or `odoo` among them. */
const ofServices = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const isServicePort = (name: string, value: string): boolean => name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value);

/** Letters to insert, delete, replace or swap with their neighbour to make one of the other. */
export const editDistance = (a: string, b: string): number => {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), swapped));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
};
const prefixOf = (name: string): string => name.slice(0, name.indexOf('_') + 1);
const nearest = (name: string, known: readonly string[]): { readonly name: string; readonly distance: number } | undefined =>
  known
    .map(one => ({ name: one, distance: editDistance(name, one) }))
    .reduce<{ name: string; distance: number } | undefined>(
      (best, one) => (best === undefined || one.distance < best.distance ? one : best),
      undefined,
    );

/**
 * What is wrong with names of the environment, in words. `declared` are the settings of all units, also of those that run elsewhere. With
 * the prefix of a unit (`WOO_`) only what is nearly a setting is refused: `ODOO_RC` and `KAFKA_OPTS` are other programs'.
 */
export const strayNames = (declared: Settings, environment: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const known = Object.entries(declared).flatMap(([name, { secret }]) => (secret ? [name, fileNameOf(name)] : [name]));
  const prefixes = new Set(known.map(prefixOf));
  const problemOf = (name: string): string | undefined => {
    const stem = name.replace(/_FILE$/, '');
    if (stem !== name && Object.hasOwn(declared, stem))
      return `${name}: ${stem} is no secret and not read from a file; set ${stem}`;
    const upper = name.toUpperCase();
    const found = nearest(
      upper,
      known.filter(one => prefixOf(one) === prefixOf(upper)),
    );
    const edits = found?.distance ?? Infinity;
    const rest = name.length - prefixOf(name).length;
    const meant = found === undefined || edits > Math.max(2, rest / 2) ? '' : `; did you mean ${found.name}?`;
    if (own.test(name)) return `${name} is no setting${meant === '' ? '; `onhand settings` shows those there are' : meant}`;
    return edits <= Math.min(2, Math.max(1, Math.floor(rest / 4))) ? `${name} is no setting${meant}` : undefined;
  };
  const names = Object.keys(environment).sort();
  return names.flatMap(name => {
    const value = environment[name];
    if (value === undefined || value === '' || known.includes(name) || ofTests.test(name)) return [];
    if (ofServices.test(name) || isServicePort(name, value)) return [];
    if (!own.test(name) && !prefixes.has(prefixOf(name))) return [];
    return problemOf(name) ?? [];
  });
};
