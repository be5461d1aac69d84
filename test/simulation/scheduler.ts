/**
 * Virtual time and the order of everything: one event after another, by time and among equal times by the seed. Between two events all
 * that follows from the first has happened. What a process (a lane) waits for comes to it as events: so it can be stopped between any
 * two of its steps, held still like a paused process, or never go on like a killed one.
 */
import type { Clock } from '../../runtime/model.ts';
import { heapOf } from '../../runtime/memory/heap.ts';
import type { Random } from './random.ts';

export interface Lane {
  readonly name: string;
  readonly clock: Clock;
  state: 'running' | 'paused' | 'dead';
  /** What came while it was paused. */
  held: Event[];
  /** Steps that it has made: each ends at an await. */
  steps: number;
}
interface Event {
  at: number;
  readonly order: number;
  readonly lane: Lane | undefined;
  readonly label: string;
  act: (() => void) | undefined;
}
export interface Scheduler {
  /** Virtual epoch ms UTC. */
  readonly now: () => number;
  /** The world's own: the broker's, the target's. */
  readonly clock: Clock;
  readonly lane: (name: string) => Lane;
  readonly pause: (lane: Lane) => void;
  readonly resume: (lane: Lane) => void;
  readonly kill: (lane: Lane) => void;
  /** Answers how to call it off. */
  readonly after: (lane: Lane | undefined, ms: number, label: string, act: () => void) => () => void;
  /** Makes events happen until the condition holds; false when `limitMs` of virtual time went by before. */
  readonly until: (condition: () => boolean, limitMs: number) => Promise<boolean>;
  /** Called before each step of a lane. */
  beforeStep: (lane: Lane) => void;
  /** A hash of everything that happened, in order: equal for equal seeds. */
  readonly trace: () => string;
  readonly events: () => number;
  onEvent: ((line: string) => void) | undefined;
}

const start = Date.UTC(2026, 10, 2, 9);

/** One for all: making an error each time would cost more than the events. */
const called = new Error('the wait was ended');

const settle = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve);
  });

export const schedulerOf = (random: Random): Scheduler => {
  const heap = heapOf<Event>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  let now = start;
  let count = 0;
  let hash = 0x811c9dc5;
  const mix = (text: string): void => {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  };
  const after: Scheduler['after'] = (lane, ms, label, act) => {
    const event: Event = { at: now + Math.max(0, ms), order: random.next(), lane, label, act };
    heap.push(event);
    return () => {
      event.act = undefined;
    };
  };
  const clockOf = (lane: Lane | undefined): Clock => ({
    now: () => now,
    monotonic: () => now - start,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(called);
        if (signal?.aborted === true) return ended();
        const abort = (): void => {
          cancel();
          ended();
        };
        const cancel = after(lane, ms, 'timer', () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
  });
  const step = (event: Event): void => {
    const { act, lane, label } = event;
    if (act === undefined || lane?.state === 'dead') return;
    if (lane?.state === 'paused') return void lane.held.push(event);
    now = Math.max(now, event.at);
    if (lane !== undefined) {
      lane.steps++;
      scheduler.beforeStep(lane);
      if ((lane.state as string) === 'dead') return;
    }
    count++;
    mix(`${now} ${lane?.name ?? ''} ${label}`);
    scheduler.onEvent?.(`${now - start} ${lane?.name ?? '-'} ${label}`);
    act();
  };
  const scheduler: Scheduler = {
    now: () => now,
    clock: clockOf(undefined),
    lane: name => {
      const lane: { -readonly [K in keyof Lane]: Lane[K] } = {
        name,
        clock: clockOf(undefined),
        state: 'running',
        held: [],
        steps: 0,
      };
      lane.clock = clockOf(lane);
      return lane;
    },
    pause: lane => {
      if (lane.state === 'running') lane.state = 'paused';
    },
    resume: lane => {
      if (lane.state !== 'paused') return;
      lane.state = 'running';
      // All that came meanwhile is there at once, in the order in which it came.
      for (const event of lane.held.splice(0)) heap.push({ ...event, at: now });
    },
    kill: lane => {
      lane.state = 'dead';
      lane.held = [];
    },
    after,
    until: async (condition, limitMs) => {
      const limit = now + limitMs;
      for (;;) {
        await settle();
        if (condition()) return true;
        const next = heap.peek();
        if (next === undefined || next.at > limit) {
          now = limit;
          return false;
        }
        step(heap.pop()!);
      }
    },
    beforeStep: () => undefined,
    trace: () => hash.toString(16),
    events: () => count,
    onEvent: undefined,
  };
  return scheduler;
};
