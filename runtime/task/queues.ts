/** A sink's queues: one per (topic, key), so that live, replayed and set-aside work of one key keeps its order; and what is still open. */
import type { Failure } from '../failure.ts';
import type { Event } from '../model.ts';
import type { LogRecord } from '../port.ts';

export interface Entry {
  readonly scope: string;
  readonly event: Event;
  /** Where the event came from. */
  readonly record: LogRecord;
  readonly topic: string;
  /** Whose position waits for it: the input's record that brought it (a replay's is the replay's record). */
  readonly from: { readonly topic: string; readonly offset: number };
  readonly how: 'live' | 'replayed' | 'retried';
  /** Set for what had been set aside. */
  readonly storeKey?: string;
  /** Set for what is no event: it is set aside when its turn comes. */
  readonly unreadable?: Failure;
  attempts: number;
}
export interface Queues {
  readonly add: (entry: Entry) => void;
  /** Something of this scope is queued or under way. */
  readonly has: (scope: string) => boolean;
  /** Heads of queues that are free and not delayed at `now`, at most `limit`, marked as under way. */
  readonly start: (limit: number, now: number) => readonly Entry[];
  /** The head is finished and gone. */
  readonly finish: (entry: Entry) => void;
  /** The head stays and is not started before `until` (monotonic ms). */
  readonly delay: (entry: Entry, until: number) => void;
  /** All of a scope, removed: it is set aside. */
  readonly takeAll: (scope: string) => readonly Entry[];
  readonly size: () => number;
  readonly underWay: () => number;
  /** When the next delayed head may start; Infinity when none. */
  readonly nextDelay: () => number;
}

interface Queue {
  entries: Entry[];
  busy: boolean;
  notBefore: number;
}
export const queuesOf = (): Queues => {
  const queues = new Map<string, Queue>();
  let count = 0;
  let busy = 0;
  const queueOf = (scope: string): Queue => {
    const found = queues.get(scope) ?? { entries: [], busy: false, notBefore: -Infinity };
    queues.set(scope, found);
    return found;
  };
  const release = (queue: Queue): void => {
    if (queue.busy) busy--;
    queue.busy = false;
  };
  return {
    add: entry => {
      queueOf(entry.scope).entries.push(entry);
      count++;
    },
    has: scope => queues.has(scope),
    start: (limit, now) => {
      const started: Entry[] = [];
      for (const queue of queues.values()) {
        if (started.length >= limit) break;
        const [head] = queue.entries;
        if (head === undefined || queue.busy || queue.notBefore > now) continue;
        queue.busy = true;
        busy++;
        started.push(head);
      }
      return started;
    },
    finish: entry => {
      const queue = queueOf(entry.scope);
      release(queue);
      queue.entries.shift();
      count--;
      if (queue.entries.length === 0) queues.delete(entry.scope);
    },
    delay: (entry, until) => {
      const queue = queueOf(entry.scope);
      release(queue);
      queue.notBefore = until;
    },
    takeAll: scope => {
      const queue = queues.get(scope);
      if (queue === undefined) return [];
      release(queue);
      queues.delete(scope);
      count -= queue.entries.length;
      return queue.entries;
    },
    size: () => count,
    underWay: () => busy,
    nextDelay: () => Math.min(Infinity, ...[...queues.values()].filter(queue => !queue.busy).map(queue => queue.notBefore)),
  };
};

/** What of each input is taken and not finished: the position never passes it. */
export interface OpenWork {
  readonly begin: (topic: string, offset: number) => void;
  readonly end: (topic: string, offset: number) => void;
  /** Positions with the inputs' own where nothing is open. */
  readonly positions: (inputs: Readonly<Record<string, number>>) => Readonly<Record<string, number>>;
}
export const openWork = (): OpenWork => {
  const open = new Map<string, Map<number, number>>();
  return {
    begin: (topic, offset) => {
      const mine = open.get(topic) ?? new Map<number, number>();
      open.set(topic, mine);
      mine.set(offset, (mine.get(offset) ?? 0) + 1);
    },
    end: (topic, offset) => {
      const mine = open.get(topic);
      const left = (mine?.get(offset) ?? 0) - 1;
      if (left > 0) mine!.set(offset, left);
      else mine?.delete(offset);
    },
    // Insertion order is offset order, so the first key is the lowest: inputs are taken in order.
    positions: inputs =>
      Object.fromEntries(Object.entries(inputs).map(([topic, next]) => [topic, open.get(topic)?.keys().next().value ?? next])),
  };
};
