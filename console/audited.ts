/** Who acted, why, and what came of it: a record before each act of an operator and one after it. What cannot be recorded is not done. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { fatal, isFailure } from '../runtime/failure.ts';
import { operationBegun, operationEnded, type Detail, type OperationEnded } from '../schemas/generated/facts.ts';
import { topics } from '../schemas/topics.ts';
import type { Context } from './context.ts';

export interface Actor {
  readonly actor: string;
  readonly reason: string;
}
export interface Act extends Actor {
  /** The command's words: `parked skip`. */
  readonly action: string;
  readonly subject: string;
  /** Of an act that may go on after an interrupt; else it gets an id of its own. */
  readonly operation?: { readonly id: string; readonly attempt: number };
  readonly told?: readonly Detail[];
  readonly before?: readonly Detail[];
}
export interface Came {
  readonly outcome?: OperationEnded['outcome'];
  readonly detail: string;
  readonly after?: readonly Detail[];
}
export const auditSource = '/onhand/console';
/** Longest that one value is told: an act on thousands of things tells how many there are. */
const longest = 500;

/** Who runs this process, as the operating system says; in a container the user may have no name. */
export const operatingUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
export const detail = (name: string, value: string | number): Detail => {
  const text = String(value);
  return { name, value: text.length > longest ? `${text.slice(0, longest)}…` : text };
};

/** Does an act between its two records. Answers what it came to; an act that throws is recorded as failed, and throws. */
export const audited = async (context: Context, act: Act, work: () => Promise<Came>): Promise<void> => {
  const { action, subject, actor, reason } = act;
  const { id: operation, attempt } = act.operation ?? { id: randomUUID(), attempt: 1 };
  const common = { operation, attempt, action, subject, actor };
  const begun = operationBegun({
    ...common,
    user: operatingUser(),
    reason,
    release: context.release,
    startedAt: context.clock.now(),
    told: act.told ?? [],
    before: act.before ?? [],
  });
  const write = (fact: Parameters<ReturnType<Context['client']>['publish']>[0][number]): Promise<void> =>
    context.client().publish([fact], auditSource);
  await write(begun).catch((error: unknown) => {
    throw fatal(
      'AUDIT_UNWRITABLE',
      `recording ${action} of ${subject} in ${topics.audit.name}: ${said(error)}; nothing was done`,
      {
        cause: error,
      },
    );
  });
  context.output.say(`${action} of ${subject} by ${actor}: recorded as ${operation}`);
  const end = ({ outcome = 'done', detail: text, after = [] }: Came): Promise<void> =>
    write(operationEnded({ ...common, outcome, detail: text, endedAt: context.clock.now(), after }));
  let came: Came;
  try {
    came = await work();
  } catch (error) {
    // What went wrong is what is told; that it could not be recorded too follows from an act without an end.
    await end({ outcome: 'failed', detail: isFailure(error) ? `${error.code}: ${error.message}` : 'UNKNOWN_ERROR' }).catch(
      () => undefined,
    );
    throw error;
  }
  await end(came).catch((error: unknown) => {
    throw fatal(
      'AUDIT_UNWRITABLE',
      `recording the end of ${action} of ${subject} in ${topics.audit.name}: ${said(error)}; it was done (${came.detail})`,
      { cause: error },
    );
  });
};
const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
