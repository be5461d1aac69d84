/** load(), first step: rows of cells become records; rows that hold only lines belong to the record above them. */
import { notCovered, valueError } from '../errors.ts';
import { knownFields } from '../names.ts';
import type { Json } from '../json.ts';
import { findField } from '../orm/fields.ts';
import { modelOf, type Env, type Field, type Model } from '../orm/model.ts';

/** What cells say of one record: plain cells, and for relations a list of sub-records. '' stands for the record's own name. */
export type RawRecord = ReadonlyMap<string, Json | readonly RawRecord[]>;
export interface Extracted {
  readonly record: RawRecord;
  readonly rows: { readonly from: number; readonly to: number };
}

type Path = readonly string[];

export const readPath = (column: string): Path =>
  column
    .replace(/([^/])\.id/g, '$1/.id')
    .replace(/([^/]):id/g, '$1/id')
    .split('/');

const filled = (cell: Json | undefined): boolean =>
  !(cell === undefined || cell === null || cell === false || cell === '' || cell === 0);

const fieldOf = (env: Env, model: Model, name: string): Field | undefined =>
  name === 'id' || name === '.id' ? undefined : findField(env, model, name);

const isRelation = (field: Field | undefined): boolean => field?.model !== undefined;

const checkNames = (env: Env, model: Model, paths: readonly Path[]): void => {
  for (const [name = ''] of paths) {
    if (name === '' || name === 'id' || name === '.id' || findField(env, model, name)) continue;
    if (knownFields(model.name).has(name)) throw notCovered(`the field ${name} of ${model.name}`);
    throw valueError(`Invalid field name '${name}'`);
  }
};

const subRecords = (
  env: Env,
  model: Model,
  name: string,
  paths: readonly Path[],
  span: readonly (readonly Json[])[],
): readonly RawRecord[] => {
  const columns = paths.flatMap((path, index) => (path[0] === name ? [index] : []));
  const subPaths = columns.map(index => {
    const rest = (paths[index] ?? []).slice(1);
    return rest.length === 0 ? [''] : rest;
  });
  const field = fieldOf(env, model, name);
  const rows = span.map(row => columns.map(index => row[index] ?? false)).filter(cells => cells.some(filled));
  return extract(env, modelOf(env, field?.model ?? ''), subPaths, rows).map(part => part.record);
};

export const extract = (
  env: Env,
  model: Model,
  paths: readonly Path[],
  data: readonly (readonly Json[])[],
): readonly Extracted[] => {
  checkNames(env, model, paths);
  const isLines = paths.map(([name = '']) => fieldOf(env, model, name)?.type === 'one2many');
  const onlyLines = (row: readonly Json[]): boolean =>
    row.some((cell, index) => isLines[index] === true && filled(cell)) &&
    !row.some((cell, index) => isLines[index] !== true && filled(cell));
  const records: Extracted[] = [];
  for (let index = 0; index < data.length;) {
    const first = data[index] ?? [];
    let end = index + 1;
    while (end < data.length && onlyLines(data[end] ?? [])) end += 1;
    const span = data.slice(index, end);
    const record = new Map<string, Json | readonly RawRecord[]>();
    paths.forEach(([name = ''], column) => {
      if (!isRelation(fieldOf(env, model, name))) record.set(name, first[column] ?? false);
      else if (!record.has(name)) record.set(name, subRecords(env, model, name, paths, span));
    });
    records.push({ record, rows: { from: index, to: end - 1 } });
    index = end;
  }
  return records;
};
