/** Reads Odoo's tables page by page. Pages follow the id, which never changes; a row that is written meanwhile is in the next look. */
import { isFailure, transient } from '../../runtime/failure.ts';
import type { OdooRpc } from '../../runtime/odoo-rpc.ts';
import { atLeast, fieldOf, type Reader } from '../json.ts';
import { locationFields, odooTime, readLocation, utc, type Location } from './contract.ts';

export type Domain = readonly (string | readonly [string, string, unknown])[];
/** A row as Odoo gave it, to be stored, beside what was read of it. */
export interface Row<T> {
  readonly raw: unknown;
  readonly row: T;
}

const pageSize = 500;
/** What Odoo answers to us is ours to understand: something else stands there, or another version; the poll tries again. */
const rowsOf = <T>(answer: unknown, read: Reader<T>, model: string): readonly (Row<T> & { readonly id: number })[] => {
  try {
    if (!Array.isArray(answer)) throw transient('ODOO_ANSWER', `reading Odoo's ${model}: the answer is not a list`);
    return (answer as readonly unknown[]).map((raw, at) => {
      const path = `Odoo's ${model}[${at}]`;
      const id = atLeast(1)(typeof raw === 'object' && raw !== null ? fieldOf(raw, 'id') : undefined, `${path}.id`);
      return { id, raw, row: read(raw, path) };
    });
  } catch (error) {
    if (isFailure(error) && error.kind === 'poison') throw transient('ODOO_ANSWER', error.message, { cause: error });
    throw error;
  }
};

export const readAll = async <T>(
  rpc: OdooRpc,
  model: string,
  domain: Domain,
  fields: readonly string[],
  read: Reader<T>,
): Promise<readonly Row<T>[]> => {
  const found: Row<T>[] = [];
  for (let last = 0; ;) {
    const page = rowsOf(
      await rpc.call(model, 'search_read', [[...domain, ['id', '>', last]]], {
        fields,
        order: 'id',
        limit: pageSize,
        context: { active_test: false },
      }),
      read,
      model,
    );
    found.push(...page);
    if (page.length < pageSize) return found;
    last = page.at(-1)!.id;
  }
};

/** The time of the newest write that is visible, by Odoo's own clock; 0 where there is none. */
export const newestWrite = async (rpc: OdooRpc, model: string, domain: Domain): Promise<number> => {
  const answer = await rpc.call(model, 'search_read', [domain], {
    fields: ['write_date'],
    order: 'write_date desc,id desc',
    limit: 1,
    context: { active_test: false },
  });
  const [newest] = rowsOf(answer, (row, path) => utc(fieldOf(row as object, 'write_date'), `${path}.write_date`), model);
  return newest?.row ?? 0;
};

/** All locations, by id. */
export type Locations = ReadonlyMap<number, Row<Location>>;
export const readLocations = async (rpc: OdooRpc): Promise<Locations> =>
  new Map((await readAll(rpc, 'stock.location', [], locationFields, readLocation)).map(one => [one.row.id, one]));
/** Those that the lines of a delivery name. */
export const named = (locations: Locations, ids: Iterable<number>): readonly unknown[] =>
  [...new Set(ids)]
    .sort((a, b) => a - b)
    .map(id => {
      const found = locations.get(id);
      if (found === undefined) throw transient('ODOO_ANSWER', `reading Odoo location ${id}: it was made during the look`);
      return found.raw;
    });

/** Domains of done lines that go into or out of where goods lie. */
export const insideEnds: Domain = ['|', ['location_id.usage', '=', 'internal'], ['location_dest_id.usage', '=', 'internal']];
export const doneLines: Domain = [['state', '=', 'done'], ...insideEnds];
export const since = (field: 'date' | 'write_date', at: number): readonly [string, string, unknown] => [
  field,
  '>=',
  odooTime(Math.max(0, at)),
];
