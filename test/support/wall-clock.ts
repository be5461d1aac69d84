/** The real clock where a world in memory wants a virtual one: for flows whose target is reached over real HTTP. */
import { realClock } from '../../runtime/clock.ts';
import type { VirtualClock } from '../../runtime/memory/clock.ts';
import { until } from './until.ts';

/** Time passes by itself, so letting it pass is only a pause: who waits for something uses `until`. */
export const wallClock = (): VirtualClock => ({
  ...realClock,
  advance: ms => realClock.sleep(Math.min(ms, 50)),
  until: async (condition, limitMs = 30_000, what = 'the condition') => {
    await until(what, condition, limitMs);
  },
});
