/**
 * A task's inputs: what was fetched and not yet taken, which record goes next, and task time.
 * Among inputs the lowest broker timestamp goes next; an input is waited for until it has a record or is known to be caught up, so one
 * silent input never stops a task and none is overtaken at the start.
 */
import type { Fetched, LogRecord } from '../port.ts';

interface Input {
  readonly topic: string;
  /** Operators' inputs go first and have no part in time. */
  readonly aside: boolean;
  queue: LogRecord[];
  head: number;
  /** The offset to fetch next. */
  next: number;
  /**
   * Epoch ms: when it was last caught up with, nothing earlier than this could still arrive; undefined: not known. The wall time at which
   * the fetch was sent; while a transaction is open, whose records have their times already, no later than the newest that was read.
   */
  caughtUpAt: number | undefined;
  /** The broker's timestamp of the newest record that was read; a partition's do not fall. */
  newest: number;
  lastStable: number;
}
export interface Inputs {
  /** The topics and offsets to fetch, of those with room. */
  readonly wanted: () => readonly { readonly topic: string; readonly from: number }[];
  /** Takes a fetch's answer; ignored when it does not continue what is held. `sentAt` is the wall time at which it was asked. */
  readonly offer: (topic: string, from: number, fetched: Fetched, sentAt: number) => void;
  /** The record to take next, not taken yet; `wait` when an input is not known; undefined when there is none. */
  readonly peek: () => { readonly topic: string; readonly aside: boolean; readonly record: LogRecord } | 'wait' | undefined;
  readonly take: (topic: string) => void;
  /** Records that may be taken soon, at most `limit` of each input: what must be prepared. */
  readonly upcoming: (limit: number) => readonly LogRecord[];
  /** Epoch ms: nothing earlier than this can still arrive. -Infinity while an input is not known. */
  readonly time: () => number;
  readonly size: () => number;
  /** Per topic, the offset from which a restart would go on. */
  readonly positions: () => Readonly<Record<string, number>>;
  /** Records between the position and the last stable offset, per topic. */
  readonly lag: () => Readonly<Record<string, number>>;
}

/** Above this an input is not fetched until some was taken. */
const room = 8_000;

export const inputsOf = (
  topics: readonly { readonly topic: string; readonly aside: boolean; readonly from: number }[],
): Inputs => {
  const inputs: Input[] = topics.map(one => ({
    topic: one.topic,
    aside: one.aside,
    queue: [],
    head: 0,
    next: one.from,
    caughtUpAt: undefined,
    newest: -Infinity,
    lastStable: one.from,
  }));
  const byTopic = new Map(inputs.map(input => [input.topic, input]));
  const size = (input: Input): number => input.queue.length - input.head;
  const known = (input: Input): boolean => size(input) > 0 || (input.caughtUpAt !== undefined && input.next >= input.lastStable);
  const position = (input: Input): number => (size(input) > 0 ? input.queue[input.head]!.offset : input.next);
  return {
    wanted: () => inputs.filter(input => size(input) < room).map(input => ({ topic: input.topic, from: input.next })),
    offer: (topic, from, fetched, sentAt) => {
      const input = byTopic.get(topic);
      if (input === undefined || from !== input.next) return;
      if (input.head > 0 && input.head === input.queue.length) {
        input.queue = [];
        input.head = 0;
      }
      if (fetched.records.length > 0)
        input.queue =
          input.head === 0 && input.queue.length === 0
            ? [...fetched.records]
            : [...input.queue.slice(input.head), ...fetched.records];
      if (fetched.records.length > 0) input.head = 0;
      input.next = fetched.next;
      input.lastStable = fetched.lastStable;
      input.newest = fetched.records.at(-1)?.timestamp ?? input.newest;
      if (fetched.next < fetched.lastStable) return;
      const isOpen = fetched.highWatermark > fetched.lastStable;
      input.caughtUpAt = isOpen ? Math.max(input.caughtUpAt ?? -Infinity, input.newest) : sentAt;
    },
    peek: () => {
      let best: Input | undefined;
      let unknown = false;
      for (const input of inputs) {
        if (size(input) === 0) {
          unknown ||= !input.aside && !known(input);
          continue;
        }
        if (input.aside) return { topic: input.topic, aside: true, record: input.queue[input.head]! };
        if (best === undefined || input.queue[input.head]!.timestamp < best.queue[best.head]!.timestamp) best = input;
      }
      if (unknown) return 'wait';
      return best === undefined ? undefined : { topic: best.topic, aside: false, record: best.queue[best.head]! };
    },
    take: topic => {
      byTopic.get(topic)!.head++;
    },
    upcoming: limit => inputs.flatMap(input => input.queue.slice(input.head, input.head + limit)),
    time: () => {
      let lowest = Infinity;
      for (const input of inputs) {
        if (input.aside) continue;
        lowest = Math.min(
          lowest,
          size(input) > 0 ? input.queue[input.head]!.timestamp : known(input) ? input.caughtUpAt! : -Infinity,
        );
      }
      return lowest;
    },
    size: () => inputs.reduce((sum, input) => sum + size(input), 0),
    positions: () => Object.fromEntries(inputs.map(input => [input.topic, position(input)])),
    lag: () => Object.fromEntries(inputs.map(input => [input.topic, Math.max(0, input.lastStable - position(input))])),
  };
};
