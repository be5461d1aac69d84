/** What becomes of a state when it is stored and read back: plain JSON for its own fields, one JSON value per entry. */
import { entriesOf, isEntries } from '../../runtime/entries.ts';
import type { Processor } from '../../runtime/model.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };
/** A unit whatever its types: laws treat state and facts as values. */
export type Unit<S> = Pick<Processor<S, never, never>, 'entries'>;

/** A copy; what JSON would lose or change (undefined, -0, NaN, Map, Date, bytes) is refused, naming where it is. */
export const plain = (value: unknown, where = 'it'): Json => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return value;
  if (isEntries(value)) throw new TypeError(`${where} is Entries, but is not named in the unit's \`entries\``);
  if (Array.isArray(value)) return value.map((one, index) => plain(one, `${where}[${index}]`));
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null))
    return Object.fromEntries(Object.entries(value).map(([field, one]) => [field, plain(one, `${where}.${field}`)]));
  throw new TypeError(
    `${where} is ${Object.is(value, -0) ? '-0' : Object.prototype.toString.call(value)}: only plain data is stored`,
  );
};
/** A state as comparable plain data, its entries in key order. */
export const snapshot = <S>(unit: Unit<S>, state: S): { readonly [field: string]: Json } =>
  Object.fromEntries(
    Object.entries(state as object).map(([field, value]: [string, unknown]) => [
      field,
      (unit.entries as readonly string[]).includes(field) && isEntries(value)
        ? value.range().map(([id, one]) => [id, plain(one, `state.${field}[${id}]`)])
        : plain(value, `state.${field}`),
    ]),
  );

/** The state as a process would have it that was started anew and read it from its store. */
export const restored = <S>(unit: Unit<S>, state: S): S => {
  const text = JSON.stringify(snapshot(unit, state));
  const read = JSON.parse(text) as Readonly<Record<string, Json>>;
  return Object.fromEntries(
    Object.entries(read).map(([field, value]): [string, unknown] => {
      if (!(unit.entries as readonly string[]).includes(field)) return [field, value];
      return [field, entriesOf(value as unknown as readonly (readonly [string, Json])[])];
    }),
  ) as S;
};
