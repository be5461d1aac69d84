/** Positional and named arguments of a call, put together and complained about as Python does. */
import { typeError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Arguments } from '../orm/model.ts';

export interface Signature {
  /** How Python names it in complaints: `BaseModel.search`. */
  readonly shown: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Named arguments that are handed on to another function, whose name a complaint then shows. */
  readonly passesOn?: { readonly shown: string; readonly names: readonly string[] };
}

const quoted = (names: readonly string[]): string =>
  names.length < 2
    ? names.map(name => `'${name}'`).join('')
    : `${names
        .slice(0, -1)
        .map(name => `'${name}'`)
        .join(', ')} and '${names.at(-1) ?? ''}'`;

/** `self` counts in what Python says of how many were given. */
const complainOfTooMany = (signature: Signature, given: number): never => {
  const [least, most] = [signature.required.length + 1, signature.required.length + signature.optional.length + 1];
  const range =
    least === most
      ? `${String(least)} positional argument${least === 1 ? '' : 's'}`
      : `from ${String(least)} to ${String(most)} positional arguments`;
  throw typeError(`${signature.shown}() takes ${range} but ${String(given + 1)} were given`);
};

export const bind = (signature: Signature, positional: readonly Json[], named: JsonObject): Arguments => {
  const names = [...signature.required, ...signature.optional];
  if (positional.length > names.length) complainOfTooMany(signature, positional.length);
  const bound: Record<string, Json> = {};
  positional.forEach((value, index) => {
    bound[names[index] ?? ''] = value;
  });
  for (const [name, value] of Object.entries(named)) {
    if (name in bound) throw typeError(`${signature.shown}() got multiple values for argument '${name}'`);
    if (!names.includes(name) && !signature.passesOn?.names.includes(name))
      throw typeError(`${signature.passesOn?.shown ?? signature.shown}() got an unexpected keyword argument '${name}'`);
    bound[name] = value;
  }
  const missing = signature.required.filter(name => !(name in bound));
  if (missing.length > 0)
    throw typeError(
      `${signature.shown}() missing ${String(missing.length)} required positional argument${missing.length === 1 ? '' : 's'}: ${quoted(missing)}`,
    );
  return bound;
};
