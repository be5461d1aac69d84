/** JSON as it travels: what a call carries, and what an answer is written as. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A decimal on its way out. Odoo's floats always carry a point (`36.0`), its integers never do. */
export interface WireFloat {
  readonly float: string;
}
export type Wire = null | boolean | number | string | WireFloat | readonly Wire[] | { readonly [key: string]: Wire | undefined };

export const wireFloat = (decimal: string): WireFloat => ({ float: decimal });

const isFloat = (value: object): value is WireFloat => {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === 'float';
};

export const writeWire = (value: Wire): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeWire).join(', ')}]`;
  if (isFloat(value)) return value.float.includes('.') ? value.float : `${value.float}.0`;
  const parts = Object.entries(value as { readonly [key: string]: Wire | undefined });
  return `{${parts.flatMap(([key, part]) => (part === undefined ? [] : [`${JSON.stringify(key)}: ${writeWire(part)}`])).join(', ')}}`;
};

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** A scalar as text; a list or object as JSON. */
export const jsonText = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** A value as Python would print it in an error message: strings in single quotes, `False`, `None`, tuples for pairs of a domain. */
export const pythonText = (value: Json | undefined, tuple = false): string => {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string')
    return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replace(/'/g, "\\'")}'`;
  if (typeof value === 'number') return String(value);
  if (isList(value)) {
    const inner = value.map(item => pythonText(item)).join(', ');
    return tuple ? `(${inner}${value.length === 1 ? ',' : ''})` : `[${inner}]`;
  }
  return `{${Object.entries(value)
    .map(([key, item]) => `'${key}': ${pythonText(item)}`)
    .join(', ')}}`;
};
