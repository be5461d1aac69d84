/** Waits for a condition with a deadline: tests never sleep for a guessed time. */
import { setTimeout as delay } from 'node:timers/promises';

/** Answers with the first value that is neither undefined nor false. `what` is named when it does not come. */
export const until = async <T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 10_000,
): Promise<Exclude<T, undefined | false>> => {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    if (Date.now() > deadline) throw new Error(`waiting for ${what}: not within ${deadlineMs / 1000} s`);
    await delay(20);
  }
};
