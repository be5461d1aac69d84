/** Settings: declared beside their user with meaning, type and default; read once at start, all problems reported together. */
import { fatal } from './failure.ts';

interface Declared<T> {
  readonly doc: string;
  readonly kind: string;
  /** Shown in docs; a secret has none. */
  readonly default: T | undefined;
  readonly secret: boolean;
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
  parse,
});
const number = (text: string, min: number): number => {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < min)
    throw new Error(`"${text}" is not an integer of at least ${min}`);
  return value;
};

/** A word or path. Without a default it must be given. */
export const text = (doc: string, fallback?: string): Setting<string> => declare('text', doc, fallback, value => value);
/** Text that may be absent. */
export const optional = (doc: string): Setting<string | undefined> => ({
  ...declare<string | undefined>('text', doc, undefined, value => value),
  kind: 'text, optional',
});
export const integer = (doc: string, fallback?: number, min = 0): Setting<number> =>
  declare('integer', doc, fallback, value => number(value, min));
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
/** Never logged, never in an error, never in the generated page. */
export const secret = (doc: string): Setting<string> => declare('secret', doc, undefined, value => value, true);
export const optionalSecret = (doc: string): Setting<string | undefined> => ({
  ...declare<string | undefined>('secret', doc, undefined, value => value, true),
  kind: 'secret, optional',
});
/** `shop=secret` pairs separated by white space; a shop may have several (all are active while one is being rolled). */
export const secretsByShop = (doc: string): Setting<ReadonlyMap<string, readonly string[]>> =>
  declare(
    'secrets by shop',
    doc,
    new Map<string, readonly string[]>(),
    value => {
      const byShop = new Map<string, string[]>();
      for (const pair of value.split(/\s+/).filter(part => part !== '')) {
        const at = pair.indexOf('=');
        if (at < 1 || at === pair.length - 1) throw new Error('each entry is shop=secret, separated by white space');
        const shop = pair.slice(0, at);
        byShop.set(shop, [...(byShop.get(shop) ?? []), pair.slice(at + 1)]);
      }
      return byShop;
    },
    true,
  );

const isOptional = (setting: Setting): boolean => setting.kind.endsWith('optional');

/** Reads all; throws one fatal SETTINGS_INVALID that lists every problem. An empty value counts as absent. */
export const readSettings = <S extends Settings>(
  declared: S,
  environment: Readonly<Record<string, string | undefined>>,
): SettingValues<S> => {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(declared)) {
    const given = environment[name];
    if (given === undefined || given === '') {
      if (setting.default === undefined && !isOptional(setting)) problems.push(`${name} is not set (${setting.doc})`);
      else values[name] = setting.default;
      continue;
    }
    try {
      values[name] = setting.parse(given);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0)
    throw fatal('SETTINGS_INVALID', `reading the settings: ${problems.length} problem(s)\n  ${problems.join('\n  ')}`);
  return values as SettingValues<S>;
};
