/** Pauses between tries that grow from a few milliseconds, until a time is up. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 2;
const MOST_MS = 100;

export interface Backoff {
  /** Waits and says true, or says false when the time is up. */
  readonly pause: () => Promise<boolean>;
}

/** Jitter keeps many tasks, woken by one leader's move, from asking in step. */
export const backoffFor = (totalMs: number, mostMs = MOST_MS): Backoff => {
  const until = performance.now() + totalMs;
  let next = FIRST_MS;
  return {
    pause: async () => {
      if (performance.now() + next > until) return false;
      await sleep(next * (0.75 + Math.random() / 2));
      next = Math.min(next * 2, mostMs);
      return true;
    },
  };
};
