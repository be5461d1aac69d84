/** No faster than so many per second: what a slow moment missed is not caught up, so no burst follows it. */
import type { Clock } from '../../runtime/model.ts';

export interface Pace {
  /** The most that may be written at once. */
  readonly most: number;
  /** Ms until the next may be written. */
  readonly wait: () => number;
  readonly wrote: (count: number) => void;
}
/** As many as one transaction should hold when nothing limits them. */
const unlimited = 500;
const batchesPerSecond = 10;

/** `rate`: per second; undefined: as fast as it goes. */
export const paceOf = (rate: number | undefined, clock: Clock): Pace => {
  let due = -Infinity;
  return {
    most: rate === undefined ? unlimited : Math.max(1, Math.floor(rate / batchesPerSecond)),
    wait: () => Math.max(0, due - clock.monotonic()),
    wrote: count => {
      if (rate !== undefined) due = Math.max(due, clock.monotonic()) + (count * 1000) / rate;
    },
  };
};
