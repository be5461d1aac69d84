/** `onhand audit`: who acted by the console, why, and what came of it. */
import type { Detail, OperationBegun, OperationEnded } from '../schemas/generated/facts.ts';
import { topics } from '../schemas/topics.ts';
import type { Context } from './context.ts';
import { time } from './output.ts';

export interface Recorded extends OperationBegun {
  /** Undefined: it is under way, was killed, or could not write its end. */
  readonly ended: OperationEnded | undefined;
}
export interface AuditFilter {
  /** Epoch ms UTC of the beginning: from, and before. */
  readonly since?: number;
  readonly until?: number;
  readonly actor?: string;
  /** The command's first words: `parked`, or `parked skip`. */
  readonly action?: string;
  /** Stands in what was acted on. */
  readonly subject?: string;
  readonly operation?: string;
  /** Only what has no end. */
  readonly open?: boolean;
}

export const operationsOf = async (context: Context, operation?: string): Promise<readonly Recorded[]> => {
  const where =
    operation === undefined ? {} : { where: (record: { key: Buffer | null }) => record.key?.toString() === operation };
  const begun: OperationBegun[] = [];
  const ended = new Map<string, OperationEnded>();
  const nameOf = (one: OperationBegun | OperationEnded): string => `${one.operation} ${one.attempt}`;
  for (const { event } of await context.client().events(topics.audit.name, where)) {
    if (event.type === 'OperationBegun') begun.push(event.data as OperationBegun);
    if (event.type === 'OperationEnded') ended.set(nameOf(event.data as OperationEnded), event.data as OperationEnded);
  }
  return begun.map(one => ({ ...one, ended: ended.get(nameOf(one)) })).sort((a, b) => a.startedAt - b.startedAt);
};
const fits = (one: Recorded, filter: AuditFilter): boolean =>
  one.startedAt >= (filter.since ?? -Infinity) &&
  one.startedAt < (filter.until ?? Infinity) &&
  (filter.actor === undefined || one.actor === filter.actor) &&
  (filter.action === undefined || one.action === filter.action || one.action.startsWith(`${filter.action} `)) &&
  (filter.subject === undefined || one.subject.includes(filter.subject)) &&
  (filter.open !== true || one.ended === undefined);

export const showAudit = async (context: Context, filter: AuditFilter): Promise<void> => {
  const all = (await operationsOf(context, filter.operation)).filter(one => fits(one, filter));
  context.output.show({
    json: all.map(one => ({ ...one, ended: one.ended ?? null })),
    head: ['begun (UTC)', 'who', 'act', 'why', 'what came of it'],
    rows: all.map(one => [
      time(one.startedAt),
      one.user === one.actor ? one.actor : `${one.actor}\n(as ${one.user})`,
      [`${one.action}${one.attempt === 1 ? '' : ` (went on, ${one.attempt})`}`, one.subject, ...lines(one.told)].join('\n'),
      one.reason,
      [
        ...(one.ended === undefined ? ['no end is known'] : [`${one.ended.outcome}: ${one.ended.detail}`]),
        ...lines(one.before, 'before: '),
        ...lines(one.ended?.after ?? [], 'after: '),
      ].join('\n'),
    ]),
    empty: 'Nothing is recorded.',
  });
};
const lines = (details: readonly Detail[], prefix = ''): readonly string[] =>
  details.map(({ name, value }) => `${prefix}${name} ${value}`);
