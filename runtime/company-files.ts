/** Reads the four files of a company and says in words what does not fit their schemas. What the files mean together is checked elsewhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import accountsSchema from '../schemas/company/accounts.schema.json' with { type: 'json' };
import authoritySchema from '../schemas/company/authority.schema.json' with { type: 'json' };
import policySchema from '../schemas/company/policy.schema.json' with { type: 'json' };
import shopsSchema from '../schemas/company/shops.schema.json' with { type: 'json' };
import type { BooksPolicy, CompanyPolicy } from '../schemas/policy.ts';

export interface AuthorityFile {
  readonly locations: readonly {
    readonly location: string;
    readonly owner: string;
    readonly author: string;
    readonly odooLocation: string;
    readonly odooWarehouse: string;
  }[];
  readonly tenders: readonly { readonly shop: string; readonly tender: string; readonly author: string }[];
}
export type PolicyFile = Omit<CompanyPolicy, 'authority' | 'books'> & { readonly books: Omit<BooksPolicy, 'accounts'> };
export interface AccountsFile {
  readonly accounts: Readonly<Record<string, string>>;
}
export interface ShopsFile {
  readonly shops: Readonly<
    Record<
      string,
      {
        readonly channel: string;
        readonly url?: string | null;
        readonly timeZone?: string;
        readonly options?: Readonly<Record<string, unknown>>;
      }
    >
  >;
}
/** A file that does not fit its schema is absent: its problems are told, and what needs it is not checked. */
export interface CompanyFiles {
  readonly authority?: AuthorityFile;
  readonly policy?: PolicyFile;
  readonly accounts?: AccountsFile;
  readonly shops?: ShopsFile;
}
export interface Problem {
  readonly file: string;
  /** Where in it: `orders.sourcing.default[0]`; empty for the whole file. */
  readonly path: string;
  readonly problem: string;
  /** Two authors of one thing. */
  readonly conflict?: true;
}
export const problemText = ({ file, path, problem }: Problem): string => `${file}${path === '' ? '' : ` ${path}`}: ${problem}`;

const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
// What a text should look like, in words; see `problemOf`.
ajv.addVocabulary(['expected']);
const files = {
  authority: ajv.compile<AuthorityFile>(authoritySchema),
  policy: ajv.compile<PolicyFile>(policySchema),
  accounts: ajv.compile<AccountsFile>(accountsSchema),
  shops: ajv.compile<ShopsFile>(shopsSchema),
} as const;

export const readFiles = (folder: string): { readonly found: CompanyFiles; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = [];
  const found: Record<string, unknown> = {};
  for (const [name, validate] of Object.entries(files)) {
    const file = `${name}.json`;
    const read = readFile(folder, file, validate);
    if ('problems' in read) problems.push(...read.problems);
    else found[name] = read.value;
  }
  return { found, problems };
};

const readFile = (
  folder: string,
  file: string,
  validate: ValidateFunction,
): { readonly value: unknown } | { readonly problems: readonly Problem[] } => {
  const wrong = (problem: string, path = ''): { readonly problems: readonly Problem[] } => ({
    problems: [{ file, path, problem }],
  });
  let text: string;
  let value: unknown;
  try {
    text = readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    return wrong(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    value = JSON.parse(text);
  } catch (error) {
    return wrong(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const twice = repeatedNames(text).map(path => ({ file, path, problem: 'is there twice; JSON would keep only the last' }));
  const misfits = validate(value) ? [] : (validate.errors ?? []).flatMap(error => problemOf(file, error));
  return twice.length + misfits.length === 0 ? { value } : { problems: [...twice, ...misfits] };
};

/** Names that one object has twice, by their paths: `JSON.parse` drops the first without a word. The text is known to be JSON. */
const repeatedNames = (text: string): readonly string[] => {
  const repeated: string[] = [];
  const open: { readonly path: string; readonly names: Set<string> | undefined; at: string | number | undefined }[] = [];
  const here = (): string => {
    const top = open.at(-1);
    if (top?.at === undefined) return top?.path ?? '';
    return typeof top.at === 'number' ? `${top.path}[${top.at}]` : child(top.path, top.at);
  };
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    const top = open.at(-1);
    if (token === '{') open.push({ path: here(), names: new Set(), at: undefined });
    else if (token === '[') open.push({ path: here(), names: undefined, at: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (top === undefined) continue;
    else if (token === ',') top.at = typeof top.at === 'number' ? top.at + 1 : undefined;
    else if (top.names !== undefined && top.at === undefined) {
      top.at = JSON.parse(token) as string;
      if (top.names.has(top.at)) repeated.push(here());
      top.names.add(top.at);
    }
  }
  return repeated;
};

const child = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
/** `/locations/2/owner` → `locations[2].owner`. */
const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) && path !== '' ? `${path}[${part}]` : child(path, part)), '');

interface Described {
  readonly description?: string;
  readonly expected?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}
const kinds: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  object: 'an object',
  array: 'a list',
  null: 'null',
};
/** Values come from JSON. */
const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60);

const problemOf = (file: string, error: ErrorObject): readonly Problem[] => {
  const { keyword, data, propertyName } = error;
  const params = error.params as Readonly<Record<string, unknown>>;
  const schema = (error.parentSchema ?? {}) as Described;
  const path = pathOf(error.instancePath);
  const at = (where: string, problem: string): readonly Problem[] => [{ file, path: where, problem }];
  switch (keyword) {
    case 'required': {
      const name = String(params['missingProperty']);
      const description = schema.properties?.[name]?.description;
      return at(child(path, name), `is missing${description === undefined ? '' : ` (${description.replace(/\.$/, '')})`}`);
    }
    case 'additionalProperties':
      return at(
        child(path, String(params['additionalProperty'])),
        `is not known; there are ${Object.keys(schema.properties ?? {})
          .filter(name => name !== '$schema')
          .join(', ')}`,
      );
    case 'type':
      return at(
        path,
        `is ${shown(data)}, expected ${[params['type']]
          .flat()
          .map(kind => kinds[String(kind)] ?? String(kind))
          .join(' or ')}`,
      );
    case 'enum':
      return at(path, `is ${shown(data)}, expected ${(params['allowedValues'] as readonly string[]).join(' or ')}`);
    case 'pattern':
      return propertyName === undefined
        ? at(path, `is ${shown(data)}, expected ${schema.expected ?? 'another text'}`)
        : at(child(path, propertyName), `is no name here, expected ${schema.expected ?? 'another one'}`);
    case 'minimum':
    case 'maximum':
      return at(path, `is ${shown(data)}, expected at ${keyword === 'minimum' ? 'least' : 'most'} ${String(params['limit'])}`);
    case 'minLength':
    case 'minItems':
      return at(path, 'is empty');
    case 'uniqueItems':
      return at(path, `names ${shown((data as readonly unknown[])[Number(params['i'])])} twice`);
    // Its cause is told by itself.
    case 'propertyNames':
      return [];
    default:
      return at(path, error.message ?? keyword);
  }
};
