/** How WordPress writes JSON, read strictly: what does not fit is poison that names the place, never the value of a person. */
import { poison } from '../../runtime/failure.ts';
import { decimalOf, type Decimal } from '../../schemas/money.ts';
import { fieldOf, type Reader } from '../json.ts';

export { anything, flag, type Reader } from '../json.ts';

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object';
};
/** For values that are no person's: numbers, dates, ids. */
const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value).slice(0, 40) : kindOf(value);
const wrong = (path: string, found: string, expected: string): Error =>
  poison('DELIVERY_UNTRANSLATABLE', `reading ${path}: found ${found}, expected ${expected}`);

/** Text that may be of a person, so that it is never shown. PHP writes numbers where text looks like one, and false or null for none. */
export const words: Reader<string> = (value, path) => {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return String(value);
  throw wrong(path, kindOf(value), 'text');
};
/** An id: 0 where the shop means none. Above 2^53 two ids could no longer be told apart. */
export const idOrNone: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(path, shown(value), 'an id');
  return value;
};
export const id: Reader<number> = (value, path) => {
  const found = idOrNone(value, path);
  if (found === 0) throw wrong(path, '0', 'an id');
  return found;
};
const numberText = (value: unknown, path: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw wrong(path, kindOf(value), 'a decimal number');
};
export const decimal: Reader<Decimal> = (value, path) => decimalOf(numberText(value, path), path);
/** Undefined where the shop writes nothing: not the same as 0. */
export const decimalOrNone: Reader<Decimal | undefined> = (value, path) =>
  value === '' || value === null || value === undefined ? undefined : decimal(value, path);

const dateTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z?$/;
/** GMT, written without a zone; epoch ms UTC. A date that no calendar has is refused, not rolled over. */
export const gmt: Reader<number> = (value, path) => {
  const parts = typeof value === 'string' ? dateTime.exec(value) : null;
  const at = parts === null ? NaN : Date.UTC(+parts[1]!, +parts[2]! - 1, +parts[3]!, +parts[4]!, +parts[5]!, +parts[6]!);
  if (parts === null || Number.isNaN(at) || at < 0 || new Date(at).toISOString().slice(0, 19) !== parts[0].slice(0, 19))
    throw wrong(path, shown(value), 'a date and time as 2026-10-05T10:00:00');
  return at;
};
export const gmtOrNone: Reader<number | null> = (value, path) =>
  value === null || value === undefined || value === '' ? null : gmt(value, path);

/** PHP writes a list with gaps as an object, and an empty object as a list. */
export const list =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value, path) => {
    if (value === undefined || value === null) return [];
    if (typeof value !== 'object') throw wrong(path, kindOf(value), 'a list');
    return Object.values(value).map((one: unknown, at) => item(one, `${path}[${at}]`));
  };
export const record =
  <T extends object>(fields: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || (Array.isArray(value) && value.length > 0))
      throw wrong(path, kindOf(value), 'an object');
    return Object.fromEntries(
      Object.entries(fields).map(([key, read]) => [key, (read as Reader<unknown>)(fieldOf(value, key), `${path}.${key}`)]),
    ) as T;
  };
