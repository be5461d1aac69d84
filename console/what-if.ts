/** `onhand rebuild UNIT --what-if`: what today's rules, or those of another policy, would have said of the same history. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCompany } from '../runtime/company.ts';
import { fatal } from '../runtime/failure.ts';
import { keysOf, memoryKeyStore, type Keys } from '../runtime/keys/keys.ts';
import { postgresKeyStore } from '../runtime/keys/postgres.ts';
import { processSettings } from '../runtime/process-settings.ts';
import { factDifferences, type Example, type FactGroup } from '../runtime/rebuild/fact-differences.ts';
import { retell } from '../runtime/rebuild/retell.ts';
import { rebuildable, type Rebuildable } from '../runtime/rebuild/world.ts';
import { keyedHash } from '../runtime/run.ts';
import { shopChecker } from '../runtime/start-checks.ts';
import { producerRules } from '../runtime/task/producer-rules.ts';
import { processorRules, type Rules } from '../runtime/task/rules.ts';
import { nameOf } from '../runtime/topology.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Context } from './context.ts';
import { partitionsOf, rebuildCodes, unitOf, withScratch, type RebuildCommand } from './rebuild.ts';

export interface WhatIfCommand extends Omit<RebuildCommand, 'store'> {
  /** A company folder, or a policy file that stands in for the one in the company folder. */
  readonly policy?: string;
  /** How many of each kind are shown. */
  readonly examples: number;
}
/** The company files with another policy among them. */
export const policyAt = (context: Context, path: string | undefined): Policy => {
  if (path === undefined) return context.policy();
  const check = shopChecker(context.units);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw fatal('NOT_FOUND', `reading the policy ${path}: there is no such file or folder`);
  if (found.isDirectory()) return loadCompany(path, check);
  const company = context.environment['ONHAND_COMPANY'] ?? processSettings.ONHAND_COMPANY.default ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'onhand-policy-'));
  try {
    for (const name of readdirSync(company).filter(one => one.endsWith('.json')))
      copyFileSync(join(company, name), join(folder, name));
    copyFileSync(path, join(folder, 'policy.json'));
    return loadCompany(folder, check);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
/** Opens with the keys that there are; seals with keys that nobody keeps. */
const readingKeys = (context: Context): { readonly keys: Keys; readonly close: () => Promise<void> } => {
  const settings = context.processSettings();
  const store = postgresKeyStore({ url: settings.KEYS_URL, masterKey: settings.ONHAND_MASTER_KEY });
  return { keys: keysOf({ ...memoryKeyStore(), load: store.load }, context.clock.now), close: store.close };
};
const rulesOf = (
  context: Context,
  unit: Rebuildable,
  policy: Policy,
): { readonly rules: Rules; readonly close: () => Promise<void> } => {
  const codec = context.codec();
  if (unit.kind === 'processor') return { rules: processorRules(unit.unit, codec, policy), close: () => Promise.resolve() };
  const { keys, close } = readingKeys(context);
  const hash = keyedHash(context.processSettings().ONHAND_HASH_KEY);
  return { rules: producerRules(unit.unit, codec, policy, keys, hash), close };
};
/** Answers the exit code. */
export const whatIfUnit = async (context: Context, command: WhatIfCommand): Promise<number> => {
  const unit = rebuildable(unitOf(context, command.unit));
  const policy = policyAt(context, command.policy);
  const partitions = await partitionsOf(context, unit, command.partition);
  const differences = factDifferences(command.examples);
  const { rules, close } = rulesOf(context, unit, policy);
  const { says, whole } = await withScratch(context, unit, command.temp, world =>
    retell({
      world,
      rules,
      partitions,
      differences,
      ...(command.snapshot === undefined ? {} : { snapshots: command.snapshot }),
    }),
  ).finally(close);
  const groups = differences.groups();
  const refused = differences.refused();
  const differ = refused.length > 0 || groups.some(one => one.onlyThen + one.onlyNow + one.changed > 0);
  context.output.show({
    json: { unit: nameOf(unit), policy: policy.hash, whole, says, groups, refused },
    text: [
      ...says,
      ...groups.flatMap(one => one.examples.map(example => inWords(one, example))),
      ...refused.map(one => `${one.rule} of ${one.key}: set aside now (${one.count} of its kind)\n  ${one.code}: ${one.message}`),
      differ ? '' : `Nothing differs under the policy ${policy.hash.slice(0, 12)}.`,
    ]
      .filter(one => one !== '')
      .join('\n'),
    head: ['on', 'says', 'same', 'only then', 'only now', 'changed', 'keys', 'fields'],
    rows: groups.map(one => [
      one.rule,
      one.fact,
      one.same,
      one.onlyThen,
      one.onlyNow,
      one.changed,
      one.keys,
      Object.entries(one.fields)
        .map(([field, count]) => `${field} ${count}`)
        .join('\n'),
    ]),
    empty: 'The history holds nothing.',
  });
  if (!whole) return rebuildCodes.cannot;
  return differ ? rebuildCodes.different : rebuildCodes.equal;
};
const textLength = 300;
const inWords = ({ rule, fact }: FactGroup, { how, key, event, fields, then, now }: Example): string => {
  const only = (value: unknown): unknown =>
    fields === undefined
      ? value
      : Object.fromEntries(fields.map(name => [name, (value as Readonly<Record<string, unknown>>)[name]]));
  const text = (value: unknown): string => {
    const whole = JSON.stringify(only(value));
    return whole.length > textLength ? `${whole.slice(0, textLength)}…` : whole;
  };
  return [
    `${key}: ${fact} on ${rule} ${event}, ${how}`,
    ...(then === undefined ? [] : [`  then ${text(then)}`]),
    ...(now === undefined ? [] : [`  now  ${text(now)}`]),
  ].join('\n');
};
