/** The page of settings: by process and unit, with meaning, kind and default. A secret is named and has no value. */
import { logSettings, processSettings } from '../process-settings.ts';
import type { Setting, Settings } from '../settings.ts';
import type { Unit } from '../topology.ts';
import { nameOf } from '../topology.ts';
import { code, page, plain, table } from './markdown.ts';

const isOptional = ({ kind }: Setting): boolean => kind.endsWith('optional');
const fallback = (setting: Setting): string => {
  if (isOptional(setting)) return 'absent';
  if (setting.default === undefined) return 'must be given';
  if (setting.everyShop) return 'must be given for each shop';
  if (setting.default instanceof Map) return 'none';
  if (setting.secret) return 'has one, not shown';
  return setting.default === ''
    ? 'empty'
    : code(typeof setting.default === 'string' ? setting.default : JSON.stringify(setting.default));
};
const rows = (settings: Settings): readonly (readonly string[])[] =>
  Object.entries(settings).map(([name, setting]) => [
    code(name),
    plain(setting.doc.replace(/\.$/, '')),
    setting.secret ? setting.kind.replace(/secrets?/, word => `**${word}**`) : setting.kind,
    fallback(setting),
  ]);
const listed = (settings: Settings): string => table(['setting', 'meaning', 'kind', 'default'], rows(settings));
/** The settings that a unit declares; processors read none. */
export const settingsOf = (one: Unit): Settings => (one.kind === 'processor' ? {} : (one.unit.settings as Settings));
const without = (settings: Settings, others: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !Object.hasOwn(others, name)));

export const settingsPage = (units: readonly Unit[]): string => {
  const own = units
    .map(one => ({ name: nameOf(one), settings: settingsOf(one) }))
    .filter(one => Object.keys(one.settings).length > 0);
  const users = (name: string): readonly string[] => own.filter(one => Object.hasOwn(one.settings, name)).map(one => one.name);
  const shared: Settings = Object.fromEntries(
    own.flatMap(one => Object.entries(one.settings).filter(([name]) => users(name).length > 1)),
  );
  const sharedBy = [...new Set(Object.keys(shared).flatMap(users))];
  return page('Settings', [
    'Settings are environment variables. They are read once, when a process starts, and all problems are told together. An empty value counts as absent. ' +
      'A process needs those of every process and those of the units that it runs. Values of secrets are in no log, no error and no page.',
    'A secret may stand in a file: `NAME_FILE` names it in place of `NAME`, and line ends at its end are cut. A name that begins with `ONHAND_` and is none of these stops the start, ' +
      'and so does one that is nearly one of these. `onhand settings` shows what is set and from where.',
    '## The console: every command that looks at the topics',
    listed(logSettings),
    '## Every process: `onhand run`',
    'All of the above, and:',
    listed(without(processSettings, logSettings)),
    ...(sharedBy.length === 0 ? [] : [`## ${sharedBy.join(' and ')}`, listed(shared)]),
    ...own.flatMap(({ name, settings }) => {
      const rest = without(settings, shared);
      return Object.keys(rest).length === 0 ? [] : [`## ${name}`, listed(rest)];
    }),
  ]);
};
