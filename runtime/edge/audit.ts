/** Says what the edge refused, without letting a flood of refusals fill the log: the first at once, then how many in each interval. */
import type { Clock, Logger } from '../model.ts';

export interface Refused {
  readonly channel: string;
  readonly shop: string;
  readonly status: number;
  readonly code: string;
  /** The message of a failure, which holds no secret and nothing of a person. */
  readonly reason?: string;
}
export interface Audit {
  readonly refused: (what: Refused) => void;
  /** Says what is counted and not yet said. */
  readonly flush: () => void;
}

const everyMs = 10_000;

export const auditOf = (log: Logger, clock: Clock): Audit => {
  const counted = new Map<string, { what: Refused; times: number; since: number }>();
  const say = (what: Refused, times: number): void => log.warn({ ...what, times }, 'deliveries were refused');
  return {
    refused: what => {
      const key = [what.channel, what.shop, what.status, what.code].join('|');
      const known = counted.get(key);
      const now = clock.monotonic();
      if (known !== undefined && now - known.since < everyMs) {
        known.times++;
        return;
      }
      say(what, (known?.times ?? 0) + 1);
      counted.set(key, { what, times: 0, since: now });
    },
    flush: () => {
      for (const { what, times } of counted.values()) if (times > 0) say(what, times);
      counted.clear();
    },
  };
};
