/** The whole database in memory: tables of immutable rows, indexes, sequences. A copy of it is a backup. */
import { idOf, type Row, type Value } from './row.ts';

export interface Table {
  readonly rows: Map<number, Row>;
  readonly indexes: ReadonlyMap<string, Map<Value, Set<number>>>;
  lastId: number;
}

export interface Database {
  readonly tables: Map<string, Table>;
  /** Numbering of documents, S00001 and the like. PostgreSQL does not roll sequences back, nor do these. */
  readonly sequences: Map<string, number>;
}

/** What is kept of one table: enough to build it again. */
export interface TableCopy {
  readonly lastId: number;
  readonly rows: readonly Row[];
}
export interface DatabaseCopy {
  readonly tables: Readonly<Record<string, TableCopy>>;
  readonly sequences: Readonly<Record<string, number>>;
}

/** A table's name, the id before its first, and the fields by which rows are looked up. */
export interface TableShape {
  readonly name: string;
  readonly firstId: number;
  readonly indexed: readonly string[];
}

const indexKey = (value: Value | undefined): Value => value ?? null;

export const addToIndexes = (table: Table, row: Row): void => {
  for (const [field, index] of table.indexes) {
    const key = indexKey(row[field]);
    const ids = index.get(key);
    if (ids) ids.add(idOf(row));
    else index.set(key, new Set([idOf(row)]));
  }
};

export const dropFromIndexes = (table: Table, row: Row): void => {
  for (const [field, index] of table.indexes) {
    const key = indexKey(row[field]);
    const ids = index.get(key);
    ids?.delete(idOf(row));
    if (ids?.size === 0) index.delete(key);
  }
};

const emptyTable = (shape: TableShape): Table => ({
  rows: new Map(),
  indexes: new Map(shape.indexed.map(field => [field, new Map<Value, Set<number>>()])),
  lastId: shape.firstId - 1,
});

export const emptyDatabase = (shapes: readonly TableShape[]): Database => ({
  tables: new Map(shapes.map(shape => [shape.name, emptyTable(shape)])),
  sequences: new Map(),
});

export const copyDatabase = (database: Database): DatabaseCopy => ({
  tables: Object.fromEntries(
    [...database.tables].map(([name, table]) => [name, { lastId: table.lastId, rows: [...table.rows.values()] }]),
  ),
  sequences: Object.fromEntries(database.sequences),
});

/** Makes the database what the copy says, in place; tables that the copy does not know become empty. */
export const restoreDatabase = (database: Database, shapes: readonly TableShape[], copy: DatabaseCopy): void => {
  database.tables.clear();
  database.sequences.clear();
  for (const shape of shapes) {
    const table = emptyTable(shape);
    const kept = copy.tables[shape.name];
    for (const row of kept?.rows ?? []) {
      table.rows.set(idOf(row), row);
      addToIndexes(table, row);
    }
    if (kept) table.lastId = kept.lastId;
    database.tables.set(shape.name, table);
  }
  for (const [name, value] of Object.entries(copy.sequences)) database.sequences.set(name, value);
};
