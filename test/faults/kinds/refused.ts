/**
 * A record that no unit can work on, written by an outsider: each reader keeps it whole, with its coordinates, where a person sees it
 * (its key set aside, or the DLQ), and its partition moves on. What is set aside is dropped by a person's word at the end.
 */
import assert from 'node:assert/strict';
import { isFailure } from '../../../runtime/failure.ts';
import type { LogRecord } from '../../../runtime/port.ts';
import { separator, type ControlCommand, type Parked } from '../../../runtime/task/keys.ts';
import { inputsOf, nameOf, ownTopics } from '../../../runtime/topology.ts';
import { units } from '../../../runtime/units.ts';
import { until } from '../../support/until.ts';
import type { World } from '../fault.ts';
import { allUnits } from '../support/plant.ts';
import { patienceMs } from '../support/moment.ts';

export interface Unworkable {
  /** Plain name. */
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly (readonly [string, string])[];
  /** Where it must come to: with its key where that tells whose it is. */
  readonly goes: 'set aside' | 'dlq';
  /** The code under which it is refused. */
  readonly code: string;
}
const readersOf = (topic: string): readonly string[] =>
  units
    .filter(unit => inputsOf(unit).some(one => one.name === topic))
    .map(nameOf)
    .filter(name => allUnits.includes(name));

/** Answers who refused it, and how long that took, ms. */
export const refusedBy = async (
  world: World,
  bad: Unworkable,
  /** With its offset, before what becomes of it is waited for. */
  meanwhile?: (offset: number) => Promise<void>,
): Promise<{ readonly who: readonly string[]; readonly tookMs: number }> => {
  const { log, names } = world;
  const who = readersOf(bad.topic);
  const watches = await Promise.all(who.map(unit => watchOf(world, unit, bad)));
  const offset = await written(world, bad);
  const where = `"topic":${JSON.stringify(bad.topic)},"offset":${offset},`;
  world.excused.push(line => line.includes(where) && line.includes(`"partition":${bad.partition},`));
  await meanwhile?.(offset);
  const begun = Date.now();
  for (const [index, unit] of who.entries()) {
    const at = `${bad.topic} ${bad.partition}@${offset} (${bad.code}) of ${unit}`;
    const kept = await until(`what becomes of ${at}`, () => watches[index]!(offset), patienceMs);
    assert.equal(kept.code, bad.code, at);
    assert.deepEqual(kept.value, bad.value, `${at}: its bytes`);
    assert.deepEqual(kept.key, bad.key, `${at}: its key`);
  }
  const tookMs = Date.now() - begun;
  for (const unit of who)
    await until(
      `${unit}/${bad.partition} to go on behind it`,
      async () => {
        const [end] = await log
          .committed(names.group(unit), [names.topic(bad.topic)])
          .then(all => all.filter(one => one.partition === bad.partition));
        return end !== undefined && end.offset > offset;
      },
      patienceMs,
    );
  if (bad.goes === 'set aside') for (const unit of who) await dropped(world, unit, bad);
  return { who, tookMs };
};

const written = async (world: World, bad: Unworkable): Promise<number> => {
  const appender = await world.log.appender();
  try {
    const [topic, headers] = [
      world.names.topic(bad.topic),
      (bad.headers ?? []).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const),
    ];
    const sent = await appender.send([{ topic, partition: bad.partition, key: bad.key, value: bad.value, headers }]);
    if (sent.is !== 'ok') throw new Error(`writing a bad record to ${bad.topic}: ${sent.error.message}`, { cause: sent.error });
    return sent.value[0]!.baseOffset;
  } finally {
    await appender.close();
  }
};

interface Kept {
  readonly code: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}
const isParkedKey = ({ key }: LogRecord): boolean => key?.[0] === 0x6b && key[1] === 0;
/** A topic that was deleted, or made again a moment ago. */
const isMissing = (error: unknown): boolean => isFailure(error) && error.code === 'TOPIC_MISSING';
/** Looks at what was written since to where it must come to; undefined: not there yet. */
const watchOf = async (world: World, unit: string, bad: Unworkable): Promise<(offset: number) => Promise<Kept | undefined>> => {
  const topic = bad.goes === 'dlq' ? ownTopics.dlq(unit) : ownTopics.changelog(unit);
  const { partition } = bad;
  const from = await world.log.bounds([{ topic: world.names.topic(topic), partition }]).then(
    ([bounds]) => bounds!.lastStable,
    (error: unknown) => {
      if (isMissing(error)) return 0;
      throw error;
    },
  );
  return async offset => {
    let found: Kept | undefined;
    const look = world.client.scan(
      topic,
      record => {
        const kept = bad.goes === 'dlq' ? inDlq(record, bad, offset) : isParked(record, bad, offset);
        found ??= kept;
      },
      {
        partitions: [partition],
        from: new Map([[partition, from]]),
        ...(bad.goes === 'dlq' ? {} : { where: isParkedKey }),
      },
    );
    await look.catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    return found;
  };
};
const inDlq = (record: LogRecord, bad: Unworkable, offset: number): Kept | undefined => {
  const headers = record.headers();
  const read = (name: string): string => headers[name]?.toString() ?? '';
  const at = [read('dlq_topic'), read('dlq_partition'), read('dlq_offset')].join();
  return at === [bad.topic, bad.partition, offset].join()
    ? { code: read('dlq_code'), key: record.key, value: record.value }
    : undefined;
};
const isParked = (record: LogRecord, bad: Unworkable, offset: number): Kept | undefined => {
  if (record.value === null) return undefined;
  const { topic, partition, offset: at, code, key, value } = JSON.parse(record.value.toString()) as Parked;
  if (topic !== bad.topic || partition !== bad.partition || at !== offset) return undefined;
  return { code, key: Buffer.from(key), value: value === null ? null : Buffer.from(value, 'base64') };
};

/** As `onhand parked skip` does. */
const dropped = async (world: World, unit: string, { topic, partition, key }: Unworkable): Promise<void> => {
  const isSink = units.some(one => one.kind === 'sink' && nameOf(one) === unit);
  const scope = `${isSink ? `${topic} ` : ''}${key!.toString()}`;
  const begins = `k${separator}${scope}${separator}`;
  const [bounds] = await world.log.bounds([{ topic: world.names.topic(ownTopics.changelog(unit)), partition }]);
  const word: ControlCommand = { action: 'skip', scope, actor: 'the fault run', reason: 'a bad record of the test' };
  await world.client.write(ownTopics.control(unit), partition, scope, word);
  await until(
    `${unit} to drop what is set aside of ${scope.slice(0, 80)}`,
    async () => {
      let gone = false;
      await world.client.scan(ownTopics.changelog(unit), record => void (gone ||= record.value === null), {
        partitions: [partition],
        from: new Map([[partition, bounds!.lastStable]]),
        where: record => record.key!.toString().startsWith(begins),
      });
      return gone;
    },
    patienceMs,
  );
};
