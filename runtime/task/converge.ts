/** Brings a batch of events of different keys to a target: find, plan, apply, until each item's plan is empty. */
import { fatal, isFailure, poison, transient, type Failure } from '../failure.ts';
import type { AnySink, Answer, Event, Shown, Target } from '../model.ts';
import type { Policy } from '../../schemas/policy.ts';

export type AnyTarget = Target<object, unknown, Shown>;
/** applied: something was written. same: nothing was missing. superseded: a newer revision is applied. later: membership may end first. */
export type Result =
  | { readonly is: 'applied' | 'same' | 'superseded' | 'later' }
  | { readonly is: 'failure'; readonly failure: Failure }
  | { readonly is: 'unknown'; readonly reason: string };
export interface Converging {
  readonly sink: AnySink;
  readonly target: AnyTarget;
  readonly policy: Policy;
  /** The monotonic deadline for a call that would start now, or undefined when it could outlive membership. */
  readonly deadline: () => number | undefined;
  readonly appliedRevision: (document: string) => number | undefined;
  readonly timed: (what: 'find' | 'apply', ms: number) => void;
  readonly now: () => number;
}

/** More rounds than any plan needs: a plan that never empties is a defect, not a reason to call for ever. */
const maxRounds = 10;

const failureOf = (error: unknown, doing: string): Failure =>
  isFailure(error)
    ? error
    : poison('RULE_THREW', `${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

/** Runs a sink's pure rule for one event; what it throws is that event's failure. */
const attempt = <T>(rule: () => T, doing: string): { readonly value: T } | { readonly failure: Failure } => {
  try {
    return { value: rule() };
  } catch (error) {
    return { failure: failureOf(error, doing) };
  }
};
const resultOf = (answer: Exclude<Answer<unknown>, { is: 'done' }>): Result =>
  answer.is === 'unknown'
    ? { is: 'unknown', reason: answer.error.message }
    : {
        is: 'failure',
        failure: isFailure(answer.failure)
          ? answer.failure
          : fatal('UNKNOWN_ERROR', answer.failure.message, { cause: answer.failure }),
      };

export const isSuperseded = (sink: AnySink, event: Event, appliedRevision: (document: string) => number | undefined): boolean => {
  const document = sink.document(event);
  const applied = document === undefined ? undefined : appliedRevision(document.document);
  return document !== undefined && applied !== undefined && document.revision < applied;
};

export const converge = async (events: readonly Event[], over: Converging): Promise<readonly Result[]> => {
  const { sink, target, policy } = over;
  const results: (Result | undefined)[] = events.map(event =>
    isSuperseded(sink, event, over.appliedRevision) ? { is: 'superseded' } : undefined,
  );
  const wrote = new Set<number>();
  const open = (): readonly number[] => results.flatMap((result, i) => (result === undefined ? [i] : []));
  const called = async <T>(
    what: 'find' | 'apply',
    call: (deadline: number) => Promise<readonly Answer<T>[]>,
  ): Promise<readonly Answer<T>[] | undefined> => {
    const deadline = over.deadline();
    if (deadline === undefined) return undefined;
    const begun = over.now();
    try {
      return await call(deadline);
    } finally {
      over.timed(what, over.now() - begun);
    }
  };
  for (let round = 0; open().length > 0; round++) {
    if (round === maxRounds) {
      for (const i of open())
        results[i] = {
          is: 'failure',
          failure: poison(
            'RULE_THREW',
            `${sink.name}: ${events[i]!.type} ${events[i]!.id} still has something to do after ${maxRounds} rounds`,
          ),
        };
      break;
    }
    const asked = open().flatMap(i => {
      const found = attempt(() => sink.find(events[i]!, policy), `${sink.name} looking for ${events[i]!.type} ${events[i]!.id}`);
      if ('value' in found) return [{ i, lookups: found.value }];
      results[i] = { is: 'failure', failure: found.failure };
      return [];
    });
    const found =
      asked.length === 0
        ? []
        : await called('find', deadline =>
            target.find(
              asked.map(one => one.lookups),
              deadline,
            ),
          );
    if (found === undefined) {
      for (const { i } of asked) results[i] = { is: 'later' };
      break;
    }
    const planned = asked.flatMap(({ i }, n) => {
      const answer = found[n]!;
      if (answer.is !== 'done') {
        // Nothing was written by looking: no answer is a failure to be tried again, not an unknown outcome.
        results[i] =
          answer.is === 'unknown'
            ? {
                is: 'failure',
                failure: isFailure(answer.error)
                  ? answer.error
                  : transient('UNKNOWN_ERROR', `looking: ${answer.error.message}`, { cause: answer.error }),
              }
            : resultOf(answer);
        return [];
      }
      const plan = attempt(
        () => sink.plan(events[i]!, answer.value, policy) as readonly Shown[],
        `${sink.name} planning ${events[i]!.type} ${events[i]!.id}`,
      );
      if ('failure' in plan) results[i] = { is: 'failure', failure: plan.failure };
      else if (plan.value.length === 0) results[i] = { is: wrote.has(i) ? 'applied' : 'same' };
      else return [{ i, calls: plan.value }];
      return [];
    });
    if (planned.length === 0) continue;
    const answers = await called('apply', deadline =>
      target.apply(
        planned.map(one => one.calls),
        deadline,
      ),
    );
    planned.forEach(({ i }, n) => {
      const answer = answers?.[n];
      if (answer === undefined) results[i] = { is: 'later' };
      else if (answer.is === 'done') wrote.add(i);
      else results[i] = resultOf(answer);
    });
  }
  return results as readonly Result[];
};
