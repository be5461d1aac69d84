/** One call's changes: applied at once, undone together or back to a savepoint. Ids and document numbers that were taken stay taken. */
import { addToIndexes, dropFromIndexes, type Database, type Table } from './database.ts';
import type { Row, Value } from './row.ts';

interface Change {
  readonly model: string;
  readonly id: number;
  readonly before: Row | undefined;
}

export interface Transaction {
  readonly get: (model: string, id: number) => Row | undefined;
  readonly all: (model: string) => IterableIterator<Row>;
  /** Ids in ascending order; undefined when the field has no index. */
  readonly by: (model: string, field: string, value: Value) => readonly number[] | undefined;
  /** The rows with that value, in order of their ids; without an index by looking at every row. */
  readonly rows: (model: string, field: string, value: Value) => readonly Row[];
  readonly insert: (model: string, values: Row) => number;
  readonly replace: (model: string, id: number, row: Row) => void;
  readonly remove: (model: string, id: number) => void;
  readonly next: (sequence: string) => number;
  readonly savepoint: () => number;
  readonly rollback: (savepoint?: number) => void;
  /** The rows that differ from the start, with what they are now (undefined: deleted). */
  readonly changes: () => ReadonlyMap<string, ReadonlyMap<number, Row | undefined>>;
}

const put = (table: Table, id: number, row: Row | undefined): void => {
  const before = table.rows.get(id);
  if (before) dropFromIndexes(table, before);
  if (row) {
    table.rows.set(id, row);
    addToIndexes(table, row);
  } else table.rows.delete(id);
};

const tableOf = (database: Database, model: string): Table => {
  const table = database.tables.get(model);
  if (!table) throw new Error(`looking for the table of ${model}: there is none`);
  return table;
};

const changesOf = (database: Database, log: readonly Change[]): Map<string, Map<number, Row | undefined>> => {
  const first = new Map<string, Map<number, Row | undefined>>();
  for (const { model, id, before } of log) {
    const known = first.get(model) ?? new Map<number, Row | undefined>();
    if (!known.has(id)) known.set(id, before);
    first.set(model, known);
  }
  for (const [model, ids] of first) {
    for (const [id, before] of ids) {
      const now = tableOf(database, model).rows.get(id);
      if (now === before) ids.delete(id);
      else ids.set(id, now);
    }
    if (ids.size === 0) first.delete(model);
  }
  return first;
};

export const begin = (database: Database): Transaction => {
  const log: Change[] = [];
  const change = (model: string, id: number, row: Row | undefined): void => {
    const table = tableOf(database, model);
    log.push({ model, id, before: table.rows.get(id) });
    put(table, id, row);
  };
  const by: Transaction['by'] = (model, field, value) => {
    const index = tableOf(database, model).indexes.get(field);
    return index && [...(index.get(value) ?? [])].sort((a, b) => a - b);
  };
  return {
    get: (model, id) => tableOf(database, model).rows.get(id),
    all: model => tableOf(database, model).rows.values(),
    by,
    rows: (model, field, value) => {
      const { rows } = tableOf(database, model);
      const ids = by(model, field, value);
      if (!ids) return [...rows.values()].filter(row => row[field] === value);
      return ids.map(id => rows.get(id)).filter(row => row !== undefined);
    },
    insert: (model, values) => {
      const table = tableOf(database, model);
      const id = (table.lastId += 1);
      change(model, id, { ...values, id });
      return id;
    },
    replace: change,
    remove: (model, id) => {
      change(model, id, undefined);
    },
    next: sequence => {
      const value = (database.sequences.get(sequence) ?? 0) + 1;
      database.sequences.set(sequence, value);
      return value;
    },
    savepoint: () => log.length,
    rollback: (savepoint = 0) => {
      for (const { model, id, before } of log.splice(savepoint).reverse()) put(tableOf(database, model), id, before);
    },
    changes: () => changesOf(database, log),
  };
};
