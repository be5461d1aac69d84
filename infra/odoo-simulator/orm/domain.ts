/** Search domains: read from JSON into a tree, and asked of a record. */
import { typeError, valueError } from '../errors.ts';
import { isList, pythonText, type Json } from '../json.ts';
import type { Row } from '../store/row.ts';
import { checkLeaf, leafMatches, type Leaf } from './leaf.ts';
import type { Env, Model } from './model.ts';

export type Domain =
  | { readonly kind: 'always'; readonly matches: boolean }
  | { readonly kind: 'not'; readonly part: Domain }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly [Domain, Domain] }
  | { readonly kind: 'leaf'; readonly leaf: Leaf };

const operators = new Set([
  '=',
  '!=',
  '<>',
  '==',
  'in',
  'not in',
  '>',
  '>=',
  '<',
  '<=',
  'like',
  'ilike',
  'not like',
  'not ilike',
  '=like',
  '=ilike',
  'child_of',
]);

const isLeaf = (item: Json): item is readonly [string | number, string, Json] =>
  isList(item) &&
  item.length === 3 &&
  typeof item[1] === 'string' &&
  (typeof item[0] === 'string' || typeof item[0] === 'number');

const readLeaf = (env: Env, model: Model, item: readonly [string | number, string, Json]): Domain => {
  const [name, given, value] = item;
  if (typeof name === 'number') return { kind: 'always', matches: name === value };
  const operator = given.toLowerCase();
  if (!operators.has(operator)) throw valueError(`Invalid operator in condition ${pythonText(item, true)}`);
  const leaf = { path: name.split('.'), operator: operator === '<>' ? '!=' : operator === '==' ? '=' : operator, value };
  checkLeaf(env, model, leaf);
  return { kind: 'leaf', leaf };
};

/** Polish notation, read from its end: an operator takes the one or two parts that were read last. */
const readParts = (env: Env, model: Model, list: readonly Json[]): readonly Domain[] => {
  const stack: Domain[] = [];
  const take = (): Domain => {
    const part = stack.pop();
    if (!part) throw valueError(`Domain() malformed domain ${pythonText(list)}`);
    return part;
  };
  for (const item of [...list].reverse()) {
    if (item === '!') stack.push({ kind: 'not', part: take() });
    else if (item === '&') stack.push({ kind: 'and', parts: [take(), take()] });
    else if (item === '|') stack.push({ kind: 'or', parts: [take(), take()] });
    else if (isLeaf(item)) stack.push(readLeaf(env, model, item));
    else throw valueError(`Domain() invalid item in domain: ${pythonText(item)}`);
  }
  return stack.reverse();
};

export const everything: Domain = { kind: 'always', matches: true };

export const readDomain = (env: Env, model: Model, json: Json | undefined): Domain => {
  if (!isList(json)) throw typeError(`Domain() invalid argument type for domain: ${pythonText(json)}`);
  return readParts(env, model, json).reduce<Domain>(
    (all, part) => (all === everything ? part : { kind: 'and', parts: [all, part] }),
    everything,
  );
};

export const domainMatches = (env: Env, model: Model, domain: Domain, row: Row): boolean => {
  switch (domain.kind) {
    case 'always':
      return domain.matches;
    case 'not':
      return !domainMatches(env, model, domain.part, row);
    case 'and':
      return domain.parts.every(part => domainMatches(env, model, part, row));
    case 'or':
      return domain.parts.some(part => domainMatches(env, model, part, row));
    case 'leaf':
      return leafMatches(env, model, row, domain.leaf);
  }
};

/** Does the domain ask about this field of the model itself? (A domain on `active` switches off the hiding of archived records.) */
export const mentions = (domain: Domain, field: string): boolean => {
  switch (domain.kind) {
    case 'always':
      return false;
    case 'not':
      return mentions(domain.part, field);
    case 'and':
    case 'or':
      return domain.parts.some(part => mentions(part, field));
    case 'leaf':
      return domain.leaf.path.length === 1 && domain.leaf.path[0] === field;
  }
};

/** Conditions that every match must meet: what an index may be asked for. */
export const required = (domain: Domain): readonly Leaf[] =>
  domain.kind === 'leaf' ? [domain.leaf] : domain.kind === 'and' ? domain.parts.flatMap(required) : [];
