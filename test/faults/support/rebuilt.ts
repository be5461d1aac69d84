/** After a run: `onhand rebuild --verify` says equal for every processor and producer, and different, with its key, when an entry is altered. */
import type { LogRecord } from '../../../runtime/port.ts';
import type { StoredState } from '../../../runtime/task/keys.ts';
import { ownTopics } from '../../../runtime/topology.ts';
import type { Broken } from './judge.ts';
import { parts } from './plant.ts';
import type { OpenWorld } from './world.ts';

const equal = 0;
const different = 1;
const invariant = 'rebuild: the run log gives the state again';
const lastLine = (text: string): string => text.trimEnd().split('\n').slice(-3).join(' ');

/** The same value with its first number one higher; undefined where it has none. */
const altered = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 1;
  if (Array.isArray(value)) {
    const at = value.findIndex(one => altered(one) !== undefined);
    return at < 0 ? undefined : value.with(at, altered(value[at]));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const [name, other] = Object.entries(value)
    .map(([key, one]) => [key, altered(one)] as const)
    .find(([, one]) => one !== undefined) ?? ['', undefined];
  return other === undefined ? undefined : { ...value, [name]: other };
};
/** One state of the unit is overwritten in its changelog, as a hand would. Answers the key of it. */
const alterOne = async ({ client, names }: OpenWorld, unit: string): Promise<string | undefined> => {
  const newest = new Map<string, LogRecord>();
  await client.scan(ownTopics.changelog(unit), record => {
    if (record.key?.toString().startsWith('s\0') === true) newest.set(`${record.partition} ${record.key.toString()}`, record);
  });
  for (const { key, value, partition } of newest.values()) {
    if (key === null || value === null) continue;
    const stored = JSON.parse(value.toString()) as StoredState;
    const s = altered(stored.s);
    if (s === undefined) continue;
    const topic = names.topic(ownTopics.changelog(unit));
    await client.append([{ topic, partition, key, value: Buffer.from(JSON.stringify({ ...stored, s })) }]);
    return key.toString().slice(2);
  }
  return undefined;
};
export const rebuilt = async (world: OpenWorld): Promise<readonly Broken[]> => {
  const { onhand, say } = world;
  const found: string[] = [];
  for (const unit of [...parts.producer, ...parts.processor]) {
    const { code, out, err } = await onhand.attempt('rebuild', unit, '--verify');
    say(`rebuild ${unit}: ${code === equal ? 'equal' : `ended with ${code}`}; ${lastLine(out)}`);
    if (code !== equal) found.push(`${unit}: ended with ${code}: ${lastLine(out)} ${lastLine(err)}`);
  }
  const key = await alterOne(world, 'orders');
  if (key === undefined) found.push('orders has no state that could be altered');
  else {
    const { code, out, err } = await onhand.attempt('rebuild', 'orders', '--verify');
    say(`rebuild orders with ${key} altered: ${code === different ? 'different' : `ended with ${code}`}`);
    if (code !== different || !`${out}${err}`.includes(key))
      found.push(`orders: ${key} was altered by hand, and rebuild ended with ${code}: ${lastLine(out)} ${lastLine(err)}`);
  }
  return found.length === 0 ? [] : [{ invariant, found }];
};
