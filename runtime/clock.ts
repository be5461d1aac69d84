/** The real clock. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './model.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};
