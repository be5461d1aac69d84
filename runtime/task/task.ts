/**
 * A task's life on its partition: open, pump, and after any failure open anew; closed when the partition goes or the process drains.
 * What the pump does with records is the unit's kind: `pump` is given (processors and producers in `process.ts`, sinks in `deliver.ts`).
 */
import { isFailure } from '../failure.ts';
import type { Fetched } from '../port.ts';
import { nameOf } from '../topology.ts';
import type { TaskContext } from './context.ts';
import { inputsOf, type Inputs } from './inputs.ts';
import { openTask, SessionEnd, type Opened } from './opened.ts';
import { RestoreEnded } from './restore.ts';

export interface Pump {
  /** Runs until `live` is false, then settles what is under way; throws what ended it. */
  readonly run: (session: Session) => Promise<void>;
}
export interface Session {
  readonly context: TaskContext;
  readonly partition: number;
  readonly opened: Opened;
  readonly inputs: Inputs;
  readonly live: () => boolean;
  /** Waits until something arrived, at most `ms`. */
  readonly idle: (ms: number) => Promise<void>;
  readonly wake: () => void;
  /** Monotonic ms at which the last heartbeat that was answered had been sent; membership holds for the session timeout from there. */
  readonly memberSince: () => number;
  /** True while a rebalance is under way: begin nothing that outlives it. */
  readonly rebalancing: () => boolean;
}
export type TaskState = 'opening' | 'open' | 'waiting' | 'closed' | 'stopped';
export interface Task {
  readonly partition: number;
  readonly state: () => TaskState;
  readonly wanted: () => readonly { readonly topic: string; readonly from: number }[];
  readonly offer: (topic: string, from: number, fetched: Fetched, sentAt: number) => void;
  /** Ends the session, which begins anew: something outside showed that it cannot go on as it is. */
  readonly interrupt: (why: Error) => void;
  readonly heartbeat: (sentAt: number) => void;
  readonly rebalance: (under: boolean) => void;
  readonly lag: () => Readonly<Record<string, number>>;
  readonly time: () => number;
  /** Takes nothing more, settles what is under way, lets go. */
  readonly close: () => Promise<void>;
}

const firstBackoffMs = 20;
const longestBackoffMs = 5_000;
/** Why a wait ends, one for all: without a reason, each would make an error with its stack. */
const over = 'what was waited for has come, or the time is over';

/** `after`: what must have ended before (an earlier task on the same folder). `fatal`: the unit must stop and say why. */
export const startTask = (
  context: TaskContext,
  partition: number,
  pump: Pump,
  after: Promise<unknown>,
  fatal: (error: Error) => void,
): Task => {
  const { clock, logger, metrics } = context;
  const unit = nameOf(context.unit);
  let state: TaskState = 'opening';
  let inputs: Inputs | undefined;
  let heartbeatAt = clock.monotonic();
  let rebalancing = false;
  const interruption: { why?: Error } = {};
  const interrupted = (): Error | undefined => interruption.why;
  let wakeUp = (): void => undefined;
  const closing = new AbortController();

  const idle = async (ms: number): Promise<void> => {
    const woken = new AbortController();
    const arrived = new Promise<void>(resolve => {
      wakeUp = resolve;
    });
    await Promise.race([arrived, clock.sleep(ms, woken.signal).catch(() => undefined)]);
    woken.abort(over);
  };
  const session = async (): Promise<void> => {
    state = 'opening';
    const opened = await openTask(context, partition, () => !closing.signal.aborted);
    try {
      const topics = Object.entries(opened.positions);
      const aside = new Set([`${unit}.control`, `${unit}.replay`]);
      inputs = inputsOf(topics.map(([topic, from]) => ({ topic, aside: aside.has(topic), from })));
      delete interruption.why;
      state = closing.signal.aborted ? 'closed' : 'open';
      await pump.run({
        context,
        partition,
        opened,
        inputs,
        idle,
        wake: () => wakeUp(),
        live: () => state === 'open',
        memberSince: () => heartbeatAt,
        rebalancing: () => rebalancing,
      });
      const why = interrupted();
      if (why !== undefined) throw why;
    } finally {
      if (state === 'open') state = 'waiting';
      inputs = undefined;
      await opened.close();
    }
  };
  /** A fenced task opens again only after a heartbeat sent after the fence proves that it is still a member: a zombie never gets one. */
  const provenMember = async (since: number): Promise<void> => {
    while (!closing.signal.aborted && heartbeatAt <= since) await clock.sleep(20, closing.signal).catch(() => undefined);
  };
  const life = async (): Promise<void> => {
    await after;
    for (let backoff = firstBackoffMs; !closing.signal.aborted;) {
      const begun = clock.monotonic();
      try {
        await session();
        return;
      } catch (error) {
        const failed = error instanceof Error ? error : new Error(String(error));
        if (closing.signal.aborted && failed instanceof RestoreEnded) return;
        if (isFailure(failed) && failed.kind === 'fatal') {
          state = 'stopped';
          logger.error({ unit, partition, code: failed.code, error: failed.message }, 'the task stops');
          return fatal(failed);
        }
        const why = failed instanceof SessionEnd ? failed.why : isFailure(failed) ? failed.code : 'error';
        metrics.reopened.inc({ unit, why });
        if (!closing.signal.aborted)
          logger.warn({ unit, partition, why, error: failed.message }, 'the task session ended and begins anew');
        if (why === 'fenced') await provenMember(clock.monotonic());
        if (clock.monotonic() - begun > longestBackoffMs) backoff = firstBackoffMs;
        await clock.sleep(backoff, closing.signal).catch(() => undefined);
        backoff = Math.min(backoff * 2, longestBackoffMs);
      }
    }
  };
  const done = life().finally(() => {
    if (state !== 'stopped') state = 'closed';
  });
  return {
    partition,
    state: () => state,
    wanted: () => (state === 'open' ? (inputs?.wanted() ?? []) : []),
    offer: (topic, from, fetched, sentAt) => {
      if (state !== 'open') return;
      inputs?.offer(topic, from, fetched, sentAt);
      wakeUp();
    },
    interrupt: why => {
      if (state !== 'open') return;
      interruption.why = why;
      state = 'waiting';
      wakeUp();
    },
    heartbeat: sentAt => {
      heartbeatAt = Math.max(heartbeatAt, sentAt);
    },
    rebalance: under => {
      rebalancing = under;
    },
    lag: () => inputs?.lag() ?? {},
    time: () => inputs?.time() ?? -Infinity,
    close: () => {
      closing.abort();
      if (state === 'open' || state === 'waiting') state = 'closed';
      wakeUp();
      return done;
    },
  };
};
