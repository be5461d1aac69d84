/** A stored record and how its values are read. Decimals are text, moments are `YYYY-MM-DD HH:MM:SS[.ffffff]`, many2many are ids. */
import { exact, zero, type Exact } from '../exact.ts';

export type Value = string | number | boolean | null | readonly number[];
export type Row = Readonly<Record<string, Value>>;

export const idOf = (row: Row): number => {
  const id = row['id'];
  if (typeof id !== 'number') throw new TypeError('a row without an id');
  return id;
};
export const textOf = (row: Row, field: string): string => {
  const value = row[field];
  return typeof value === 'string' ? value : '';
};
export const refOf = (row: Row, field: string): number | null => {
  const value = row[field];
  return typeof value === 'number' ? value : null;
};
export const flagOf = (row: Row, field: string): boolean => row[field] === true;
export const exactOf = (row: Row, field: string): Exact => {
  const value = row[field];
  return typeof value === 'string' || typeof value === 'number' ? exact(value) : zero;
};
export const idsOf = (row: Row, field: string): readonly number[] => {
  const value = row[field];
  return Array.isArray(value) ? (value as readonly number[]) : [];
};
