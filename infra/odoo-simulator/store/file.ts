/** Keeps the database in a file: a first line with everything, then one line per commit. A torn last line is a commit that never was. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Database, DatabaseCopy } from './database.ts';
import { idOf, type Row } from './row.ts';

type Changes = ReadonlyMap<string, ReadonlyMap<number, Row | undefined>>;
interface CommitLine {
  readonly changed: Readonly<Record<string, Readonly<Record<string, Row | null>>>>;
  readonly lastIds: Readonly<Record<string, number>>;
  readonly sequences: Readonly<Record<string, number>>;
}

export interface DatabaseFile {
  readonly commit: (database: Database, changes: Changes) => void;
  readonly rewrite: (copy: DatabaseCopy) => void;
}

const lastIdsOf = (database: Database): Record<string, number> =>
  Object.fromEntries([...database.tables].map(([name, table]) => [name, table.lastId]));

const commitLine = (database: Database, changes: Changes): CommitLine => ({
  changed: Object.fromEntries(
    [...changes].map(([model, rows]) => [model, Object.fromEntries([...rows].map(([id, row]) => [id, row ?? null]))]),
  ),
  lastIds: lastIdsOf(database),
  sequences: Object.fromEntries(database.sequences),
});

interface Growing {
  lastId: number;
  readonly rows: Map<number, Row>;
}

const growing = (copy: DatabaseCopy): Map<string, Growing> =>
  new Map(
    Object.entries(copy.tables).map(([name, table]) => [
      name,
      { lastId: table.lastId, rows: new Map(table.rows.map(row => [idOf(row), row])) },
    ]),
  );

const applyLine = (tables: Map<string, Growing>, line: CommitLine): void => {
  for (const [model, lastId] of Object.entries(line.lastIds)) {
    const table = tables.get(model) ?? { lastId, rows: new Map<number, Row>() };
    table.lastId = lastId;
    tables.set(model, table);
    for (const [id, row] of Object.entries(line.changed[model] ?? {})) {
      if (row) table.rows.set(Number(id), row);
      else table.rows.delete(Number(id));
    }
  }
};

/** What the file holds; undefined when there is no file yet. */
export const readDatabaseFile = (path: string): DatabaseCopy | undefined => {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  const [first, ...commits] = lines;
  if (first === undefined) return undefined;
  const start = JSON.parse(first) as DatabaseCopy;
  const tables = growing(start);
  let sequences = start.sequences;
  for (const text of commits) {
    const line = JSON.parse(text) as CommitLine;
    applyLine(tables, line);
    sequences = line.sequences;
  }
  return {
    tables: Object.fromEntries(
      [...tables].map(([name, table]) => [name, { lastId: table.lastId, rows: [...table.rows.values()] }]),
    ),
    sequences,
  };
};

export const openDatabaseFile = (path: string): DatabaseFile => ({
  commit: (database, changes) => {
    if (changes.size > 0) appendFileSync(path, `${JSON.stringify(commitLine(database, changes))}\n`);
  },
  rewrite: copy => {
    writeFileSync(`${path}.new`, `${JSON.stringify(copy)}\n`);
    renameSync(`${path}.new`, path);
  },
});
