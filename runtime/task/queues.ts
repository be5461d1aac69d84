/** A sink's queues: one per (topic, key), so that live, replayed and set-aside work of one key keeps its order. */
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
  /** The head is finished and gone. `held`: what follows it starts only when what it did is committed. */
  readonly finish: (entry: Entry, held?: boolean) => void;
  /** Answers how to let go of what is held now: call it when the transaction that holds what they did is committed. */
  readonly held: () => () => void;
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
  readonly entries: Entry[];
  /** Those before it are finished. */
  head: number;
  busy: boolean;
  notBefore: number;
}
/** A queue whose finished entries are more than this is shortened. */
const finishedEntries = 256;
export const queuesOf = (): Queues => {
  const queues = new Map<string, Queue>();
  /** Free queues: those whose head may start, in the order in which they came to be so, and those that wait. */
  const ready = new Set<Queue>();
  const delayed = new Set<Queue>();
  /** Nothing of theirs starts before what they did last is committed. */
  let holding = new Map<string, Queue>();
  let count = 0;
  let busy = 0;
  const queueOf = (scope: string): Queue => {
    const found = queues.get(scope);
    if (found !== undefined) return found;
    const queue = { entries: [], head: 0, busy: false, notBefore: -Infinity };
    queues.set(scope, queue);
    ready.add(queue);
    return queue;
  };
  const release = (queue: Queue): void => {
    if (queue.busy) busy--;
    queue.busy = false;
  };
  const wake = (now: number): void => {
    for (const queue of delayed)
      if (queue.notBefore <= now) {
        delayed.delete(queue);
        ready.add(queue);
      }
  };
  const left = (queue: Queue | undefined): number => (queue === undefined ? 0 : queue.entries.length - queue.head);
  const free = (scope: string, queue: Queue): void => {
    if (left(queue) > 0) ready.add(queue);
    else queues.delete(scope);
  };
  return {
    add: entry => {
      queueOf(entry.scope).entries.push(entry);
      count++;
    },
    has: scope => left(queues.get(scope)) > 0,
    start: (limit, now) => {
      if (delayed.size > 0) wake(now);
      const started: Entry[] = [];
      for (const queue of ready) {
        if (started.length >= limit) break;
        ready.delete(queue);
        queue.busy = true;
        busy++;
        started.push(queue.entries[queue.head]!);
      }
      return started;
    },
    finish: (entry, held = false) => {
      const queue = queues.get(entry.scope)!;
      release(queue);
      count--;
      queue.head++;
      if (queue.head > finishedEntries) {
        queue.entries.splice(0, queue.head);
        queue.head = 0;
      }
      if (held) holding.set(entry.scope, queue);
      else free(entry.scope, queue);
    },
    held: () => {
      const mine = holding;
      holding = new Map();
      return () => {
        for (const [scope, queue] of mine) if (queues.get(scope) === queue) free(scope, queue);
      };
    },
    delay: (entry, until) => {
      const queue = queues.get(entry.scope)!;
      release(queue);
      queue.notBefore = until;
      (until === -Infinity ? ready : delayed).add(queue);
    },
    takeAll: scope => {
      const queue = queues.get(scope);
      if (queue === undefined) return [];
      release(queue);
      queues.delete(scope);
      ready.delete(queue);
      delayed.delete(queue);
      const taken = queue.entries.slice(queue.head);
      count -= taken.length;
      return taken;
    },
    size: () => count,
    underWay: () => busy,
    nextDelay: () => {
      if (ready.size > 0) return -Infinity;
      let first = Infinity;
      for (const queue of delayed) first = Math.min(first, queue.notBefore);
      return first;
    },
  };
};
