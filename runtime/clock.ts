/** The real clock. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './model.ts';

/** One for all: a task that is woken for each fetch ends as many waits, and nobody asks where. */
const ended = new Error('the wait was ended');

const endable = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(ended);
    const end = (): void => {
      clearTimeout(timer);
      reject(ended);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal.addEventListener('abort', end, { once: true });
  });

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => (signal === undefined ? wait(ms) : endable(ms, signal)),
};
