/** Settings: declared beside their user with meaning, type and default; read once at start, all problems reported together. */
import { fatal, type Failure } from './failure.ts';
import { fileNameOf, readSecretFile } from './setting-files.ts';

interface Declared<T> {
  readonly doc: string;
  readonly kind: string;
  /** Shown in docs; a secret has none. */
  readonly default: T | undefined;
  readonly secret: boolean;
  /** Of secrets by shop: every shop of the channel needs one, or the start is refused. */
  readonly everyShop: boolean;
  /** Throws an Error whose message says what was found and what is expected, never the value of a secret. */
  readonly parse: (text: string) => T;
}
export type Setting<T = unknown> = Declared<T>;
export type Settings = Readonly<Record<string, Setting>>;
export type SettingValues<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

const declare = <T>(
  kind: string,
  doc: string,
  fallback: T | undefined,
  parse: (text: string) => T,
  secret = false,
): Setting<T> => ({
  doc,
  kind,
  default: fallback,
  secret,
  everyShop: false,
  parse,
});
const number = (text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < min || value > max)
    throw new Error(`"${text}" is not an integer of at least ${min}${max === Infinity ? '' : ` and at most ${max}`}`);
  return value;
};
/** Says what it should be, and not what it is: it may be a secret. */
const unless = (isFine: boolean, expected: string): void => {
  if (!isFine) throw new Error(`it is not ${expected}`);
};

/** A word or path. Without a default it must be given. */
export const text = (doc: string, fallback?: string): Setting<string> => declare('text', doc, fallback, value => value);
/** Text that may be absent. */
export const optional = (doc: string): Setting<string | undefined> => ({
  ...declare<string | undefined>('text', doc, undefined, value => value),
  kind: 'text, optional',
});
export const integer = (doc: string, fallback?: number, min = 0, max = Infinity): Setting<number> =>
  declare('integer', doc, fallback, value => number(value, min, max));
/** One of some words. */
export const oneOf = <const T extends string>(doc: string, words: readonly T[], fallback?: T): Setting<T> =>
  declare('text', doc, fallback, value => {
    const found = words.find(word => word === value);
    if (found === undefined) throw new Error(`"${value}" is none of ${words.join(', ')}`);
    return found;
  });
export const flag = (doc: string, fallback: boolean): Setting<boolean> =>
  declare('true or false', doc, fallback, value => {
    if (value !== 'true' && value !== 'false') throw new Error(`"${value}" is neither true nor false`);
    return value === 'true';
  });
/** An http(s) address without credentials in it. */
export const url = (doc: string, fallback?: string): Setting<string> =>
  declare('address', doc, fallback, value => {
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) throw new Error('it is not an http or https address');
    if (new URL(value).password !== '') throw new Error('an address must not hold a password; use the setting for it');
    return value.replace(/\/$/, '');
  });
const isHostAndPort = (text: string): boolean => {
  const [, port] = /^[^\s,]+:(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536;
};
/** Where to begin in a cluster: `host:port`, several with commas. */
export const brokers = (doc: string): Setting<string> =>
  declare('addresses', doc, undefined, value => {
    const wrong = value.split(',').find(one => !isHostAndPort(one.trim()));
    if (wrong !== undefined) throw new Error(`"${wrong.trim()}" is not host:port`);
    return value;
  });
/** Never logged, never in an error, never in the generated page. */
export const secret = (doc: string): Setting<string> => declare('secret', doc, undefined, value => value, true);
/** Random bytes in base64. */
export const secretBytes = (doc: string, bytes: number): Setting<string> =>
  declare(
    'secret',
    doc,
    undefined,
    value => {
      unless(
        Buffer.from(value, 'base64').length === bytes,
        `${bytes} bytes in base64 (make some with \`openssl rand -base64 ${bytes}\`)`,
      );
      return value;
    },
    true,
  );
/** The address of a database; it may hold a password. */
export const postgres = (doc: string, fallback?: string): Setting<string> =>
  declare(
    'secret',
    doc,
    fallback,
    value => {
      unless(
        URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol),
        'an address that begins with postgres://',
      );
      return value;
    },
    true,
  );
export const optionalSecret = (doc: string): Setting<string | undefined> => ({
  ...declare<string | undefined>('secret', doc, undefined, value => value, true),
  kind: 'secret, optional',
});
const pairs = (value: string): ReadonlyMap<string, readonly string[]> => {
  const byShop = new Map<string, string[]>();
  for (const pair of value.split(/\s+/).filter(part => part !== '')) {
    const at = pair.indexOf('=');
    if (at < 1 || at === pair.length - 1) throw new Error('each entry is shop=secret, separated by white space');
    const shop = pair.slice(0, at);
    byShop.set(shop, [...(byShop.get(shop) ?? []), pair.slice(at + 1)]);
  }
  return byShop;
};
/** `shop=secret` pairs separated by white space; a shop may have several (all are active while one is being rolled). */
export const secretsByShop = (doc: string): Setting<ReadonlyMap<string, readonly string[]>> =>
  declare('secrets by shop', doc, new Map<string, readonly string[]>(), pairs, true);
/** The same, where a shop without an entry refuses the start. */
export const secretsOfEveryShop = (doc: string): Setting<ReadonlyMap<string, readonly string[]>> => ({
  ...secretsByShop(doc),
  everyShop: true,
});

export const isOptional = (setting: Setting): boolean => setting.kind.endsWith('optional');

/** Where a value is from; `name` is the name in the environment that gave it. */
export type Origin =
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly name: string; readonly path: string }
  | { readonly from: 'default' | 'nowhere' };
/** What is fine, and every problem in words; what has a problem has no value. */
export interface Checked<S extends Settings> {
  readonly values: Partial<SettingValues<S>>;
  readonly problems: readonly string[];
  readonly origins: Readonly<Record<string, Origin>>;
}
type Environment = Readonly<Record<string, string | undefined>>;
interface Given {
  readonly origin: Origin;
  readonly text?: string;
  readonly problem?: string;
}
/** The text of a setting: from its name, or for a secret from the file that `NAME_FILE` names. */
const givenOf = (name: string, { secret: isSecret }: Setting, environment: Environment): Given => {
  const inFile = fileNameOf(name);
  const [text = '', path = ''] = [environment[name], isSecret ? environment[inFile] : ''];
  if (path === '') return text === '' ? { origin: { from: 'nowhere' } } : { origin: { from: 'environment', name }, text };
  const origin = { from: 'file', name: inFile, path } as const;
  if (text !== '') return { origin, problem: `${name} and ${inFile} are both set; take one away` };
  const read = readSecretFile(path);
  return 'text' in read ? { origin, text: read.text } : { origin, problem: `${inFile}: ${read.problem}` };
};
/** An empty value counts as absent. */
export const checkSettings = <S extends Settings>(declared: S, environment: Environment): Checked<S> => {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [name, setting] of Object.entries(declared)) {
    const { origin, text: given, problem } = givenOf(name, setting, environment);
    origins[name] = origin;
    if (problem !== undefined) problems.push(problem);
    else if (given === undefined) {
      if (setting.default === undefined && !isOptional(setting)) problems.push(`${name} is not set (${setting.doc})`);
      else values[name] = setting.default;
      if (setting.default !== undefined) origins[name] = { from: 'default' };
    } else
      try {
        values[name] = setting.parse(given);
      } catch (error) {
        problems.push(`${'name' in origin ? origin.name : name}: ${error instanceof Error ? error.message : String(error)}`);
      }
  }
  return { values: values as Partial<SettingValues<S>>, problems, origins };
};
/** Secrets that these shops, all of one channel, lack. */
export const lackingSecrets = (
  declared: Settings,
  values: Readonly<Record<string, unknown>>,
  shops: readonly string[],
): readonly string[] =>
  Object.entries(declared).flatMap(([name, { everyShop, doc }]) => {
    const given = values[name];
    if (!everyShop || !(given instanceof Map)) return [];
    return shops
      .filter(shop => !given.has(shop))
      .map(shop => `${name} has nothing for the shop ${shop}; add ${shop}=… (${doc.replace(/\.$/, '')})`);
  });

/** Throws one fatal SETTINGS_INVALID that lists every problem, `also` those that were found elsewhere. */
export const readSettings = <S extends Settings>(
  declared: S,
  environment: Environment,
  also: readonly string[] = [],
): SettingValues<S> => {
  const { values, problems } = checkSettings(declared, environment);
  if (problems.length + also.length > 0) throw settingsFailure('reading the settings', [...problems, ...also]);
  return values as SettingValues<S>;
};
export const settingsFailure = (doing: string, problems: readonly string[]): Failure =>
  fatal('SETTINGS_INVALID', `${doing}: ${problems.length} problem(s)\n  ${problems.join('\n  ')}`);
