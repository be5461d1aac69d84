/** A replay plan: what it covers and what each event of it would do, kept in a file whose hash tells whether it is as it was shown. */
import { hash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { fatal } from '../../runtime/failure.ts';
import type { Context } from '../context.ts';
import { time } from '../output.ts';

export type StepKind = 'create' | 'change' | 'same' | 'superseded' | 'refused';
export interface ReplayStep {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly type: string;
  readonly kind: StepKind;
  readonly shows: readonly string[];
}
/** A stretch of a sink's input, by offsets. */
export interface ReplayRange {
  readonly sink: string;
  readonly topic: string;
  /** As they were asked for, epoch ms UTC; what they came to stands in the offsets. */
  readonly since: number | null;
  readonly until: number | null;
  /** By partition, inclusive. */
  readonly from: Readonly<Record<string, number>>;
  /** By partition, exclusive: the offset after the last. */
  readonly to: Readonly<Record<string, number>>;
  /** Only of these; empty: of all. */
  readonly keys: readonly string[];
}
export interface ReplayPlan extends ReplayRange {
  readonly version: 2;
  readonly plan: string;
  readonly steps: readonly ReplayStep[];
  /** SHA-256 of all of the above. */
  readonly hash: string;
}

const hashOf = (plan: Omit<ReplayPlan, 'hash'>): string => hash('sha256', JSON.stringify(plan), 'hex');
export const sealPlan = (range: ReplayRange, steps: readonly ReplayStep[]): ReplayPlan => {
  const { sink, topic, since, until, from, to, keys } = range;
  const plan = { version: 2, plan: randomUUID(), sink, topic, since, until, from, to, keys, steps } as const;
  return { ...plan, hash: hashOf(plan) };
};
export const isWork = ({ kind }: ReplayStep): boolean => kind === 'create' || kind === 'change';
export const placeOf = ({ partition, offset }: Pick<ReplayStep, 'partition' | 'offset'>): string => `${partition}:${offset}`;

/**
 * Events that would now do something else than the plan shows. Once some of it was done, others may need less: the first order of a customer
 * made the customer too, a later decision came. Then what is left may do less than was shown, and nothing that was not; what is behind
 * something written of the same key is planned against what that left, and not compared.
 */
export const differences = (
  plan: ReplayPlan,
  now: readonly ReplayStep[],
  isWritten: (step: ReplayStep) => boolean,
): readonly ReplayStep[] => {
  const found = new Map(now.map(step => [placeOf(step), step]));
  const keyOf = (step: ReplayStep): string => `${step.partition} ${step.key}`;
  const moved = new Set(plan.steps.filter(isWritten).map(keyOf));
  const isAsShown = moved.size === 0 ? isDeepStrictEqual : needsNoMore;
  return plan.steps.flatMap(step => {
    const today = found.get(placeOf(step)) ?? { ...step, kind: 'refused', shows: ['it is not there any more'] };
    return moved.has(keyOf(step)) || isAsShown(step, today) ? [] : [today];
  });
};
const needsNoMore = (planned: ReplayStep, today: ReplayStep): boolean =>
  isDeepStrictEqual(planned, today) ||
  today.kind === 'same' ||
  today.kind === 'superseded' ||
  (today.kind === planned.kind && today.kind !== 'refused' && today.shows.every(show => planned.shows.includes(show)));

export const keepPlan = (plan: ReplayPlan, path: string): void => writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`);
export const readPlan = (path: string): ReplayPlan => {
  let plan: ReplayPlan;
  try {
    plan = JSON.parse(readFileSync(path, 'utf8')) as ReplayPlan;
  } catch (error) {
    throw fatal('NOT_FOUND', `reading the plan ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (plan.version !== 2) throw fatal('PLAN_CHANGED', `reading the plan ${path}: it is none, or of another release`);
  const { hash: said, ...rest } = plan;
  if (hashOf(rest) !== said) throw fatal('PLAN_CHANGED', `reading the plan ${path}: its content is not what was planned`);
  return plan;
};

const countOf = (steps: readonly ReplayStep[], kind: StepKind): number => steps.filter(step => step.kind === kind).length;
/** `partition 0 from 12 to 40`; the end is exclusive. */
export const rangeText = ({ topic, since, until, from, to, keys }: ReplayRange): string =>
  [
    topic,
    ...(since === null ? [] : [`since ${time(since)} UTC`]),
    ...(until === null ? [] : [`until ${time(until)} UTC`]),
    Object.entries(from)
      .map(([partition, first]) => `${partition}:${first} to ${partition}:${to[partition]}`)
      .join(', '),
    ...(keys.length === 0 ? [] : [`of ${keys.length > 3 ? `${keys.length} keys` : keys.join(', ')}`]),
  ].join(' ');
export const countText = (steps: readonly ReplayStep[]): string =>
  `${steps.length} event(s): ${(['create', 'change', 'same', 'superseded', 'refused'] as const).map(kind => `${countOf(steps, kind)} ${kind}`).join(', ')}`;
export const stepRows = (steps: readonly ReplayStep[]): readonly (readonly string[])[] =>
  steps.map(step => [placeOf(step), step.type, step.key, step.kind, step.shows.join('\n')]);
export const stepHead = ['partition:offset', 'fact', 'key', 'would', 'how'] as const;

export const showPlan = (context: Context, plan: ReplayPlan): void => {
  context.output.say(rangeText(plan));
  context.output.show({
    json: plan,
    head: stepHead,
    rows: stepRows(plan.steps.filter(step => step.kind !== 'same' && step.kind !== 'superseded')),
    empty: 'Nothing is missing there.',
  });
  context.output.say(`${countText(plan.steps)}.`);
};
