/** `onhand rebuild`: a unit's history folded anew and held against its state, or taken through today's rules. Writes nothing to Kafka. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fatal } from '../runtime/failure.ts';
import { processSettings } from '../runtime/process-settings.ts';
import type { Difference } from '../runtime/rebuild/differing.ts';
import { verify, type Local, type Verdict } from '../runtime/rebuild/verify.ts';
import { rebuildable, type Progress, type RebuildWorld } from '../runtime/rebuild/world.ts';
import { lmdbStore } from '../runtime/store/lmdb.ts';
import { lmdbReading } from '../runtime/store/lmdb-reading.ts';
import { inputsOf, nameOf, type Unit } from '../runtime/topology.ts';
import type { Context } from './context.ts';

export interface RebuildCommand {
  readonly unit: string;
  readonly partition?: number;
  readonly store?: boolean;
  readonly snapshot?: string;
  readonly temp?: string;
}
/** 2: it cannot be said. */
export const rebuildCodes = { equal: 0, different: 1, cannot: 2 } as const;
const progressMs = 2_000;

export const unitOf = (context: Context, name: string): Unit => {
  const found = context.units.find(one => nameOf(one) === name);
  if (found !== undefined) return found;
  const known = context.units.filter(one => one.kind !== 'sink').map(nameOf);
  throw fatal('NOT_FOUND', `rebuilding ${name}: there is no such unit; there are ${known.join(', ')}`);
};
/** All partitions of a unit, or the one that is wanted. */
export const partitionsOf = async (context: Context, unit: Unit, wanted: number | undefined): Promise<readonly number[]> => {
  const topic = context.names().topic(inputsOf(unit)[0]!.name);
  const count = (await context.log().partitions([topic])).get(topic);
  if (count === undefined)
    throw fatal('TOPIC_MISSING', `rebuilding ${nameOf(unit)}: ${topic} does not exist; run \`onhand topics apply\``);
  if (wanted === undefined) return Array.from({ length: count }, (_, partition) => partition);
  if (wanted < count) return [wanted];
  throw fatal('NOT_FOUND', `rebuilding ${nameOf(unit)}: it has the partitions 0 to ${count - 1}, and not ${wanted}`);
};
/** Runs with a folder for what does not fit into memory, which is gone afterwards. */
export const withScratch = async <T>(
  context: Context,
  unit: Unit,
  temp: string | undefined,
  work: (world: RebuildWorld) => Promise<T>,
): Promise<T> => {
  const folder = mkdtempSync(join(temp ?? tmpdir(), 'onhand-rebuild-'));
  let stores = 0;
  try {
    return await work({
      log: context.log(),
      names: context.names(),
      codec: context.codec(),
      clock: context.clock,
      unit: rebuildable(unit),
      scratch: () => lmdbStore(join(folder, String(stores++))),
      progress: progressOf(context, nameOf(unit)),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
/** A line on stderr now and then: what is read, how far, how fast. */
const progressOf = (context: Context, unit: string): ((progress: Progress) => void) => {
  let saidAt = context.clock.monotonic();
  let before: Progress | undefined;
  return progress => {
    const now = context.clock.monotonic();
    if (now - saidAt < progressMs) return;
    const same = before?.doing === progress.doing && before.partition === progress.partition;
    const rate = same ? `, ${Math.round(((progress.done - before!.done) / (now - saidAt)) * 1000)}/s` : '';
    const part = progress.of > 0 ? `, ${Math.floor((progress.done / progress.of) * 100)} %` : '';
    context.output.say(
      `${unit}/${progress.partition} ${progress.doing}: ${progress.done} of ${progress.of} records${part}${rate}`,
    );
    saidAt = now;
    before = progress;
  };
};
const localOf = (context: Context, unit: Unit) => {
  const data = context.environment['ONHAND_DATA'] ?? processSettings.ONHAND_DATA.default ?? '';
  return (partition: number): Local | undefined => {
    const reading = lmdbReading(join(data, nameOf(unit), String(partition)));
    return reading === undefined ? undefined : { store: reading, close: reading.close };
  };
};

/** Answers the exit code. */
export const verifyUnit = async (context: Context, command: RebuildCommand): Promise<number> => {
  const unit = unitOf(context, command.unit);
  rebuildable(unit);
  const partitions = await partitionsOf(context, unit, command.partition);
  const verdicts = await withScratch(context, unit, command.temp, async world => {
    const found: Verdict[] = [];
    const options = {
      world,
      partitions,
      ...(command.snapshot === undefined ? {} : { snapshots: command.snapshot }),
      ...(command.store === true ? { local: localOf(context, unit) } : {}),
    };
    for await (const one of verify(options)) found.push(one);
    return found;
  });
  showVerdicts(context, verdicts);
  return Math.max(...verdicts.map(one => rebuildCodes[one.is]));
};

const showVerdicts = (context: Context, verdicts: readonly Verdict[]): void => {
  const rest = verdicts.flatMap(one => [
    ...(one.difference === undefined ? [] : [inDetail(one, one.difference)]),
    ...(one.why === undefined ? [] : [`${one.unit}/${one.partition}: ${one.why.message}\n  ${one.why.code}`]),
    ...one.leftOut.map(text => `${one.unit}/${one.partition}: not compared: ${text}`),
  ]);
  context.output.show({
    json: verdicts,
    ...(rest.length === 0 ? {} : { text: rest.join('\n\n') }),
    head: ['task', 'is', 'transactions', 'events', 'facts', 'keys', 'entries', 'alarms', 'set aside', 'hash', 'from'],
    rows: verdicts.map(one => [
      `${one.unit}/${one.partition}`,
      one.is,
      one.counts?.transactions ?? '',
      one.counts === undefined ? '' : one.counts.records + one.counts.alarms,
      one.counts === undefined ? '' : one.counts.facts + one.counts.notes,
      one.counts?.state ?? '',
      one.counts?.entry ?? '',
      one.counts?.alarm ?? '',
      one.counts?.['set aside'] ?? '',
      hashText(one),
      one.from ?? 'the beginning',
    ]),
  });
  const kept = verdicts.flatMap(one => (one.snapshot === undefined ? [] : [one.snapshot]));
  if (kept.length > 0) context.output.say(`Kept: ${kept.join(', ')}`);
};
const hashText = ({ hash }: Verdict): string => {
  if (hash === undefined) return '';
  const [rebuilt, stored] = [hash.rebuilt.slice(0, 12), hash.stored.slice(0, 12)];
  return rebuilt === stored ? rebuilt : `${rebuilt}\n${stored}`;
};
/** Values as they are told to people, longest. */
const valueLength = 600;
const inDetail = (verdict: Verdict, { says, path, rebuilt, stored, at }: Difference): string => {
  const text = (value: unknown): string => {
    const whole = JSON.stringify(value);
    return whole.length > valueLength ? `${whole.slice(0, valueLength)}… (whole with --json)` : whole;
  };
  const where = [
    at?.transaction === undefined ? undefined : `transaction ${at.transaction}`,
    at?.run === undefined ? undefined : `${verdict.unit}.runs ${verdict.partition}:${at.run}`,
    at?.changelog === undefined ? undefined : `${verdict.unit}.changelog ${verdict.partition}:${at.changelog}`,
  ].filter(one => one !== undefined);
  return [
    `${verdict.unit}/${verdict.partition}: ${says}`,
    ...(path === undefined ? [] : [`  at       ${path}`]),
    `  rebuilt  ${text(rebuilt)}`,
    `  stored   ${text(stored)}`,
    ...(where.length === 0 ? [] : [`  since    ${where.join(', ')}`]),
    ...(at?.says === undefined ? [] : [`  ${at.says}`]),
    ...((verdict.differing ?? 0) > 1 ? [`  ${verdict.differing} keys differ`] : []),
  ].join('\n');
};
