/** Time that passes when told: for flows and the simulation. Sleepers wake in the order of their times. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../model.ts';

export interface VirtualClock extends Clock {
  /** Lets `ms` pass, waking sleepers one after another and letting all that follows happen before time goes on. */
  readonly advance: (ms: number) => Promise<void>;
  /** Advances step by step until the condition holds; throws after `limitMs` of virtual time. */
  readonly until: (condition: () => boolean, limitMs?: number, what?: string) => Promise<void>;
}
interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** `start`: epoch ms UTC. */
export const virtualClock = (start = Date.UTC(2026, 10, 2, 9)): VirtualClock => {
  let now = start;
  let count = 0;
  const sleepers = new Set<Sleeper>();
  const first = (): Sleeper | undefined => {
    let found: Sleeper | undefined;
    for (const one of sleepers)
      if (found === undefined || one.at < found.at || (one.at === found.at && one.order < found.order)) found = one;
    return found;
  };
  const step = async (target: number): Promise<boolean> => {
    await setImmediate();
    const next = first();
    if (next === undefined || next.at > target) return false;
    sleepers.delete(next);
    now = Math.max(now, next.at);
    next.wake();
    return true;
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        sleepers.delete(sleeper);
        reject(new DOMException('the wait was ended', 'AbortError'));
      };
      const sleeper: Sleeper = {
        at: now + Math.max(0, ms),
        order: count++,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.add(sleeper);
    });
  return {
    now: () => now,
    monotonic: () => now - start,
    sleep,
    advance: async ms => {
      const target = now + ms;
      while (await step(target));
      now = target;
      await setImmediate();
    },
    until: async (condition, limitMs = 600_000, what = 'the condition') => {
      const target = now + limitMs;
      await setImmediate();
      while (!condition())
        if (!(await step(target))) throw new Error(`${what} did not come within ${limitMs} ms of virtual time`);
    },
  };
};
