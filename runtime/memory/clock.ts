/** Time that passes when told: for flows and the simulation. Sleepers wake in the order of their times. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../model.ts';
import { heapOf } from './heap.ts';

export interface VirtualClock extends Clock {
  /** Lets `ms` pass, waking sleepers one after another and letting all that follows happen before time goes on. */
  readonly advance: (ms: number) => Promise<void>;
  /** Advances step by step until the condition holds; throws after `limitMs` of virtual time. */
  readonly until: (condition: () => boolean, limitMs?: number, what?: string) => Promise<void>;
}
interface Sleeper {
  readonly at: number;
  readonly order: number;
  ended: boolean;
  readonly wake: () => void;
}

/** `start`: epoch ms UTC. */
export const virtualClock = (start = Date.UTC(2026, 10, 2, 9)): VirtualClock => {
  let now = start;
  let count = 0;
  const sleepers = heapOf<Sleeper>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  const first = (): Sleeper | undefined => {
    while (sleepers.peek()?.ended === true) sleepers.pop();
    return sleepers.peek();
  };
  const step = async (target: number): Promise<boolean> => {
    await setImmediate();
    const next = first();
    if (next === undefined || next.at > target) return false;
    sleepers.pop();
    now = Math.max(now, next.at);
    next.wake();
    return true;
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        sleeper.ended = true;
        reject(new DOMException('the wait was ended', 'AbortError'));
      };
      const sleeper: Sleeper = {
        at: now + Math.max(0, ms),
        order: count++,
        ended: false,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.push(sleeper);
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
