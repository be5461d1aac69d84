/** Ids of entries: their parts in order, joined so that ids with the same beginning lie together, in ASCII as the store orders them. */
import type { Entries } from '../../runtime/entries.ts';

const escaped = (part: string): string => part.replace(/[^\w:.-]/g, one => `%${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
export const idOf = (...parts: readonly string[]): string => parts.map(part => `${escaped(part)}|`).join('');
const page = 16;
/** The entries whose ids begin with `prefix`, last first when `reverse`; read page by page, so stopping early costs little. */
export function* under<V>(all: Entries<V>, prefix: string, reverse = false): Generator<readonly [string, V]> {
  let from = reverse ? `${prefix}~` : prefix;
  for (let last = ''; ; last = from) {
    const found = all.range({ from, limit: page, reverse });
    for (const [id, value] of found) {
      if (!id.startsWith(prefix)) return;
      if (id !== last) yield [id, value];
    }
    if (found.length < page) return;
    from = found.at(-1)![0];
  }
}

/** A field of a record by a name that came from outside: never something inherited. */
export const own = <V>(record: Readonly<Record<string, V>>, name: string): V | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
