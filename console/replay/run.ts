/**
 * `onhand replay run`: does what a kept plan showed, or nothing. The work itself is the sink's own: a replay writes references into
 * `SINK.replay`, so that one queue per key orders live and replayed. Run again after an interrupt, it goes on where it stopped.
 */
import { fatal, isFailure } from '../../runtime/failure.ts';
import { audited, detail, type Actor, type Came } from '../audited.ts';
import { operationsOf, type Recorded } from '../audit.ts';
import type { Context } from '../context.ts';
import { time } from '../output.ts';
import { paceOf } from './pace.ts';
import { countText, differences, isWork, rangeText, stepHead, stepRows, type ReplayPlan, type ReplayStep } from './plan.ts';
import { checkRange } from './range.ts';
import { openReferences, type References } from './references.ts';
import { stepsOf } from './steps.ts';

export interface ReplayRun extends Actor {
  /** References per second; undefined: as fast as it goes. */
  readonly rate: number | undefined;
  /** How long nothing may move before it is given up, ms. */
  readonly patienceMs: number;
  /** Aborted when a person ends it. */
  readonly signal: AbortSignal;
}
/** So many references may wait for the sink: what is interrupted ends soon, and live work of a key is not behind thousands. */
const mostWaiting = 1_000;
/** How often the sink is looked at, and progress told, ms. */
const lookMs = 500;
/** How long a broker that did not answer is left alone, ms. */
const againMs = 1_000;

export const runReplay = async (context: Context, plan: ReplayPlan, run: ReplayRun): Promise<void> => {
  await checkRange(context, plan);
  const wanted = plan.steps.filter(isWork);
  if (wanted.length === 0)
    return context.output.show({ json: { plan: plan.plan, done: 0 }, text: 'Nothing is missing there: nothing was done.' });
  let references = await openReferences(context, plan, run);
  try {
    const now = await stepsOf(context, plan);
    refuseChanges(context, plan, now, references);
    const before = await operationsOf(context, plan.plan);
    if (await isDone(before, wanted, references)) return await showEnd(context, plan, before);
    tellResumed(context, before, wanted, references);
    if (run.signal.aborted) throw interrupted(plan, references.written(), wanted.length);
    const act = {
      action: 'replay run',
      subject: `${plan.sink} ${plan.topic}`,
      operation: { id: plan.plan, attempt: before.length + 1 },
      told: [
        detail('range', rangeText(plan)),
        detail('planned', countText(plan.steps)),
        detail('rate', run.rate === undefined ? 'unlimited' : `${run.rate} per second`),
      ],
      before: [detail('written before', `${references.written()} of ${wanted.length}`)],
      ...run,
    };
    let cut = false;
    await audited(context, act, async () => {
      const reopen = async (): Promise<References> => {
        await references.close();
        return (references = await openReferences(context, plan, run));
      };
      cut = !(await bringAll(context, wanted, references, run, reopen));
      const after = [detail('written', `${references.written()} of ${wanted.length}`)];
      return cut ? { outcome: 'interrupted', detail: 'stopped by a person', after } : verify(context, plan, wanted, after);
    });
    if (cut) throw interrupted(plan, references.written(), wanted.length);
  } finally {
    await references.close();
  }
};
const interrupted = (plan: ReplayPlan, written: number, of: number) =>
  fatal(
    'REPLAY_INTERRUPTED',
    `running the plan ${plan.plan}: stopped after ${written} of ${of} reference(s); the sink works off what is written`,
  );
const refuseChanges = (context: Context, plan: ReplayPlan, now: readonly ReplayStep[], references: References): void => {
  const changed = differences(plan, now, references.isWritten);
  if (changed.length === 0) return;
  const [written, nothing] = [references.written(), 'nothing was done'];
  context.output.show({ json: { plan: plan.plan, changed }, head: stepHead, rows: stepRows(changed) });
  throw fatal(
    'PLAN_CHANGED',
    `running the plan ${plan.plan}: ${changed.length} event(s), shown above, would do something else now than was planned; ${written === 0 ? nothing : `${written} reference(s) were written before, ${nothing} now`}`,
  );
};
/** Whether an earlier run has brought it to its end. */
const isDone = async (before: readonly Recorded[], wanted: readonly ReplayStep[], references: References): Promise<boolean> =>
  wanted.every(references.isWritten) &&
  before.some(one => one.ended?.outcome === 'done') &&
  (await references.workedOff()) >= wanted.length;
const tellResumed = (
  context: Context,
  before: readonly Recorded[],
  wanted: readonly ReplayStep[],
  references: References,
): void => {
  const last = before.at(-1);
  if (last === undefined && references.written() === 0) return;
  const by = last === undefined ? '' : ` begun ${time(last.startedAt)} UTC by ${last.actor}`;
  context.output.say(
    `Going on with the run${by}: ${references.written()} of ${wanted.length} are written already and are not written again.`,
  );
};

/** Writes what is not written yet and waits until the sink has worked off all. Answers false when a person ended it. */
const bringAll = async (
  context: Context,
  wanted: readonly ReplayStep[],
  first: References,
  run: ReplayRun,
  reopen: () => Promise<References>,
): Promise<boolean> => {
  const { clock } = context;
  const pace = paceOf(run.rate, clock);
  let references = first;
  /** Whether an outcome was not learnt: then what was written is looked up by another holder of the plan's id. */
  let isUnsure = false;
  let [done, lookedAt, told] = [0, -Infinity, ''];
  let movedAt = clock.monotonic();
  let position = 0;
  const sleep = (ms: number): Promise<void> => clock.sleep(ms, run.signal).catch(() => undefined);
  const turn = async (): Promise<boolean> => {
    if (clock.monotonic() - lookedAt >= lookMs) {
      const now = await references.workedOff();
      if (now > done) movedAt = clock.monotonic();
      [done, lookedAt] = [now, clock.monotonic()];
      const progress = `${references.written()} of ${wanted.length} written, ${done} worked off`;
      if (progress !== told) context.output.say((told = progress));
    }
    const room = mostWaiting - (references.written() - done);
    // Written in order, each batch whole or not at all: what is written is a beginning of them.
    while (position < wanted.length && references.isWritten(wanted[position]!)) position++;
    const next = wanted.slice(position, position + Math.max(0, Math.min(room, pace.most)));
    if (next.length > 0 && pace.wait() === 0) {
      await references.write(next);
      pace.wrote(next.length);
      movedAt = clock.monotonic();
    } else if (done >= wanted.length) return true;
    else await sleep(next.length > 0 ? Math.min(pace.wait(), lookMs) : lookMs);
    return false;
  };
  while (!run.signal.aborted) {
    try {
      if (isUnsure) references = await reopen();
      if (isUnsure) position = 0;
      isUnsure = false;
      if (await turn()) return true;
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'transient') throw error;
      context.output.say(`${error.message}: looking what was written, then going on`);
      isUnsure = true;
      await sleep(againMs);
    }
    if (clock.monotonic() - movedAt > run.patienceMs)
      throw fatal(
        'REPLAY_WAITS',
        `bringing ${wanted.length} event(s) of a plan again: nothing moved for ${run.patienceMs / 1000} s; ${references.written() - done} reference(s) wait for the sink, ${wanted.length - references.written()} are not written`,
      );
  }
  return false;
};

/** Looks into the target once more: what is missing there still was refused, or has been lost again. */
const verify = async (
  context: Context,
  plan: ReplayPlan,
  wanted: readonly ReplayStep[],
  after: NonNullable<Came['after']>,
): Promise<Came> => {
  const left = (await stepsOf(context, plan)).filter(isWork);
  context.output.show({
    json: { plan: plan.plan, done: wanted.length - left.length, left },
    text:
      left.length === 0
        ? `Done: ${wanted.length} event(s) were brought to ${plan.sink} again; nothing is missing there now.`
        : `${left.length} of ${wanted.length} are still missing: see \`onhand parked list --unit ${plan.sink}\`.`,
  });
  if (left.length > 0)
    throw fatal('REPLAY_INCOMPLETE', `running the plan ${plan.plan}: ${left.length} event(s) are still missing`);
  return { detail: `${wanted.length} event(s) were brought to ${plan.sink}`, after };
};
const showEnd = async (context: Context, plan: ReplayPlan, before: readonly Recorded[]): Promise<void> => {
  const done = before.findLast(one => one.ended?.outcome === 'done')!;
  const left = (await stepsOf(context, plan)).filter(isWork);
  context.output.show({
    json: { plan: plan.plan, done: 0, endedAt: done.ended?.endedAt, left },
    text: `This plan was run by ${done.actor}, to its end at ${time(done.ended!.endedAt)} UTC: nothing was done now.`,
  });
  if (left.length > 0)
    throw fatal('REPLAY_INCOMPLETE', `running the plan ${plan.plan}: ${left.length} event(s) are missing again; plan anew`);
};
