/** All that can be wrong with settings and company files, told at once: who mends one problem after the other starts a process five times. */
import { checkCompany, type CheckShop } from './company.ts';
import { problemText, readFiles } from './company-files.ts';
import { fatal, type Failure } from './failure.ts';
import { processSettings, type ProcessSettings } from './process-settings.ts';
import { strayNames } from './setting-names.ts';
import { checkSettings, lackingSecrets, settingsFailure, type Settings } from './settings.ts';
import { nameOf, type Unit } from './topology.ts';
import type { Policy } from '../schemas/policy.ts';

export interface StartOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** All units of the topology; `run` names those that run here. */
  readonly units: readonly Unit[];
  readonly run: readonly string[];
}
export interface Start {
  readonly settings: ProcessSettings;
  readonly settingsOf: (unit: string) => Readonly<Record<string, unknown>>;
  readonly policy: Policy;
}

/** A sink's call must end before its membership can, with room for the calls around it. */
export const longestCallShare = 0.6;

const channelsOf = (units: readonly Unit[]): readonly string[] =>
  units.flatMap(one => (one.kind === 'producer' ? [one.unit.name] : []));
/** What the producer of a shop's channel finds wrong with it. */
export const shopChecker =
  (units: readonly Unit[]): CheckShop =>
  shop => {
    const found = units.find(one => one.kind === 'producer' && one.unit.name === shop.channel);
    return found?.kind === 'producer'
      ? found.unit.checkShop(shop)
      : [`there is no channel ${shop.channel}; there are ${channelsOf(units).join(', ')}`];
  };

export const settingsDeclaredBy = (one: Unit): Settings => (one.kind === 'processor' ? {} : (one.unit.settings as Settings));
/** Names in the environment that are nearly a setting of a process or of any unit, also of one that runs elsewhere. */
export const strayIn = (units: readonly Unit[], environment: StartOptions['environment']): readonly string[] =>
  strayNames(Object.assign({}, processSettings, ...units.map(settingsDeclaredBy)) as Settings, environment);
/** What settings say together. */
const together = (settings: Partial<ProcessSettings>, isSinkHere: boolean): readonly string[] => {
  const { KAFKA_USERNAME: user, KAFKA_PASSWORD: password, ONHAND_CALL_SECONDS: call, ONHAND_SESSION_SECONDS: session } = settings;
  return [
    ...(user !== undefined && password === undefined ? ['KAFKA_PASSWORD is not set, and KAFKA_USERNAME is'] : []),
    ...(user === undefined && password !== undefined ? ['KAFKA_USERNAME is not set, and KAFKA_PASSWORD is'] : []),
    ...(isSinkHere && call !== undefined && session !== undefined && call > session * longestCallShare
      ? [
          `ONHAND_CALL_SECONDS: a call may take ${call} s, which is more than ${longestCallShare * 100} % of the session of ${session} s; lower it, or raise ONHAND_SESSION_SECONDS`,
        ]
      : []),
  ];
};
/** Shops by channel, also where the files have other problems. */
const shopsIn = (folder: string, channel: string): readonly string[] =>
  Object.entries(readFiles(folder).found.shops?.shops ?? {}).flatMap(([shop, of]) => (of.channel === channel ? [shop] : []));

interface Refused {
  readonly doing: string;
  readonly problems: readonly string[];
  /** The files alone are wrong, and name two authors of one thing. */
  readonly isConflict: boolean;
}
/** What a start is given, or all that refuses it. */
export const checkStart = ({ environment, units, run }: StartOptions): { readonly start: Start } | Refused => {
  const running = units.filter(one => run.includes(nameOf(one)));
  const process = checkSettings(processSettings, environment);
  const declared = Object.assign({}, ...running.map(settingsDeclaredBy)) as Settings;
  const own = checkSettings(declared, environment);
  const folder = process.values.ONHAND_COMPANY ?? '';
  const company = checkCompany(folder, shopChecker(units));
  const problems = [
    ...process.problems,
    ...together(
      process.values,
      running.some(one => one.kind === 'sink'),
    ),
    ...own.problems,
    ...running.flatMap(one =>
      one.kind === 'producer' ? lackingSecrets(settingsDeclaredBy(one), own.values, shopsIn(folder, one.unit.name)) : [],
    ),
    ...strayIn(units, environment),
  ];
  if ('policy' in company && problems.length === 0)
    return { start: { settings: process.values as ProcessSettings, settingsOf: () => own.values, policy: company.policy } };
  const inFiles = 'policy' in company ? [] : company.problems;
  return {
    doing: `reading the settings and the company files in ${folder}`,
    problems: [...problems, ...inFiles.map(problemText)],
    isConflict: problems.length === 0 && inFiles.some(one => one.conflict),
  };
};
/** Throws one fatal SETTINGS_INVALID with every problem; AUTHORITY_CONFLICT where the files alone are wrong, and name two authors. */
export const checkedStart = (options: StartOptions): Start => {
  const checked = checkStart(options);
  if ('start' in checked) return checked.start;
  throw refusal(checked);
};
export const refusal = ({ doing, problems, isConflict }: Refused): Failure =>
  isConflict ? fatal('AUTHORITY_CONFLICT', settingsFailure(doing, problems).message) : settingsFailure(doing, problems);
