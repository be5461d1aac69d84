/** load(), second step for relations: external ids, database ids and names become records; line cells become commands. */
import { notCovered } from '../errors.ts';
import { jsonText, type Json, type Wire } from '../json.ts';
import { findExternalId, splitExternalId } from '../orm/external-ids.ts';
import { flagOf, idOf, refOf, textOf } from '../store/row.ts';
import type { Env, Field } from '../orm/model.ts';
import { CellError, cellIsTrue, lowered } from './cells.ts';
import type { RawRecord } from './extract.ts';

/** Writes what the batch holds so far, when a reference may mean one of its records. */
export type Flush = (pending: { readonly xmlid?: string; readonly model?: string }) => void;

const referencing = new Set(['', 'id', '.id']);

const possibleValues = (comodel: string, bySubfield: boolean): Wire => ({
  name: 'Possible Values',
  type: 'ir.actions.act_window',
  target: 'new',
  view_mode: 'list,form',
  views: [
    [false, 'list'],
    [false, 'form'],
  ],
  context: { create: false },
  help: 'See all possible values',
  res_model: bySubfield ? 'ir.model.data' : comodel,
  ...(bySubfield ? { domain: [['model', '=', comodel]] } : {}),
});

export const referenceColumn = (record: RawRecord): string => {
  const keys = [...record.keys()];
  if (keys.some(key => !referencing.has(key)))
    throw new CellError('Can not create Many-To-One records indirectly, import the field separately');
  if (keys.length > 1)
    throw new CellError("Ambiguous specification for field '%field%', only provide one of name, external id or database id");
  return keys[0] ?? '';
};

/** Models that may be named in a cell, and by which of their fields. */
const names: Readonly<Record<string, readonly string[]>> = {
  'res.currency': ['name'],
  'res.country': ['name', 'code'],
  'uom.uom': ['name'],
};

const byName = (env: Env, comodel: string, value: string): number | undefined => {
  const fields = names[comodel];
  if (!fields) throw notCovered(`finding ${comodel} by name in load(): give an id`);
  for (const field of fields)
    for (const row of env.tx.all(comodel))
      if (textOf(row, field) === value && (row['active'] === undefined || flagOf(row, 'active'))) return idOf(row);
  return undefined;
};

const byDatabaseId = (env: Env, comodel: string, value: Json): number | undefined => {
  if (!/^\s*[+-]?\d+\s*$/.test(jsonText(value)))
    throw new CellError(`Invalid database id '${jsonText(value)}' for the field '%field%'`, possibleValues(comodel, true));
  return env.tx.get(comodel, Number(value)) ? Number(value) : undefined;
};

const byExternalId = (env: Env, comodel: string, value: string, flush: Flush): number | undefined => {
  const [module, name] = splitExternalId(value);
  flush({ xmlid: `${module}.${name}` });
  const row = findExternalId(env, value);
  const id = row ? refOf(row, 'res_id') : null;
  if (!row || id === null || !env.tx.get(comodel, id)) return undefined;
  if (textOf(row, 'model') !== comodel)
    throw new CellError(`Invalid external ID ${value}: expected model '${comodel}', found '${textOf(row, 'model')}'`);
  return id;
};

/** null: the cell says "none". */
export const findReference = (env: Env, field: Field, column: string, value: Json, flush: Flush): number | null => {
  const comodel = field.model ?? '';
  let kind = 'name';
  let id: number | undefined;
  if (column === '.id') {
    kind = 'database id';
    if (typeof value === 'string' && !cellIsTrue(value)) return null;
    id = byDatabaseId(env, comodel, value);
  } else if (column === 'id') {
    kind = 'external id';
    lowered(value);
    if (!cellIsTrue(value)) return null;
    id = byExternalId(env, comodel, jsonText(value), flush);
  } else {
    flush({ model: comodel });
    id = byName(env, comodel, jsonText(value));
  }
  if (id !== undefined) return id;
  throw new CellError(
    `No matching record found for ${kind} '${jsonText(value)}' in field '%field%'`,
    possibleValues(comodel, column !== ''),
  );
};
