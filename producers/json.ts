/** Reads JSON of unknown shape strictly: what does not fit is poison that names the place and never shows a text, which may be a person's. */
import { poison } from '../runtime/failure.ts';

/** `path` says where the value stands: `charge.succeeded evt_1.data.object.amount`. */
export type Reader<T> = (value: unknown, path: string) => T;

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return 'text';
  return Array.isArray(value) ? 'a list' : 'an object';
};
const refuse = (path: string, value: unknown, expected: string): Error =>
  poison('DELIVERY_UNTRANSLATABLE', `reading ${path}: found ${kindOf(value)}, expected ${expected}`);

/** Text that is not empty. Half of a surrogate pair cannot be written to the log, so it becomes U+FFFD. */
export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value === '') throw refuse(path, value, 'text');
  return value.toWellFormed();
};
/** A whole number that JavaScript holds exactly. */
export const whole: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw refuse(path, value, 'a whole number');
  return value === 0 ? 0 : value;
};
export const atLeast =
  (least: number): Reader<number> =>
  (value, path) => {
    const found = whole(value, path);
    if (found < least) throw refuse(path, value, `a whole number of at least ${least}`);
    return found;
  };
export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw refuse(path, value, 'true or false');
  return value;
};
/** What the channel leaves out, or gives as null. */
export const orNone =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === undefined || value === null ? null : read(value, path);

export const list =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw refuse(path, value, 'a list');
    return value.map((one: unknown, at) => item(one, `${path}[${at}]`));
  };
export const record =
  <T extends object>(fields: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(path, value, 'an object');
    return Object.fromEntries(
      Object.entries(fields).map(([key, read]) => [key, (read as Reader<unknown>)(fieldOf(value, key), `${path}.${key}`)]),
    ) as T;
  };
/** Only what the object itself holds. */
export const fieldOf = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
export const anything: Reader<unknown> = value => value;
