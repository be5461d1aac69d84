/** `onhand parked list|show|retry|skip`: what poison keeps back, from the changelogs, so that it is seen even while a unit is down. */
import { fatal } from '../runtime/failure.ts';
import { nameOf, ownTopics } from '../runtime/topology.ts';
import { separator, type ControlCommand, type Parked } from '../runtime/task/keys.ts';
import { recordOf } from '../runtime/task/parking.ts';
import { eventOf } from '../runtime/task/rules.ts';
import { audited, detail, type Actor } from './audited.ts';
import type { Context } from './context.ts';
import { age, time, typed, withCommand } from './output.ts';

export interface ParkedItem extends Parked {
  readonly unit: string;
  readonly scope: string;
  readonly sequence: number;
  /** The task's partition: where an operator's word must go. */
  readonly task: number;
}

export const parkedItems = async (context: Context, unit?: string): Promise<readonly ParkedItem[]> => {
  const wanted = context.units.map(nameOf).filter(name => unit === undefined || name === unit);
  if (wanted.length === 0)
    throw fatal(
      'NOT_FOUND',
      `looking at what ${unit} has set aside: there is no such unit; there are ${context.units.map(nameOf).join(', ')}`,
    );
  const items = new Map<string, ParkedItem>();
  for (const name of wanted)
    await context.client().scan(
      ownTopics.changelog(name),
      record => {
        const storeKey = record.key!.toString();
        const at = `${name} ${record.partition} ${storeKey}`;
        if (record.value === null) return void items.delete(at);
        const scope = storeKey.slice(2, storeKey.lastIndexOf(separator));
        items.set(at, {
          ...(JSON.parse(record.value.toString()) as Parked),
          unit: name,
          scope,
          sequence: Number(storeKey.slice(storeKey.lastIndexOf(separator) + 1)),
          task: record.partition,
        });
      },
      { where: record => record.key?.[0] === 0x6b && record.key[1] === 0 },
    );
  return [...items.values()].sort(
    (a, b) => a.unit.localeCompare(b.unit) || a.scope.localeCompare(b.scope) || a.sequence - b.sequence,
  );
};

export const listParked = async (context: Context, unit: string | undefined): Promise<void> => {
  const all = await parkedItems(context, unit);
  const heads = all.filter((one, i) => all[i - 1]?.unit !== one.unit || all[i - 1]?.scope !== one.scope);
  const rows = heads.map(head => {
    const behind = all.filter(one => one.unit === head.unit && one.scope === head.scope).length - 1;
    return {
      unit: head.unit,
      key: head.key,
      topic: head.topic,
      partition: head.partition,
      offset: head.offset,
      code: head.code,
      reason: head.reason,
      behind,
      parkedAt: head.parkedAt,
      /** Once the cause is mended. */
      retry: typed('parked', 'retry', head.unit, '--key', head.key, '--reason', 'WHY'),
    };
  });
  context.output.show({
    json: rows,
    head: ['unit', 'key', 'from', 'since', 'behind', 'reason'],
    rows: rows.map(one => [
      one.unit,
      one.key,
      `${one.topic} ${one.partition}:${one.offset}`,
      age(context.clock.now() - one.parkedAt),
      one.behind,
      withCommand(`${one.code}: ${one.reason}`, one.retry),
    ]),
    empty: 'Nothing is set aside.',
  });
  if (rows.length > 0) context.output.say('Retry when the cause is mended; `onhand parked skip` drops the first event for good.');
};
const itemsOf = async (context: Context, unit: string, key: string): Promise<readonly ParkedItem[]> => {
  const found = (await parkedItems(context, unit)).filter(one => one.key === key || one.scope === key);
  if (found.length === 0) throw fatal('NOT_FOUND', `looking at what ${unit} has set aside: nothing of the key ${key}`);
  return found;
};
export const showParked = async (context: Context, unit: string, key: string): Promise<void> => {
  const found = await itemsOf(context, unit, key);
  const shown = [];
  for (const { value, headers: _, ...item } of found) {
    // Sealed fields stay closed: they are shown as they travel.
    let event: unknown = item.alarm ?? null;
    if (value !== null) {
      const record = recordOf({ ...item, value, headers: _ }, item.topic);
      await context.codec().ensure([record.value]);
      try {
        event = eventOf(context.codec(), record);
      } catch (error) {
        event = { unreadable: error instanceof Error ? error.message : String(error) };
      }
    }
    shown.push({ ...item, event });
  }
  context.output.show({
    json: shown,
    text: shown
      .map(one =>
        [
          `${one.unit} ${one.topic} ${one.partition}:${one.offset}, set aside ${time(one.parkedAt)}`,
          `  ${one.code}: ${one.reason}`,
          JSON.stringify(one.event, null, 2),
        ].join('\n'),
      )
      .join('\n\n'),
  });
};
export interface Deciding extends Actor {
  readonly unit: string;
  readonly key: string;
}
/** Writes the operator's word where the task reads it; the task obeys within a moment when it runs. */
export const decideParked = async (
  context: Context,
  action: ControlCommand['action'],
  { unit, key, actor, reason }: Deciding,
): Promise<void> => {
  const found = await itemsOf(context, unit, key);
  const scopes = new Map(found.map(one => [one.scope, one.task]));
  const act = { action: `parked ${action}`, subject: `${unit} ${key}`, actor, reason, before: asItStands(found) };
  await audited(context, act, async () => {
    for (const [scope, task] of scopes)
      await context
        .client()
        .write(ownTopics.control(unit), task, scope, { action, scope, actor, reason } satisfies ControlCommand);
    const text = `Told ${unit} to ${action} ${key}${action === 'skip' ? ' (its first event)' : ''}.`;
    context.output.show({
      json: { unit, key, action, told: scopes.size },
      text: `${text} \`onhand parked list\` shows what is left.`,
    });
    return { detail: text };
  });
};
/** Why the key waits and since when: codes and coordinates, never what the events say. */
const asItStands = (found: readonly ParkedItem[]) => [
  detail('set aside', found.length),
  ...found.slice(0, 1).map(one => detail('first', `${one.code} ${one.topic} ${one.partition}:${one.offset}`)),
];
