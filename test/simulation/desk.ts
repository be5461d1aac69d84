/** The target of the simulation's sink: it is slow, away, refuses, answers nothing though it did the work, or does it later. */
import { poison, transient } from '../../runtime/failure.ts';
import type { Answer, Target } from '../../runtime/model.ts';
import type { Operation } from '../support/proof/evidence.ts';
import type { Random } from './random.ts';
import type { Lane, Scheduler } from './scheduler.ts';
import { maxInFlightMs, type Found, type Lookup, type Write } from './units.ts';

export interface Desk {
  readonly documents: Map<string, { readonly revision: number; readonly text: string }>;
  /** Probability that a call does not go well. */
  trouble: number;
  /** Processes from which calls are as slow as they may be: those whose network is in trouble too. */
  strained: (lane: Lane) => boolean;
  /** It refuses bad papers until somebody mends it. */
  mended: boolean;
  /** Virtual epoch ms until which it is away. */
  awayUntil: number;
  /** Called when a process has asked what is there: on the answer it acts next. */
  asked: (lane: Lane) => void;
  /** The target as a process sees it. */
  readonly targetFor: (lane: Lane) => Target<object, Found, Write>;
}

export const deskOf = (scheduler: Scheduler, random: Random, happened: (operation: Operation) => void): Desk => {
  const documents: Desk['documents'] = new Map();
  const take = ({ document, revision, text, event, kind }: Write): void => {
    documents.set(document, { revision, text });
    happened({ kind: 'call', sink: 'desk', document, revision, event, call: kind });
  };
  const apply = (lane: Lane, call: Write, deadline: number): Promise<Answer<undefined>> =>
    new Promise(resolve => {
      const left = Math.max(1, deadline - lane.clock.monotonic());
      const say = (ms: number, answer: Answer<undefined>): void =>
        void scheduler.after(lane, Math.min(ms, left), 'desk answered', () => resolve(answer));
      const unknown: Answer<undefined> = { is: 'unknown', error: new Error('no answer') };
      if (!desk.mended && call.text.startsWith('bad'))
        return say(2, { is: 'failure', failure: poison('ODOO_REFUSED', 'putting it on the desk: refused') });
      if (scheduler.now() < desk.awayUntil)
        return say(2, { is: 'failure', failure: transient('ODOO_UNREACHABLE', 'reaching the desk: it is away') });
      const strained = desk.strained(lane);
      if (!random.chance(strained ? 0.6 : desk.trouble)) {
        // Slow now and then, and never slower than the caller waits.
        const takes = Math.min(random.chance(0.05) ? random.between(1, left) : random.between(1, 8), left);
        scheduler.after(undefined, takes, 'desk works', () => {
          take(call);
          scheduler.after(lane, 1, 'desk answered', () => resolve({ is: 'done', value: undefined }));
        });
        return;
      }
      const fate = strained ? 'late' : random.pick(['lost before', 'lost after', 'late', 'conflict', 'away'] as const);
      if (fate === 'conflict')
        return say(2, {
          is: 'failure',
          failure: transient('ODOO_CONFLICT', 'putting it on the desk: not now', { scope: 'key' }),
        });
      if (fate === 'away')
        return say(2, { is: 'failure', failure: transient('ODOO_UNREACHABLE', 'reaching the desk: it is away') });
      if (fate === 'lost after') scheduler.after(undefined, random.between(1, left), 'desk works', () => take(call));
      // As late as a target may be, counted from when nobody waits any more.
      if (fate === 'late') scheduler.after(undefined, left + random.below(maxInFlightMs), 'desk works late', () => take(call));
      return say(left, unknown);
    });
  const find = (lane: Lane, lookup: Lookup): Promise<Answer<Found>> =>
    new Promise(resolve => {
      desk.asked(lane);
      if (scheduler.now() < desk.awayUntil || random.chance(desk.trouble / 2))
        return void scheduler.after(lane, 3, 'desk not found', () =>
          resolve({ is: 'failure', failure: transient('ODOO_UNREACHABLE', 'looking on the desk: it is away') }),
        );
      scheduler.after(undefined, random.between(1, 4), 'desk looks', () => {
        const found: Found = { revision: documents.get(lookup.document)?.revision };
        scheduler.after(lane, 1, 'desk found', () => resolve({ is: 'done', value: found }));
      });
    });
  const desk: Desk = {
    documents,
    trouble: 0,
    strained: () => false,
    mended: false,
    awayUntil: 0,
    asked: () => undefined,
    targetFor: lane => ({
      find: lookups => Promise.all(lookups.map(([one]) => find(lane, one as Lookup))),
      apply: (calls, deadline) => Promise.all(calls.map(([one]) => apply(lane, one!, deadline))),
      close: () => Promise.resolve(),
    }),
  };
  return desk;
};
