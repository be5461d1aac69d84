/** `onhand settings`: what is set and from where, and all that would refuse a start; of a secret only whether it is set. */
import { fatal } from '../runtime/failure.ts';
import { processSettings } from '../runtime/process-settings.ts';
import { isReadableByAll } from '../runtime/setting-files.ts';
import { checkSettings, isOptional, type Origin, type Setting, type Settings } from '../runtime/settings.ts';
import { checkStart, refusal, settingsDeclaredBy } from '../runtime/start-checks.ts';
import { nameOf } from '../runtime/topology.ts';
import type { Context } from './context.ts';

interface Row {
  readonly setting: string;
  readonly secret: boolean;
  /** Null: not set, a secret, or not fine: then it may be a secret that stands in the wrong place. */
  readonly value: string | null;
  readonly from: Origin['from'];
  /** The name in the environment, or the file, that gave it. */
  readonly where: string | null;
  /** Of a secret's file: everybody on its machine may read it. */
  readonly readableByAll: boolean;
  /** Empty: every process. */
  readonly units: readonly string[];
  readonly shown: string;
}

/** Ends with a failure that lists the problems, after what is set was shown. */
export const showSettings = (context: Context, named: readonly string[]): void => {
  const { environment } = context;
  const known = context.units.map(nameOf);
  const unknown = named.filter(name => !known.includes(name));
  if (unknown.length > 0)
    throw fatal(
      'NOT_FOUND',
      `looking at the settings of ${unknown.join(', ')}: there is no such unit; there are ${known.join(', ')}`,
    );
  const units = context.units.filter(one => named.length === 0 || named.includes(nameOf(one)));
  const declared = Object.assign({}, processSettings, ...units.map(settingsDeclaredBy)) as Settings;
  const { origins, values } = checkSettings(declared, environment);
  const rows = Object.entries(declared).map(([name, setting]): Row => {
    const origin = origins[name]!;
    const isFine = Object.hasOwn(values, name);
    const { from } = origin;
    const given = from === 'environment' ? (environment[name] ?? '') : from === 'default' ? defaultOf(setting) : null;
    const value = setting.secret || !isFine ? null : given;
    return {
      setting: name,
      secret: setting.secret,
      value,
      from,
      where: from === 'file' ? origin.path : from === 'environment' ? (context.filledIn?.(name) ?? name) : null,
      readableByAll: from === 'file' && isReadableByAll(origin.path),
      units: Object.hasOwn(processSettings, name)
        ? []
        : units.filter(one => Object.hasOwn(settingsDeclaredBy(one), name)).map(nameOf),
      shown: shownOf(setting, from, isFine, value),
    };
  });
  const checked = checkStart({ environment, units: context.units, run: units.map(nameOf) });
  const problems = 'start' in checked ? [] : checked.problems;
  context.output.show({
    json: { settings: rows.map(({ shown: _, ...row }) => row), problems },
    head: ['setting', 'value', 'from', 'of'],
    rows: rows.map(row => [row.setting, row.shown, fromOf(row), row.units.join(', ') || 'every process']),
  });
  if (!('start' in checked)) throw refusal(checked);
};
const defaultOf = ({ default: value }: Setting): string => (typeof value === 'string' ? value : JSON.stringify(value));
const shownOf = (setting: Setting, from: Origin['from'], isFine: boolean, value: string | null): string => {
  if (from === 'nowhere') return isOptional(setting) ? 'absent' : 'NOT SET';
  if (!isFine) return 'WRONG';
  if (!setting.secret) return value ?? '';
  return from === 'default' ? (setting.default instanceof Map ? 'none' : 'has one, not shown') : 'set, not shown';
};
const fromOf = ({ from, where, readableByAll }: Row): string => {
  switch (from) {
    case 'file':
      return `the file ${where}${readableByAll ? ' (readable by all)' : ''}`;
    case 'environment':
      return where ?? '';
    case 'default':
      return 'default';
    case 'nowhere':
      return '';
  }
};
